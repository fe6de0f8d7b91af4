"""Folders of documents: what is read, and what is said when one stands in the way."""

import os
import time

import pytest

from experiments.core import BookError
from experiments.retrieval.documents.load import read_document, read_documents
from tests.retrieval.conftest import pdf_bytes, write_five_formats


@pytest.fixture
def folder(tmp_path):
    """Return an empty folder of documents."""
    made = tmp_path / "documents"
    made.mkdir()
    return made


def refusal(folder):
    """Read a folder that must be refused; give the message."""
    with pytest.raises(BookError) as caught:
        read_documents(folder)
    return str(caught.value)


def test_five_formats_are_read_and_nothing_is_printed(tmp_path, capfd):
    write_five_formats(tmp_path / "documents")
    documents = read_documents(tmp_path / "documents")
    assert [(d.id, d.title, d.text.strip()) for d in documents] == [
        ("markdown", "Kettle", "# Kettle\n\nIt holds 1.7 litres."),
        ("page", "Fan", "It turns at 3 speeds."),
        ("plain", "Lamp", "Lamp\n\nIt shines for 9 hours."),
        ("print", "Radio", "Radio\n\nIt plays 40 stations."),
        ("word", "Scale", "Scale\nIt weighs up to 5 kilograms."),
    ]
    assert [d.metadata["file"] for d in documents] == [
        "markdown.md", "page.html", "plain.txt", "print.pdf", "word.docx"]
    assert capfd.readouterr() == ("", "")


def test_ids_are_paths_without_the_ending_sorted(folder):
    for name in ("z.md", "a/b.MD", "a/notes.v1.txt", "B.txt"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    assert [d.id for d in read_documents(folder)] == ["B", "a/b", "a/notes.v1", "z"]


def test_accents_in_names_are_composed_whatever_the_file_system_says(folder):
    (folder / "cafe\u0301.md").write_text("text")
    assert [d.id for d in read_documents(folder)] == ["caf\u00e9"]


def test_hidden_files_are_passed_over_in_silence(folder, capfd):
    (folder / "a.md").write_text("text")
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / ".git").mkdir()
    (folder / ".git" / "b.md").write_text("text")
    assert [d.id for d in read_documents(folder)] == ["a"]
    assert capfd.readouterr() == ("", "")


def test_files_of_other_kinds_are_named_in_one_warning(folder, capfd):
    for name in ("a.md", "b.xlsx", "c.xlsx", "d.rst", "README"):
        (folder / name).write_text("text")
    assert [d.id for d in read_documents(folder)] == ["a"]
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "4 of 5 files ('readme', .rst, .xlsx)" in err.lower()
    assert ".md, .txt, .html, .pdf or .docx" in err


def test_a_missing_folder_is_named(tmp_path):
    assert str(tmp_path / "nowhere") in refusal(tmp_path / "nowhere")


def test_an_empty_folder_is_refused_with_the_supported_endings(folder):
    said = refusal(folder)
    assert str(folder) in said
    assert ".md, .txt, .html, .pdf or .docx" in said


def test_a_folder_without_a_supported_file_names_what_is_there(folder):
    (folder / "a.xlsx").write_text("text")
    assert "only .xlsx" in refusal(folder)


def test_bytes_that_are_not_utf8_are_placed_by_line_and_offset(folder):
    (folder / "a.md").write_bytes(b"one\ntwo\nthree caf\xe9\n")
    said = refusal(folder)
    assert f"{folder / 'a.md'}, line 3: byte 0xe9 at offset 17" in said
    assert "save it as UTF-8" in said


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_a_zero_byte_is_no_text(folder, name):
    (folder / name).write_bytes(b"one\nt\x00w")
    assert f"{folder / name}, line 2: byte 0x00 at offset 5" in refusal(folder)


def test_two_files_with_one_id_are_both_named(folder):
    (folder / "a.md").write_text("text")
    (folder / "a.txt").write_text("text")
    said = refusal(folder)
    assert str(folder / "a.md") in said and str(folder / "a.txt") in said


@pytest.mark.parametrize(("name", "content"), [
    ("a.md", b""), ("a.txt", b" \n\t\n"), ("a.html", b"<p> </p><script>x = 1</script>"),
    ("a.md", b"---\ntitle: x\n---\n"), ("a.pdf", pdf_bytes("")),
])
def test_a_file_without_text_is_refused(folder, name, content):
    (folder / name).write_bytes(content)
    said = refusal(folder)
    assert str(folder / name) in said and "holds no text" in said


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.4\n%%EOF\n", pdf_bytes("a")[:200]])
def test_a_broken_pdf_is_refused_without_chatter(folder, content, capfd, caplog):
    (folder / "a.pdf").write_bytes(content)
    said = refusal(folder)
    assert str(folder / "a.pdf") in said
    assert "\n" not in said
    assert capfd.readouterr() == ("", "") and caplog.records == []


def test_an_encrypted_pdf_is_refused(folder, capfd):
    from pypdf import PdfReader, PdfWriter

    (folder / "plain.pdf").write_bytes(pdf_bytes("secret"))
    writer = PdfWriter(clone_from=PdfReader(folder / "plain.pdf"))
    writer.encrypt("word", algorithm="RC4-128")
    writer.write(folder / "plain.pdf")
    said = refusal(folder)
    assert str(folder / "plain.pdf") in said and "without a password" in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 rest",
                                     b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_broken_word_document_is_refused(folder, content):
    (folder / "a.docx").write_bytes(content)
    said = refusal(folder)
    assert str(folder / "a.docx") in said and "save it as .docx" in said


def test_a_file_of_fifty_megabytes_is_refused_without_being_read(folder):
    with open(folder / "a.txt", "wb") as stream:
        stream.truncate(50_000_000)
    started = time.perf_counter()
    said = refusal(folder)
    assert time.perf_counter() - started < 0.5
    assert str(folder / "a.txt") in said and "50 MB" in said and "20 MB" in said


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path):
    (tmp_path / "secret.md").write_text("text")
    (folder / "a.md").symlink_to(tmp_path / "secret.md")
    said = refusal(folder)
    assert str(folder / "a.md") in said and "leads out" in said


def test_a_link_to_a_folder_is_refused(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (folder / "b").symlink_to(tmp_path / "other")
    assert str(folder / "b") in refusal(folder)


def test_a_link_to_itself_and_a_pipe_are_refused(folder):
    (folder / "a.md").symlink_to(folder / "a.md")
    assert "expected a file" in refusal(folder)
    (folder / "a.md").unlink()
    os.mkfifo(folder / "a.md")
    assert "expected a file" in refusal(folder)


def test_a_link_to_the_documents_folder_itself_is_fine(folder, tmp_path):
    (folder / "a.md").write_text("text")
    (tmp_path / "link").symlink_to(folder)
    assert [d.id for d in read_documents(tmp_path / "link")] == ["a"]


def test_a_path_beside_the_folder_is_refused(folder, tmp_path):
    (tmp_path / "a.md").write_text("text")
    with pytest.raises(BookError, match="leads out"):
        read_document(tmp_path / "a.md", folder)


def test_one_file_of_another_kind_is_refused(folder):
    with pytest.raises(BookError, match="expected a .md, .txt"):
        read_document(folder / "a.rst", folder)


def test_a_subfolder_that_cannot_be_read_is_an_error_and_not_empty(folder, monkeypatch):
    from experiments.tasks.folder import documents_folder

    (folder / "a.md").write_text("text")
    (folder / "closed").mkdir()
    (folder / "closed" / "b.md").write_text("text")
    scan = os.scandir

    def refuse(path):  # as for a reader who may not look in; whoever is root may
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    said = refusal(folder)
    assert "closed: the folder cannot be read (Permission denied)" in said
    with pytest.raises(BookError, match="closed: the folder cannot be read"):
        documents_folder(folder.parent)


def test_the_warning_about_other_files_cannot_steer_a_terminal(folder, capsys):
    (folder / "a.md").write_text("text")
    (folder / "x.\x1b]0;title\x07").write_text("text")
    read_documents(folder)
    said = capsys.readouterr().err
    assert "not read in" in said and said.rstrip("\n").isprintable()
