"""The card of the benchmark `house-rules`: what it is, how it was made, what it cannot show."""

from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents

CARD = """# house-rules

## Purpose

Judgement by rule. The returns desk of the invented shop Orvanta has a rulebook of {documents}
entries, and a case that comes to the desk gets one of six decisions. Some cases are settled by
one entry, a *fact*. The others need two or three steps: which entry holds, whether a number lies
within its limit, whether a card moves the limit or a high price overrules. Every rule stands in
many train cases. Two combinations of rules stand in none, and in the test split only.

## Making

Written for this book. The rulebook and the words of the cases are in
`experiments/tasks/house_rules/house_rules.yaml`, written by hand; the facts of a case, and which of
its words stand in which order, are drawn. The decisions are made by a program of a few lines
(`decide`). `python -m experiments.tasks.house_rules.generate` writes everything here again, and a
test compares every byte. Days lie within {furthest} days of the limit that counts, as often within
as past it. Where there is a card, half of the cases lie where the card decides.

`house-rules-worked` has the same cases with worked replies in the train split.
`house-rules-changed` has the rulebook's next edition, in which two limits have moved and two
special decisions have changed places; its train split is still that of the first rulebook, and
its test split is new cases which the change turns, and some that it does not touch. Both are made
at their first use.

## Licence

CC BY 4.0. The shop is invented.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words a case | {shortest} to {longest} |
| test cases that one entry settles | {fact} |
| test cases of two steps | {two} |
| test cases of three steps | {three} |
| test cases of three steps in a new combination | {new} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl and of task.yaml, sorted
by path.

## Known limits

- A case is a line of facts, not a letter. Real letters leave facts out and hide them in a story;
  reading is made easy here so that what is left is deciding.
- Train and test share the words of the cases. New are the numbers, the orders and, in two cells,
  the combination.
- Rules are crisp, complete and free of conflict. What people call judgement is often what begins
  where such rules end. Here a program is always right.
- Which special goods get which decision is arbitrary, so that nobody can guess it.
- The two combinations that are new were chosen by us, and there are only two.
"""


def write_card(files: Mapping[str, str], rows: Sequence, furthest: int) -> str:
    """Write card.md for the files, made of `rows` (house_rules.Row); days lie `furthest` off."""
    lengths = [len(row.text.split()) for row in rows]
    return CARD.format(
        documents=sum(path.startswith("documents/") for path in files),
        shortest=min(lengths), longest=max(lengths), furthest=furthest,
        sha256=hash_contents({path: text.encode() for path, text in files.items()}),
        **Counter(row.kind for row in rows if row.split == "test"),
        **Counter(row.split for row in rows))
