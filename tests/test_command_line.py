"""The command line as a reader types it: tables, plain messages, honest exit statuses."""

import errno
import json
import os
import subprocess
import sys
import time

import pytest

from experiments.__main__ import main
from experiments.core import paths
from experiments.core.paths import ROOT
from tests.five_formats import write_five_formats


def type_command(*words, **changes):
    """Run `python -m experiments` and give the finished process."""
    return subprocess.run([sys.executable, "-m", "experiments", *map(str, words)], cwd=ROOT,
                          capture_output=True, text=True, timeout=240, **changes)


def refuses(*words):
    """Run a command that must fail with a message and without a traceback; give the message."""
    done = type_command(*words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


def test_an_installed_package_without_the_repositorys_data_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paths, "TASKS", tmp_path)
    assert main(["tasks"]) == 2
    assert f"expected benchmarks in {tmp_path}, found none" in capsys.readouterr().err


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A task that the code has never seen: one document in each of five formats."""
    return write_five_formats(tmp_path_factory.mktemp("reader") / "my-docs")


def test_help_comes_quickly_and_names_every_command():
    started = time.perf_counter()
    done = type_command("--help")
    assert done.returncode == 0
    assert time.perf_counter() - started < 3
    for command in ("tasks", "fetch", "ask", "run", "record", "train", "audit", "publish", "book",
                    "cost", "decide", "bench"):
        assert f"    {command} " in done.stdout


def test_no_command_is_an_error():
    assert type_command().returncode == 2


def test_tasks_as_json_give_counts_and_a_hash():
    rows = json.loads(type_command("tasks", "--json").stdout)
    support = next(row for row in rows if row["name"] == "support")
    assert set(support) == {"name", "documents", "train", "dev", "test", "unanswerable", "sha256"}
    assert support["documents"] == 168 and support["test"] == 260
    assert len(support["sha256"]) == 64


def test_run_measures_methods_on_a_folder_in_five_formats(folder, tmp_path):
    out = tmp_path / "records.jsonl"
    done = type_command("run", "--task", folder, "--methods", "closed_book,long_context,rag",
                        "--model", "fake", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "5 answerable and 1 unanswerable" in done.stdout
    assert "[" in done.stdout.split("rag")[1]
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 18
    assert {row["arm"] for row in rows} == {"closed_book", "long_context", "rag"}
    assert all(isinstance(row["answer"]["text"], str) for row in rows)
    assert not list(tmp_path.glob("*.unfinished"))


def test_run_never_writes_over_records(folder, tmp_path):
    out = tmp_path / "records.jsonl"
    out.write_text("kept")
    message = refuses("run", "--task", folder, "--methods", "closed_book", "--model", "fake",
                      "--out", out)
    assert "exists" in message and out.read_text() == "kept"


def test_ask_shows_every_stage(folder):
    done = type_command("ask", "Which colour is the mast?", "--task", folder, "--method", "rag",
                        "--model", "fake")
    assert done.returncode == 0, done.stderr
    for part in ("PASSAGES", "PROMPT", "ANSWER", "SOURCES", "TIME AND TOKENS", "ms", "system:"):
        assert part in done.stdout


@pytest.mark.parametrize(("words", "named"), [
    (("run", "--task", "nowhere", "--methods", "rag"), "support"),
    (("run", "--task", "support", "--methods", "ragg"), "closed_book"),
    (("run", "--task", "support", "--methods", "rag", "--model", "gpt"), "smollm2-135m"),
    (("run", "--task", "support", "--methods", ","), "--methods"),
    (("run", "--task", "support", "--methods", "rag", "--limit", "0"), "limit"),
    (("ask", " ", "--task", "support"), "empty"),
    (("ask", "What?", "--task", "support", "--method", "oracle"), "gold"),
    (("record", "nothing"), "known studies"),
    (("record",), "--all"),
    (("audit", "nothing"), "known studies"),
])
def test_an_unknown_name_lists_the_known_ones(words, named):
    assert named in refuses(*words)


def test_an_unknown_chapter_lists_the_known_ones_and_builds_no_book():
    done = type_command("book", "--chapters", "nothing")
    assert done.returncode == 1
    assert "no book" in done.stdout and "03_retrieval" in done.stdout


def test_bad_input_is_named_by_file_and_line(tmp_path):
    folder = write_five_formats(tmp_path / "docs")
    (folder / "questions.jsonl").open("a").write("{not json\n")
    assert "questions.jsonl:7" in refuses("run", "--task", folder, "--methods", "rag")


def _break(folder, fault):
    documents = folder / "documents"
    if fault == "empty folder":
        for path in documents.iterdir():
            path.unlink()
    elif fault == "missing document":
        (documents / "mast.md").unlink()
    elif fault == "broken pdf":
        (documents / "keel.pdf").write_bytes(b"%PDF-1.4 nothing of the kind")
    elif fault == "large file":
        (documents / "large.txt").write_bytes(b"word " * 10_000_000)
    elif fault == "bytes":
        (documents / "mast.md").write_bytes(b"# Mast\n\nThe mast is \xff\xfe red.\n")
    else:
        path = folder / "questions.jsonl"
        path.write_text(path.read_text() + path.read_text().splitlines()[0] + "\n")


@pytest.mark.parametrize(("fault", "named"), [
    ("empty folder", ".docx"), ("missing document", "mast"), ("broken pdf", "keel.pdf"),
    ("large file", "large.txt"), ("bytes", "mast.md"), ("double id", "questions.jsonl:7"),
])
def test_a_broken_folder_gets_a_message_and_no_traceback(tmp_path, fault, named):
    folder = write_five_formats(tmp_path / "docs")
    _break(folder, fault)
    assert named in refuses("run", "--task", folder, "--methods", "closed_book", "--model", "fake")


def test_a_reader_that_has_seen_enough_is_no_crash():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "experiments", "tasks"], cwd=ROOT, text=True,
                          stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


HOSTILE = "a \x1b]0;title\x07 \x1b]52;c;aGk=\x07 b\tc\n"


def test_what_a_passage_says_does_not_steer_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr("experiments.evidence.ladder.trace.ask", lambda *_, **__: HOSTILE)
    assert main(["ask", "What?", "--task", "support"]) == 0
    assert "\x1b" not in (said := capsys.readouterr().out) and said.endswith("b\tc\n\n")


def test_an_error_does_not_steer_the_terminal(capsys):
    assert main(["run", "--task", f"no{HOSTILE}where", "--methods", "rag"]) == 2
    assert "\x1b" not in (said := capsys.readouterr().err) and "\x07" not in said


@pytest.mark.parametrize("fault", [
    PermissionError(errno.EACCES, "Permission denied", "questions.jsonl"),
    OSError(errno.ENOSPC, "No space left on device", "questions.jsonl"),
    OSError(errno.EROFS, "Read-only file system", "questions.jsonl")])
def test_what_the_system_refuses_is_named_without_a_traceback(monkeypatch, capsys, fault):
    def refuse(*_, **__):
        raise fault

    monkeypatch.setattr("experiments.evidence.ladder.trace.ask", refuse)
    assert main(["ask", "What?", "--task", "support"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: questions.jsonl: ") and fault.strerror in said


def test_a_cache_that_cannot_be_made_or_written_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path / "file"))
    words = ["ask", "What?", "--task", str(write_five_formats(tmp_path / "docs")),
             "--model", "fake"]
    assert main(words) == 2
    assert "expected a folder for the cache" in capsys.readouterr().err
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path / "closed"))
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # as for one who may not write
    assert main(words) == 2
    assert "KNOW_OR_BEHAVE_CACHE" in capsys.readouterr().err
