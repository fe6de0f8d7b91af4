"""Waits are added question by question; percentiles come from the raw milliseconds."""

import pytest

from experiments.book.figures.latency import (
    colour_of,
    first_token,
    fit_reading,
    kept,
    leave_timings,
    reading_plot,
    stages_table,
    wait_plot,
    wait_table,
    wait_text,
    whole_answer,
)
from experiments.core import BookError
from experiments.evidence.timing.timings import Timings

MACHINE = {"hardware": "a desk, 2 cores", "date": "2026-11-21T18:00Z"}


def setting(prompt_tokens, **ms):
    """Make one recorded arm."""
    return {"ms": ms, "counts": {"prompt tokens": prompt_tokens}, "machine": MACHINE,
            "others": 0.0}


MADE = Timings("made", {
    "closed book": setting(60, read=[80.0, 90.0, 100.0] * 20, write=[200.0] * 60),
    "RAG, 1 passage": setting(274.4, embed=[10.0, 10.0], search=[2.0, 4.0], read=[300.0, 302.0],
                              write=[400.0, 800.0])})


def test_the_first_token_comes_after_all_stages_but_writing():
    assert first_token(MADE, "RAG, 1 passage").tolist() == [312.0, 316.0]
    assert whole_answer(MADE, "RAG, 1 passage").tolist() == [712.0, 1116.0]
    with pytest.raises(BookError, match="no setting 'RAG'"):
        first_token(MADE, "RAG")


def test_a_percentile_is_stated_from_fifty_questions_on():
    table = wait_table(MADE, list(MADE.settings))
    assert table.rows[0] == ("closed book", "60", "90", "100", "290", "60", "p95 too", "p95 too",
                             "p95 too")
    assert table.rows[1] == ("RAG, 1 passage", "274", "314", "–", "914", "2", "no", "median",
                             "median")
    assert "a desk, 2 cores, 2026-11-21" in table.notes[1]


def test_a_budget_is_kept_by_the_median_or_by_the_95th_percentile_too():
    waits = [90.0] * 45 + [700.0] * 5  # the 95th percentile is one of the five
    assert [kept(waits, budget) for budget in (80, 100, 1000)] == ["no", "median only", "p95 too"]


def test_stages_stand_in_their_order_with_the_share_before_reading():
    table = stages_table(MADE, list(MADE.settings)[::-1])
    assert table.header == ("arm", "embed, ms", "search, ms", "read, ms", "write, ms",
                            "before reading")
    assert table.rows[0] == ("RAG, 1 passage", "10.0", "3.0", "301.0", "600.0", "4%")
    assert table.rows[1] == ("closed book", "–", "–", "90.0", "200.0", "0%")


def test_figures_are_the_same_each_time():
    for draw in (lambda: wait_plot(MADE, list(MADE.settings)),
                 lambda: reading_plot({64: [70.0, 71.0], 512: [500.0], 1024: [1100.0]},
                                      {"RAG, 1 passage": (274.0, 300.0)}, lambda n: n)):
        svg = draw().text
        assert svg == draw().text and "nan" not in svg


def test_two_lengths_are_no_curve():
    with pytest.raises(BookError, match="at least three lengths"):
        reading_plot({64: [70.0], 512: [500.0]}, {}, lambda n: n)


def test_the_fit_finds_the_terms_that_made_the_waits():
    law = {n: [20 + 0.5 * n + 0.001 * n**2] * 3 for n in (64, 512, 1024, 4096, 7000)}
    assert fit_reading(law) == pytest.approx((20, 0.5, 0.001))


def test_waits_are_written_for_people():
    assert [wait_text(one) for one in (83.2, 500, 1000, 1449, 9960, 20000)] == [
        "83 ms", "500 ms", "1 s", "1.4 s", "10 s", "20 s"]


def test_every_arm_has_the_colour_of_its_method():
    assert colour_of("tuned, short prompt") == colour_of("tuned") != colour_of("RAFT, 2 passages")
    assert colour_of("lunch") == "#333333"


def test_provenance_says_recorded_and_counts_milliseconds(monkeypatch):
    left = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: left.append(data))
    leave_timings(MADE)
    (facts,) = left[0].values()
    assert facts["study"] == "timings: made" and facts["tier"] == "recorded"
    assert facts["records"] == 120 + 8 and facts["dates"] == ["2026-11-21", "2026-11-21"]
    assert facts["audited"] == 0
