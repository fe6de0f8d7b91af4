"""The command `bench` measures what it says, and says when a target is missed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.core.paths import ROOT
from experiments.evidence.timing import speed
from experiments.evidence.timing.speed import MOST, NEIGHBOUR, TARGETS, measure, print_table
from tests.models.conftest import byte_tokenizer, make_model  # noqa: F401 (fixtures)


@pytest.fixture
def tiny_models(make_model, byte_tokenizer, monkeypatch):  # noqa: F811
    """Let a tiny model stand in for the reference model everywhere."""
    from experiments.models import registry
    from experiments.models.inference.generate import TorchGenerator
    from experiments.models.timing import baselines

    def weights(name):
        return make_model(context_tokens=4096), byte_tokenizer

    monkeypatch.setattr(registry, "load_weights", weights)
    monkeypatch.setattr(
        registry, "load_model", lambda name: TorchGenerator(name, "0" * 16, *weights(name)))
    # TRL leaves out examples of more than 1024 tokens; here a token is a byte.
    monkeypatch.setattr(
        baselines, "train_with_trl", lambda model, tokenizer, pairs, rank: float(len(pairs)))


def test_everything_is_measured_in_one_run_with_ratios_and_targets(
    tiny_models, own_cache, capsys
):
    rows = {row["what"]: row for row in measure(quick=True)}
    assert {*TARGETS, *MOST} <= set(rows)
    for what, row in rows.items():
        assert row["value"] > 0 and len(row["repeats"]) >= 1, what
        assert row["target"] == TARGETS.get(what, MOST.get(what))
        if what not in MOST:
            assert row["met"] is (row["target"] is None or row["value"] >= row["target"])
    waits = rows["query, embedding included, p50"]["repeats"]
    median, late = (rows[f"query, embedding included, p{p}"]["value"] for p in (50, 95))
    assert min(waits) <= median <= late <= max(waits)
    assert any("index of" in what for what in rows)
    assert any("embedding of" in what for what in rows)
    assert capsys.readouterr().out == "", "only the table goes to standard output"


def test_the_median_of_the_repeats_decides_and_the_worst_is_shown(monkeypatch, capsys):
    monkeypatch.setitem(TARGETS, "ours", 1.5)
    met = speed._row("ours", [1.0, 1.6, 1.7], "times")
    assert (met["value"], met["worst"], met["met"]) == (1.6, 1.0, True)
    missed = speed._row("ours", [1.0, 1.4, 9.0], "times")
    assert (missed["value"], missed["met"]) == (1.4, False)
    free = speed._row("seconds", [2.0, 3.0], "s", worst=max)
    assert (free["value"], free["worst"], free["target"], free["met"]) == (2.5, 3.0, None, True)
    print_table([met, missed, free])
    first, second, third = capsys.readouterr().out.splitlines()[1:]
    assert first.split() == ["ours", "1.60", "1.00", "3", ">=", "1.5", "times"]
    assert second.endswith("times  MISSED")
    assert third.split() == ["seconds", "2.50", "3.00", "2", "s"]


def test_ratios_are_taken_repeat_by_repeat():
    assert speed._ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]


def test_a_ratio_that_should_not_pass_its_target_is_judged_from_above(capsys):
    met = speed._row(NEIGHBOUR, [2.0, 2.5, 9.0], "times", worst=max)
    missed = speed._row(NEIGHBOUR, [3.1], "times", worst=max)
    assert (met["value"], met["worst"], met["met"]) == (2.5, 9.0, True)
    assert (missed["target"], missed["met"]) == (3.0, False)
    print_table([met, missed])
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert "<= 3" in first.replace("   ", " ") and second.endswith("MISSED")


def test_a_busy_core_is_busy_only_as_long_as_it_is_asked_for():
    with speed._busy_core() as other:
        assert other.poll() is None
    assert other.poll() is not None


def test_what_keeps_a_core_busy_ends_with_who_started_it():
    starter = ("import os\n"
               "from experiments.evidence.timing import speed\n"
               "with speed._busy_core() as other:\n"
               "    print(other.pid, flush=True)\n"
               "    os._exit(0)")
    with subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE,
                          text=True) as starting:
        other = int(starting.stdout.readline())
    until = time.monotonic() + 5
    while alive(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(other)


def alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
