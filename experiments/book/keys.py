"""The key of a chapter: equal key, equal run. Markdown is not in it, so prose is free.

In it: the source and tags of every code cell in order, the parameters, the package's
sources, the data files, the lock file, and Python's minor version.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import experiments
from experiments.book.layout import Layout
from experiments.book.notebooks import code_cells, source, tags
from experiments.core import fingerprint

_PACKAGE = Path(experiments.__file__).parent


def chapter_key(notebook: Mapping, parameters: Mapping, surroundings: str) -> str:
    """Give the 16-digit key of a chapter run with `parameters` in its surroundings."""
    cells = [[source(cell), sorted(tags(cell))] for cell in code_cells(notebook)]
    return fingerprint(cells, dict(parameters), surroundings)


def surroundings(layout: Layout) -> str:
    """Hash what all chapters share: package, data, lock file, Python's minor version."""
    lock = layout.root / "requirements.txt"
    return fingerprint(
        _contents(_PACKAGE, "*.py"),
        _contents(layout.data, "*"),
        lock if lock.exists() else None,
        list(sys.version_info[:2]),
    )


def _contents(folder: Path, pattern: str) -> dict[str, Path]:
    """Map relative names to the files of a folder; hidden files are nobody's input."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob(pattern))
        if path.is_file() and not path.name.startswith(".")
    }
