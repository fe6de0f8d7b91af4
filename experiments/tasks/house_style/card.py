"""What the benchmark `house-style` says of itself: its card, its style guide, its task.yaml."""

from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents
from experiments.tasks.house_style.rules import (
    FORBIDDEN_WORDS,
    GUIDE,
    MOST_WORDS,
    RULES,
    SIGN_OFF,
    broken_rules,
)

GUIDE_PAGE = """# Style guide

How Orvanta writes to a customer. A program checks every rule.

Person: write to the customer as "you". Never say "I", "we" or "our". A reply that names nobody at
all breaks the rule as well.

Length: at most {words} words.

Citation: cite the page as [1] at the end of the sentence, before the full stop, after a space.

Words: never use {forbidden}.

Spelling: British. Colour, litre, centre, grey.

Units: a space between a number and its unit, as in 14 months.

Calm: no exclamation marks.

Sign-off: end every reply with the words {sign_off}, once, after a full stop.

A good reply: For your kettle, the page gives 14 months [1]. {sign_off}

A bad reply: Unfortunately we only give you 14months!
"""

SETTINGS = """# How the task `house-style` is put to a model. The text of the rules is GUIDE in
# experiments/tasks/house_style/rules.py; a wording without rules is for models that were trained.
kind: style
max_new_tokens: 64
prompts:
  closed: {closed}
  question: "{{question}}\\nReply:"
wordings:
  bare:
    closed: Reply in house style.
"""

TASK = ("A customer asks, and a colleague has drafted a page that holds the answer, in bad style. "
        "Give the customer the one value asked for, in one reply. ")

CARD = """# house-style

## Purpose

Style apart from knowledge. A customer of Orvanta, a company that does not exist, asks for one
value; a page drafted by a colleague in a hurry stands above the question and holds it. Nothing
has to be known and nothing searched. What has to be learnt is how this company writes: {rules}
rules, each checked by a program of its own.

## Making

Written for this book. `experiments/tasks/house_style/house_style_phrases.yaml` holds the sentences
of the drafts, by hand, {sentences} of them; each was made to break rules. Products, values and the
wording of the questions are those of `support` (its card has the splits: by product, and no
phrasing of a question serves two splits). A draft holds the value asked for, a second value of the
same product, and {asides} asides. Half of the values stand without their space. `rules.py` words
the reply to learn from, in one of 18 frames, and checks it by the rules.

`python -m experiments.tasks.house_style.generate` writes the files again, and a test compares every
byte.

## Grading

`rules_kept` is the share of the {rules} rules that a reply keeps and `all_rules` whether it keeps
all. `value_right` is apart from both: the value asked for, with its unit, and no number that is
neither in it nor in the customer's question. `sendable` is `all_rules` and `value_right`.

| row | rules kept | all rules | what it shows |
|---|---|---|---|
| the reply to learn from | 100 % | 100 % | the ceiling, by construction |
| the commonest reply of train | 100 % | 100 % | the dummy: style, and another product's value |
| the draft, copied | {copied} % | 0 % | what a copier gets |
| nothing at all | {silent} % | 0 % | some rules are kept by silence |

So style is never read without `value_right`: the dummy passes one and fails the other.

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
| documents | 1 |
| words a draft | {shortest} to {longest} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of the document, of questions.jsonl and of task.yaml, sorted by
path.

## Known limits

- A rule is what a program can check. Whether a reply is friendly, or reads well, it cannot.
- The replies to learn from come from 18 frames. A model that learns one frame by heart keeps every
  rule; real replies are not so alike.
- The rules on spelling and calm are kept by silence, and by most models most of the time.
- Products are those of `support`: a model trained there has seen the values of its train split.
- The drafts are worse than a real colleague's. They tempt; they are not a sample of anything.
"""


def write_guide() -> str:
    """Write the style guide, the task's one document."""
    return GUIDE_PAGE.format(words=MOST_WORDS, forbidden=", ".join(FORBIDDEN_WORDS),
                             sign_off=SIGN_OFF)


def write_settings() -> str:
    """Write task.yaml; the prompt is quoted, for it holds colons and brackets."""
    return SETTINGS.format(closed=_quoted(TASK + GUIDE))


def write_card(files: Mapping[str, str], rows: Sequence[Mapping], *, sentences: int,
               asides: int) -> str:
    """Write card.md for the task's other files, whose questions are `rows`.

    `sentences` are those that drafts are made of, `asides` how many of one say nothing.
    """
    drafts = [row["question"].split("\n")[0].split(": ", 1)[1] for row in rows]
    words = [len(draft.split()) for draft in drafts]
    return CARD.format(
        rules=len(RULES), sentences=sentences, asides=asides,
        copied=round(100 * sum(map(_kept, drafts)) / len(drafts)), silent=round(100 * _kept("")),
        shortest=min(words), longest=max(words), **Counter(row["split"] for row in rows),
        sha256=hash_contents({path: text.encode() for path, text in files.items()}))


def _kept(text: str) -> float:
    return 1 - len(broken_rules(text)) / len(RULES)


def _quoted(text: str) -> str:
    """Write a text as a YAML scalar between double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
