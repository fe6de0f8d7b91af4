"""Whether a build has anything to do: equal inputs of the whole book, equal site.

    build/state.json: {"state": "5f0c...", "chapters": [["03_retrieval", 61.5], ...]}

Written at the end of a good build, with the state of the files at its start.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from experiments.book.source.layout import Layout
from experiments.core import fingerprint
from experiments.core.files import replace_file
from experiments.core.paths import ROOT

_MADE = ("build", ".venv", "__pycache__")
_SETTINGS = "KNOW_OR_BEHAVE_"  # how the environment's names begin that decide about a run


def book_state(layout: Layout, *options: object) -> str:
    """Fingerprint all files of a book and of the package, the options, the environment."""
    roots = dict.fromkeys((layout.root.resolve(), ROOT))
    settings = {name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)}
    return fingerprint([_files(root) for root in roots], list(options), settings,
                       list(sys.version_info[:3]))


def built_chapters(layout: Layout, state: str) -> dict[str, float] | None:
    """Map the chapters of the last site to their seconds; None where it is of another state."""
    try:
        kept = json.loads(_file(layout).read_text(encoding="utf-8"))
        if kept["state"] == state and (layout.html / "index.html").exists():
            return dict(kept["chapters"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no list, or none that can be read: the book is built
    return None


def keep_state(layout: Layout, state: str, chapters: Mapping[str, float]) -> None:
    """Note that the site in build/html is that of a state."""
    text = json.dumps({"state": state, "chapters": list(chapters.items())})
    replace_file(_file(layout), text.encode())


def forget_state(layout: Layout) -> None:
    """Note that the site is about to change: a build that is killed leaves no wrong state."""
    _file(layout).unlink(missing_ok=True)


def _file(layout: Layout) -> Path:
    return layout.build / "state.json"


def _files(root: Path) -> dict[str, Path]:
    """Map relative names to a folder's files, but for what is hidden or made."""
    found = {}
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name[0] != "." and name not in _MADE]
        for path in (Path(place, name) for name in names if name[0] != "."):
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path
    return found
