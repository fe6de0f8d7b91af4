"""A tiny book is built whole, from a study recorded with the fake model; faults stop it."""

import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from importlib import metadata

import pytest
from tiny_book import record_study, write_book

from experiments.book.build.build import build_book, only_build
from experiments.book.build.offline import draw
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook, source
from experiments.core.paths import ROOT

CHAPTER = "01_tiny"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Build the tiny book once."""
    layout = write_book(tmp_path_factory.mktemp("book"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KNOW_OR_BEHAVE_RESULTS", str(layout.data / "results"))
        record_study(layout)
        assert build_book(layout=layout) == 0
    return layout


@pytest.fixture
def own(book, tmp_path, monkeypatch):
    """Return the test a copy of the built book, so that it can spoil it."""
    shutil.copytree(book.root, tmp_path / "book")
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(tmp_path / "book" / "data" / "results"))
    return Layout(tmp_path / "book")


def edit(layout, old, new, name=f"chapters/{CHAPTER}.ipynb"):
    path = layout.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def page(layout, name=f"chapters/{CHAPTER}.html"):
    return (layout.html / name).read_text()


class Page(HTMLParser):
    """Collects the elements of a page and the text of its scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inline = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] in ("script", "style"):
            self.inline.append(data)


LOADING_RELATIONS = {"stylesheet", "preload", "prefetch", "icon", "shortcut icon", "modulepreload",
                     "manifest", "preconnect", "dns-prefetch"}


def loads(parsed):
    """List every address that a browser fetches when it shows a page."""
    for tag, attributes in parsed.elements:
        for key in ("src", "srcset", "poster", "data"):
            if attributes.get(key) and tag != "svg":
                yield attributes[key]
        if tag == "link" and attributes.get("rel") in LOADING_RELATIONS:
            yield attributes["href"]
        yield from re.findall(r"url\(([^)]*)\)", attributes.get("style") or "")


def test_the_pages_load_nothing_from_other_hosts(book):
    pages = [path for path in book.html.rglob("*.html") if "_static" not in path.parts]
    assert {path.name for path in pages} >= {"index.html", f"{CHAPTER}.html", "search.html"}
    for path in pages:
        parsed = Page(path.read_text())
        away = [address for address in loads(parsed) if re.match(r"(https?:)?//", address)]
        assert away == [], path
        assert not any("http" in text for text in parsed.inline if "unpkg" in text or "cdn" in text)
        for address in loads(parsed):
            target = address.split("?")[0].split("#")[0]
            assert target.startswith("data:") or (path.parent / target).exists(), (path, address)
    for style in book.html.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", style.read_text()), style


def test_every_image_has_an_alternative_text(book):
    figures = 0
    for path in [*book.html.glob("*.html"), *book.html.glob("chapters/*.html")]:
        for tag, attributes in Page(path.read_text()).elements:
            if tag == "img":
                assert len(attributes.get("alt") or "") > 3, (path, attributes)
                figures += attributes["alt"].startswith("Two dots at the same height, at ")
    assert figures == 1


def test_rocket_and_download_arrow_lead_to_one_file_of_the_site(book):
    (rocket,) = set(re.findall(r'href="(https://colab[^"]+)"', page(book)))
    published, inside = rocket.split("/blob/gh-pages/")
    assert published == "https://colab.research.google.com/github/know-or-behave/book"
    assert f'href="../{inside}"' in page(book)
    assert (book.html / inside).is_file()
    assert "colab.research" not in page(book, "index.html")


def test_that_file_reads_as_the_page_does(book):
    found = read_notebook(book.html / "_sources" / "chapters" / f"{CHAPTER}.ipynb")
    words = "\n".join(source(c) for c in found["cells"] if c["cell_type"] == "markdown")
    (published,) = re.findall(r"value: (\S+)", (book.data / "published.yaml").read_text())
    assert f"The rate is {published} % (95 % interval " in words and "See Figure 1." in words
    assert f"**Figure 1.** A rate of {published} %; n = 31" in words
    assert "(Lewis et al. 2020)" in words and "## Works cited" in words
    assert "<details>\n<summary>Solution</summary>\n\nNothing changes." in words
    drawn = [c for c in found["cells"] if c["cell_type"] == "code" and "dot_plot" in source(c)]
    assert any("image" in mime for output in drawn[-1]["outputs"] for mime in output["data"])


def test_the_chapter_shows_its_outputs_and_published_numbers(book):
    text = page(book)
    (published,) = re.findall(r"value: (\S+)", (book.data / "published.yaml").read_text())
    assert f"The rate is {published} % (95 % interval " in text
    assert "{{" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert "A tiny table" in text and re.search(r"\d+ of 160 asked again: 160 answers", text)
    assert "a success (oracle)" in text and "USD for 1,000 answers here" in text
    assert "Retrieval leaves the language model exactly as it was" in text
    assert "injected-parameters" not in text and "x-book-study" not in text


def test_figures_captions_citations_formulas_and_solutions_are_there(book):
    text = page(book)
    assert re.search(r"<figcaption>.*Figure 1.*A rate of", text, re.DOTALL)
    assert 'href="../bibliography.html#' in text
    assert "Patrick Lewis" in page(book, "bibliography.html")
    assert 'aria-label="x^2 = \\sqrt{y}"' in text
    assert "Solution" in text and "dropdown" in text


def test_the_page_on_all_claims_has_the_chapters_verdict_and_leads_to_it(book):
    text = page(book, "claims.html")
    assert f'href="chapters/{CHAPTER}.html#the-articles-claims"' in text
    assert 'id="the-articles-claims"' in page(book)
    text = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "Out of scope here in Does a tiny book build? : A tiny book trains nothing." in text
    assert re.search(r"out of scope here 1 1 0 1 0 0 recomputed", text)


def test_the_status_page_lists_chapter_study_and_number(book):
    text = re.sub(r"<[^>]+>", " ", page(book, "status.html"))
    text = " ".join(text.split())
    given = re.search(r"01_tiny tiny (\d+) of 160 asked again 160 (\d+): (\d+) identical, 0 near-t",
                      text)
    assert given[1] == given[2] == given[3] and 1 <= int(given[1]) <= 12
    assert re.search(rf"01_tiny \d+\.\d 1 cpu audit, sample 3 {given[1]} of 160 this build: 20\d\d-"
                     r"\S+, commit \w{7,}", text)
    assert f"tiny-rate tiny {given[1]} of 160 asked again" in text
    assert "0 of 1 chapters come from the cache of earlier builds. " in text
    assert f" {given[1]} of 160 recorded answers were asked again " in text
    assert f"python {sys.version.split()[0]}" in text
    assert f"chromadb {metadata.version('chromadb')}" in text


def test_an_unchanged_book_is_not_built_again(own, capsys):
    assert build_book(layout=own) == 0  # the status page now says "cache hit"
    index = own.html / "index.html"
    before = index.stat().st_mtime_ns
    began = time.monotonic()
    assert build_book(layout=own) == 0
    assert time.monotonic() - began < 20
    assert index.stat().st_mtime_ns == before
    assert "unchanged in" in capsys.readouterr().out


def test_new_words_are_shown_without_a_new_run(own, capsys):
    edit(own, "The rate is", "As it turns out the rate is")
    assert build_book(layout=own) == 0
    assert "from the cache" in capsys.readouterr().out
    assert "As it turns out the rate is" in page(own)


@pytest.mark.parametrize(("old", "new", "told"), [
    ("The rate is", "The rate of 61 % is", "01_tiny, cell 11, line 1: typed result number '61 %'"),
    ("{{ tiny-rate }}", "{{ tiny-rat }}", "01_tiny, cell 11: no published number is named"),
    ("mean = sum", "!false\\nmean = sum", "01_tiny, cell 6 (!false), line 1: not plain Python"),
    ("print(mean)", "raise ValueError(mean)", "01_tiny, cell 6 (mean = sum([1, 0, 1, 1]) / 4): "
                                              "raised ValueError: 0.75"),
])
def test_a_planted_fault_stops_the_build_and_leaves_the_last_site(own, capsys, old, new, told):
    edit(own, old, new)
    assert build_book(layout=own) == 1
    assert told in capsys.readouterr().out
    assert (own.html / "index.html").exists()


def test_an_altered_published_number_stops_the_build(own, capsys):
    text = (own.data / "published.yaml").read_text()
    (own.data / "published.yaml").write_text(re.sub(r"value: \S+", "value: 99.9", text))
    assert build_book(layout=own) == 1
    assert "tiny-rate: published 99.9" in capsys.readouterr().out


def test_an_altered_record_stops_the_build(own, capsys):
    record = own.data / "results" / "tiny" / "rag.seed0.jsonl"
    record.write_text(record.read_text().replace('"text": "', '"text": "not ', 1))
    assert build_book(layout=own) == 1
    assert "changed since it was sealed" in capsys.readouterr().out


def test_a_warning_of_jupyter_book_stops_the_build_every_time(own, capsys):
    page = own.root / "index.md"
    page.write_text(page.read_text() + "\nSee {ref}`nowhere-at-all`.\n")
    for _ in range(2):
        assert build_book(layout=own) == 1
        told = capsys.readouterr().out
        assert "WARNING" in told and "nowhere-at-all" in told and str(own.stage) not in told


def test_a_reference_to_no_figure_of_the_chapter_is_named_with_its_cell(own, capsys):
    edit(own, "See {numref}`fig-tiny`", "See {numref}`fig-tinny`")
    assert build_book(layout=own) == 1
    assert "01_tiny, cell 11: nothing in this chapter" in capsys.readouterr().out


def test_a_chapter_missing_from_the_contents_is_refused_before_it_runs(own, capsys):
    shutil.copy(own.chapter(CHAPTER), own.root / "chapters" / "02_stray.ipynb")
    assert build_book(layout=own) == 1
    assert "chapter 02_stray is not in _toc.yml" in capsys.readouterr().out


def test_two_builds_of_one_book_do_not_run_at_once(own, capsys):
    with only_build(own):
        assert build_book(layout=own) == 1
    assert "another build of this book is running" in capsys.readouterr().out


def test_what_a_killed_build_left_running_is_removed(own):
    (own.build / "running" / "01_tiny-abc").mkdir(parents=True)
    with only_build(own):
        assert not (own.build / "running").exists()


@pytest.mark.parametrize("tex", ["x", r"\frac{1}{n} \sum_i x_i", r"\mathrm{idf}(t) = \log(N)"])
def test_a_formula_is_drawn_in_the_colour_of_the_text(tex):
    drawing = draw(tex)
    assert 'fill="currentColor"' in drawing and 'role="img"' in drawing


def test_a_formula_that_cannot_be_drawn_is_an_error():
    with pytest.raises(ValueError):
        draw(r"\begin{cases} 1 \\ 2 \end{cases}")


def test_importing_the_build_loads_no_heavy_library():
    heavy = {"torch", "transformers", "papermill", "matplotlib", "IPython", "chromadb"}
    program = f"import experiments.book.build.build, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, text=True, capture_output=True)
    assert done.stdout.strip() == "set()", done
