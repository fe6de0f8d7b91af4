"""The folder format: what is accepted, and what each bad input is told."""

import csv
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.core import BookError, Example
from experiments.tasks.folder import (
    documents_folder,
    json_lines,
    prepare_once,
    read_questions,
    write_files,
)

ROW = {"id": "q1", "question": "How long?", "answers": ["18 months", "18"]}


def jsonl(folder, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def complaint(folder):
    with pytest.raises(BookError) as caught:
        read_questions(folder)
    return str(caught.value)


def test_a_jsonl_row_becomes_an_example(tmp_path):
    row = ROW | {"evidence": ["aldra-220"], "split": "dev", "group": "aldra"}
    assert read_questions(jsonl(tmp_path, row)) == [
        Example("q1", "How long?", ("18 months", "18"), ("aldra-220",), "dev", "aldra")]


def test_what_is_not_given_has_a_default(tmp_path):
    rows = [ROW, ROW | {"id": "q2", "evidence": "manual"}, ROW | {"id": "q3", "answers": []}]
    one, two, three = read_questions(jsonl(tmp_path, *rows))
    assert (one.split, one.evidence, one.group) == ("test", (), "q1")
    assert (two.evidence, two.group) == (("manual",), "manual")
    assert not three.answerable


def test_csv_and_jsonl_say_the_same(tmp_path):
    (tmp_path / "questions.csv").write_text(
        "id,question,answers,evidence,split,group\n"
        'q1,"How long, please?",18 months | 18,aldra-220|aldra-240,dev,aldra\n'
        "q2,Why?,,,,\n", encoding="utf-8")
    assert read_questions(tmp_path) == [
        Example("q1", "How long, please?", ("18 months", "18"), ("aldra-220", "aldra-240"),
                "dev", "aldra"),
        Example("q2", "Why?", (), (), "test", "q2")]


def test_a_spreadsheet_s_byte_order_mark_and_line_ends_do_no_harm(tmp_path):
    (tmp_path / "questions.csv").write_bytes(
        b"\xef\xbb\xbfid,question,answers\r\n\r\nq1,How long?,18\r\n,,\r\n")
    assert [e.id for e in read_questions(tmp_path)] == ["q1"]


def test_a_byte_order_mark_before_json_does_no_harm(tmp_path):
    text = b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n\r\n   \r\n"
    (tmp_path / "questions.jsonl").write_bytes(text)
    assert [e.id for e in read_questions(tmp_path)] == ["q1"]


def test_a_line_separator_inside_a_string_does_not_end_the_line(tmp_path):
    row = json.dumps(ROW | {"question": "How\u2028long?"}, ensure_ascii=False)
    assert read_questions(jsonl(tmp_path, row))[0].question == "How\u2028long?"


@pytest.mark.parametrize(("mark", "byte"), [(b"", 10), (b"\xef\xbb\xbf", 10)])
def test_a_byte_that_is_not_utf8_is_named_by_line_and_place(tmp_path, mark, byte):
    # In line 2 the bad byte follows nine good ones.
    (tmp_path / "questions.jsonl").write_bytes(
        mark + json.dumps(ROW).encode() + b"\n" + b'{"id": "q\xe9"}')
    message = complaint(tmp_path)
    assert f"questions.jsonl:2: byte {byte} of the line (0xe9) is not UTF-8" in message


def test_a_bad_byte_in_the_first_line_counts_the_mark_that_stands_before_it(tmp_path):
    (tmp_path / "questions.csv").write_bytes(b"\xef\xbb\xbfid\xff")
    assert "questions.csv:1: byte 6 of the line (0xff)" in complaint(tmp_path)


@pytest.mark.parametrize(("row", "expected"), [
    ('{"id": "q2", ', "one JSON object a line"),
    ("[" * 100_000, "not JSON"),
    ('["q2"]', "expected a JSON object, came a list"),
    ("7", "expected a JSON object, came a number"),
    ({"id": "q2", "question": "Why?"}, "the field 'answers' is missing"),
    ({"question": "Why?", "answers": []}, "the field 'id' is missing"),
    (ROW | {"id": 2}, "'id' should be a string that is not empty, came a number"),
    (ROW | {"id": "  "}, "'id' should be a string that is not empty, came an empty string"),
    (ROW | {"id": "q2", "question": None}, "'question' should be a string"),
    (ROW | {"id": "q2", "answers": "18"}, "'answers' should be a list of strings, came a string"),
    (ROW | {"id": "q2", "answers": None}, "'answers' should be a list of strings, came null"),
    (ROW | {"id": "q2", "answers": ["18", 18]}, "'answers[1]' should be a string"),
    (ROW | {"id": "q2", "answers": [""]}, "'answers[0]' should be a string that is not empty"),
    (ROW | {"id": "q2", "evidence": {}}, "'evidence' should be a list of strings, came an object"),
    (ROW | {"id": "q2", "evidence": [True]}, "'evidence[0]' should be a string"),
    (ROW | {"id": "q2", "split": "validation"}, "unknown split 'validation'; use train, dev, test"),
    (ROW | {"id": "q2", "split": 3}, "'split' should be a string"),
    (ROW | {"id": "q2", "group": ""}, "'group' should be a string that is not empty"),
    ('{"id": "\\ud800", "question": "Why?", "answers": []}', "half of a surrogate pair"),
    (ROW, "the id 'q1' is already used in line 1"),
])
def test_a_bad_line_is_named_with_file_and_line(tmp_path, row, expected):
    message = complaint(jsonl(tmp_path, ROW, "", row))
    assert message.startswith(f"{tmp_path / 'questions.jsonl'}:3: ")
    assert expected in message


def test_a_group_in_two_splits_is_refused_with_both_lines(tmp_path):
    rows = [ROW | {"group": "aldra"}, ROW | {"id": "q2", "group": "aldra", "split": "train"}]
    message = complaint(jsonl(tmp_path, *rows))
    assert "questions.jsonl:2: the group 'aldra' is in split 'train' here" in message
    assert "in 'test' in line 1" in message


@pytest.mark.parametrize(("text", "expected"), [
    ("id,question\nq1,Why?\n", "questions.csv:1: expected a first row that names the columns"),
    ("id;question;answers\nq1;Why?;x\n", "questions.csv:1: expected a first row"),
    ("id,question,answers,id\nq1,Why?,x,q2\n", "questions.csv:1: expected a first row"),
    ("id,question,answers\nq1,Why,not,x\n", "questions.csv:2: expected 3 cells"),
    ("id,question,answers\nq1,Why?\n", "came 2; put a cell that holds a comma in double quotes"),
    ("id,question,answers\n,Why?,x\n", "questions.csv:2: 'id' should be a string"),
    ("id,question,answers\nq1,Why?,x||y\n", "'answers[1]' should be a string"),
    ('id,question,answers\nq1,"a\nb",x\nq1,Why?,x\n', "questions.csv:4: the id 'q1' is already"),
    ('id,question,answers\nq1,"a\nb",x\nq2,"Why?,x\n\n', "questions.csv:4: the row that starts"),
    ('id,question,answers\nq1,"Why"?,x\n', "questions.csv:2: the row that starts here is not CSV"),
])
def test_a_bad_csv_row_is_named_with_file_and_first_line(tmp_path, text, expected):
    (tmp_path / "questions.csv").write_text(text, encoding="utf-8")
    assert expected in complaint(tmp_path)


@pytest.mark.parametrize("name", ["questions.jsonl", "questions.csv"])
@pytest.mark.parametrize("text", ["", "\n\n  \n", "\ufeff"])
def test_an_empty_file_of_questions_says_so(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert f"{name}: expected at least one question" in complaint(tmp_path)


def test_a_csv_with_a_header_only_says_so(tmp_path):
    (tmp_path / "questions.csv").write_text("id,question,answers\n")
    assert "expected at least one question" in complaint(tmp_path)


def test_a_folder_without_questions_or_with_two_files_of_them_is_refused(tmp_path):
    assert "no file of questions" in complaint(tmp_path)
    jsonl(tmp_path, ROW)
    (tmp_path / "questions.csv").write_text("id,question,answers\n")
    assert "both questions.jsonl and questions.csv are there; keep one" in complaint(tmp_path)
    assert "not a folder" in complaint(tmp_path / "nowhere")


def test_the_documents_folder_is_found_when_it_holds_a_supported_file(tmp_path):
    (tmp_path / "documents" / "deep").mkdir(parents=True)
    (tmp_path / "documents" / "deep" / "Manual.PDF").write_bytes(b"%PDF")
    assert documents_folder(tmp_path) == tmp_path / "documents"


def test_missing_or_empty_documents_are_refused_and_the_endings_listed(tmp_path):
    with pytest.raises(BookError, match="no folder documents/"):
        documents_folder(tmp_path)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "sheet.xlsx").write_bytes(b"")
    with pytest.raises(BookError, match=re.escape(".md, .txt, .html, .pdf, .docx; found none")):
        documents_folder(tmp_path)
    with pytest.raises(BookError, match="not a folder"):
        documents_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["questions.jsonl", "questions.csv"])
@settings(deadline=None)  # the machine may be busy with other things
@given(data=st.binary(max_size=200) | st.text(alphabet='idq,"|\n\r{}[]:\\\0', max_size=80).map(
    str.encode))
def test_any_bytes_give_examples_or_a_message_for_people(tmp_path_factory, name, data):
    folder = tmp_path_factory.mktemp("task")
    start = b"id,question,answers\n" if name.endswith("csv") else b""
    (folder / name).write_bytes(start + data)
    try:
        assert read_questions(folder)
    except BookError as error:
        assert name in str(error)


printable = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="|"),
                    min_size=1, max_size=12)
rows = st.lists(st.tuples(printable, st.lists(printable, max_size=3)), min_size=1, max_size=4,
                unique_by=lambda row: row[0])


@settings(deadline=None)
@given(rows=rows)
def test_what_was_written_is_read_back_from_both_formats(tmp_path_factory, rows):
    expected = [Example(i, f"Is it {i}?", tuple(a), (), "test", i) for i, a in rows]
    one, two = tmp_path_factory.mktemp("jsonl"), tmp_path_factory.mktemp("csv")
    jsonl(one, *({"id": e.id, "question": e.question, "answers": list(e.answers)}
                 for e in expected))
    with open(two / "questions.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "question", "answers"])
        writer.writerows([e.id, e.question, "|".join(e.answers)] for e in expected)
    assert read_questions(one) == read_questions(two) == expected


def test_json_lines_are_one_object_a_line_with_letters_as_they_are():
    assert json_lines([{"id": "q1", "answers": ["5 £"]}, {"id": "q2"}]) == (
        '{"id": "q1", "answers": ["5 £"]}\n{"id": "q2"}\n')
    assert json_lines(iter([])) == ""


def test_writing_removes_documents_of_an_older_generator_and_nothing_else(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "gone.md").write_text("# Gone")
    (tmp_path / "notes.txt").write_text("kept")
    write_files(tmp_path, {"documents/new.md": "# New\n", "card.md": "card\n"})
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")) == [
        "card.md", "documents/new.md", "notes.txt"]


def test_writing_without_documents_keeps_those_written_by_hand(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "guide.md").write_text("# Guide")
    write_files(tmp_path, {"card.md": "caf\u00e9\n"})
    assert (tmp_path / "documents" / "guide.md").read_text() == "# Guide"
    assert (tmp_path / "card.md").read_bytes() == b"caf\xc3\xa9\n"


def test_a_task_is_prepared_once(tmp_path):
    home = prepare_once(tmp_path / "task", lambda: {"card.md": "first"})
    assert prepare_once(home, lambda: pytest.fail("made anew")) == home
    assert (home / "card.md").read_text(encoding="utf-8") == "first"


def test_a_preparation_that_fails_leaves_nothing(tmp_path):
    def killed():
        (next(tmp_path.iterdir()) / "half").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_once(tmp_path / "task", killed)
    assert list(tmp_path.iterdir()) == []


def test_the_later_of_two_preparations_uses_the_earlier_one(tmp_path):
    def overtaken():
        write_files(tmp_path / "task", {"card.md": "first"})
        return {"card.md": "second"}

    home = prepare_once(tmp_path / "task", overtaken)
    assert list(tmp_path.iterdir()) == [home]
    assert (home / "card.md").read_text(encoding="utf-8") == "first"


@pytest.mark.parametrize("linked", ["documents", "questions.jsonl"])
def test_what_is_linked_from_outside_is_not_read(tmp_path, linked):
    outside, folder = tmp_path / "outside", tmp_path / "task"
    for place in (outside, folder):
        (place / "documents").mkdir(parents=True)
        (place / "documents" / "a.md").write_text("private")
        (place / "questions.jsonl").write_text('{"id": "q", "question": "Q?", "answers": []}\n')
    (folder / linked).rename(tmp_path / "moved")
    (folder / linked).symlink_to(outside / linked)
    with pytest.raises(BookError, match=f"{linked} leads out of .*copy the file there"):
        documents_folder(folder)
        read_questions(folder)


def test_a_link_within_the_task_is_fine(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.md").write_text("text")
    (tmp_path / "documents").symlink_to(tmp_path / "texts")
    assert documents_folder(tmp_path) == tmp_path / "documents"
