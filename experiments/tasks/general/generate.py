"""The suite `general`: small things that a general model can do and know, asked before and after.

Two kinds as items.yaml holds them, and a question made of the second, before any code:

    - {kind: swap, about: instruction, trained: true,
       ask: "Write these two words in the opposite order: {item}", items: [red bus, ...]}
    - {kind: capital, about: knowledge, trained: true,
       ask: "What is the capital of {item}?", items: [{France: [Paris]}, ...]}

    {"id": "capital-france", "question": "What is the capital of France?", "answers": ["Paris"],
     "evidence": [], "split": "test", "group": "capital-france"}

Nothing in it is about a shop. Its documents are pages of plain prose, on which the perplexity of a
model is measured; no question asks about them. `python -m experiments.tasks.general.generate` deals
the items into splits and writes questions.jsonl and card.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from experiments.core import BookError, paths
from experiments.core.paths import slug
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.general.card import write_card
from experiments.tasks.rows import in_order

FOLDER = paths.TASKS / "general"
ITEMS = "items.yaml"
INSTRUCTION, KNOWLEDGE = "instruction", "knowledge"
# Items of each kind; what is left of a kind that is trained goes to train.
TEST_ITEMS, DEV_ITEMS = 10, 5
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
         "eighteen", "nineteen", "twenty")


@dataclass(frozen=True)
class Kind:
    """Items that are asked in one sentence; `items` maps what is asked to the right replies."""

    name: str
    about: str
    trained: bool
    ask: str
    items: dict[str, tuple[str, ...]]


def read_kinds(folder: Path = FOLDER) -> list[Kind]:
    """Read the kinds in file order; raises BookError for a malformed one."""
    path = folder / ITEMS
    kinds = []
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        items = {}
        for item in row["items"]:
            items |= ({item: work_out(row["kind"], item)} if isinstance(item, str) else
                      {name: tuple(replies) for name, replies in item.items()})
        kind = Kind(row["kind"], row["about"], row["trained"], row["ask"], items)
        _check(path, kind, len(row["items"]))
        kinds.append(kind)
    return kinds


def _check(path: Path, kind: Kind, count: int) -> None:
    if kind.about not in (INSTRUCTION, KNOWLEDGE) or "{item}" not in kind.ask:
        raise BookError(f"{path}: the kind {kind.name!r} is about {INSTRUCTION} or {KNOWLEDGE}, "
                        f"not {kind.about!r}, and asks with {{item}} in its sentence")
    held = TEST_ITEMS + DEV_ITEMS
    if len(kind.items) < count or (count > held) != kind.trained or count < held:
        raise BookError(f"{path}: the kind {kind.name!r} needs {held} items that differ, and more "
                        f"only if it is trained; it has {len(kind.items)} of {count}")


def work_out(kind: str, item: str) -> tuple[str, ...]:
    """Return the right replies to an item that says all, such as `swap` of "red bus"."""
    words = re.findall(r"\w+", item)
    if kind == "twice":
        return (f"{item} {item}",)
    if kind == "count":
        return (", ".join(str(n) for n in range(int(words[0]), int(words[-1]) + 1)),)
    if kind == "swap":
        return (" ".join(reversed(words)),)
    if kind == "spell":
        return ("-".join(item),)
    if kind == "sort":
        return (", ".join(sorted(words)),)
    if kind == "letter":
        return (item[0],)
    if kind == "sum":
        total = int(words[0]) + int(words[-1])
        return (str(total), WORDS[total])
    raise BookError(f"{ITEMS}: nobody can work out the reply to {item!r} of the kind {kind!r}; "
                    "give it as {item: [reply]}")


def questions(kinds: Sequence[Kind]) -> list[dict]:
    """Ask for every item, split by split; the splits are drawn by seed, kind by kind."""
    rows = []
    for kind in kinds:
        names = list(kind.items)
        Random(f"general splits {kind.name}").shuffle(names)
        for place, item in enumerate(names):
            identity = f"{kind.name}-{slug(item)}"
            split = ("test" if place < TEST_ITEMS else
                     "dev" if place < TEST_ITEMS + DEV_ITEMS else "train")
            rows.append({"id": identity, "question": kind.ask.format(item=item),
                         "answers": list(kind.items[item]), "evidence": [], "split": split,
                         "group": identity})
    return in_order(rows)


def kind_of(identity: str) -> str:
    """Name the kind of a question by its id."""
    return identity.partition("-")[0]


def generate(folder: Path = FOLDER) -> dict[str, str]:
    """Make questions.jsonl and card.md: file name -> content, the same at every call."""
    kinds = read_kinds(folder)
    lines = json_lines(questions(kinds))
    return {"questions.jsonl": lines, "card.md": write_card(folder, lines, kinds)}


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
