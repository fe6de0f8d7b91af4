"""Find the studies that the chapters declare, each in a code cell tagged "study"."""

import json
import os
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import CHAPTERS
from experiments.evidence.studies.study import Study

TAG = "study"


def chapters_folder() -> Path:
    """Folder of the chapters: chapters/, or what KNOW_OR_BEHAVE_CHAPTERS names."""
    return Path(os.environ.get("KNOW_OR_BEHAVE_CHAPTERS", CHAPTERS))


def declared_studies(chapters: Path | None = None) -> dict[str, Study]:
    """Map names to studies in the order of the chapters.

    Tagged cells run in a namespace that holds Study and every recipe class. Raises
    BookError naming chapter and cell.
    """
    folder = chapters or chapters_folder()
    if not folder.is_dir():
        raise BookError(f"{folder}: expected the folder of the chapters, but there is none")
    studies, homes = {}, {}
    for path in sorted(folder.glob("*.ipynb")):
        for study in studies_of(path):
            if study.name in studies:
                raise BookError(f"two studies are named {study.name!r}, in {homes[study.name]} "
                                f"and {path.name}. Rename one.")
            studies[study.name], homes[study.name] = study, path.name
    return studies


def studies_of(path: Path) -> list[Study]:
    """Run the tagged cells of one chapter, and give what they declare."""
    found = []
    for number, cell in enumerate(_cells(path), start=1):
        if cell.get("cell_type") != "code" or TAG not in cell.get("metadata", {}).get("tags", ()):
            continue
        declared = _run("".join(cell.get("source", "")), f"{path.name}, cell {number}")
        if not declared:
            raise BookError(f"{path.name}, cell {number}: tagged \"{TAG}\", but it makes no Study. "
                            "Declare one (study = Study(...)), or take the tag off.")
        found += declared
    return found


def _cells(path: Path) -> list[dict]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookError(f"{path}: not a readable notebook ({error!r}). "
                        "Restore it from git.") from error


def _run(source: str, place: str) -> list[Study]:
    """Execute a declaration; give the studies it binds to names, each once."""
    from experiments.methods import RECIPES

    names = {"__name__": "chapter", "Study": Study} | {c.__name__: c for c in RECIPES.values()}
    try:
        exec(compile(source, place, "exec"), names)
    except BookError as error:
        raise BookError(f"{place}: {error}") from error
    except (Exception, SystemExit) as error:
        raise BookError(
            f"{place}: the declaration raised {type(error).__name__}: {error}. A cell tagged "
            f"\"{TAG}\" stands alone: it may use Study and the recipes {', '.join(sorted(names))}, "
            "and what it imports itself."
        ) from error
    made = [value for value in names.values() if isinstance(value, Study)]
    return list({id(study): study for study in made}.values())
