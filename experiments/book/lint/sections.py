"""What DESIGN asks of a chapter's sections: which, in what order, and what is in them."""

import re
from collections.abc import Iterator

from experiments.book.source.notebooks import name_cell, source, tags
from experiments.book.source.outline import Section
from experiments.book.source.prose import (
    typed_message,
    typed_results,
    unknown_message,
    unknown_numbers,
)

# What a heading must say, in the order in which the sections come.
HEADINGS = ("hypothesis", "scratch", "transcripts", "cost", "claims", "learned", "exercises",
            "next question")
SCRATCH_LINES = 15
MOST_BULLETS = 4


def find(chapter, word: str) -> Section | None:
    """Find the section whose heading says `word`."""
    for section in chapter.sections:
        if section.level == 2 and word in section.title.lower():
            return section
    return None


def check_title(chapter) -> Iterator[str]:
    """The title is the chapter's first line, and a question."""
    titles = [s for s in chapter.sections if s.level == 1]
    first = chapter.sections[0]
    if len(titles) != 1 or first.prose.strip() or first.code:
        yield "expected one title (# ...), on the first line of the first cell"
    for section in titles[:1]:
        if not section.title.endswith("?"):
            yield f"the title {section.title!r} is not a question"


def check_order(chapter) -> Iterator[str]:
    """All sections are there, in order, with set-up, parameters, study and figure between."""
    for word in HEADINGS:
        if find(chapter, word) is None:
            yield f"no section (## ...) whose heading says {word!r}"
    marks = [(word, s.place) for word in HEADINGS if (s := find(chapter, word))]
    marks[1:1] = _cells(chapter, "setup", "parameters")
    after_scratch = next((i for i, (word, _) in enumerate(marks) if word == "transcripts"), None)
    if after_scratch is not None:
        marks[after_scratch:after_scratch] = _cells(chapter, "study", "figure")
    for (before, place), (after, next_place) in zip(marks, marks[1:], strict=False):
        if next_place <= place:
            yield f"{after!r} comes before {before!r}; expected it after"


def _cells(chapter, *marks: str) -> list[tuple[str, tuple[int, int]]]:
    """Place the first cell that carries each mark."""
    def carries(cell, mark: str) -> bool:
        return mark in tags(cell) or mark in cell["metadata"].get("mystnb", {})

    return [(mark, places[0]) for mark in marks
            if (places := [(n, 0) for n, cell in chapter.code if carries(cell, mark)])]


def check_hypothesis(chapter) -> Iterator[str]:
    """A hypothesis says what would refute it."""
    section = find(chapter, "hypothesis")
    if section and not ("refute" in section.prose and re.search(r"\d", section.prose)):
        yield "the hypothesis does not say which number would refute it"


def check_scratch(chapter) -> Iterator[str]:
    """The idea fits into fifteen lines."""
    section = find(chapter, "scratch")
    if section and not section.code:
        yield "the section from scratch has no code"
    for number, cell in section.code if section else []:
        lines = len(source(cell).splitlines())
        if lines > SCRATCH_LINES:
            yield f"{name_cell(number, cell)}: {lines} lines from scratch, at most {SCRATCH_LINES}"


def check_claims(chapter) -> Iterator[str]:
    """The claims section names claims of data/claims.yaml, and no others."""
    section = find(chapter, "claims")
    if section is None:
        return
    text = section.prose + "\n".join(source(cell) for _, cell in section.code)
    prefixes = {claim.split("-")[0] for claim in chapter.claims}
    named = {name for name in re.findall(r"[`\"']([a-z]+(?:-[a-z0-9]+)+)[`\"']", text)
             if name.split("-")[0] in prefixes}
    if not named:
        yield "the claims section names no claim of data/claims.yaml"
    for name in sorted(named - chapter.claims):
        yield f"the claims section names {name!r}, which is not in data/claims.yaml"


def check_learned(chapter) -> Iterator[str]:
    """At most four bullets."""
    section = find(chapter, "learned")
    if section:
        bullets = len(re.findall(r"^[-*] ", section.prose, re.MULTILINE))
        if not 1 <= bullets <= MOST_BULLETS:
            yield f"{section.title!r} has {bullets} bullets, expected 1 to {MOST_BULLETS}"


def check_exercises(chapter) -> Iterator[str]:
    """Exercises have hidden solutions, and one of them asks to predict."""
    section = find(chapter, "exercises")
    if section is None:
        return
    hidden = re.findall(r"<details\b|\{dropdown\}", section.prose)
    if not hidden:
        yield "the exercises have no hidden solution (<details> or {dropdown})"
    if "predict" not in section.prose.lower():
        yield 'no exercise says "predict", then change one field'


def check_images(chapter) -> Iterator[str]:
    """An image in prose has an alternative text."""
    for section in chapter.sections:
        for piece in section.pieces:
            if re.search(r"!\[\s*\]\(", piece.text):
                yield f"cell {piece.cell}: an image has no alternative text"


def check_results(chapter) -> Iterator[str]:
    """No result is typed into prose; predictions of the hypothesis are no results."""
    for section in chapter.sections:
        if "hypothesis" in section.title.lower():
            continue
        pieces = [(p.cell, p.line, p.text) for p in section.pieces]
        for cell, first, text in [(*section.place, section.title), *pieces]:
            for line, number in typed_results(text):
                yield f"cell {cell}, line {first + line - 1}: {typed_message(number)}"


def check_numbers(chapter) -> Iterator[str]:
    """Every number that prose takes from data/published.yaml is there."""
    for section in chapter.sections:
        for piece in section.pieces:
            for name in unknown_numbers(piece.text, chapter.numbers):
                yield f"cell {piece.cell}: {unknown_message(name)}"


CHECKS = (check_title, check_order, check_hypothesis, check_scratch, check_claims, check_learned,
          check_exercises, check_images, check_results, check_numbers)
