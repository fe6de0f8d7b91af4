"""The benchmark `routing`: which queue of a company should read a customer's message?

A real message, and the question made of it, before any code:

    - id: d001
      label: delivery
      traits: [no-keyword]
      text: >-
        The thing you sent is still sitting in your warehouse according to the map.

    {"id": "m-17a7613f", "question": "The thing you sent is still sitting in your warehouse ...",
     "answers": ["delivery"], "evidence": ["delivery"], "split": "test", "group": "d001"}

Messages (messages_a.yaml, messages_b.yaml), handbook (documents/) and task.yaml were written by
hand; this module deals the messages into splits. `python -m experiments.tasks.routing.generate`
writes questions.jsonl and card.md again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from experiments.core import BookError, paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.routing.card import write_card
from experiments.tasks.rows import in_order, text_id
from experiments.tasks.settings import read_settings

FOLDER = paths.TASKS / "routing"
MESSAGE_FILES = ("messages_a.yaml", "messages_b.yaml")
NO_QUEUE, RULES = "none", "triage-rules"
TRAITS = ("plain", "typo", "two-issues", "sarcasm", "no-keyword", "other-keyword", "ramble",
          "terse", "non-native")
# Of each label's messages; what is left, about 45 %, is for the test.
TRAIN_SHARE, DEV_SHARE = 0.40, 0.15


@dataclass(frozen=True)
class Letter:
    """A message as somebody sent it, the queue it belongs to, and what makes it hard."""

    id: str
    label: str
    traits: tuple[str, ...]
    text: str


def read_letters(folder: Path = FOLDER) -> list[Letter]:
    """Read all messages in file order.

    Raises BookError for an unknown label or trait, and for an id or text that comes twice.
    """
    labels = read_settings(folder).labels
    letters: list[Letter] = []
    for name in MESSAGE_FILES:
        for row in yaml.safe_load((folder / name).read_text(encoding="utf-8")):
            letter = Letter(row["id"], row["label"], tuple(row["traits"]), row["text"].strip())
            _check(folder / name, letter, labels)
            letters.append(letter)
    for what in ("id", "text"):
        seen: set[str] = set()
        for value in (getattr(letter, what) for letter in letters):
            if value in seen:
                raise BookError(f"{folder}: the {what} {value!r} comes twice; every message has "
                                "its own")
            seen.add(value)
    return letters


def read_traits(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Map the group of each question to what makes its message hard.

    Raises BookError for a task whose messages bear no traits.
    """
    if not all((folder / name).is_file() for name in MESSAGE_FILES):
        raise BookError(f"{folder}: traits stand in {' and '.join(MESSAGE_FILES)}, as in the "
                        "benchmark routing; this task has no such files")
    return {letter.id: letter.traits for letter in read_letters(folder)}


def _check(path: Path, letter: Letter, labels: Sequence[str]) -> None:
    if letter.label not in labels:
        raise BookError(f"{path}: message {letter.id} has the label {letter.label!r}; task.yaml "
                        f"knows {', '.join(labels)}")
    odd = [trait for trait in letter.traits if trait not in TRAITS]
    if odd or not letter.traits:
        raise BookError(f"{path}: message {letter.id} needs one or more of the traits "
                        f"{', '.join(TRAITS)}; it has {list(letter.traits)}")


def deal(letters: Sequence[Letter]) -> dict[str, str]:
    """Return every message id its split, drawn by seed label by label."""
    split_of = {}
    for label in dict.fromkeys(letter.label for letter in letters):
        names = sorted(letter.id for letter in letters if letter.label == label)
        Random(f"routing splits {label}").shuffle(names)
        train, dev = round(TRAIN_SHARE * len(names)), round(DEV_SHARE * len(names))
        splits = ["train"] * train + ["dev"] * dev + ["test"] * (len(names) - train - dev)
        split_of |= dict(zip(names, splits, strict=True))
    return split_of


def questions(letters: Sequence[Letter]) -> list[dict]:
    """Ask for the queue of every message, split by split, in an order that tells nothing.

    An id is made of the text: the message's own id would give its label away.
    """
    split_of = deal(letters)
    rows = [
        {
            "id": text_id("m", letter.text),
            "question": letter.text,
            "answers": [letter.label],
            "evidence": [RULES if letter.label == NO_QUEUE else letter.label],
            "split": split_of[letter.id],
            "group": letter.id,
        }
        for letter in letters
    ]
    return in_order(rows)


def generate(folder: Path = FOLDER) -> dict[str, str]:
    """Make questions.jsonl and card.md: file name -> content, the same at every call."""
    letters = read_letters(folder)
    lines = json_lines(questions(letters))
    return {"questions.jsonl": lines, "card.md": write_card(folder, lines, letters)}


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
