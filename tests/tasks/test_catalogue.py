"""The catalogue: which tasks there are, and what is in one."""

import hashlib

import pytest

from experiments.core import BookError, paths
from experiments.methods.bench import open_bench
from experiments.tasks import catalogue, folder
from experiments.tasks.card import hash_contents
from experiments.tasks.catalogue import find_task, shipped_tasks, summarise


@pytest.fixture
def task(tmp_path):
    folder = tmp_path / "mine"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "a.md").write_bytes(b"A")
    (folder / "documents" / "b.TXT").write_bytes(b"B")
    (folder / "documents" / "notes.xlsx").write_bytes(b"not a document")
    (folder / "questions.csv").write_bytes(
        b"id,question,answers,split\nq1,Why?,x,train\nq2,Why?,,dev\nq3,Why?,x,\nq4,Why?,,\n")
    (folder / "card.md").write_bytes(b"# mine")
    return folder


def test_the_shipped_benchmarks_are_listed_by_name():
    assert {"support", "support-second-edition"} <= set(shipped_tasks())
    assert shipped_tasks() == sorted(shipped_tasks())


def test_a_task_is_found_by_name_or_by_folder(task):
    assert find_task("support") == paths.TASKS / "support"
    assert find_task(str(task)) == task


@pytest.mark.parametrize("name", ["suport", "", "~nobody", "a/b/c", "x" * 5000, "\0"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(BookError, match="expected a folder or one of .*support"):
        find_task(name)


def test_a_summary_counts_supported_documents_and_questions_by_split(task):
    summary = summarise(task)
    digest = summary.pop("sha256")
    assert summary == {"name": "mine", "documents": 2, "train": 1, "dev": 1, "test": 2,
                       "unanswerable": 2}
    assert len(digest) == 64


def test_the_hash_follows_documents_and_questions_and_nothing_else(task):
    before = summarise(task)["sha256"]
    (task / "card.md").write_bytes(b"# another card")
    (task / "documents" / "notes.xlsx").write_bytes(b"other notes")
    assert summarise(task)["sha256"] == before
    (task / "documents" / "b.TXT").write_bytes(b"C")
    assert summarise(task)["sha256"] != before


def test_the_hash_is_over_path_length_and_content_in_the_order_of_paths():
    expected = hashlib.sha256(b"a\x001\x00x" + b"b\x002\x00yz").hexdigest()
    assert hash_contents({"b": b"yz", "a": b"x"}) == expected


def test_moving_a_byte_from_one_file_to_the_next_changes_the_hash():
    assert hash_contents({"a": b"xb", "b": b""}) != hash_contents({"a": b"x", "b": b"b"})


def test_a_folder_without_documents_cannot_be_summarised(task):
    for path in (task / "documents").iterdir():
        path.unlink()
    with pytest.raises(BookError, match="expected at least one document"):
        summarise(task)


def test_opening_a_task_parses_its_questions_once_and_sees_every_change(task, monkeypatch):
    parsed = []
    example = folder._example
    monkeypatch.setattr(folder, "_example", lambda *row: parsed.append(row) or example(*row))
    folder._read_examples.cache_clear()
    open_bench("routing")
    (questions,) = (paths.TASKS / "routing").glob("questions.*")
    assert len(parsed) == len(questions.read_text(encoding="utf-8").splitlines())
    assert len(folder.read_questions(task)) == 4
    rows = (task / "questions.csv").read_bytes()
    (task / "questions.csv").write_bytes(rows + b"q5,Why?,x,\n")
    assert len(folder.read_questions(task)) == 5


def test_a_task_is_found_without_a_look_at_the_others(monkeypatch):
    monkeypatch.setattr(catalogue, "shipped_tasks", lambda: pytest.fail("listed all tasks"))
    assert find_task("routing") == paths.TASKS / "routing"
