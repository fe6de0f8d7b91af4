"""Whether the machine is quiet is read from clock ticks, worked out by hand."""

import pytest

from experiments.core import BookError
from experiments.evidence.timing import machine_load as quiet
from experiments.evidence.timing.machine_load import expect_quiet, others_of, read_ticks, share_of

#        user nice system idle waiting irq soft stolen
START = [100, 0, 50, 800, 50, 0, 0, 0]


def later(**more):
    """Add ticks to START by the name of their column."""
    places = {"user": 0, "nice": 1, "system": 2, "idle": 3, "waiting": 4, "stolen": 7}
    ticks = list(START)
    for name, count in more.items():
        ticks[places[name]] += count
    return ticks


def test_busy_is_what_is_neither_idle_nor_waiting_for_a_disk():
    assert share_of(START, later(user=20, system=5, idle=70, waiting=5)) == pytest.approx(0.25)
    assert share_of(START, START) == 0.0


def test_others_had_what_was_used_and_was_not_ours():
    # Of 400 ticks, 4 s, the user's 2.5 s and the stolen 0.5 s count; 2 s of them are ours.
    now = later(user=200, nice=50, stolen=50, idle=100)
    assert others_of(START, now, 2.0, 100) == pytest.approx(1.0 / 4.0)


def test_the_kernels_own_time_is_not_held_against_others():
    assert others_of(START, later(system=300, idle=100), 0.0, 100) == 0.0


def test_a_tenth_of_a_second_is_below_the_clocks_noise():
    assert others_of(START, later(user=9, idle=11), 0.0, 100) == 0.0


def test_patience_waits_for_a_quiet_moment(monkeypatch):
    shares = iter([0.9, 0.5, 0.04])
    monkeypatch.setattr(quiet, "busy_share", lambda: next(shares))
    assert expect_quiet(60.0) == 0.04


def test_the_first_line_of_the_file_is_all_processors(tmp_path):
    path = tmp_path / "stat"
    path.write_text("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    assert read_ticks(path) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert read_ticks(tmp_path / "none") is None


def test_a_busy_machine_is_refused_with_what_was_seen(monkeypatch):
    monkeypatch.setattr(quiet, "busy_share", lambda: 0.31)
    with pytest.raises(BookError, match="other processes keep 31%"):
        expect_quiet()
    monkeypatch.setattr(quiet, "busy_share", lambda: 0.05)
    assert expect_quiet() == 0.05


def test_without_clock_ticks_the_load_average_must_do(monkeypatch):
    monkeypatch.setattr(quiet, "read_ticks", lambda: None)
    monkeypatch.setattr(quiet.os, "getloadavg", lambda: (1.0, 0.5, 0.2))
    monkeypatch.setattr(quiet.os, "cpu_count", lambda: 4)
    assert quiet.busy_share() == 0.25


def test_a_watch_that_has_just_begun_saw_nobody():
    assert quiet.Watch().others() == 0.0
