"""Stacked bars of causes: equal bytes for equal input, a number where it fits, no gaps."""

import pytest

from experiments.book.figures.causes import _COLOURS, cause_plot, cause_table
from experiments.core import BookError, Example
from experiments.evidence.analysis.attribution import CAUSES, Attribution, cause_shares

EXAMPLES = [Example(f"q{n}", "?", ("yes",), group=f"g{n}") for n in range(4)]


def shares(*causes):
    """Return the shares of four attributed answers."""
    return cause_shares([Attribution(f"q{n}", cause, "refused")
                         for n, cause in enumerate(causes)], EXAMPLES)


HALF = shares("right", "right", "reading", "retrieval")
NONE = shares("reading", "reading", "reading", "reading")


def test_every_cause_has_a_colour_in_the_order_of_the_tests():
    assert tuple(_COLOURS) == CAUSES


def test_equal_shares_give_equal_bytes_and_others_do_not():
    drawn, again, other = (cause_plot({"support": one}, x_label="answers (%)")
                           for one in (HALF, HALF, NONE))
    assert drawn.text.startswith("<?xml") and drawn == again and drawn != other


def test_the_table_gives_shares_with_intervals_and_n():
    table = cause_table({"support": HALF}, "Causes", "a note")
    assert table.header == ("questions", "right, %", "format, %", "chunking, %", "retrieval, %",
                            "reading, %")
    (row,) = table.rows
    assert row[0] == "support (n = 4)"
    assert [cell.split(" ")[0] for cell in row[1:]] == ["50.0", "0.0", "0.0", "25.0", "25.0"]
    assert table.notes[-1] == "a note"


def test_a_row_without_one_of_the_causes_is_refused_by_name():
    with pytest.raises(BookError, match="support: expected a share for each of right, format"):
        cause_plot({"support": {"right": HALF["right"]}}, x_label="x")
    with pytest.raises(BookError, match="got none"):
        cause_table({}, "Causes")
