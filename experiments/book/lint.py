"""The shape of a chapter (DESIGN, section 7), checked before anything runs.

    python -m experiments.book.lint

prints every problem with chapter, cell and line, and fails when there is one.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from experiments.book import lint_cells, lint_sections
from experiments.book.layout import Layout
from experiments.book.notebooks import numbered_cells, read_notebook
from experiments.book.outline import Section, sections
from experiments.book.prose import typed_results
from experiments.book.setup_cell import setup_cell
from experiments.core import BookError


@dataclass(frozen=True)
class Chapter:
    """What the checks look at."""

    notebook: dict
    setup: str
    claims: frozenset[str]

    @cached_property
    def sections(self) -> list[Section]:
        """List the sections, the text before the title first."""
        return sections(self.notebook)

    @cached_property
    def code(self) -> list[tuple[int, dict]]:
        """List the code cells with their numbers."""
        return [(n, c) for n, c in numbered_cells(self.notebook) if c["cell_type"] == "code"]


def lint_book(layout: Layout, names: Sequence[str]) -> list[str]:
    """List the problems of the named chapters and of the book's own Markdown pages."""
    setup, claims = setup_cell(layout), known_claims(layout)
    problems = []
    for name in names:
        chapter = Chapter(read_notebook(layout.chapter(name)), setup, claims)
        problems += [f"{name}, {problem}" for problem in lint_chapter(chapter)]
    for page in sorted(layout.root.glob("*.md")):
        if page.stem in _pages_in_toc(layout):
            problems += [f"{page.name}, {p}" for p in lint_page(page)]
    return problems


def lint_chapter(chapter: Chapter) -> Iterator[str]:
    """Give every problem of one chapter."""
    for check in (*lint_cells.CHECKS, *lint_sections.CHECKS):
        yield from check(chapter)


def lint_page(page: Path) -> Iterator[str]:
    """Give the results that are typed into a Markdown page."""
    for line, number in typed_results(page.read_text(encoding="utf-8")):
        yield f"line {line}: {lint_sections.typed_message(number)}"


def known_claims(layout: Layout) -> frozenset[str]:
    """Read the ids of the articles' claims; none when the book has no claims file."""
    path = layout.data / "claims.yaml"
    if not path.exists():
        return frozenset()
    return frozenset(claim["id"] for claim in yaml.safe_load(path.read_text("utf-8"))["claims"])


def _pages_in_toc(layout: Layout) -> set[str]:
    """Name the Markdown pages of the book."""
    return set(re.findall(r"(?:root|file):\s*(\S+)", (layout.root / "_toc.yml").read_text("utf-8")))


def main() -> int:
    """Lint the whole book."""
    layout = Layout()
    try:
        problems = lint_book(layout, layout.chapter_names())
    except BookError as error:
        problems = [str(error)]
    print("\n".join(problems) or "no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
