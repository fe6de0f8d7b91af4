"""Title and text of single files."""

import zipfile

import docx
import pytest

from experiments.core import BookError
from experiments.retrieval.documents.formats import (
    read_docx,
    read_html,
    read_markdown,
    read_pdf,
    read_text,
)
from tests.retrieval.conftest import pdf_bytes


@pytest.fixture
def put(tmp_path):
    """Write a file and give its path."""
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path
    return write


@pytest.mark.parametrize(("text", "title"), [
    ("# Aldra 220\n\ntext", "Aldra 220"),
    ("intro\n\n## Second ##\n", "Second"),
    ("# C#\n", "C#"),
    ("# ##\n## Next\n", "Next"),
    ("```\n# a comment\n```\n# Real\n", "Real"),
    ("#hashtag\nno heading", "#hashtag"),
    ("\n\n  plain words  \nmore", "plain words"),
    ("x" * 150, "x" * 99 + "…"),
])
def test_the_title_of_markdown(put, text, title):
    assert read_markdown(put("a.md", text)).title == title


def test_a_yaml_header_becomes_metadata_and_leaves_the_text(put):
    content = read_markdown(put("a.md", "---\ntitle: Kettle\nyear: 2026\ntags: [a, b]\n"
                                        "deep: {x: 1}\nempty:\n---\n# Other\ntext\n"))
    assert content.text == "# Other\ntext\n"
    assert content.title == "Kettle"
    assert content.metadata == {"title": "Kettle", "year": "2026", "tags": "a, b"}


@pytest.mark.parametrize("text", [
    "---\nA rule, then words.\n---\nmore", "---\na: [\n---\ntext", "---\nnever closed",
    "----\na: 1\n---\n"])
def test_rules_that_are_no_yaml_header_stay(put, text):
    content = read_markdown(put("a.md", text))
    assert content.text == text and content.metadata == {}


def test_line_ends_and_byte_order_mark_do_not_move_offsets(put):
    assert read_text(put("a.txt", b"\xef\xbb\xbfone\r\ntwo\rthree\n")).text == "one\ntwo\nthree\n"


def test_text_is_kept_as_it_stands(put):
    assert read_text(put("a.txt", "  a\n\n\n  b \n")).text == "  a\n\n\n  b \n"


def test_only_what_a_page_shows_is_read(put):
    page = """<!doctype html><html><head><title> The
      Fan </title><style>p { color: red }</style></head><body>
      <!-- a comment --><script>alert(1)</script><noscript>old</noscript>
      <h1>Fan <em>3</em>000</h1><p>It turns
      at <b>3</b>&nbsp;speeds.<br>Quiet.</p><p hidden>secret</p>
      <table><tr><th>Watt</th><td>40</td></tr></table>
      <pre>if a:
    b  c</pre></body></html>"""
    content = read_html(put("a.html", page))
    assert content.text == ("Fan 3000\nIt turns at 3 speeds.\nQuiet.\nWatt\t40\n"
                            "if a:\n    b  c")
    assert content.title == "The\n      Fan"


def test_the_title_of_a_page_without_one(put):
    assert read_html(put("a.html", "<p>before</p><h2>Head</h2>")).title == "Head"
    assert read_html(put("b.html", "<p>only words</p>")).title == "only words"


def test_a_page_that_leaves_out_closing_tags_is_read(put):
    content = read_html(put("a.html", "<html><head><title>T</title><body><p>one<p>two"))
    assert (content.title, content.text) == ("T", "one\ntwo")


def test_a_deep_and_long_page_is_read_in_linear_time(put):
    deep = "<div>" * 5000 + "core" + "</div>" * 5000
    assert read_html(put("a.html", deep)).text == "core"
    long = read_html(put("b.html", "<p>a</p> " * 20_000))
    assert long.text == "\n".join(["a"] * 20_000)


def test_a_pdf_is_read_page_after_page(put):
    content = read_pdf(put("a.pdf", pdf_bytes("first", "second")))
    assert content.text.split() == ["first", "second"]
    assert content.title == "first"


def test_word_paragraphs_and_tables_come_in_their_order(tmp_path):
    word = docx.Document()
    word.add_paragraph("Before.")
    word.add_heading("Scale", level=1)
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Load", "5 kg", "wide", ""), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    word.add_paragraph("After.")
    word.save(str(tmp_path / "a.docx"))
    content = read_docx(tmp_path / "a.docx")
    assert [line.rstrip() for line in content.text.split("\n")] == [
        "Before.", "Scale", "Load\t5 kg", "wide", "After."]
    assert content.title == "Scale"


@pytest.mark.parametrize("header", ["a: " + "[" * 20_000, "- " * 300 + "x", "date: 2024-13-45"])
def test_a_header_that_cannot_be_read_is_text(put, header):
    found = read_markdown(put("a.md", f"---\n{header}\n---\n# Title\n"))
    assert found.title == "Title" and found.metadata == {} and found.text.startswith("---")


def test_a_header_of_aliases_of_aliases_is_text(put):
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    assert read_markdown(put("a.md", f"---\n{bomb}---\n# Title\n")).metadata == {}


@pytest.mark.parametrize(("name", "what"), [
    ("word/document.xml", r"2\d MB of text"), ("word/media/a.bin", r"6\d MB of parts")])
def test_a_small_word_file_that_unpacks_to_a_large_one_is_refused(tmp_path, name, what):
    docx.Document().save(tmp_path / "a.docx")
    size = (21 if name.endswith(".xml") else 61) * 1_000_000
    with (zipfile.ZipFile(tmp_path / "a.docx") as plain,
          zipfile.ZipFile(tmp_path / "b.docx", "w", zipfile.ZIP_DEFLATED) as swollen):
        for part in plain.namelist():
            if part != name:
                swollen.writestr(part, plain.read(part))
        swollen.writestr(name, b" " * size)
    assert (tmp_path / "b.docx").stat().st_size < 200_000
    with pytest.raises(BookError, match=f"b.docx unpacks to {what}"):
        read_docx(tmp_path / "b.docx")


def test_the_title_of_a_word_file_is_its_first_heading(tmp_path):
    page = docx.Document()
    for text, style in (("plain", None), ("", "Heading 1"), ("Kettles", "Heading 2")):
        page.add_paragraph(text, style)
    page.save(tmp_path / "a.docx")
    assert read_docx(tmp_path / "a.docx").title == "Kettles"
