"""The benchmark `house-words`: which queue should read a note in a depot's private words?

A word of house_words.yaml, shortened, and a question made of it, before any code:

    heron:
      queue: returns
      gloss: A heron is a parcel that has come back to the depot for the second time.
      test: [Two herons at dock 4 since the morning., ...]

    {"id": "n-17a7613f", "question": "Two herons at dock 4 since the morning.",
     "answers": ["returns"], "evidence": ["heron"], "split": "test", "group": "n-17a7613f"}

A note is of one of three kinds (`kind_of`): about a word that train notes use; about a new word,
of which only the glossary speaks; or with a word in its everyday sense, which belongs to no queue.
The documents are the glossary, an entry a word. All sentences were written by hand, task.yaml too.
`python -m experiments.tasks.house_words.generate` writes documents, questions and card again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from experiments.core import paths
from experiments.core.nouns import SPLITS
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.house_words.card import write_card
from experiments.tasks.rows import in_order, text_id

FOLDER = paths.TASKS / "house-words"
NO_QUEUE = "none"
KINDS = TAUGHT, NEW, EVERYDAY = ("taught", "new", "everyday")


@dataclass(frozen=True)
class Note:
    """A note as somebody left it, the private word in it, and where it belongs."""

    text: str
    word: str
    queue: str
    kind: str
    split: str

    @property
    def id(self) -> str:
        """Return an id made of the text: one made of the word would help to guess."""
        return text_id("n", self.text)


@cache
def wording() -> dict:
    """Read house_words.yaml: queues, words and new words."""
    return yaml.safe_load(Path(__file__).with_name("house_words.yaml").read_text(encoding="utf-8"))


def glosses() -> dict[str, str]:
    """Map each word, taught or new, to its entry in the glossary."""
    return {word: entry["gloss"] for word, entry in (wording()["words"] | wording()["new"]).items()}


def queues() -> dict[str, str]:
    """Map each word, taught or new, to the queue of its private sense."""
    return {word: entry["queue"] for word, entry in (wording()["words"] | wording()["new"]).items()}


def kind_of() -> dict[str, str]:
    """Map the id of each question to the kind of its note, one of KINDS."""
    return {note.id: note.kind for note in notes()}


def notes() -> Iterator[Note]:
    """Yield all notes, word by word."""
    for word, entry in wording()["words"].items():
        for split in SPLITS:
            for text in entry[split]:
                yield Note(text, word, entry["queue"], TAUGHT, split)
            for text in entry["ordinary"][split]:
                yield Note(text, word, NO_QUEUE, EVERYDAY, split)
    for word, entry in wording()["new"].items():
        for text in entry["test"]:
            yield Note(text, word, entry["queue"], NEW, "test")


def questions() -> list[dict]:
    """Ask for the queue of every note, split by split, in an order that tells nothing."""
    rows = [{"id": note.id, "question": note.text, "answers": [note.queue],
             "evidence": [note.word], "split": note.split, "group": note.id} for note in notes()]
    return in_order(rows)


def generate(folder: Path = FOLDER) -> dict[str, str]:
    """Make glossary, questions and card: relative path -> content, the same at every call."""
    files = {f"documents/{word}.md": f"# {word}\n\n{gloss}\n" for word, gloss in glosses().items()}
    files["questions.jsonl"] = json_lines(questions())
    return files | {"card.md": write_card(files, (folder / "task.yaml").read_text("utf-8"),
                                          list(notes()))}


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
