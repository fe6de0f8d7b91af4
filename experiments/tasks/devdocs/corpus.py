"""Cut pages into documents: one a section, as Markdown files with a YAML header.

The beginning of a real document, documents/5.2/ref/settings/USE_TZ.md, before any code:

    ---
    title: 'Django 5.2: USE_TZ (Settings)'
    version: '5.2'
    page: ref/settings
    section: Settings > Core Settings > USE_TZ
    ---
    ### USE_TZ

    Default: True

A passage is shown under its document's title, so that it says what it is about wherever it was
cut. A short section keeps its subsections, short neighbours under one heading are joined, and a
heading without text of its own goes with its first subsection.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

import yaml

from experiments.tasks.devdocs.text import Page, Section

# A passage of 256 word pieces holds about 145 words of this prose and code.
WHOLE_WORDS = 145  # a section of at most so many words keeps its subsections
JOINED_WORDS = 145  # short neighbours under one heading are joined up to so many words
OWN_WORDS = 12  # a heading with fewer words before its first subsection goes with that one
# A setting or its key: a thing to look up, and so a document by itself, however short.
SETTING = re.compile(r"[A-Z][A-Z0-9_]+")
LONGEST_SLUG = 80


@dataclass(frozen=True)
class Piece:
    """A document to be: `page.text[start:end]`, named after the section or sections in it."""

    id: str
    title: str
    version: str
    page: Page
    sections: tuple[Section, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """Return the document's text without its header."""
        return self.page.text[self.start:self.end]

    def write(self) -> str:
        """Write the content of the document's file."""
        header = {"title": self.title, "version": self.version, "page": self.page.name,
                  "section": "; ".join(" > ".join(s.titles) for s in self.sections)}
        dumped = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=1000)
        return f"---\n{dumped}---\n{self.text}\n"


@dataclass(frozen=True)
class _Part:
    """A stretch of a page's text and the neighbouring sections that name it."""

    sections: tuple[Section, ...]
    start: int
    end: int


def cut(page: Page, version: str) -> list[Piece]:
    """Cut a page into documents that together hold all of its text, in order."""
    tops = [section for section in page.sections if len(section.titles) == 1]
    parts = [part for top in tops for part in _parts(page, top)]
    if not parts:
        return []
    # What stands before the first heading, such as a note, belongs to the first document.
    parts[0] = replace(parts[0], start=0)
    name = page.sections[0].title
    titles = Counter(section.title for section in page.sections)
    pieces, taken = [], Counter()
    for part in parts:
        label = ", ".join(_label(section, titles) for section in part.sections)
        slug = re.sub(r"\W+", "-", label, flags=re.ASCII).strip("-")[:LONGEST_SLUG].rstrip("-")
        taken[slug.casefold()] += 1
        count = taken[slug.casefold()]
        slug += f"-{count}" if count > 1 else ""
        title = f"Django {version}: " + (name if label == name else f"{label} ({name})")
        pieces.append(Piece(f"{version}/{page.name}/{slug}", title, version, page, part.sections,
                            part.start, part.end))
    return pieces


def piece_at(pieces: list[Piece], offset: int) -> Piece:
    """Find the document that holds a character of its page."""
    return next(piece for piece in pieces if piece.start <= offset < piece.end)


def count_words(text: str) -> int:
    """Count the words of a text as white space parts them."""
    return len(text.split())


def _parts(page: Page, section: Section) -> list[_Part]:
    """Cut a section where it is too long and join what is too short."""
    children = [s for s in page.sections if s.titles[:-1] == section.titles
                and section.start < s.start < section.end]
    if not children or count_words(page.text[section.start:section.end]) <= WHOLE_WORDS:
        return [_Part((section,), section.start, section.end)]
    parts = [part for child in children for part in _parts(page, child)]
    parts = _joined(page, parts, len(section.titles) + 1)
    own_end = page.own_end(section)
    if count_words(page.text[section.start:own_end].partition("\n")[2]) < OWN_WORDS:
        return [replace(parts[0], start=section.start), *parts[1:]]
    return [_Part((section,), section.start, own_end), *parts]


def _joined(page: Page, parts: list[_Part], depth: int) -> list[_Part]:
    """Join neighbours of one depth, in order, as long as they stay short together."""
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined else part
        sections = last.sections + part.sections
        short = count_words(page.text[last.start:part.end]) <= JOINED_WORDS
        alike = all(len(s.titles) == depth and not SETTING.fullmatch(s.title) for s in sections)
        if last is not part and short and alike:
            joined[-1] = _Part(sections, last.start, part.end)
        else:
            joined.append(part)
    return joined


def _label(section: Section, titles: Counter) -> str:
    """Name a section by its title, after its parent's where that is needed to tell it apart.

    That is where the page has the title twice, and where a key belongs to a setting, as HOST does
    to DATABASES.
    """
    key = len(section.titles) > 1 and all(SETTING.fullmatch(t) for t in section.titles[-2:])
    return ": ".join(section.titles[-2:]) if key or titles[section.title] > 1 else section.title
