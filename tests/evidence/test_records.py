"""Record files: appended whole, mended after a kill, sealed, locked, readable errors."""

import errno
import json
import os
import resource

import pytest

from experiments.core import BookError
from experiments.evidence.studies import records


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lamps" / "rag.seed0.jsonl"


def test_rows_come_back_with_their_file_and_line(path):
    records.append(path, [{"a": 1}, {"a": "é"}], again="record lamps")
    records.append(path, [{"a": 3}], again="record lamps")
    assert records.read_rows(path) == [
        (f"{path}:1", {"a": 1}), (f"{path}:2", {"a": "é"}), (f"{path}:3", {"a": 3})]


@pytest.mark.parametrize("text", ["x\ny\u2028z\r", "\ud83d", "\x00", "\U0001f600"])
def test_no_text_breaks_a_line(path, text):
    records.append(path, [{"a": text}], again="record lamps")
    assert records.read_rows(path) == [(f"{path}:1", {"a": text})]


def test_every_append_is_synced_to_the_disk(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    records.append(path, [{"a": 1}, {"a": 2}], again="record lamps")
    assert len(synced) == 1


def test_a_torn_last_line_is_an_error_until_it_is_mended(path):
    records.append(path, [{"a": 1}, {"a": 2}], again="record lamps")
    with open(path, "a") as stream:
        stream.write('{"a": 3')
    with pytest.raises(BookError, match=r"seed0.jsonl:3: the last line is cut off"):
        records.read_rows(path)
    assert records.mend(path) == len('{"a": 3')
    assert [row["a"] for _, row in records.read_rows(path)] == [1, 2]
    assert records.mend(path) == 0
    assert records.mend(path.with_name("none.jsonl")) == 0


@pytest.mark.parametrize(("line", "message"), [
    ("{broken", r"jsonl:2: not valid JSON"),
    ("[1]", r"jsonl:2: expected a JSON object, got list"),
    ("", r"jsonl:2: not valid JSON"),
    ("\udcff", r"jsonl:2: not valid JSON"),
])
def test_a_bad_line_is_named(path, line, message):
    records.append(path, [{"a": 1}], again="record lamps")
    with open(path, "a", errors="surrogateescape") as stream:
        stream.write(line + "\n")
    with pytest.raises(BookError, match=message):
        records.read_rows(path)


def test_a_missing_file_says_how_to_make_it(path):
    with pytest.raises(BookError, match="record lamps"):
        records.read_rows(path)


@pytest.mark.parametrize("change", [
    lambda row: row.pop("fingerprint"),
    lambda row: row["answer"].pop("text"),
    lambda row: row["answer"]["hits"][0].update(doc_id="gone"),
    lambda row: row["answer"]["hits"][0].update(end=10**6),
    lambda row: row.update(answer=None),
    lambda row: row.update(answer="18 months"),
])
def test_a_line_that_is_no_record_is_named(results, study, change):
    path = results / "lamps" / "look-up.seed0.jsonl"
    place, row = records.read_rows(path)[6]
    change(row)
    with pytest.raises(BookError, match=r"look-up.seed0.jsonl:7: "):
        records.to_record(row, place, study.open().documents)


def test_records_read_back_with_the_passages_they_cite(results, study):
    documents = study.open().documents
    rows = records.read_rows(results / "lamps" / "look-up.seed0.jsonl")
    read = [records.to_record(row, place, documents) for place, row in rows]
    assert len(read) == 42
    assert read[0].answer.hits[0].chunk.text.startswith("# Lamp 0\n")


def test_a_full_disk_loses_nothing_and_says_how_to_go_on(path, monkeypatch):
    records.append(path, [{"a": 1}], again="record lamps")

    def fill(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)  # the row is in the file, and is taken back
    with pytest.raises(BookError, match=r"disk is full.*is safe.*record lamps"):
        records.append(path, [{"a": 2}], again="record lamps")
    assert [row for _, row in records.read_rows(path)] == [{"a": 1}]


def test_a_write_that_the_disk_takes_only_in_part_is_taken_back(path):
    records.append(path, [{"a": "x" * 80}], again="record lamps")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(BookError, match=r"could not write \(File too large\)"):
            records.append(path, [{"a": "y" * 80}, {"a": "z" * 80}], again="record lamps")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [row for _, row in records.read_rows(path)] == [{"a": "x" * 80}]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with (pytest.raises(BookError, match=r"file/lamps: cannot keep records there"),
          records.lock(tmp_path / "file" / "lamps")):
        pass


def test_a_seal_holds_the_hash_and_the_count_of_every_file(path):
    records.append(path, [{"a": 1}, {"a": 2}], again="record lamps")
    records.seal(path.parent, "f00d")
    content = records.check_seal(path.parent)
    assert content["study"] == "f00d" and content["files"][path.name]["records"] == 2
    assert json.loads((path.parent / "seal.json").read_text()) == content


def test_a_changed_file_is_named(path):
    records.append(path, [{"a": 1}], again="record lamps")
    records.append(path.with_name("other.seed0.jsonl"), [{"a": 1}], again="record lamps")
    records.seal(path.parent, "f00d")
    path.write_text(path.read_text().replace("1", "2"))
    with pytest.raises(BookError, match=r"rag.seed0.jsonl: changed since it was sealed"):
        records.check_seal(path.parent)


def test_a_file_that_is_gone_is_named(path):
    records.append(path, [{"a": 1}], again="record lamps")
    records.seal(path.parent, "f00d")
    path.unlink()
    with pytest.raises(BookError, match=r"rag.seed0.jsonl: sealed on .*, now gone"):
        records.check_seal(path.parent)


@pytest.mark.parametrize("content", ["{", "[]", '{"files": []}', '{"files": {"x.jsonl": {}}}'])
def test_a_broken_seal_is_refused(path, content):
    path.parent.mkdir(parents=True)
    (path.parent / "x.jsonl").write_text("")
    (path.parent / "seal.json").write_text(content)
    with pytest.raises(BookError, match=r"seal.json|x.jsonl"):
        records.check_seal(path.parent)


def test_a_study_without_a_seal_was_never_finished(path):
    records.append(path, [{"a": 1}], again="record lamps")
    with pytest.raises(BookError, match=r"no seal.json.*record lamps"):
        records.check_seal(path.parent)


def test_two_recorders_cannot_hold_one_folder(tmp_path):
    with records.lock(tmp_path / "lamps"):
        with (pytest.raises(BookError, match="another process is recording"),
              records.lock(tmp_path / "lamps")):
            pass
        with records.lock(tmp_path / "other"):
            pass
    with records.lock(tmp_path / "lamps"):
        pass
    assert list((tmp_path / "lamps").iterdir()) == []
