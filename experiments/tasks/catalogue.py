"""Which tasks there are, and what is in one.

A shipped task has a card, card.md, that states its counts and the hash of its files; what
is read is checked against it. A task that cannot be shipped is prepared at its first use.
"""

import importlib
import os
import re
from collections import Counter
from pathlib import Path

from experiments.core import BookError, paths
from experiments.core.nouns import SPLITS
from experiments.tasks.card import hash_contents
from experiments.tasks.folder import (
    document_files,
    documents_folder,
    questions_file,
    read_questions,
)
from experiments.tasks.settings import settings_files

CARD = "card.md"
# Task -> module whose `prepare` makes the task's folder, and what it is told.
PREPARED = {
    "devdocs": ("experiments.tasks.devdocs.generate", {}),
    "devdocs-whole": ("experiments.tasks.devdocs.generate", {"whole": True}),
    "hotpotqa": ("experiments.tasks.hotpotqa", {}),
    "clauses-1600": ("experiments.tasks.clauses.many", {}),
    **{f"house-rules-{edition}": ("experiments.tasks.house_rules.editions", {"edition": edition})
       for edition in ("worked", "changed")},
    **{f"support-taught-{6 * products}": ("experiments.tasks.support.schools",
                                          {"products": products}) for products in (9, 34, 134)},
}


def shipped_tasks() -> list[str]:
    """List the names of the benchmarks under data/tasks."""
    return sorted(path.parent.name for path in paths.TASKS.glob(f"*/{CARD}"))


def find_task(name_or_folder: str) -> Path:
    """Return the folder of a shipped benchmark, checked against its card, or the folder itself.

    Raises BookError for an unknown name, and for a benchmark that is not what its card says.
    """
    folder = home = paths.TASKS / name_or_folder
    if name_or_folder in PREPARED:
        module, options = PREPARED[name_or_folder]
        folder = importlib.import_module(module).prepare(**options)
    if _is_shipped(name_or_folder):
        check_card(folder, home / CARD)
        return folder
    if name_or_folder in PREPARED:
        return folder
    if os.path.isdir(name_or_folder):
        return Path(name_or_folder)
    raise BookError(f"no task {name_or_folder!r}: expected a folder or one of "
                    f"{', '.join(sorted({*shipped_tasks(), *PREPARED}))}")


def _is_shipped(name: str) -> bool:
    """Return whether a name is that of a shipped task, without a look at the others."""
    try:
        return Path(name).name == name and (paths.TASKS / name / CARD).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def summarise(folder: Path) -> dict:
    """Count a task's documents and questions and hash them; `test` counts unanswerable ones too."""
    return {**_count(folder), "sha256": hash_task(folder)}


def _count(folder: Path) -> dict:
    """Name a task and count its documents and questions."""
    examples = read_questions(folder)
    documents_folder(folder)
    splits = Counter(example.split for example in examples)
    return {
        "name": folder.resolve().name,
        "documents": len(document_files(folder)),
        **{split: splits[split] for split in SPLITS},
        "unanswerable": sum(not example.answerable for example in examples),
    }


def check_card(folder: Path, card: Path) -> None:
    """Compare a task's documents, questions and settings with the counts and hash on its card.

    Raises BookError naming what differs.
    """
    text = card.read_text(encoding="utf-8")
    stated = re.search(r"^`([0-9a-f]{64})`$", text, re.MULTILINE)
    if stated is None:
        raise BookError(f"{card}: expected a line with the task's SHA-256 in backquotes")
    # Before the counts: questions that somebody damaged may not be readable at all.
    digest = hash_task(folder)
    if digest != stated[1]:
        raise BookError(f"{folder} is not what its card states: its files hash to "
                        f"{digest}, the card says {stated[1]}. Restore the folder from "
                        "git; to change a task on purpose, run the module that writes it.")
    counts = dict(re.findall(r"^\| (documents|train|dev|test)\b[^|]*\| ([\d,]+)", text,
                             re.MULTILINE))
    found = _count(folder)
    for name, count in counts.items():
        if int(count.replace(",", "")) != found[name]:
            raise BookError(f"{card}: it states {count} for {name}, the folder holds {found[name]}")


def hash_task(folder: Path) -> str:
    """Hash a task's documents, questions and settings; see `hash_contents`."""
    files = (*document_files(folder), questions_file(folder), *settings_files(folder))
    return hash_contents({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
