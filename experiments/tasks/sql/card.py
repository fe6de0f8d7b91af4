"""The cards of the SQL benchmarks: what they are, how they were made, what they cannot show."""

from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents

PURPOSES = {
    "shop-sql": """Text to SQL. A question in English about the database of the invented shop
Orvanta, and the query that answers it. What is graded is what a query gives, not how it reads: it
is right when it gives the rows of the gold query on two fillings of the database, in their order
only where the gold query sorts.""",
    "shop-sql-renamed": """The database of `shop-sql` after a renaming: the table `product` is
`article`, the columns `price` and `joined` are `euros` and `since`. Test questions are those of
`shop-sql` whose query the renaming touches, word for word; train questions are its train questions
with the new names in their queries. It shows what of a training survives a change of the
schema.""",
    "shop-sql-varied": """The train questions of `shop-sql`, each with the tables before it under
names of their own, drawn by seed from five a table or column. A supply to train on and nothing
else: it has no test questions and no database. It shows whether a model can be trained to read the
tables rather than to know them.""",
    "library-sql": """The kinds of questions of `shop-sql` about the database of an invented lending
library, with other tables and columns. Train holds one question a shape, from which a prompt can
show examples; it is no supply to train on. It shows whether a training on the shop taught SQL or
the shop.""",
}

CARD = """# {name}

## Purpose

{purpose}

## Making

Written for this book. Wordings, values and queries stand in `experiments/tasks/sql/{source}`, and
every wording was written by hand; a wording with a place for a value is filled with values drawn
by seed. No wording of one split stands in another, and a place for a value has other values in
test than in train. The rows of both fillings are drawn by seeds that were searched until no gold
query was empty and no two of them gave the same rows on both. `python -m
experiments.tasks.sql.generate` writes documents, scripts, questions.jsonl and this card again,
and a test compares every byte; task.yaml is written by hand. The documents are the CREATE
statements of the tables; the evidence of a question are the tables of its query.

## Licence

CC BY 4.0. Shop, library and people are invented.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| shapes of queries | {shapes} |
| test questions whose query stands in train | {seen} |
| test questions with new values | {values} |
| test questions of a new shape, two trained ones together | {composed} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl, of both scripts and of
task.yaml, sorted by path.

## Known limits

- Four small tables with plain names. Real schemas have hundreds of tables, odd names, and values
  that are spelt in five ways.
- A question has one gold query. Where English leaves open what is meant (each name once or
  as often as it occurs), the gold query decides, and another reading counts as wrong.
- Two fillings catch most queries that are right by luck, not all.
- Wordings are clean and short, without typing errors and without questions that the tables do
  not answer.
- Shapes are a dozen. A new shape joins two of them; none needs three.
"""


def write_card(task: str, files: Mapping[str, str], settings: str, asked: Sequence) -> str:
    """Write card.md for the files and the task.yaml, made of `asked` (sql_shapes.Asked)."""
    kinds = Counter(one.kind for one in asked if one.split == "test")
    contents = {**files, "task.yaml": settings}
    counts = {"train": 0, "dev": 0, "test": 0} | Counter(one.split for one in asked)
    return CARD.format(
        name=task, purpose=PURPOSES[task],
        source="library_sql.yaml" if task == "library-sql" else "shop_sql.yaml",
        documents=sum(path.startswith("documents/") for path in files),
        shapes=len({one.shape for one in asked}), seen=kinds["seen query"],
        values=kinds["new values"], composed=kinds["new shape"],
        sha256=hash_contents({path: text.encode() for path, text in contents.items()}), **counts)
