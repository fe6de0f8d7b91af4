"""The card of the benchmark `routing`: what it is, how it was made, what it cannot show."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from experiments.tasks.card import hash_contents
from experiments.tasks.folder import document_files
from experiments.tasks.settings import settings_files

CARD = """# routing

## Purpose

Messages to Orvanta, a company that does not exist, and the question which of ten queues should
read each of them, or none. The queues are those of many a shop, so a model knows the words; the
borders between them are Orvanta's own and stand in its handbook. A right answer needs the message
understood and the border known, and the form of the answer is one word: behaviour more than
knowledge.

## Making

Written for this book. The handbook came first: one page a queue with what belongs there and what
does not, and triage-rules.md, which ranks the queues for messages that hold two issues and says
what belongs to none. Then two authors wrote the messages one by one, without templates, and
labelled them by the handbook: messages_a.yaml and messages_b.yaml. A message carries traits that
say what makes it hard: typos, two issues, sarcasm, no keyword of its queue, a keyword of another
queue, a ramble, a few words, a writer whose first language is not English.

`python -m experiments.tasks.routing.generate` deals the messages into splits by seed, 40 % train,
15 % dev, 45 % test of each label, and a test compares every byte. The evidence of a message is the
page of its queue; of a message for no queue, whose answer is `none`, it is triage-rules. task.yaml
holds the prompts and the keywords of a rule-writer, taken from the handbook.

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| words a message | {shortest} to {longest}, median {median} |
{labels}
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl and of task.yaml, sorted
by path.

## Known limits

- Invented messages. Two authors who knew the labels wrote them: their habits stand in all splits.
- Nobody labelled a message without knowing its author's label, so agreement is not known.
- {percent} % of the messages belong to no queue, and the queues are of equal size. Real mail is
  not.
- {silent} % of the messages for a queue hold none of its keywords. Real mail is kinder to a rule.
- The keywords were listed from the handbook by an author of messages. A first, shorter list was
  replaced when it was seen to match few messages, and many messages got plainer words for the same
  reason. No split had been looked at.
- Everything is in English; mail in another language belongs to no queue by the handbook's rule.
- The page of a queue begins with the queue's name, and a message for no queue has no page. The
  oracle row is therefore a ceiling that a search cannot reach: it is told which page to read.
"""


def write_card(folder: Path, lines: str, letters: Sequence) -> str:
    """Write card.md for the questions in `lines`, made of `letters` (see routing.Letter)."""
    rows = [json.loads(line) for line in lines.splitlines()]
    words = sorted(len(letter.text.split()) for letter in letters)
    counts = Counter(letter.label for letter in letters)
    silent = sum("no-keyword" in letter.traits for letter in letters)
    files = [*document_files(folder), *settings_files(folder)]
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return CARD.format(
        documents=len(document_files(folder)), shortest=words[0], longest=words[-1],
        median=words[len(words) // 2], percent=round(100 * counts["none"] / len(letters)),
        silent=round(100 * silent / (len(letters) - counts["none"])),
        labels="\n".join(f"| messages for {label} | {count} |"
                         for label, count in sorted(counts.items())),
        sha256=hash_contents(contents | {"questions.jsonl": lines.encode()}),
        **Counter(row["split"] for row in rows))
