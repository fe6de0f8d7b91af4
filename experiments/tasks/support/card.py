"""The card of the benchmark `support`: what it is, how it was made, what it cannot show."""

import json
from collections import Counter
from collections.abc import Mapping

from experiments.tasks.card import hash_contents
from experiments.tasks.support.products import FACTS, wording

EDITIONS = {
    1: "The first edition. `support-second-edition` is the same help centre after one fact in "
       "ten has\nchanged.",
    2: "The second edition of `support`: one fact in ten has another value (101 of 1,008, drawn "
       "by\nseed). An article differs from the first edition only where its changed facts "
       "stand; the\nquestions are the same and their answers are the new ones.",
}

CARD = """# {name}

## Purpose

The help centre of Orvanta, a company that does not exist. No model can have seen its products,
so a right answer was read in an article or learnt from these articles. Products come in families
of six siblings that share name, category and kinds of fact and differ in every value: the page
of a wrong sibling is easy to retrieve and holds a tempting, wrong answer.

{edition}

## Making

Written for this book. `experiments/tasks/support/support_phrases.yaml` holds the wording, all of it
hand-written: for each of {kinds} kinds of fact eight article sentences and ten question phrasings
(four for train, two for dev, four for test: no phrasing serves two splits), besides openings and
paragraphs that hold no fact. `products.py` beside it draws the facts by seed, `generate.py` the
layout. `python -m experiments.tasks.support.generate` writes both editions again, and a test
compares every byte.

Values avoid what a guesser would say (no warranty of 24 months), and no value occurs twice in a
family. The first answer stands verbatim in the article; the others are forms that count as well.

Splits are by product: 88 train, 20 dev, 60 test. All articles are in the corpus. An unanswerable
question asks for a fact that would fit the product but that its article does not hold.

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| facts | {facts} |
| words an article | {shortest} to {longest} |
| train questions (unanswerable) | {train} ({train_open}) |
| dev questions (unanswerable) | {dev} ({dev_open}) |
| test questions (unanswerable) | {test} ({test_open}) |

## SHA-256

`{sha256}`

over the path, length and content of every document and of questions.jsonl, sorted by path.

## Known limits

- Every answer stands in one sentence of one article, and every question names its product in full.
- The articles come from sentence patterns. They are more alike than those of a real help centre,
  so retrieving the family is easy and telling siblings apart is the hard part.
- The wording was written by one author in one style of English.
- Paragraphs that hold no fact come from one list of {fillers}, so many articles share one.
- Values are chosen to be hard to guess, so some are odd: a warranty of 27 months, a price of $143.
- Articles of one category hold the same kinds of fact, so which kind is missing can be learnt from
  the category alone. Refusal scores after training show that habit too.
- A short answer such as "13" can stand in a long one by chance. Read exact match beside contains.
"""


def write_card(name: str, edition: int, files: Mapping[str, str]) -> str:
    """Write card.md for the documents and questions in `files`."""
    rows = [json.loads(line) for line in files["questions.jsonl"].splitlines()]
    asked = Counter(row["split"] for row in rows)
    unanswerable = Counter(row["split"] for row in rows if not row["answers"])
    articles = [text for path, text in files.items() if path.startswith("documents/")]
    words = [len(text.split()) for text in articles]
    return CARD.format(
        name=name, edition=EDITIONS[edition],
        kinds=len(wording()["kinds"]), fillers=len(wording()["fillers"]),
        documents=len(articles), facts=f"{FACTS * len(articles):,}",
        shortest=min(words), longest=max(words),
        sha256=hash_contents({path: text.encode() for path, text in files.items()}),
        **asked, **{f"{split}_open": count for split, count in unanswerable.items()})
