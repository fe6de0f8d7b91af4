"""The book's two YAML files, and a copy of its table of contents with some chapters only."""

from collections.abc import Sequence

import yaml

from experiments.book.source.layout import Layout
from experiments.core import BookError


def read_contents(layout: Layout) -> dict:
    """Read _toc.yml."""
    return _read(layout, "_toc.yml", "table of contents")


def read_configuration(layout: Layout) -> dict:
    """Read _config.yml."""
    return _read(layout, "_config.yml", "configuration")


def pages(contents: dict) -> list[str]:
    """List the pages that are no chapters, in reading order."""
    return [page for page in _files(contents) if not page.startswith("chapters/")]


def select_chapters(contents: dict, names: Sequence[str]) -> dict:
    """Keep the table of contents' pages and of its chapters those named.

    Raises BookError for a chapter that the table of contents does not list.
    """
    listed = {page.removeprefix("chapters/") for page in _files(contents)
              if page.startswith("chapters/")}
    for name in names:
        if name not in listed:
            raise BookError(f"chapter {name} is not in _toc.yml, which lists "
                            f"{', '.join(sorted(listed)) or 'none'}; for a new chapter add the "
                            f'line "- file: chapters/{name}"')
    return _keep(contents, {f"chapters/{name}" for name in listed - set(names)})


def _read(layout: Layout, name: str, what: str) -> dict:
    path = layout.root / name
    if not path.exists():
        raise BookError(f"{path}: expected the book's {what} there")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _keep(entry, dropped: set[str]):
    """Copy a piece of the table of contents without the dropped files and emptied parts."""
    if isinstance(entry, list):
        kept = [_keep(one, dropped) for one in entry if one.get("file") not in dropped]
        return [one for one in kept if set(one) - {"caption", "numbered", "maxdepth"}]
    if isinstance(entry, dict):
        pairs = ((key, _keep(value, dropped)) for key, value in entry.items())
        return {key: value for key, value in pairs if value != []}
    return entry


def _files(entry) -> list[str]:
    """List the pages of a table of contents in reading order."""
    if isinstance(entry, list):
        return [page for one in entry for page in _files(one)]
    if isinstance(entry, dict):
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [page for value in entry.values() for page in _files(value)]
    return []
