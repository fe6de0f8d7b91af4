"""Cross-references: a title in italics becomes a link to its chapter or page.

    As *What makes RAFT work?* found, ...
    As [*What makes RAFT work?*](16_raft.ipynb) found, ...

Notebooks keep the plain title, which reads well on Colab too; the site gets the links. A title
may break over a line. A question in italics that is the title of nothing is a problem: somebody
renamed a chapter and left the references behind.
"""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook
from experiments.book.source.outline import title
from experiments.book.source.prose import change_prose, prose_only
from experiments.book.source.toc import pages, read_contents

_ITALIC = re.compile(r"(?<![*\w\[])\*(?=[A-Z])([^*\[\]]+?)\*(?![*\w])")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def read_titles(layout: Layout, written: Mapping[str, str] | None = None) -> dict[str, str]:
    """Map the titles of all chapters and pages to their files, such as "chapters/16_raft.ipynb".

    `written` maps the pages that the build writes itself to their Markdown.
    """
    titles = {title(read_notebook(layout.chapter(name))): f"chapters/{name}.ipynb"
              for name in layout.chapter_names()}
    for page in pages(read_contents(layout)):
        path = layout.root / f"{page}.md"
        text = (written or {}).get(page)
        if text is None and path.exists():
            text = path.read_text(encoding="utf-8")
        titles |= dict.fromkeys(headings(text or "")[:1], f"{page}.md")
    return titles


def headings(markdown: str) -> list[str]:
    """List the headings of a text, of any level."""
    return _HEADING.findall(prose_only(markdown))


def link_titles(markdown: str, titles: Mapping[str, str], here: str) -> str:
    """Link the titles in a text to their files; `here` is the file that the text is in."""
    folder = posixpath.dirname(here) or "."

    def one(match: re.Match) -> str:
        target = titles.get(" ".join(match[1].split()))
        if target is None or target == here:
            return match[0]
        return f"[{match[0]}]({posixpath.relpath(target, folder)})"

    return change_prose(markdown, lambda prose: _ITALIC.sub(one, prose))


def unknown_titles(markdown: str, known: Collection[str]) -> Iterator[str]:
    """Yield the questions in italics that are the title of nothing known."""
    for match in _ITALIC.finditer(prose_only(markdown)):
        asked = " ".join(match[1].split())
        if asked.endswith("?") and " " in asked and asked not in known:
            yield asked
