"""Notebooks as plain JSON: reading, writing, and what is asked of a cell.

A code cell, before any code:

    {"cell_type": "code", "id": "study", "metadata": {"tags": ["study"]},
     "source": ["study = Study(...)\n", "results = run(study)"], "outputs": [], ...}
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from experiments.core import BookError
from experiments.core.files import replace_file

_INJECTED = {"injected-parameters", "papermill-error-cell-tag"}


def read_notebook(path: Path) -> dict:
    """Read a notebook. Raises BookError when the file is not a whole notebook."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BookError(f"{path.name}: not a readable notebook: {error}") from None
    if not isinstance(notebook, dict) or "cells" not in notebook or "metadata" not in notebook:
        raise BookError(f"{path.name}: expected a notebook with cells and metadata")
    return notebook


def write_notebook(path: Path, notebook: Mapping) -> None:
    """Write a notebook whole or not at all."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    replace_file(path, text.encode("utf-8"))


def stated_minutes(notebook: Mapping) -> float:
    """Read how many minutes a chapter says it takes; 0 where it says nothing."""
    return notebook["metadata"].get("book", {}).get("minutes", 0)


def source(cell: Mapping) -> str:
    """Return a cell's text, whether stored as one string or as lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def tags(cell: Mapping) -> list[str]:
    """List a cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def numbered_cells(notebook: Mapping) -> Iterator[tuple[int, dict]]:
    """Number the author's cells from 1; cells that papermill put in do not count."""
    own = (cell for cell in notebook["cells"] if not _INJECTED & set(tags(cell)))
    yield from enumerate(own, start=1)


def code_cells(notebook: Mapping) -> list[dict]:
    """List the author's code cells."""
    return [cell for _, cell in numbered_cells(notebook) if cell["cell_type"] == "code"]


def tagged(notebook: Mapping, tag: str) -> list[dict]:
    """List the code cells that carry a tag."""
    return [cell for cell in code_cells(notebook) if tag in tags(cell)]


def name_cell(number: int, cell: Mapping) -> str:
    """Name a cell for a person: its number and its first line with anything in it."""
    lines = [line.strip() for line in source(cell).splitlines() if line.strip()]
    return f"cell {number} ({lines[0][:60] if lines else 'empty'})"
