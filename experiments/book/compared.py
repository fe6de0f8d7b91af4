"""The articles' comparison tables, with a column that says what was measured here.

A row of data/compared.yaml, and the cells that it becomes:

    - claim: cite-rag-provenance
      measured: "{{ rag-keyword-citation_value }} of the citations name the right page"

    "Retrieved answers can be traced to ..."    "95.1 % of the citations name the right page"

A row that a chapter judges names that chapter, and one that nothing was measured for says so.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.book.numbers import fill, number_texts
from experiments.book.tables import Table
from experiments.core import BookError
from experiments.core.paths import CHAPTERS, DATA
from experiments.evidence.articles import article_claim
from experiments.evidence.published import read_published

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
    for (title, called), rows in read_compared().items():
        if title == article:
            return Table(("what the article says", "measured here"), tuple(
                (article_claim(row.claim).paraphrase, _measured(row, numbers)) for row in rows),
                f"The {called} of {title}")
    raise BookError(f"no table of {article!r} in data/compared.yaml; there are: "
                    f"{'; '.join(title for title, _ in read_compared())}")


def _measured(row: Row, numbers) -> str:
    if row.chapter:
        return f"see {_title(row.chapter)}"
    return fill(row.measured, numbers, f"the row of {row.claim}") or NOTHING


def _title(chapter: str) -> str:
    """Read the title of a chapter from its first line."""
    path = CHAPTERS / f"{chapter}.ipynb"
    try:
        cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    except OSError as error:
        raise BookError(f"no chapter {chapter!r} in {CHAPTERS}: name it as its file") from error
    return "".join(cell["source"]).partition("\n")[0].removeprefix("# ").strip()
