"""What the rocket opens: numbers filled, citations in words, solutions closed."""

import json
import re

import pytest
from tiny_book import FIGURE, code, markdown, notebook

from experiments.book.build.stage import fill_notebook, fold_setup, link_notebook
from experiments.book.source.citations import Work, read_works
from experiments.book.source.edition import colab_folder, make_edition
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import code_cells, read_notebook, source, tags
from experiments.book.source.numbers import number_texts
from experiments.book.source.references import read_titles
from experiments.book.source.toc import read_configuration
from experiments.core import BookError
from experiments.evidence.checks.published import read_published

LAYOUT = Layout()
WORKS = {"lewis": Work("Lewis et al. 2020", "Lewis and others."),
         "hu": Work("Hu et al. 2021", "Hu and others.")}
FOLDER = "https://colab.example.org/chapters"


def edition(*cells):
    made = make_edition("01_a", notebook(*cells), WORKS, FOLDER)
    return [source(cell) for cell in made["cells"]]


@pytest.fixture(scope="module")
def shared():
    """Read what all chapters are filled with."""
    return (number_texts(read_published(LAYOUT.data / "published.yaml")), read_titles(LAYOUT),
            read_works(LAYOUT.root / "references.bib"),
            colab_folder(read_configuration(LAYOUT)))


@pytest.mark.parametrize("name", LAYOUT.chapter_names())
def test_every_chapter_opens_readable_and_closed(name, shared):
    numbers, titles, works, folder = shared
    chapter = read_notebook(LAYOUT.chapter(name))
    code_before = [source(cell) for cell in code_cells(chapter)]
    fill_notebook(name, chapter, numbers)
    link_notebook(name, chapter, titles)
    fold_setup(chapter)
    made = make_edition(name, chapter, works, folder)
    assert [source(cell) for cell in code_cells(made)] == code_before
    assert tags(code_cells(made)[0])[0] == "setup"
    ids = [cell["id"] for cell in made["cells"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[\w-]{1,64}", one) for one in ids)
    words = "\n\n".join(source(c) for c in made["cells"] if c["cell_type"] == "markdown")
    assert "{{" not in words
    assert not re.search(r"\{[a-z:]+\}`|[`:]{3}\{", words)
    for text in re.findall(r"\]\(([^)\s]+)\)", words):
        assert text.startswith("https://"), text
    # Every solution is inside an element that opens when it is asked to.
    folded = re.findall(r"<details>\n<summary>Solution</summary>\n\n.+?\n\n</details>", words,
                        re.DOTALL)
    assert len(folded) >= 3 and words.count("Solution") == len(folded)
    assert json.loads(json.dumps(made)) == made


def test_citations_become_authors_and_the_works_are_listed_once():
    assert edition(markdown("Found {cite}`lewis`, {cite}`lewis,hu`."), markdown("{cite}`hu`")) == [
        "Found (Lewis et al. 2020), (Lewis et al. 2020; Hu et al. 2021).", "(Hu et al. 2021)",
        "## Works cited\n\n- Hu and others.\n- Lewis and others."]


def test_a_figure_has_its_caption_below_and_its_code_is_folded():
    drawing = code("plot()", "remove-input", mystnb=FIGURE)
    made = make_edition("01_a", notebook(markdown("See {numref}`fig-tiny`."), drawing), {}, FOLDER)
    words, drawn, caption = made["cells"]
    assert source(words) == "See Figure 1."
    assert source(caption).startswith("**Figure 1.** A rate of")
    assert drawn["metadata"]["cellView"] == "form"
    assert drawn["metadata"]["jupyter"] == {"source_hidden": True}


def test_links_lead_to_chapters_on_colab_and_pages_are_named():
    assert edition(markdown("[*A?*](02_b.ipynb#end), [*Claims?*](../claims.md), "
                            "[out](https://example.org/x.md), `[a](b.md)`")) == [
        f"[*A?*]({FOLDER}/02_b.ipynb), *Claims?*, [out](https://example.org/x.md), `[a](b.md)`"]


@pytest.mark.parametrize(("text", "told"), [
    ("{cite}`nobody`", "01_a, cell 1: nothing in this chapter or the bibliography is called"),
    ("{numref}`fig-none`", "is called 'fig-none'"),
    ("{term}`RAG`", "would stand raw on Colab"),
    ("```{admonition} Mind\nthis\n```", "would stand raw on Colab"),
])
def test_what_a_notebook_cannot_show_is_refused(text, told):
    with pytest.raises(BookError, match=re.escape(told)):
        edition(markdown(text))


def test_works_are_named_by_their_authors():
    works = read_works(LAYOUT.root / "references.bib")
    assert works["kaya2026rag"].short == "Kaya Akgün 2026"
    assert works["lewis2020rag"].short == "Lewis et al. 2020"
    assert "Kaya Akgün" in works["kaya2026rag"].full
