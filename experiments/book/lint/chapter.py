"""The shape of a chapter (DESIGN, section 7), checked before anything runs.

    python -m experiments.book.lint

prints every problem with chapter, cell and line, and fails when there is one.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from experiments.book.lint import cells as lint_cells
from experiments.book.lint import sections as lint_sections
from experiments.book.pages import ledger
from experiments.book.pages.claim_outcomes import read_catalogue
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import name_cell, numbered_cells, read_notebook, source
from experiments.book.source.numbers import number_names
from experiments.book.source.outline import Section, sections
from experiments.book.source.prose import (
    typed_message,
    typed_results,
    unknown_message,
    unknown_numbers,
)
from experiments.book.source.references import headings, read_titles, unknown_titles
from experiments.book.source.setup_cell import setup_cell
from experiments.book.source.toc import pages, read_contents
from experiments.core import BookError
from experiments.evidence.analysis.articles import article_claims
from experiments.evidence.checks.published import read_published


@dataclass(frozen=True)
class Chapter:
    """What the checks look at."""

    notebook: dict
    setup: str
    claims: frozenset[str]
    numbers: frozenset[str]

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
    claims = frozenset(article_claims(layout.data / "claims.yaml"))
    numbers = number_names(read_published(layout.data / "published.yaml"))
    chapters = {name: Chapter(read_notebook(layout.chapter(name)), setup_cell(name, layout),
                              claims, numbers) for name in names}
    problems = [f"{name}, {problem}" for name, chapter in chapters.items()
                for problem in lint_chapter(chapter)]
    problems += check_figure_names(chapters)
    problems += check_references(chapters, known_titles(layout))
    for page in pages(read_contents(layout)):
        path = layout.root / f"{page}.md"
        problems += [f"{path.name}, {p}" for p in lint_page(path, numbers)] if path.exists() else []
    return problems


def lint_chapter(chapter: Chapter) -> Iterator[str]:
    """Yield every problem of one chapter."""
    for check in (*lint_cells.CHECKS, *lint_sections.CHECKS):
        yield from check(chapter)


def check_figure_names(chapters: Mapping[str, Chapter]) -> Iterator[str]:
    """A figure's name is its label in the whole book, where case does not count."""
    first: dict[str, str] = {}
    for name, chapter in chapters.items():
        for number, cell in chapter.code:
            figure = cell["metadata"].get("mystnb", {}).get("figure", {}).get("name")
            if not figure:
                continue
            place = f"{name}, {name_cell(number, cell)}"
            if figure.casefold() in first:
                yield (f"{place}: the figure name {figure!r} is taken by "
                       f"{first[figure.casefold()]}; a reference could mean either, so give one "
                       "of them a name of its own")
            first.setdefault(figure.casefold(), place)


def known_titles(layout: Layout) -> frozenset[str]:
    """Name what prose may refer to in italics: chapters, pages and the articles."""
    articles = read_catalogue(layout.data / "claims.yaml").titles.values()
    return frozenset({*read_titles(layout), *articles, ledger.TITLE})


def check_references(chapters: Mapping[str, Chapter], known: frozenset[str]) -> Iterator[str]:
    """A question in italics names a chapter, a page, an article or a section of its own chapter."""
    for name, chapter in chapters.items():
        words = [source(cell) for _, cell in numbered_cells(chapter.notebook)
                 if cell["cell_type"] == "markdown"]
        own = {title for text in words for title in headings(text)}
        for text in words:
            yield from (f"{name}: *{title}* is the title of no chapter, page, article or section "
                        "of this chapter; was one renamed?"
                        for title in unknown_titles(text, known | own))


def lint_page(page: Path, numbers: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the numbers of a Markdown page."""
    text = page.read_text(encoding="utf-8")
    for line, number in typed_results(text):
        yield f"line {line}: {typed_message(number)}"
    yield from map(unknown_message, unknown_numbers(text, numbers))


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
