"""The articles' comparison tables, with a column that says what was measured here.

A row of data/compared.yaml, and the cells that it becomes:

    - claim: cite-rag-provenance
      measured: "{{ rag-keyword-citation_value }} of the citations name the right page"

    "Retrieved answers can be traced to ..."    "95.1 % of the citations name the right page"

A row that a chapter judges names that chapter, and one that nothing was measured for says so.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.book.source.notebooks import read_notebook
from experiments.book.source.numbers import fill, number_texts
from experiments.book.source.outline import title
from experiments.book.tables import Table
from experiments.core import BookError
from experiments.core.paths import CHAPTERS, DATA
from experiments.evidence.analysis.articles import article_claim
from experiments.evidence.checks.published import read_published

NOTHING = "not measured"


@dataclass(frozen=True)
class Row:
    """A claim, and a sentence with published numbers or the chapter that judges it, or neither."""

    claim: str
    measured: str = ""
    chapter: str = ""

    def __post_init__(self):
        """Refuse a row that would say two things."""
        if self.measured and self.chapter:
            raise BookError(f"the row of {self.claim} has a sentence and a chapter: keep one")


def read_compared(path: Path = DATA / "compared.yaml") -> dict[tuple[str, str], list[Row]]:
    """Read the tables: (article, what it calls the table) -> rows."""
    tables = {}
    for table in yaml.safe_load(path.read_text(encoding="utf-8")):
        rows = [Row(**row) for row in table["rows"]]
        for row in rows:
            sources = article_claim(row.claim).sources
            if not any(source.startswith(table["article"]) for source in sources):
                raise BookError(f"{path.name}: {row.claim} is no claim of {table['article']}; "
                                f"it is made in {'; '.join(sources)}")
        tables[table["article"], table["called"]] = rows
    return tables


def compared_table(article: str) -> Table:
    """Lay out the table of one article with our column."""
    numbers = number_texts(read_published())
    for (name, called), rows in read_compared().items():
        if name == article:
            return Table(("what the article says", "measured here"), tuple(
                (article_claim(row.claim).paraphrase, _measured(row, numbers)) for row in rows),
                f"The {called} of {name}")
    raise BookError(f"no table of {article!r} in data/compared.yaml; there are: "
                    f"{'; '.join(name for name, _ in read_compared())}")


def _measured(row: Row, numbers) -> str:
    if row.chapter:
        chapter = read_notebook(CHAPTERS / f"{row.chapter}.ipynb")
        return f"see {title(chapter)}"
    return fill(row.measured, numbers, f"the row of {row.claim}") or NOTHING
