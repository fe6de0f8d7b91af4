"""The staged book: current words, outputs of the code that ran, published numbers."""

import copy

import pytest
import yaml
from tiny_book import FIGURE, code, markdown, notebook

from experiments.book.build.stage import fill_notebook, fold_setup, link_notebook, merge_outputs
from experiments.book.source.toc import pages, select_chapters
from experiments.core import BookError

NUMBERS = {"tiny-rate": "50.0 % (95 % interval 40.0 to 60.0)", "tiny-rate_value": "50.0 %"}
CONTENTS = yaml.safe_load("""
root: index
parts:
- caption: One
  chapters:
  - file: chapters/01_a
    sections:
    - file: chapters/02_b
- caption: Two
  chapters:
  - file: chapters/03_c
- chapters:
  - file: status
""")


def ran(current):
    """Return the notebook as papermill leaves it: outputs, counts, an injected cell."""
    executed = copy.deepcopy(current)
    for number, cell in enumerate(executed["cells"], 1):
        if cell["cell_type"] == "code":
            data = {"text/plain": f"out {number}"}
            cell |= {"execution_count": number, "outputs": [
                {"output_type": "display_data", "data": data, "metadata": {}}]}
            cell["metadata"]["papermill"] = {"status": "completed"}
    injected = code("mode = 'replay'", "injected-parameters") | {"id": "injected"}
    executed["cells"].insert(1, injected)
    return executed


def test_outputs_go_to_the_current_words_by_cell_id():
    before = notebook(markdown("old words"), code("a = 1"), code("b = 2"))
    current = copy.deepcopy(before)
    current["cells"][0]["source"] = "new words"
    current["cells"].insert(0, markdown("a new cell") | {"id": "new"})
    merged = merge_outputs("01_a", current, ran(before))
    assert [cell["source"] for cell in merged["cells"]] == [
        "a new cell", "new words", "a = 1", "b = 2"]
    assert merged["cells"][3]["outputs"][0]["data"] == {"text/plain": "out 3"}
    assert merged["cells"][3]["execution_count"] == 3
    assert "papermill" not in merged["cells"][3]["metadata"]


def test_outputs_of_other_code_are_refused():
    before = notebook(markdown("words"), code("a = 1"))
    current = copy.deepcopy(before)
    current["cells"][1]["source"] = "a = 2"
    with pytest.raises(BookError, match=r"01_a, cell 2 \(a = 2\): its outputs are of other code"):
        merge_outputs("01_a", current, ran(before))


def test_outputs_for_the_build_alone_are_left_out():
    current = notebook(code("show()"))
    executed = ran(current)
    private = {"application/x-book-study+json": {"study": "tiny"}}
    executed["cells"][0]["outputs"] += [
        {"output_type": "display_data", "data": private, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": "hello"},
    ]
    outputs = merge_outputs("01_a", current, executed)["cells"][0]["outputs"]
    assert [output["output_type"] for output in outputs] == ["display_data", "stream"]


def test_numbers_are_filled_into_prose_captions_and_alternative_texts():
    drawing = code("plot('{{ tiny-rate }}')", mystnb=copy.deepcopy(FIGURE))
    filled = notebook(markdown("It is {{ tiny-rate }}."), drawing)
    fill_notebook("01_a", filled, NUMBERS)
    words, figure = filled["cells"]
    assert words["source"] == "It is 50.0 % (95 % interval 40.0 to 60.0)."
    assert figure["metadata"]["mystnb"]["figure"]["caption"].startswith("A rate of 50.0 %;")
    assert figure["metadata"]["mystnb"]["image"]["alt"].endswith("at 50.0 %.")
    assert figure["source"] == "plot('{{ tiny-rate }}')"


def test_a_number_that_nothing_publishes_names_chapter_and_cell():
    with pytest.raises(BookError, match="01_a, cell 2: no published number is named 'rate'"):
        fill_notebook("01_a", notebook(code("a"), markdown("{{ rate }}")), NUMBERS)


def test_the_table_of_contents_keeps_the_chosen_chapters_and_all_pages():
    assert select_chapters(CONTENTS, ["01_a"]) == yaml.safe_load("""
        root: index
        parts:
        - caption: One
          chapters:
          - file: chapters/01_a
        - chapters:
          - file: status
        """)
    assert select_chapters(CONTENTS, ["01_a", "02_b", "03_c"]) == CONTENTS
    assert pages(CONTENTS) == ["index", "status"]


def test_a_chapter_that_the_contents_do_not_list_is_refused():
    with pytest.raises(BookError, match=r'"- file: chapters/09_x"'):
        select_chapters(CONTENTS, ["09_x"])


def test_the_setup_cell_is_folded_and_no_other():
    chapter = notebook(code("import sys", "setup"), code("a = 1", "study"))
    fold_setup(chapter)
    assert [cell["metadata"]["tags"] for cell in chapter["cells"]] == [
        ["setup", "hide-input"], ["study"]]


def test_prose_links_other_chapters_and_code_does_not():
    chapter = notebook(markdown("See *What is it?*."), code("# *What is it?*"))
    link_notebook("01_a", chapter, {"What is it?": "chapters/02_b.ipynb"})
    assert [cell["source"] for cell in chapter["cells"]] == [
        "See [*What is it?*](02_b.ipynb).", "# *What is it?*"]
