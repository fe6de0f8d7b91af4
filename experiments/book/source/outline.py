"""A chapter's outline: its sections, each with its prose and its code cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments.book.source.notebooks import numbered_cells, source
from experiments.book.source.prose import prose_only

_HEADING = re.compile(r"^(#{1,2})\s+(.+?)\s*$")


@dataclass(frozen=True)
class Piece:
    """Prose of one Markdown cell that belongs to one section; `line` is its first line."""

    cell: int
    line: int
    text: str


@dataclass
class Section:
    """A heading of level 1 or 2 with all below it, up to the next such heading."""

    title: str
    level: int
    place: tuple[int, int]
    pieces: list[Piece] = field(default_factory=list)
    code: list[tuple[int, dict]] = field(default_factory=list)

    @property
    def prose(self) -> str:
        """Join the section's Markdown, its heading left out."""
        return "\n".join(piece.text for piece in self.pieces)


def sections(notebook: Mapping) -> list[Section]:
    """Cut a notebook into sections; what comes before any heading has the title ""."""
    found = [Section("", 0, (0, 0))]
    for number, cell in numbered_cells(notebook):
        if cell["cell_type"] == "code":
            found[-1].code.append((number, cell))
        elif cell["cell_type"] == "markdown":
            _read_markdown(found, number, source(cell))
    return found


def title(notebook: Mapping) -> str:
    """Return a chapter's title, or "" where it has none."""
    return next((section.title for section in sections(notebook) if section.level == 1), "")


def _read_markdown(found: list[Section], number: int, text: str) -> None:
    """Deal the lines of one Markdown cell to the sections."""
    lines, bare = text.split("\n"), prose_only(text).split("\n")
    start = 0
    for index, line in enumerate(bare):
        if not (heading := _HEADING.match(line)):
            continue
        found[-1].pieces.append(Piece(number, start + 1, "\n".join(lines[start:index])))
        title = lines[index].lstrip("# ").strip()
        found.append(Section(title, len(heading[1]), (number, index + 1)))
        start = index + 1
    found[-1].pieces.append(Piece(number, start + 1, "\n".join(lines[start:])))
