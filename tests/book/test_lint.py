"""A chapter in the book's shape passes; each departure from it is named."""

import copy

import pytest
from tiny_book import CHAPTER, FIGURE, PARAMETERS, SETUP, code, markdown, notebook

from experiments.book.lint.chapter import (
    Chapter,
    check_figure_names,
    lint_book,
    lint_chapter,
    lint_page,
)
from experiments.book.source.layout import Layout

SETUP_TEXT = "import sys"
CLAIMS = frozenset({"acc-rag-weights-untouched", "cost-breakeven"})
NUMBERS = frozenset({"tiny-rate", "tiny-rate_value"})


def good():
    """Return a fresh copy of the tiny chapter."""
    cells = [code(SETUP_TEXT, "setup") if cell is SETUP else copy.deepcopy(cell)
             for cell in CHAPTER]
    return notebook(*cells, accelerator="GPU", book={"minutes": 1})


def lint(chapter):
    return list(lint_chapter(Chapter(chapter, SETUP_TEXT, CLAIMS, NUMBERS)))


def cell_with(chapter, text):
    """Find the first cell whose source holds `text`."""
    return next(cell for cell in chapter["cells"] if text in cell["source"])


def test_the_chapters_of_this_book_keep_its_rules():
    layout = Layout()
    assert lint_book(layout, layout.chapter_names()) == []


def test_the_tiny_chapter_has_no_problem():
    assert lint(good()) == []


def test_a_chapter_that_is_live_in_full_may_declare_no_study():
    chapter = good()
    retag("study =")(chapter)
    chapter["metadata"]["book"]["live"] = True
    assert lint(chapter) == []


def test_a_chapter_may_declare_a_second_study_where_it_needs_one():
    chapter = good()
    retag("mean =", "study")(chapter)
    assert lint(chapter) == []


def replace(old, new):
    def change(chapter):
        cell = cell_with(chapter, old)
        cell["source"] = cell["source"].replace(old, new)
    return change


def drop(text):
    def change(chapter):
        chapter["cells"].remove(cell_with(chapter, text))
    return change


def retag(text, *tags):
    def change(chapter):
        cell_with(chapter, text)["metadata"]["tags"] = list(tags)
    return change


def swap(text, other):
    def change(chapter):
        cells = chapter["cells"]
        a, b = (cells.index(cell_with(chapter, each)) for each in (text, other))
        cells[a], cells[b] = cells[b], cells[a]
    return change


def figure(part, key, value):
    def change(chapter):
        metadata = copy.deepcopy(FIGURE)
        metadata[part][key] = value
        cell_with(chapter, "dot_plot")["metadata"]["mystnb"] = metadata
    return change


def metadata(**values):
    return lambda chapter: chapter["metadata"].update(values)


@pytest.mark.parametrize(("change", "problem"), [
    (replace("# Does a tiny book build?", "# A tiny book"), "is not a question"),
    (replace("# Does a tiny book build?", "Hello\n\n# Does it?"), "expected one title"),
    (drop("## Hypothesis"), "no section (## ...) whose heading says 'hypothesis'"),
    (replace("would refute it", "would be a pity"), "number would refute it"),
    (replace(SETUP_TEXT, "import os"), "must be the set-up cell"),
    (retag(SETUP_TEXT), "must be the set-up cell"),
    (retag(PARAMETERS), "expected one code cell tagged 'parameters', found 0"),
    (replace("sample = 3", "k = 3"), "does not set 'sample'"),
    (retag("study ="), "expected a code cell tagged 'study', found none"),
    (retag("mean =", "hide-input"), "only cells that draw a figure may be hidden"),
    (retag("mean =", "raises-exception"), "the tag raises-exception hides failures"),
    (swap("## What it cost", "## The articles' claims"), "'claims' comes before 'cost'"),
    (swap("study = Study", "dot_plot"), "'figure' comes before 'study'"),
    (replace("mean = sum", "!false\nmean = sum"), "line 1: not plain Python"),
    (replace("mean = sum", "import os; os.system('false')\nmean = sum"), "os.system() hides"),
    (replace("print(mean)", "x = '" + "y" * 80 + "'"), "line 2: 86 characters, at most 78"),
    (replace("print(mean)", "\n".join(["pass"] * 25)), "26 lines, at most 25"),
    (replace("print(mean)", "\n".join(["pass"] * 15)), "16 lines from scratch, at most 15"),
    (replace("Words carry the code through the page. " * 30, ""), "at least 8"),
    (replace("acc-rag-weights-untouched", "acc-rag-nonsense"), "names 'acc-rag-nonsense'"),
    (replace("acc-rag-weights-untouched", "x"), "names no claim"),
    (replace("- It builds.", "- a\n- b\n- c\n- d\n- e"), "has 5 bullets, expected 1 to 4"),
    (replace("```{dropdown} Solution", "```{note}"), "no hidden solution"),
    (replace("Predict", "Guess"), 'no exercise says "predict"'),
    (replace("It builds.", "![ ](picture.png)"), "an image has no alternative text"),
    (figure("image", "alt", ""), "image.alt"),
    (figure("figure", "caption", "A rate, n = 4"), "the kind of interval"),
    (figure("figure", "caption", "95 % interval; n = 4, 61 %"), "typed result number '61 %'"),
    (figure("image", "alt", "A dot stands at {{ tiny-rat }}."), "named 'tiny-rat'"),
    (replace("A tiny table", "61 % right"), "typed result number '61 %'"),
    (replace("A tiny book trains nothing.", "It gains 0.5."), "typed result number '0.5'"),
    (replace("The rate is", "The rate 61.5 is"), "cell 11, line 1: typed result number '61.5'"),
    (replace("{{ tiny-rate }}", "{{ tiny-rat }}"), "no published number is named 'tiny-rat'"),
    (metadata(accelerator="TPU"), "expected accelerator GPU"),
    (metadata(book={}), "expected the minutes the chapter takes"),
    (metadata(kernelspec={"name": "julia"}), "expected the kernelspec python3"),
    (lambda chapter: chapter.update(nbformat_minor=4), "expected notebook format 4.5, got 4.4"),
    (lambda chapter: chapter["cells"][1].update(id="cell-0"), "cell id 'cell-0' is missing or"),
    (lambda chapter: chapter["cells"][3].update(execution_count=1), "strip its outputs"),
])
def test_a_departure_is_named(change, problem):
    chapter = good()
    change(chapter)
    problems = lint(chapter)
    assert any(problem in each for each in problems), problems


def test_predictions_of_the_hypothesis_are_no_results():
    chapter = good()
    replace("It builds. A rate", "It builds in 95.5 % of runs. A rate")(chapter)
    assert lint(chapter) == []


def test_the_hypothesis_ends_at_the_next_heading_in_the_same_cell():
    chapter = good()
    replace("{cite}", "\n\n## Before we start\n\nIt was 0.75.\n{cite}")(chapter)
    assert any("typed result number '0.75'" in problem for problem in lint(chapter))


def test_a_page_is_checked_for_typed_and_unknown_numbers(tmp_path):
    page = tmp_path / "index.md"
    page.write_text("# Title\n\n61 % and {{ nothing }}\n")
    first, second = lint_page(page, NUMBERS)
    assert first.startswith("line 3: typed result number '61 %'")
    assert "'nothing'" in second


def test_markdown_lines_count_within_the_cell():
    chapter = good()
    chapter["cells"].insert(-1, {**markdown("one\n\nthree 0.5"), "id": "extra"})
    (problem,) = lint(chapter)
    assert problem.startswith("cell 20, line 3: typed result number '0.5'")


def test_a_figure_name_is_given_once_in_the_book():
    chapters = {name: Chapter(good(), SETUP_TEXT, CLAIMS, NUMBERS)
                for name in ("05_reading", "21_speed")}
    shown = cell_with(chapters["21_speed"].notebook, "dot_plot")
    shown["metadata"]["mystnb"]["figure"]["name"] = "fig-speed"
    assert list(check_figure_names(chapters)) == []
    shown["metadata"]["mystnb"]["figure"]["name"] = "Fig-tiny"
    (problem,) = check_figure_names(chapters)
    assert problem.startswith("21_speed, cell 10 (dot_plot(results")
    assert "'Fig-tiny' is taken by 05_reading, cell 10 (dot_plot(results" in problem
