"""Tiny notebooks for tests: no model, a kernel and a few cells."""

import json
from pathlib import Path

from experiments.book.layout import Layout

PARAMETERS = 'mode = "audit"\nsample = 3'


def code(source: str, *tags: str, **metadata) -> dict:
    """Make a code cell."""
    return {"cell_type": "code", "execution_count": None, "outputs": [], "source": source,
            "metadata": {**({"tags": list(tags)} if tags else {}), **metadata}}


def markdown(source: str) -> dict:
    """Make a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict, **metadata) -> dict:
    """Make a notebook; ids follow the order of the cells."""
    numbered = [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": numbered, "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": kernel, **metadata}}


def write_chapter(root: Path, name: str, *cells: dict, **metadata) -> Layout:
    """Write a chapter below `root` and give the layout of the book there."""
    path = root / "chapters" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells, **metadata)))
    (root / "data").mkdir(exist_ok=True)
    return Layout(root)


def write_cells(root: Path, *sources: str) -> Layout:
    """Write the chapter 01_tiny: a parameters cell and one cell for each source."""
    cells = [code(PARAMETERS, "parameters"), *map(code, sources)]
    return write_chapter(root, "01_tiny", *cells)
