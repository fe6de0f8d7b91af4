"""The benchmark `clauses-1600`: `clauses` with 1,600 clauses to train on instead of 480.

A further train question, before any code:

    {"id": "agreement-0401-1-terse-crossref-amended", "question": "...", "answers": ["{...}"],
     "evidence": [...], "split": "train", "group": "agreement-0401"}

The first 800 questions are those of `clauses`: all of dev and test, and its train split. The
further clauses are drafted from the sentences, companies' words and roles of the train split, of
which there are no more. So they are new in their values and their order, and not in their
wording. Nothing of it is committed: it is made at its first use.
"""

from collections.abc import Iterator
from pathlib import Path

from experiments.core import BookError, paths
from experiments.core.fingerprints import fingerprint
from experiments.core.imports import sources_key
from experiments.tasks.clauses import generate as clauses
from experiments.tasks.folder import json_lines, prepare_once

NAME = "clauses-1600"
FURTHER = 140  # agreements of each style


def prepare() -> Path:
    """Make the task's folder in the cache, once."""
    files = sorted(path for path in clauses.FOLDER.rglob("*.*") if path.is_file())
    if not files:
        raise BookError(f"{clauses.FOLDER}: expected the files of the task clauses, found none; "
                        "restore the folder from git")
    key = fingerprint([[path.name, path] for path in files], sources_key(__spec__.name))
    return prepare_once(paths.cache_folder("tasks", key) / NAME, generate)


def generate() -> dict[str, str]:
    """Make all files: those of `clauses`, with the further questions behind its own."""
    kept = [*sorted((clauses.FOLDER / "documents").glob("*.md")),
            clauses.FOLDER / "schema.json", clauses.FOLDER / "task.yaml"]
    files = {path.relative_to(clauses.FOLDER).as_posix(): path.read_text(encoding="utf-8")
             for path in kept}
    files["questions.jsonl"] = json_lines([*clauses.questions(), *further()])
    return files


def further() -> Iterator[dict]:
    """Ask one question of each further clause, all in the train split."""
    drawn = clauses.agreements("further", "train", count=FURTHER,
                               before=sum(clauses.AGREEMENTS.values()))
    yield from clauses.ask(clauses.draft_clauses("further", drawn))
