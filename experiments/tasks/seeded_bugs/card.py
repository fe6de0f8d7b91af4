"""The cards of the benchmarks `seeded-bugs`, and the guide that reviewers are given."""

from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.tasks.card import hash_contents

# The guide: what each kind of fault is. The documents of all three benchmarks.
GUIDE = {
    "boundary": "A bound is off by one: a range, a slice or a place ends or begins one too early "
                "or too late, or an equal value is on the wrong side of a comparison.",
    "comparison": "A comparison goes the wrong way: smaller for larger, equal for unequal, inside "
                  "for outside.",
    "operator": "A calculation uses the wrong operator, or has its operands in the wrong order.",
    "logic": "The conditions are joined wrongly, a condition is turned round, or true and false "
             "are exchanged.",
    "start": "A variable starts from the wrong value.",
    "return": "The result is not returned, or it is returned too early, inside the loop.",
    "variable": "A variable is used where another one was meant.",
    "none": "The function does what its description says.",
}

_PURPOSE = {
    "seeded-bugs": "The question is a function with its docstring; the label is the kind of fault "
                   "in it, or none.",
    "seeded-bugs-seen": "The train functions of `seeded-bugs` in a third set of names: clean, with "
                        "a fault that train questions have, and with one that they do not have. "
                        "Whoever knows the function, not the fault, is found out here.",
    "seeded-bugs-diff": "The functions and faults of `seeded-bugs` as changes: a fault goes in, or "
                        "the same fault is mended, which is a change without fault. One of the two "
                        "lines is right, and both are in sight.",
}

CARD = """# {task}

## Purpose

Review of code. Short Python functions say in a sentence what they should do; some do not. {purpose}

## Making

Written for this book: {functions} functions, their sentences and their checks by hand, in
`experiments/tasks/seeded_bugs/seeded_bugs.yaml`. Faults are seeded by program (`mutants.py`): one
small change at one place, of seven kinds, kept only if a check of the function then fails. A clean
function passes all of its checks; nobody is shown them. Half of the functions' questions are in
names of their own, half in others (`seeded_bugs_names.yaml`). In each set of names there is one
clean and one faulty question of a function, so that its name, its words and its sentence say
nothing of the label. `python -m experiments.tasks.seeded_bugs.generate` writes the documents,
questions.jsonl and this card again, and a test compares every byte and runs all checks; task.yaml
is written by hand. No function is in two splits.

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
| documents | {documents} |
| functions | {functions} |
| faulty questions | {faulty} |
| train questions (unanswerable) | {train} (0) |
| dev questions (unanswerable) | {dev} (0) |
| test questions (unanswerable) | {test} (0) |

Faults: {kinds}.

## SHA-256

`{sha256}`

over the path, length and content of every document, of questions.jsonl and of task.yaml, sorted
by path.

## Known limits

- A seeded fault is one changed place. People also leave out cases, misread what was asked, and
  make two mistakes that hide each other.
- Half of the questions are faulty. In real code far fewer are, and the same share of false alarms
  costs more there.
- Functions of three to nine lines, their sentence among them, without loops that might not end,
  calls of each other, files, time or text from outside.
- A wrong variable may raise an error at once; a test run of any kind would find it.
- Some functions are of one family (a smallest here, a largest there), and families cross splits.
"""


def write_card(task: str, files: Mapping[str, str], settings: str, cases: Sequence) -> str:
    """Write card.md for the files and the task.yaml, made of `cases` (seeded_bugs.Case)."""
    contents = {**files, "task.yaml": settings}
    kinds = Counter(case.kind for case in cases if case.kind != "none")
    splits = Counter(case.split for case in cases)
    return CARD.format(
        task=task, purpose=_PURPOSE[task], documents=len(files) - 1,
        functions=len({case.function.name for case in cases}), faulty=kinds.total(),
        kinds=", ".join(f"{kind} {kinds[kind]}" for kind in GUIDE if kinds[kind]),
        sha256=hash_contents({path: text.encode() for path, text in contents.items()}),
        **{split: splits[split] for split in ("train", "dev", "test")})
