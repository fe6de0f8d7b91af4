"""`kill -9` of a real recording, ten times, and a resume, give the undisturbed records."""

import os
import random
import subprocess
import sys
import time

import pytest

from experiments.core.paths import ROOT
from experiments.evidence.studies.records import read_rows
from experiments.evidence.studies.replay import replay
from tests.evidence.test_study import lines
from tests.evidence.tiny import Slow, make_study, write_chapter, write_task

SECONDS = 0.1  # a slice of 32 takes this long; 30 slices in all


@pytest.fixture
def study(tmp_path):
    """Declare a study of 480 questions and two slow arms in a chapter."""
    task = write_task(tmp_path / "task", lamps=400)
    write_chapter(tmp_path / "chapters" / "01_a.ipynb", f"""
from tests.evidence.tiny import Slow, make_study
arms = {{"slow": Slow({SECONDS}), "slower": Slow({SECONDS + 0.01})}}
study = make_study({str(task)!r}, arms=arms)""")
    return make_study(task, arms={"slow": Slow(SECONDS), "slower": Slow(SECONDS + 0.01)})


def start(tmp_path, results):
    """Start `python -m experiments record lamps` on its own results folder."""
    environment = {**os.environ, "KNOW_OR_BEHAVE_CHAPTERS": str(tmp_path / "chapters"),
                   "KNOW_OR_BEHAVE_RESULTS": str(results)}
    return subprocess.Popen([sys.executable, "-m", "experiments", "record", "lamps"], cwd=ROOT,
                            env=environment, stderr=subprocess.PIPE, text=True)


def size(results):
    """Count the bytes recorded so far."""
    return sum(path.stat().st_size for path in results.glob("lamps/*.jsonl"))


def test_ten_kills_and_a_resume_give_the_same_records_as_an_undisturbed_run(tmp_path, study):
    assert start(tmp_path, tmp_path / "undisturbed").wait() == 0
    whole = lines(tmp_path / "undisturbed" / "lamps")
    assert [len(rows) for rows in whole.values()] == [480, 480]

    results, draw, sizes = tmp_path / "killed", random.Random(2026), []
    for _ in range(10):
        process, before = start(tmp_path, results), size(results)
        while size(results) == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(draw.uniform(0, SECONDS))
        process.kill()
        assert process.wait() == -9, process.stderr.read()
        sizes.append(size(results))
    assert sizes == sorted(sizes) and sizes[-1] > sizes[0] > 0
    assert start(tmp_path, results).wait() == 0
    assert lines(results / "lamps") == whole
    replay(study, results)


def test_a_second_recorder_is_turned_away_and_harms_nothing(tmp_path, study):
    first = start(tmp_path, tmp_path / "results")
    while not size(tmp_path / "results"):
        time.sleep(0.005)
    second = start(tmp_path, tmp_path / "results")
    assert "another process is recording" in second.communicate()[1]
    assert second.returncode == 2 and first.wait() == 0
    ids = [row["example_id"] for _, row in read_rows(tmp_path / "results/lamps/slow.seed0.jsonl")]
    assert len(ids) == len(set(ids)) == 480
