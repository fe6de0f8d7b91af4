"""Dots in groups: equal bytes for equal input, a mark of its own for each method of a colour."""

import pytest

from experiments.book.figures.probes import _mark, probe_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import estimate

GROUPS = ["a", "b", "c", "d"]
COLOURS = {"one phrasing": "fine_tuned", "pages": "fine_tuned", "RAG": "rag"}


def test_equal_shares_give_equal_bytes_and_others_do_not():
    half, none = estimate([1, 0, 1, 0], GROUPS), estimate([0, 0, 0, 0], GROUPS)
    rows = {"one phrasing": half, "RAG": none}
    drawn = probe_plot({"same": rows, "reverse": rows}, COLOURS, x_label="right (%)")
    again = probe_plot({"same": rows, "reverse": rows}, COLOURS, x_label="right (%)")
    other = probe_plot({"same": rows, "reverse": {"RAG": half}}, COLOURS, x_label="right (%)")
    assert drawn.text.startswith("<?xml") and drawn == again and drawn != other


def test_methods_of_one_colour_have_different_marks_and_others_the_first():
    rows = dict.fromkeys(COLOURS, estimate([1, 0], ["a", "b"]))
    assert [_mark(name, rows, COLOURS) for name in COLOURS] == ["o", "s", "o"]


def test_a_share_without_a_value_is_refused_by_group_and_name():
    with pytest.raises(BookError, match="reverse: pages"):
        probe_plot({"reverse": {"pages": estimate([None], ["a"])}}, COLOURS, x_label="x")
    with pytest.raises(BookError, match="got none"):
        probe_plot({}, COLOURS, x_label="x")
