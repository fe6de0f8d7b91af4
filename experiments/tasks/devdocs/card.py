"""The card of the benchmark `devdocs`: what it is, how it was made, what it cannot show."""

import json
from collections import Counter
from collections.abc import Mapping

from experiments.tasks.card import hash_contents
from experiments.tasks.devdocs.archives import read_archives
from experiments.tasks.devdocs.asked import Asked

CARD = """# {name}

## Purpose

The documentation of a framework that changes. The corpus holds the same pages of Django
{versions}, so the passage of a wrong version is easy to retrieve and often holds a
tempting, wrong answer; every question names its version. A model has seen some version of this
documentation in its training, and what it remembers may be out of date: the closed-book score
says how much that helps.

## Making

The documents are made from the source distributions of Django {releases}, pinned by SHA-256 in
data/tasks/devdocs/archives.yaml. `python -m experiments fetch` downloads them once; no text of
theirs is in this repository. At the first use `experiments/tasks/devdocs/generate.py` parses the
reStructuredText with docutils (`markup.py`, `text.py`), cuts the pages into documents by their
sections (`corpus.py`) and keeps the task in the cache. A setting, or a key of one, is a document by
itself; other short neighbours are joined. The corpus holds the pages that the questions need, in
all versions that have them, and release notes only in the versions that need them. `devdocs-whole`
holds all pages.

Questions are of three kinds. Defaults of settings are read from the page ref/settings
(`settings.py`) and asked in phrasings that differ between splits (wording.yaml). What
developers ask was written by hand with its answers (asked.yaml). Unanswerable questions ask for
settings that nobody ever wrote, for settings that only another version has, for versions that the
corpus does not hold, and, written by hand, for features of other frameworks and invented ones.

The first answer stands verbatim in the evidence; the others are forms that count as well. Where
an answer is the same in all versions, one version is asked, drawn by seed; where it differs, all
versions are. A group is a setting or a topic in all versions, and it is in one split. Defaults
that a guesser would say (True, False, None) are mostly in train. Defaults that no grader could
tell from other text ({without}) are not asked.

## Licence

The questions: CC BY 4.0. The documents: Django's documentation is under the BSD-3-Clause licence,
copyright Django Software Foundation and individual contributors; it is fetched, not
redistributed.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words | {words} |
| train questions (unanswerable) | {train} ({train_open}) |
| dev questions (unanswerable) | {dev} ({dev_open}) |
| test questions (unanswerable) | {test} ({test_open}) |
| questions about defaults | {settings} |
| hand-written questions, of {entries} entries | {written} |
| facts whose answer differs between versions | {differing} |

## SHA-256

`{sha256}`

over the path, length and content of every document and of questions.jsonl, sorted by path.

## Known limits

- The answer of a question stands in one section. Other sections may hold it as well, so a passage
  that does not count as evidence can still be right: read recall beside the score of the answer.
- Django is well known. Closed-book scores here are no estimate for documentation that is private.
- The wording of the hand-written questions gives away something of which have no answer: the
  chapter *What are we asking?* measures how much.
- True, False and None are frequent defaults. Compare with the majority row.
- Tables are written row by row, figures are left out, and references show the title of what they
  refer to.
- In `devdocs-whole` release notes mention settings that the asked version no longer has. They give
  no default, so these questions stay unanswerable, but their names occur.
- The hand-written questions come from one author, and the phrasings for settings from another one.
- A short answer such as "25" can stand in a long one by chance. Read exact match beside contains.
"""


def write_card(name: str, files: Mapping[str, str], asked: list[Asked]) -> str:
    """Write card.md for the documents and questions in `files`."""
    rows = [json.loads(line) for line in files["questions.jsonl"].splitlines()]
    count = Counter(row["split"] for row in rows)
    unanswerable = Counter(row["split"] for row in rows if not row["answers"])
    documents = [text for path, text in files.items() if path.startswith("documents/")]
    archives = read_archives()
    settings = sum(row["id"].startswith("setting-") and bool(row["answers"]) for row in rows)
    topics = {entry.topic for entry in asked}
    return CARD.format(
        name=name, documents=len(documents),
        versions=_and([archive.version for archive in archives]),
        releases=_and([archive.release for archive in archives]),
        without="`[]`, `''`, `'default'`",
        words=f"{sum(len(text.split()) for text in documents):,}",
        settings=settings, written=sum(row["group"] in topics for row in rows),
        entries=len(asked), differing=_differing(rows),
        sha256=hash_contents({path: text.encode() for path, text in files.items()}),
        **{split: count[split] for split in ("train", "dev", "test")},
        **{f"{split}_open": unanswerable[split] for split in ("train", "dev", "test")})


def _differing(rows: list[dict]) -> int:
    """Count the questions, taken over all versions, that have more than one first answer."""
    answers: dict[str, set[str]] = {}
    for row in rows:
        if row["answers"]:
            answers.setdefault(row["id"].rpartition("-")[0], set()).add(row["answers"][0])
    return sum(len(found) > 1 for found in answers.values())


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
