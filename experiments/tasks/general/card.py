"""The card of the suite `general`: what it is, how it was made, what it cannot show."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from experiments.tasks.card import hash_contents
from experiments.tasks.folder import document_files
from experiments.tasks.settings import settings_files

CARD = """# general

## Purpose

What does training on one task cost elsewhere? The suite asks for small things that have nothing to
do with a shop: twelve kinds, of which half are things to do with the words of the question and
half are things to know. It is asked of a model before and after a training, and the two sets of
answers are compared question by question. Eight pages of plain prose stand beside it: how likely
a model holds them is its perplexity. No question asks about a page.

## Making

Written for this book, items and pages, in items.yaml and documents/. The items were chosen for
being plain; no model was asked before they were fixed, and none was dropped afterwards. `python -m
experiments.tasks.general.generate` deals them into splits by seed, works out the replies of kinds
such as `swap` and `sum`, and writes questions.jsonl; a test compares every byte.

Six kinds are *trained*: they have items in the train split, too. Mixing the train split into a
training shows the model the form of these six kinds, though no item that it will be asked. The
other six kinds it never meets. A gain on the first six alone is training on the suite.

A reply is scored by the scorer of all question tasks. "Contains" asks that a right reply be a run
of whole words of what was said; "exact match" that nothing else be said. No right reply is a run
of its own question, so that repeating the question is never right.

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words in the documents | {words} |
{kinds}
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl and of task.yaml, sorted
by path.

## Known limits

- Small: ten test questions a kind. It sees large losses; the gate of the chapter says how large.
- The scorer folds case and drops articles and punctuation, so that capital letters, full stops and
  hyphens are not judged.
- A model that does badly before a training has little to lose. What it cannot do at first, the
  suite cannot miss.
- Short replies only. Whether a model can still write a paragraph or hold a conversation is not
  asked; perplexity on the pages stands in for it, and poorly.
- One wording a kind, one author, one style of English, and the knowledge of one part of the world.
- "Contains" is met by a reply that lists many things, of which one is right.
"""


def write_card(folder: Path, lines: str, kinds: Sequence) -> str:
    """Write card.md for the questions in `lines`, made of `kinds` (see general.Kind)."""
    rows = [json.loads(line) for line in lines.splitlines()]
    documents = document_files(folder)
    files = [*documents, *settings_files(folder)]
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    words = sum(len(path.read_text(encoding="utf-8").split()) for path in documents)
    listed = "\n".join(
        f"| items of the kind {kind.name} ({kind.about}{', trained' if kind.trained else ''}) | "
        f"{len(kind.items)} |" for kind in kinds)
    return CARD.format(
        documents=len(documents), words=f"{words:,}", kinds=listed,
        sha256=hash_contents(contents | {"questions.jsonl": lines.encode()}),
        **Counter(row["split"] for row in rows))
