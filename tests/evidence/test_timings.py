"""Timings are measured on a quiet machine, kept raw, sealed, resumed and compared."""

import json

import pytest

from experiments.core import BookError
from experiments.evidence.timing import machine_load as quiet
from experiments.evidence.timing import timings
from experiments.evidence.timing.sets import SETS, known_settings
from experiments.evidence.timing.timings import (
    Taken,
    Timings,
    check_again,
    read_timings,
    record_timings,
)

TEN = Taken({"search": (1.0, 2.0, 9.12345)}, {"vectors": 10})
MACHINE = {"hardware": "a desk, 2 cores", "date": "2026-11-21T18:00Z"}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A quiet machine with empty folders of its own."""
    monkeypatch.setattr(timings, "TIMINGS", tmp_path / "timings")
    monkeypatch.setattr(timings, "expect_quiet", lambda patience=0.0: 0.0)
    monkeypatch.setattr(quiet.Watch, "others", lambda self: 0.0)
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def recorded(**settings):
    """Make a set as it is read from a file."""
    return Timings("made", {
        name: {"ms": dict(one.ms), "counts": dict(one.counts), "machine": MACHINE, "others": 0.02}
        for name, one in settings.items()})


def test_what_was_measured_is_read_back_raw(desk):
    path = record_timings("made", {"ten": lambda: TEN})
    found = read_timings("made")
    assert path == desk / "timings" / "made.json"
    assert found.ms("ten", "search") == [1.0, 2.0, 9.123]
    assert found.count("ten", "vectors") == 10
    assert len(found.settings["ten"]["load"]) == 2 and "commit" in found.settings["ten"]["machine"]


def test_a_killed_run_goes_on_where_it_stopped(desk):
    def killed():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record_timings("made", {"first": lambda: TEN, "second": killed})
    assert not (desk / "timings" / "made.json").exists()
    with open(desk / "cache" / "timings" / "made.jsonl", "a") as stream:
        stream.write('{"setting": "sec')  # torn by the kill
    record_timings("made", {"first": killed, "second": lambda: TEN})
    assert list(read_timings("made").settings) == ["first", "second"]
    assert not (desk / "cache" / "timings" / "made.jsonl").exists()


def test_a_finished_set_is_measured_again_only_when_asked(desk):
    other = Taken({"search": (7.0,)}, {"vectors": 10})
    record_timings("made", {"ten": lambda: TEN})
    record_timings("made", {"ten": lambda: other})
    assert read_timings("made").ms("ten", "search")[0] == 1.0
    record_timings("made", {"ten": lambda: other}, anew=True)
    assert read_timings("made").ms("ten", "search") == [7.0]


def test_a_setting_that_was_added_later_joins_the_measured_ones(desk):
    record_timings("made", {"ten": lambda: TEN})
    record_timings("made", {"ten": lambda: 1 / 0, "more": lambda: TEN})
    assert list(read_timings("made").settings) == ["ten", "more"]


def test_what_was_measured_beside_other_work_is_not_kept(desk, monkeypatch):
    record = {"first": lambda: TEN, "second": lambda: TEN}
    shares = iter([0.0, 0.5, 0.3, 0.4])  # the first setting, then three tries of the second
    monkeypatch.setattr(quiet.Watch, "others", lambda self: next(shares))
    with pytest.raises(BookError, match="second: other processes had 40%"):
        record_timings("made", record)
    monkeypatch.setattr(quiet.Watch, "others", lambda self: 0.01)
    record_timings("made", {"first": lambda: 1 / 0, "second": lambda: TEN})
    assert read_timings("made").settings["second"]["others"] == 0.01


def test_a_disturbed_setting_is_measured_again(desk, monkeypatch):
    taken, shares = iter([Taken({"search": (9.0,)}, {}), TEN]), iter([0.5, 0.05])
    monkeypatch.setattr(quiet.Watch, "others", lambda self: next(shares))
    record_timings("made", {"ten": lambda: next(taken)})
    assert read_timings("made").ms("ten", "search")[0] == 1.0


def test_a_busy_machine_is_refused_before_anything_is_measured(desk, monkeypatch):
    def busy(patience=0.0):
        raise BookError("expected a quiet machine")

    monkeypatch.setattr(timings, "expect_quiet", busy)
    with pytest.raises(BookError, match="quiet machine"):
        record_timings("made", {"ten": lambda: 1 / 0})


def test_an_edited_file_is_seen(desk):
    path = record_timings("made", {"ten": lambda: TEN})
    path.write_text(path.read_text().replace("9.123", "3.123"))
    with pytest.raises(BookError, match="changed since it was sealed.*time made --anew"):
        read_timings("made")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seal": "x"}'])
def test_a_damaged_file_is_named(desk, text):
    path = desk / "timings" / "made.json"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(BookError, match="made.json: not a file of timings"):
        read_timings("made")


def test_a_missing_file_names_the_command(desk):
    with pytest.raises(BookError, match="python -m experiments time made"):
        read_timings("made")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(BookError, match=f"unknown timings 'lunch'; known are: {', '.join(SETS)}"):
        known_settings("lunch")


def test_an_unknown_setting_stage_or_count_lists_the_known_ones():
    made = recorded(ten=TEN)
    with pytest.raises(BookError, match="no setting 'six'; they have: ten"):
        made.ms("six", "search")
    with pytest.raises(BookError, match="no ms named 'rerank'; it has: search"):
        made.ms("ten", "rerank")
    with pytest.raises(BookError, match="no counts named 'bytes'; it has: vectors"):
        made.count("ten", "bytes")


def test_the_tier_line_says_where_when_and_how_quiet():
    line = recorded(ten=TEN, more=TEN).tier_line()
    assert line.startswith("Recorded: a desk, 2 cores, 2026-11-21, ") and "2% of it at most" in line


def test_what_is_measured_again_must_agree_as_far_as_a_busy_machine_allows():
    made = recorded(ten=TEN)  # its median is 2 ms
    slow = Taken({"search": (900.0, 59.0)}, {"vectors": 10})  # the fastest counts
    assert "vectors as recorded" in check_again(made, "ten", slow, same=["vectors"])
    with pytest.raises(BookError, match="search took 2.0 ms and takes 61.0 ms"):
        check_again(made, "ten", Taken({"search": (61.0,)}, {}))
    with pytest.raises(BookError, match="vectors was 10 and is 11"):
        check_again(made, "ten", Taken({}, {"vectors": 11}), same=["vectors"])


def test_a_tolerance_is_for_counts_that_may_differ_a_little():
    made = recorded(ten=Taken({}, {"recall": 0.7}))
    assert "recall" in check_again(made, "ten", Taken({}, {"recall": 0.74}), near={"recall": 0.05})
    with pytest.raises(BookError, match="recall was 0.7 and is 0.8"):
        check_again(made, "ten", Taken({}, {"recall": 0.8}), near={"recall": 0.05})


def test_equal_measurements_give_equal_bytes(desk, monkeypatch):
    monkeypatch.setattr(timings, "describe_machine", lambda: MACHINE)
    monkeypatch.setattr(timings, "loads", lambda: [0.1, 0.2, 0.3])
    first = record_timings("made", {"ten": lambda: TEN}).read_bytes()
    assert record_timings("made", {"ten": lambda: TEN}, anew=True).read_bytes() == first
    assert json.loads(first)["settings"]["ten"]["machine"] == MACHINE
