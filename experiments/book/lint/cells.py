"""What DESIGN asks of a chapter's cells: plain Python, short, stripped, marked."""

import ast
import re
from collections.abc import Iterator

from experiments.book.source.notebooks import name_cell, source, tagged, tags
from experiments.book.source.prose import (
    count_words,
    typed_results,
    unknown_message,
    unknown_numbers,
)
from experiments.book.source.setup_cell import TAG as SETUP_TAG

MOST_LINES = 25
LONGEST_LINE = 78
FEWEST_WORDS = 8  # of prose for a line of code; aim at 10 to 15
HIDING = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


def check_format(chapter) -> Iterator[str]:
    """Cell ids hold outputs and prose together, so the format must have them."""
    notebook = chapter.notebook
    version = (notebook.get("nbformat"), notebook.get("nbformat_minor"))
    if version < (4, 5):
        yield f"metadata: expected notebook format 4.5, got {version[0]}.{version[1]}"
    ids = [cell.get("id") for cell in notebook["cells"]]
    for double in sorted({str(i) for i in ids if ids.count(i) > 1 or not i}):
        yield f"cell id {double!r} is missing or given to two cells"
    metadata = notebook["metadata"]
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "metadata: expected the kernelspec python3"
    if metadata.get("accelerator") != "GPU":
        yield "metadata: expected accelerator GPU (python -m experiments.book.source.setup_cell)"
    if not isinstance(metadata.get("book", {}).get("minutes"), int | float):
        yield 'metadata: expected the minutes the chapter takes, as {"book": {"minutes": 4}}'


def check_outputs(chapter) -> Iterator[str]:
    """Chapters are kept without outputs: a number in one could disagree with the build."""
    for number, cell in chapter.code:
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"{name_cell(number, cell)}: strip its outputs and execution count"


def check_length(chapter) -> Iterator[str]:
    """A cell fits a screen and a line fits a page."""
    for number, cell in chapter.code:
        lines = source(cell).splitlines()
        if len(lines) > MOST_LINES:
            yield f"{name_cell(number, cell)}: {len(lines)} lines, at most {MOST_LINES}"
        for index, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                yield (f"{name_cell(number, cell)}, line {index}: {len(line)} characters, "
                       f"at most {LONGEST_LINE}")


def check_python(chapter) -> Iterator[str]:
    """Only plain Python: `!command` goes on after a failure, and nobody would see it."""
    for number, cell in chapter.code:
        try:
            tree = ast.parse(source(cell))
        except SyntaxError as error:
            yield (f"{name_cell(number, cell)}, line {error.lineno}: not plain Python; shell "
                   "escapes and magics hide failures, call a function instead")
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in _ESCAPES:
                yield f"{name_cell(number, cell)}, line {node.lineno}: {name}() hides failures"


_ESCAPES = {"os.system", "os.popen", "os._exit", "sys.exit", "exit", "quit", "get_ipython"}


def check_marks(chapter) -> Iterator[str]:
    """The set-up cell comes first; one cell has the parameters, at least one declares a study.

    A chapter that computes all its results in every build has no study to declare; its
    metadata say book.live.
    """
    first = chapter.code[0][1] if chapter.code else {"source": "", "metadata": {}}
    if source(first) != chapter.setup or SETUP_TAG not in tags(first):
        yield (f"the first code cell must be the set-up cell, tagged {SETUP_TAG!r}, with the "
               "chapter's name: python -m experiments.book.source.setup_cell writes it")
    live = chapter.notebook["metadata"].get("book", {}).get("live", False)
    found = len(tagged(chapter.notebook, "parameters"))
    if found != 1:
        yield f"expected one code cell tagged 'parameters', found {found}"
    if not live and not tagged(chapter.notebook, "study"):
        yield "expected a code cell tagged 'study', found none"
    for cell in tagged(chapter.notebook, "parameters")[:1]:
        for name in ("mode", "sample"):
            if not re.search(rf"^{name}\s*=", source(cell), re.MULTILINE):
                yield f"the parameters cell does not set {name!r}"
    for number, cell in chapter.code:
        if "raises-exception" in tags(cell):
            yield f"{name_cell(number, cell)}: the tag raises-exception hides failures"
        if HIDING & set(tags(cell)) and "figure" not in cell["metadata"].get("mystnb", {}):
            yield f"{name_cell(number, cell)}: only cells that draw a figure may be hidden"


def check_figures(chapter) -> Iterator[str]:
    """Every figure has a name, a caption and an alternative text; numbers are published ones."""
    figures = [(n, c) for n, c in chapter.code if "figure" in c["metadata"].get("mystnb", {})]
    if not figures:
        yield "no figure: give one cell the metadata mystnb.figure and mystnb.image"
    for index, (number, cell) in enumerate(figures):
        mystnb = cell["metadata"]["mystnb"]
        caption = mystnb["figure"].get("caption", "")
        alt = mystnb.get("image", {}).get("alt", "")
        if not (mystnb["figure"].get("name") and caption and len(alt) >= 20):
            yield (f"{name_cell(number, cell)}: a figure needs figure.name, figure.caption and "
                   "image.alt, which says in a sentence what is to be seen")
        if index == 0 and not (re.search(r"\bn\s*=", caption) and "interval" in caption):
            yield (f"{name_cell(number, cell)}: the main figure's caption states n "
                   '("n = 240") and the kind of interval')
        for _, typed in typed_results(f"{caption}\n\n{alt}"):
            yield f"{name_cell(number, cell)}: typed result number {typed!r} in caption or alt text"
        for name in unknown_numbers(f"{caption}\n\n{alt}", chapter.numbers):
            yield f"{name_cell(number, cell)}: {unknown_message(name)}"


def check_shown(chapter) -> Iterator[str]:
    """What a show_ function is told to say is prose, too."""
    for number, cell in chapter.code:
        for text in _shown_texts(source(cell)):
            for _, typed in typed_results(text):
                yield f"{name_cell(number, cell)}: typed result number {typed!r}"


def _shown_texts(code: str) -> list[str]:
    """List the texts in calls of show_results and its like."""
    try:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return []  # check_python has told
    return [
        part.value
        for call in calls if ast.unparse(call.func).startswith("show_")
        for part in ast.walk(call)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def check_proportion(chapter) -> Iterator[str]:
    """Prose carries the code: at least eight words for a line that the reader sees."""
    standard = {SETUP_TAG, "parameters"} | HIDING
    lines = sum(
        bool(line.strip()) for _, cell in chapter.code if not standard & set(tags(cell))
        for line in source(cell).splitlines()
    )
    words = sum(count_words(section.prose) for section in chapter.sections)
    if lines and words / lines < FEWEST_WORDS:
        yield (f"{words} words of prose for {lines} lines of code: {words / lines:.1f} a line, "
               f"at least {FEWEST_WORDS}")


CHECKS = (check_format, check_outputs, check_length, check_python, check_marks, check_figures,
          check_shown, check_proportion)
