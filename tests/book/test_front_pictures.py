"""The front page's ladder as a reader meets it: light, dark, on a phone, and on a code host."""

import re
import shutil
import warnings

import pytest
from chromium import Chromium, find_chromium

from experiments.book.pages.headline import BEGIN, END, LATENCY, PAGE, PRICE
from experiments.core.paths import ROOT

PAGE_TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def test_each_picture_is_a_figure_with_a_title_a_caption_and_an_alternative_text():
    found = re.findall(r"```\{figure\} (\S+)\n:name: (\S+)\n:class: book-drawing\n:alt: (.{30,})\n"
                       r"\n\*\*(.+)\?\*\* (.{60,})\n```", PAGE_TEXT)
    assert [path for path, *_ in found] == [PRICE, LATENCY]
    assert len({title for *_, title, _ in found}) == 2
    assert "US dollars" in found[0][4] and "seconds" in found[1][4]


def test_a_code_host_gets_the_same_captions_and_pictures_on_white():
    for path in (PRICE, LATENCY):
        white, ground = path.replace(".svg", "-white.svg"), 'height="100%" fill="white"/>'
        assert f'<img src="{white}" alt="' in README and path not in README
        assert ground in (ROOT / white).read_text("utf-8")
        assert 'fill="white"' not in (ROOT / path).read_text("utf-8")
    for title in re.findall(r"\*\*.+?\?\*\*.*", PAGE_TEXT):
        assert f"\n\n{title}\n" in README


@pytest.fixture(scope="module")
def browser():
    if find_chromium() is None:
        told = "NO CHROMIUM WAS FOUND, SO THE FRONT PAGE'S PICTURES WERE NOT LOOKED AT"
        warnings.warn(told, stacklevel=1)
        pytest.skip(told)
    with Chromium() as found:
        yield found


@pytest.fixture
def opened(browser, tmp_path):
    """Open the ladder and a picture with the book's style sheet, in the theme's nesting."""
    shutil.copy(ROOT / "_static" / "book.css", tmp_path)
    shutil.copy(ROOT / PRICE, tmp_path / "price.svg")
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in PAGE_TEXT.splitlines() if line.startswith("| ")]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)

    def page(width, theme):
        (tmp_path / "index.html").write_text(
            f'<!doctype html><html data-theme="{theme}"><head><meta charset="utf-8"><meta '
            'name="viewport" content="width=device-width"><link rel="stylesheet" href="book.css">'
            '</head><body class="bd-content"><article class="bd-article"><div class="book-ladder">'
            f'<div class="pst-scrollable-table-container"><table>{table}</table></div></div>'
            '<figure><img class="book-drawing" src="price.svg"></figure></article></body></html>',
            encoding="utf-8")
        return browser.open((tmp_path / "index.html").as_uri(), width=width)

    return page


def test_a_picture_follows_the_theme(opened):
    style = "getComputedStyle(document.querySelector('img')).filter"
    assert opened(1200, "light").run(style) == "none"
    assert opened(1200, "dark").run(style) == "invert(1) hue-rotate(180deg)"


def test_on_a_phone_the_table_scrolls_in_its_box_a_line_a_row_and_keeps_the_names(opened):
    page = opened(390, "light")
    assert page.run("document.documentElement.scrollWidth") <= 390
    assert page.run("document.querySelector('img').getBoundingClientRect().right") <= 390
    box = "document.querySelector('.pst-scrollable-table-container')"
    assert page.run(f"{box}.scrollWidth > {box}.clientWidth")
    heights = page.run("[...document.querySelectorAll('tr')].map(row => row.offsetHeight)")
    assert max(heights) < 1.5 * min(heights) and max(heights) < 40
    name = "document.querySelectorAll('tr')[9].firstElementChild.getBoundingClientRect().left"
    before = page.run(name)
    page.run(f"{box}.scrollLeft = 100")
    assert page.run(f"{box}.scrollLeft") == 100
    assert page.run(name) == pytest.approx(before, abs=3)  # the space between two cells
