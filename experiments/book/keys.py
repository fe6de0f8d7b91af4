"""The key of a chapter: equal key, equal run. Markdown is not in it, so prose is free.

In it: the source and tags of every code cell in order, the parameters, the published
numbers that its code names (all of them where it imports what reads them all), the
package's sources, the data files, the lock file, and Python's minor version.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import experiments
from experiments.book.layout import Layout
from experiments.book.notebooks import code_cells, source, tags
from experiments.book.prose import PLACEHOLDER
from experiments.core import fingerprint
from experiments.evidence.published import Published
from experiments.evidence.sampling import SEED_VARIABLE

_PACKAGE = Path(experiments.__file__).parent
_READ_ALL_NUMBERS = ("experiments.decide", "experiments.book.compared")


def chapter_key(notebook: Mapping, parameters: Mapping, shared: str,
                published: Iterable[Published] = ()) -> str:
    """Give the 16-digit key of a chapter run with `parameters`; `shared` is its `surroundings`."""
    # Who names another seed for the audit wants another sample.
    seed = os.environ.get(SEED_VARIABLE)
    cells = [[source(cell), sorted(tags(cell))] for cell in code_cells(notebook)]
    named = {name for text, _ in cells for name in PLACEHOLDER.findall(text)}
    every = any(module in text for text, _ in cells for module in _READ_ALL_NUMBERS)
    used = [entry for entry in published if every or {entry.id, f"{entry.id}_value"} & named]
    return fingerprint(cells, dict(parameters), used, seed, shared)


def surroundings(layout: Layout) -> str:
    """Hash what all chapters share: package, data, lock file, Python's minor version.

    Published numbers are left out: they change as prose is written, and prose takes them
    without a run.
    """
    data = _contents(layout.data)
    data.pop("published.yaml", None)
    lock = layout.root / "requirements.txt"
    return fingerprint(
        _contents(_PACKAGE),
        data,
        lock if lock.exists() else None,
        list(sys.version_info[:2]),
    )


def _contents(folder: Path) -> dict[str, Path]:
    """Map relative names to the files of a folder that are somebody's input."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path for name, path in files.items() if not _ignored(name)}


def _ignored(name: Path) -> bool:
    """Say whether a file is hidden (also a recording that is not finished) or compiled."""
    return any(part.startswith(".") or part == "__pycache__" for part in name.parts)
