"""Which tasks there are, and what is in one."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from experiments.core import BookError, paths
from experiments.core.nouns import SPLITS
from experiments.tasks.folder import (
    QUESTION_FILES,
    document_files,
    documents_folder,
    questions_file,
    read_questions,
)


def shipped_tasks() -> list[str]:
    """List the names of the benchmarks under data/tasks."""
    return sorted({path.parent.name for name in QUESTION_FILES
                   for path in paths.TASKS.glob(f"*/{name}")})


def find_task(name_or_folder: str) -> Path:
    """Return the folder of a shipped benchmark, or the folder itself."""
    if name_or_folder in shipped_tasks():
        return paths.TASKS / name_or_folder
    if os.path.isdir(name_or_folder):
        return Path(name_or_folder)
    raise BookError(f"no task {name_or_folder!r}: expected a folder or one of "
                    f"{', '.join(shipped_tasks())}")


def summarise(folder: Path) -> dict:
    """Count a task's documents and questions and hash them; `test` counts unanswerable ones too."""
    examples = read_questions(folder)
    documents_folder(folder)
    files = document_files(folder)
    splits = Counter(example.split for example in examples)
    contents = {path.relative_to(folder).as_posix(): path.read_bytes()
                for path in (*files, questions_file(folder))}
    return {
        "name": folder.resolve().name,
        "documents": len(files),
        **{split: splits[split] for split in SPLITS},
        "unanswerable": sum(not example.answerable for example in examples),
        "sha256": hash_contents(contents),
    }


def hash_contents(contents: Mapping[str, bytes]) -> str:
    """Hash documents and questions: SHA-256 over every path, length and content, sorted by path."""
    digest = hashlib.sha256()
    for path in sorted(contents):
        digest.update(f"{path}\0{len(contents[path])}\0".encode())
        digest.update(contents[path])
    return digest.hexdigest()
