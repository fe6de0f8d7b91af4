"""The benchmarks `seeded-bugs`: is there a fault in this function, and of which kind?

A function of seeded_bugs.yaml, a fault seeded by program, and the question made of it:

    def sum_positive(numbers):                            checks: sum_positive([3, -1, 4]) == 7; ...
        '''Return the sum of the numbers above zero.'''
        total = 0
        for number in numbers:
            if number < 0:                                <- was `number > 0`
                total += number
        return total

    {"id": "f-17a7613f", "question": "def sum_positive(numbers): ...", "answers": ["comparison"],
     "evidence": ["comparison"], "split": "test", "group": "sum_positive"}

Every fault fails a check and every clean function passes all; nobody is shown the checks. A
function comes clean and faulty in its own names, and clean and faulty (another fault) in others:
half of all questions are `none`, whatever function or name one looks at. `seeded-bugs-seen` asks
about the train functions in a third set of names, `seeded-bugs-diff` shows changes instead.
`python -m experiments.tasks.seeded_bugs.generate` writes all three again.
"""

import ast
import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

from experiments.core import paths
from experiments.core.nouns import SPLITS
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.rows import in_order, text_id
from experiments.tasks.seeded_bugs.card import GUIDE, write_card
from experiments.tasks.seeded_bugs.mutants import fails, mutants, rename

NO_FAULT = "none"
TASKS = CODE, SEEN, DIFF = ("seeded-bugs", "seeded-bugs-seen", "seeded-bugs-diff")
PARTS = CLEAN, TRAINED, NEW = ("clean", "trained fault", "new fault")
SIZES = {"train": 60, "dev": 15, "test": 40}  # functions
_NAMINGS = 3  # its own, the second and the third


@dataclass(frozen=True)
class Function:
    """A function as it was written, its checks, and faults of as different kinds as it has."""

    name: str
    code: str
    checks: tuple[str, ...]
    split: str
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """One thing to review: code or a change, the kind of fault in it, and which `PARTS` it is."""

    function: Function
    text: str
    kind: str
    part: str
    split: str

    @property
    def id(self) -> str:
        """Return an id made of the text: the function's name with a number would tell its place."""
        return text_id("f", self.text)


@cache
def functions() -> tuple[Function, ...]:
    """Read all functions, deal them into splits by seed, and choose three faults for each."""
    rows = _read("seeded_bugs.yaml")
    splits = [split for split, count in SIZES.items() for _ in range(count)]
    Random("seeded-bugs splits").shuffle(splits)
    used: dict[str, Counter] = {split: Counter() for split in SPLITS}
    return tuple(_function(row, split, used[split])
                 for row, split in zip(rows, splits, strict=True))


def _function(row: dict, split: str, used: Counter) -> Function:
    code, checks = row["code"].strip(), tuple(row["checks"].split("; "))
    name = ast.parse(code).body[0].name
    real = [fault for fault in mutants(code) if fails(fault[1], checks)]
    Random(f"seeded-bugs {name}").shuffle(real)
    chosen: list[tuple[str, str]] = []
    while real and len(chosen) < _NAMINGS:
        had = Counter(kind for kind, _ in chosen)
        # Another kind than before, then the one that the split has least of, then as shuffled.
        best = min(real, key=lambda fault: (had[fault[0]], used[fault[0]]))
        real.remove(best)
        chosen.append(best)
        if len(chosen) < _NAMINGS:  # the third is asked in one of the benchmarks only
            used[best[0]] += 1
    return Function(name, code, checks, split, tuple(chosen))


def named(function: Function, code: str, naming: int) -> str:
    """Write code in one of three sets of names, 0 for its own; its docstring stays."""
    if naming == 0:
        return code
    names = {own: others[naming - 1] for own, others in _read("seeded_bugs_names.yaml").items()}
    called = ("work", "run")[naming - 1]
    return rename(code, names).replace(f"def {function.name}(", f"def {called}(")


def cases(task: str = CODE) -> Iterator[Case]:
    """Yield all that one of TASKS asks about, function by function."""
    for one in functions():
        if task == SEEN:
            if one.split == "train":
                yield from _seen(one)
            continue
        for naming, (kind, faulty) in enumerate(one.faults[:2]):
            clean, faulty = (named(one, code, naming) for code in (one.code, faulty))
            if task == DIFF:
                clean, faulty = change(faulty, clean), change(clean, faulty)
            yield Case(one, clean, NO_FAULT, CLEAN, one.split)
            yield Case(one, faulty, kind, TRAINED if one.split == "train" else NEW, one.split)


def _seen(one: Function) -> Iterator[Case]:
    """Yield a train function in its third names: clean, with a trained fault, with a new one."""
    yield Case(one, named(one, one.code, 2), NO_FAULT, CLEAN, "test")
    for place, part in ((0, TRAINED), (2, NEW)):
        for kind, code in one.faults[place:place + 1]:
            yield Case(one, named(one, code, 2), kind, part, "test")


def change(old: str, new: str) -> str:
    """Show a change as reviewers see it: all lines, `-` before the old and `+` before the new."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=99, lineterm="")
    return "\n".join(list(lines)[3:])


def part_of(task: str = SEEN) -> dict[str, str]:
    """Map the id of each question of a task to what it shows, one of PARTS."""
    return {case.id: case.part for case in cases(task)}


def questions(task: str = CODE) -> list[dict]:
    """Ask for the fault of every case, split by split, in an order that tells nothing."""
    rows = [{"id": case.id, "question": case.text, "answers": [case.kind],
             "evidence": [case.kind], "split": case.split, "group": case.function.name}
            for case in cases(task)]
    return in_order(rows)


def folder_of(task: str) -> Path:
    """Return the folder of one of TASKS."""
    return paths.TASKS / task


def generate(task: str = CODE) -> dict[str, str]:
    """Make guide, questions and card: relative path -> content, the same at every call."""
    files = {f"documents/{kind}.md": f"# {kind}\n\n{text}\n" for kind, text in GUIDE.items()}
    files["questions.jsonl"] = json_lines(questions(task))
    settings = (folder_of(task) / "task.yaml").read_text("utf-8")
    return files | {"card.md": write_card(task, files, settings, list(cases(task)))}


@cache
def _read(name: str):
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    for each in TASKS:
        write_files(folder_of(each), generate(each))
        print(f"wrote {folder_of(each)}")
