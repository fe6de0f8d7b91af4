"""What a chapter read when it ran, with its content then: a run holds as long as that stands.

    {"data/prices.yaml": "5f0c...", "data/results/retrieval/": "a81b..."}

A name with a slash at its end is a folder and all that is in it. Of a study's records and of a
task the whole folder counts, so that a file that was not there is missed neither.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from experiments.book.build.reads import UNSEEN
from experiments.book.source.layout import Layout
from experiments.core import fingerprint
from experiments.core.paths import ROOT

ALL = "data/"
_WHOLE = ("results", "tasks", "timings", "archives")  # below data: of each, every part counts whole
# Known from elsewhere (see `keys.py`): chapters and modules by their text, numbers by their ids.
_ELSEWHERE = ("build", "chapters", "experiments", ".git", ".cache", ".venv")
_NUMBERS = Path("data", "published.yaml")


class Inputs:
    """The present content of a book's inputs; each is hashed once."""

    def __init__(self, layout: Layout) -> None:
        self.roots = tuple(dict.fromkeys((layout.root.resolve(), ROOT)))
        self._known: dict[str, str] = {}

    def read_by(self, notes: Path) -> dict[str, str]:
        """Map the inputs that a kernel noted to their contents; without notes it is all data."""
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
        told = {json.loads(line) for line in lines} or {UNSEEN}
        names = {name for each in told if (name := self._name(each))}
        return {name: self.content(name) for name in sorted(names)}

    def stand(self, read: Mapping[str, str] | None) -> bool:
        """Return whether all that a run read is as it was; not where the run left no list."""
        return read is not None and all(self.content(name) == was for name, was in read.items())

    def content(self, name: str) -> str:
        """Fingerprint an input, which may be missing."""
        if name not in self._known:
            self._known[name] = fingerprint([_content(root / name) for root in self.roots])
        return self._known[name]

    def _name(self, told: str) -> str | None:
        """Name the input that a path belongs to; None where it is none of the book's."""
        if told == UNSEEN:
            return ALL
        path = Path(told)
        root = next((each for each in self.roots if path.is_relative_to(each)), None)
        parts = path.relative_to(root).parts if root else ()
        if not parts or parts[0] in _ELSEWHERE or Path(*parts) == _NUMBERS:
            return None
        if parts[0] == "data" and len(parts) > 2 and parts[1] in _WHOLE:
            return "/".join(parts[:3]) + "/"
        return "/".join(parts) + ("/" if told.endswith("/") else "")


def _content(path: Path) -> object:
    """Return what stands at a path: a file's content, or a folder's; None for nothing."""
    if path.is_dir():
        return files_below(path.rglob("*"), path)
    return path if path.is_file() else None


def files_below(paths: Iterable[Path], folder: Path) -> dict[str, Path]:
    """Map relative names to those files that are somebody's input: not hidden, not compiled."""
    names = {path.relative_to(folder): path for path in paths if path.is_file()}
    return {name.as_posix(): path for name, path in names.items()
            if not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
            and name != Path("published.yaml")}
