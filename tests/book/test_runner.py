"""Chapters run through papermill, and everything that can go wrong with a run turns it red."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tiny_book import PARAMETERS, code, markdown, write_cells, write_chapter

from experiments.book.build import kernel
from experiments.book.build.keys import chapter_key, surroundings
from experiments.book.build.runner import cache_file, run_chapter, run_chapters
from experiments.book.source.notebooks import code_cells, read_notebook
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.checks.published import Published
from experiments.evidence.checks.sampling import SEED_VARIABLE


def run(layout, **options):
    (outcome,) = run_chapters(["01_tiny"], layout=layout, **options)
    return outcome


def printed(layout):
    """Return what the last code cell of the executed chapter printed."""
    return said(layout.executed / "01_tiny.ipynb")


def said(path):
    """Return what the last code cell of an executed notebook printed."""
    return "".join(code_cells(read_notebook(path))[-1]["outputs"][0]["text"]).strip()


def test_a_chapter_runs_with_its_parameters_and_this_interpreter(tmp_path):
    layout = write_cells(tmp_path, "import sys; print(mode, sample, sys.executable)")
    outcome = run(layout, mode="replay", sample=7)
    assert outcome.ok and not outcome.cached
    assert printed(layout) == f"replay 7 {sys.executable}"
    facts = read_notebook(layout.executed / "01_tiny.ipynb")["metadata"]["book_run"]
    assert facts["parameters"] == {"mode": "replay", "sample": 7}
    assert {"hardware", "python", "torch", "commit", "date", "seconds"} <= set(facts)
    assert list((layout.build / "running").iterdir()) == []


def test_a_cell_that_raises_is_named_with_its_error(tmp_path):
    layout = write_cells(tmp_path, "x = 1", "raise ValueError('planted')", "print('never')")
    assert run(layout).problems == (
        "cell 3 (raise ValueError('planted')): raised ValueError: planted",
    )
    assert not (layout.executed / "01_tiny.ipynb").exists()
    assert (layout.failed / "01_tiny.ipynb").exists()


def test_sys_exit_with_status_0_is_a_failure(tmp_path):
    layout = write_cells(tmp_path, "import sys; sys.exit(0)", "print('never')")
    (first, second) = run(layout).problems
    assert first == "cell 2 (import sys; sys.exit(0)): raised SystemExit: 0"
    assert second.endswith("did not run")


def test_a_kernel_killed_in_its_last_cell_is_a_failure(tmp_path):
    layout = write_cells(tmp_path, "print('fine')", "import os; os.kill(os.getpid(), 9)")
    (problem,) = run(layout).problems
    assert "papermill ended with status 1 in cell 3 (import os; os.kill(os.getpid(), 9))" in problem
    assert "Kernel died" in problem
    assert not (layout.executed / "01_tiny.ipynb").exists()


def test_a_chapter_that_takes_too_long_is_stopped_where_it_was(tmp_path):
    layout = write_cells(tmp_path, "import time; time.sleep(600)")
    outcome = run(layout, timeout=6)
    assert outcome.problems == (
        "took longer than 6 s and was stopped in cell 2 (import time; time.sleep(600))",
    )
    assert outcome.seconds < 10


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path):
    layout = write_cells(tmp_path, "print(1)")
    with pytest.raises(BookError, match="01_tiny.ipynb: unknown parameter 'smaple'.*mode, sample"):
        run_chapter(layout.chapter("01_tiny"), {"smaple": 1}, layout=layout)
    assert not layout.build.exists()


def test_an_unknown_chapter_lists_the_known(tmp_path):
    layout = write_cells(tmp_path, "print(1)")
    with pytest.raises(BookError, match="unknown chapter '02_none'; known chapters: 01_tiny"):
        run_chapters(["02_none"], layout=layout)


def test_a_kernel_that_does_not_start_is_tried_once_more(tmp_path, monkeypatch, capsys):
    layout = write_cells(tmp_path, "print('up')")
    counter = tmp_path / "attempts"
    script = f"echo x >> {counter}; test $(wc -l < {counter}) -gt 1 && exec \"$@\""
    command = kernel.kernel_command()
    monkeypatch.setattr(kernel, "kernel_command", lambda: ["sh", "-c", script, "sh", *command])
    assert run(layout).ok
    assert "the kernel did not start; trying once more" in capsys.readouterr().out
    assert printed(layout) == "up"


def test_a_kernel_that_never_starts_fails_after_the_second_attempt(tmp_path, monkeypatch):
    layout = write_cells(tmp_path, "print('up')")
    monkeypatch.setattr(kernel, "kernel_command", lambda: ["sh", "-c", "exit 3"])
    (problem,) = run(layout).problems
    assert "before its first cell" in problem


def test_a_killed_build_leaves_no_half_file_and_nothing_running(tmp_path):
    pid_file = tmp_path / "pid"
    layout = write_cells(tmp_path, f"import os, pathlib, time\n"
                         f"pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))\n"
                         "time.sleep(600)")
    program = ("from pathlib import Path; from experiments.book.source.layout import Layout; "
               "from experiments.book.build.runner import run_chapters; "
               f"run_chapters(['01_tiny'], layout=Layout(Path({str(tmp_path)!r})))")
    build = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: pid_file.exists() and pid_file.read_text(), seconds=60)
    build.send_signal(signal.SIGKILL)
    build.wait()
    wait_until(lambda: not alive(int(pid_file.read_text())), seconds=20)
    assert not layout.executed.exists() and not layout.cache.exists()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in open(f"/proc/{pid}/status").read()


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_an_unchanged_chapter_comes_from_the_cache_and_prose_is_free(tmp_path):
    layout = write_cells(tmp_path, "print('once')")
    assert not run(layout).cached
    chapter = layout.chapter("01_tiny")
    chapter.write_text(chapter.read_text().replace('"cells": [', '"cells": [' + json.dumps(
        {**markdown("New words."), "id": "prose"}) + ", "))
    assert run(layout).cached


@pytest.mark.parametrize("change", ["code", "tag", "order", "lock", "sample", "mode"])
def test_whatever_goes_into_a_run_brings_a_new_run(tmp_path, change):
    first = {"mode": "audit", "sample": 3}
    cells = [code(PARAMETERS, "parameters"), code("a = 1"), code("b = 2")]
    layout = write_chapter(tmp_path, "01_tiny", *cells)
    before = key_of(layout, first)
    if change == "code":
        cells[1] = code("a = 2")
    if change == "tag":
        cells[1] = code("a = 1", "remove-input")
    if change == "order":
        cells[1:] = cells[:0:-1]
    write_chapter(tmp_path, "01_tiny", *cells)
    if change == "lock":
        (tmp_path / "requirements.txt").write_text("numpy==1.0")
    second = first | {"sample": {"sample": 4}, "mode": {"mode": "replay"}}.get(change, {})
    assert key_of(layout, second) != before


def key_of(layout, parameters, published=()):
    notebook = read_notebook(layout.chapter("01_tiny"))
    return chapter_key(notebook, parameters, surroundings(layout), published)


def test_a_published_number_brings_a_new_run_only_where_code_names_it(tmp_path):
    old = Published("rate", "s", "contains", "rag", "percent", 1.0, value=1.0, interval=(0.0, 2.0))
    new = dataclasses.replace(old, value=1.5)
    for source, changes in (("x = 1", False), ("show('{{ rate_value }}')", True),
                            ("from experiments.decide.own.procedure import Book", True)):
        layout = write_cells(tmp_path, source)
        before = key_of(layout, {}, [old])
        (layout.data / "published.yaml").write_text("[]")
        assert (key_of(layout, {}, [new]) != before) == changes
        (layout.data / "published.yaml").unlink()


def test_another_seed_for_the_audit_brings_a_new_run(tmp_path, monkeypatch):
    layout = write_cells(tmp_path, "x = 1")
    before = key_of(layout, {})
    monkeypatch.setenv(SEED_VARIABLE, "another")
    assert key_of(layout, {}) != before


def test_a_damaged_cache_file_is_run_again(tmp_path):
    layout = write_cells(tmp_path, "print('once')")
    run(layout)
    (kept,) = layout.cache.iterdir()
    kept.write_text(kept.read_text()[:200])
    assert not run(layout).cached


def test_recording_never_comes_from_the_cache(tmp_path):
    layout = write_cells(tmp_path, "print(mode)")
    assert not run(layout, mode="record").cached
    assert not run(layout, mode="record").cached


def test_two_chapters_run_at_once_and_share_the_cores(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.book.build.runner.core_count", lambda: 4)
    wait = "\n".join([
        "import os, pathlib, time", "pathlib.Path(ME).touch()", "end = time.time() + 60",
        "while not pathlib.Path(OTHER).exists():", "    assert time.time() < end",
        "    time.sleep(0.1)", "print(os.environ['OMP_NUM_THREADS'])",
    ])
    for me, other in (("a", "b"), ("b", "a")):
        names = {"ME": repr(str(tmp_path / me)), "OTHER": repr(str(tmp_path / other))}
        text = wait.replace("ME", names["ME"]).replace("OTHER", names["OTHER"])
        layout = write_chapter(tmp_path, f"0_{me}", code(PARAMETERS, "parameters"), code(text))
    outcomes = run_chapters(["0_a", "0_b"], layout=layout)
    assert [o.problems for o in outcomes] == [(), ()]
    assert said(layout.executed / "0_a.ipynb") == "2"


def test_records_are_made_one_chapter_at_a_time_with_all_cores(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.book.build.runner.core_count", lambda: 4)
    show = code("import os; print(os.environ['OMP_NUM_THREADS'])")
    for name in ("0_a", "0_b"):
        layout = write_chapter(tmp_path, name, code(PARAMETERS, "parameters"), show)
    assert all(outcome.ok for outcome in run_chapters(["0_a", "0_b"], "record", layout=layout))
    assert [said(layout.executed / f"{name}.ipynb") for name in ("0_a", "0_b")] == ["4", "4"]


def test_the_cache_file_is_named_by_chapter_and_key(tmp_path):
    layout = write_cells(tmp_path, "print(1)")
    run(layout)
    key = key_of(layout, {"mode": "audit", "sample": 3})
    assert list(layout.cache.iterdir()) == [cache_file("01_tiny", key, layout)]


def test_the_chapter_that_says_it_takes_longest_begins_first(tmp_path, capsys):
    for name, minutes in (("01_short", 1), ("02_long", 5)):
        layout = write_chapter(tmp_path, name, code(PARAMETERS, "parameters"),
                               book={"minutes": minutes})
    outcomes = run_chapters(["01_short", "02_long"], jobs=1, layout=layout)
    assert [outcome.chapter for outcome in outcomes] == ["01_short", "02_long"]
    said = capsys.readouterr().out
    assert said.index("02_long  started") < said.index("01_short  started")


@pytest.mark.parametrize(("profile", "hub"), [("gpu", None), ("", "1")])
def test_a_chapter_may_reach_the_hub_where_the_reader_asked_for_its_models(
        tmp_path, monkeypatch, profile, hub):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("KNOW_OR_BEHAVE_PROFILE", profile)
    assert kernel.prepare_environment(tmp_path, 1).get("HF_HUB_OFFLINE") == hub
