"""The cards of the benchmark `desk-tools` and of its other editions."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from experiments.tasks.card import hash_contents

EDITION = {
    "desk-tools": "This is the clear edition: every tool says what it does, in names that differ.",
    "desk-tools-vague": (
        "This is the vague edition: the requests of `desk-tools`, and tools whose names overlap,\n"
        "whose arguments are called `value` or `param1`, and of which nothing is explained."),
    "desk-tools-second": (
        "This is the second edition: the requests of `desk-tools`, where half of the tools and\n"
        "two of their arguments have other names, and two tools are new. The requests of the new\n"
        "tools stand in the test split alone."),
}
CARD = """# {edition}

## Purpose

Calls of tools. Somebody asks something at an office desk, and the answer is one JSON object: the
name of a tool and its arguments. The schema has one form for each tool. {note}

## Making

Written for this book: the wordings of requests and the values in them are by hand, in
`experiments/tasks/desk_tools/desk_tools.yaml`; which value goes where is drawn by a fixed seed.
`python -m experiments.tasks.desk_tools.generate` writes every file of the three editions, cards
included, and a test compares every byte. A wording stands in one split, and so does a value, but
for days, rooms, times and small numbers. A request has the same id and text in all editions.

## Licence

CC BY 4.0. The office and its people are invented.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| arguments a tool | {fewest} to {most} |
| wordings of test requests | {wordings} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl, schema.json and
task.yaml, sorted by path.

## Known limits

- Every request wants one call, holds all that the call needs, and is spelt right. An agent also
  asks back, calls several tools, and reads what they return.
- Requests of one tool share few wordings. A program of patterns, written by somebody who has
  seen them, would do well on them.
- Nothing is called: a call is right when it is the one that was meant.
- The vague names are worse than those of most real interfaces, and the list is short.
"""


def write_card(edition: str, files: Mapping[str, str], tools: Iterable) -> str:
    """Write card.md for an edition's files and its tools (desk_tools.Tool)."""
    rows = [json.loads(line) for line in files["questions.jsonl"].splitlines()]
    counts = [len(tool.arguments) for tool in tools]
    return CARD.format(
        edition=edition, note=EDITION[edition], documents=len(counts),
        fewest=min(counts), most=max(counts),
        wordings=len({row["group"] for row in rows if row["split"] == "test"}),
        sha256=hash_contents({path: text.encode() for path, text in files.items()}),
        **Counter(row["split"] for row in rows))
