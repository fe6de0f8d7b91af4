"""Write a parsed page as clean text and say exactly where its sections are.

A real page, cut short, before any code:

    Page("ref/settings", "# Settings\\n\\nWarning: Be careful when ...\\n\\n## Core Settings ...",
         sections=(Section(("Settings",), 0, 126533),
                   Section(("Settings", "Core Settings"), 295, 89007),
                   Section(("Settings", "Core Settings", "USE_TZ"), 82201, 83127), ...))

`page.text[section.start:section.end]` is a section with its subsections. A paragraph is one line,
blocks are parted by blank lines, code and the bodies of lists and definitions are indented.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

from experiments.tasks.devdocs.markup import Titles, parse_source

INDENT, CODE_INDENT = "  ", "    "
INVISIBLE = (nodes.comment, nodes.target, nodes.pending, nodes.substitution_definition,
             nodes.system_message, nodes.image, nodes.figure, nodes.docinfo, nodes.raw)
GROUPS = (nodes.block_quote, nodes.container, nodes.compound, nodes.topic, nodes.sidebar)


@dataclass(frozen=True)
class Section:
    """A section: the titles that lead to it and its place in the text of its page."""

    titles: tuple[str, ...]
    start: int
    end: int

    @property
    def title(self) -> str:
        """Return the section's own title."""
        return self.titles[-1]


@dataclass(frozen=True)
class Page:
    """A page as clean text. Sections stand in reading order; subsections lie in their parents."""

    name: str
    text: str
    sections: tuple[Section, ...]

    def own_end(self, section: Section) -> int:
        """Return where a section's own text ends: at its first subsection, or at its end."""
        inside = [s.start for s in self.sections if section.start < s.start < section.end]
        return section.start + len(self.text[section.start:min(inside)].rstrip()) \
            if inside else section.end


def read_page(name: str, source: str, titles: Titles) -> Page:
    """Parse one page and write it as text."""
    writer = _Writer()
    writer.write(parse_source(name, source, titles), ())
    return Page(name, "".join(writer.pieces), tuple(sorted(
        writer.sections, key=lambda section: (section.start, -section.end))))


class _Writer:
    """Writes sections and blocks one after the other and keeps count of characters."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.sections: list[Section] = []
        self._length = 0

    def write(self, node: nodes.Element, above: tuple[str, ...]) -> None:
        """Write what a document or section holds; note where each section stands."""
        for child in node.children:
            if not isinstance(child, nodes.section):
                for block in blocks_of(child):
                    self._add(block)
                continue
            titles = (*above, " ".join(child[0].astext().split()))
            self._add(f"{'#' * len(titles)} {titles[-1]}")
            start = self._length - len(self.pieces[-1])
            child.pop(0)
            self.write(child, titles)
            self.sections.append(Section(titles, start, self._length))

    def _add(self, block: str) -> None:
        if self.pieces:
            self.pieces.append("\n\n")
            self._length += 2
        self.pieces.append(block)
        self._length += len(block)


def blocks_of(node: nodes.Node) -> Iterator[str]:
    """Yield the blocks of text that one node makes; each may have several lines."""
    if isinstance(node, INVISIBLE):
        return
    if isinstance(node, nodes.literal_block | nodes.doctest_block):
        lines = node.astext().rstrip().split("\n")
        yield "\n".join((CODE_INDENT + line).rstrip() for line in lines)
    elif isinstance(node, nodes.bullet_list | nodes.enumerated_list):
        yield from _list(node)
    elif isinstance(node, nodes.definition_list):
        for item in node.children:
            yield from _definition(item)
    elif isinstance(node, nodes.field_list):
        for field in node.children:
            yield from _led(f"{field[0].astext()}: ", field[1])
    elif isinstance(node, nodes.table):
        yield "\n".join(_rows(node))
    elif isinstance(node, nodes.line_block):
        yield "\n".join(" ".join(line.astext().split()) for line in node.findall(nodes.line))
    elif isinstance(node, nodes.footnote | nodes.citation):
        label = next(iter(node.findall(nodes.label)), None)
        yield from _led(f"[{label.astext()}] " if label else "", node)
    elif isinstance(node, nodes.Admonition):
        yield from _admonition(node)
    elif isinstance(node, GROUPS):
        for child in node.children:
            yield from blocks_of(child)
    else:
        text = " ".join(node.astext().split())
        if text:
            yield text


def _inside(node: nodes.Element) -> list[str]:
    """List the blocks of a node's children, without its label or title."""
    return [block for child in node.children
            if not isinstance(child, nodes.label | nodes.title) for block in blocks_of(child)]


def _list(node: nodes.Element) -> Iterator[str]:
    """Write a list: tight when every item is one block, with blank lines otherwise."""
    items = []
    for number, item in enumerate(node.children, start=node.get("start", 1)):
        mark = f"{number}. " if isinstance(node, nodes.enumerated_list) else "- "
        body = _indented("\n\n".join(_inside(item)), " " * len(mark))
        items.append(mark + body.lstrip())
    yield ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _definition(item: nodes.Element) -> Iterator[str]:
    """Write terms, one a line, and their definition below, indented."""
    terms = []
    for child in item.children:
        if isinstance(child, nodes.term):
            terms.append(" ".join(child.astext().split()))
        elif isinstance(child, nodes.classifier):
            terms[-1] += f" ({child.astext()})"
    blocks = [_indented(block, INDENT) for part in item.children
              if isinstance(part, nodes.definition) for block in _inside(part)]
    yield "\n".join([*terms, *blocks[:1]])
    yield from blocks[1:]


def _admonition(node: nodes.Element) -> Iterator[str]:
    """Write a note or warning: its name or title leads the first paragraph."""
    title = node[0].astext() if isinstance(node[0], nodes.title) else node.tagname.capitalize()
    yield from _led(f"{title} " if title[-1] in ".?!:" else f"{title}: ", node)


def _led(words: str, node: nodes.Element) -> Iterator[str]:
    """Write a node's blocks with words before the first, or above it if it is no sentence."""
    body = _inside(node)
    if body and not body[0].startswith(CODE_INDENT):
        yield words + body[0]
        yield from body[1:]
    else:
        yield from [words.strip(), *body]


def _rows(table: nodes.table) -> Iterator[str]:
    """Write a table: a line for each row, cells parted by bars."""
    for row in table.findall(nodes.row):
        yield " | ".join(" ".join(" ".join(_inside(cell)).split()) for cell in row.children)


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
