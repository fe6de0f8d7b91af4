"""A drawing of shares: equal bytes for equal input, and no dot without a number."""

import pytest

from experiments.book.figures.shares import _percent, share_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import estimate

GROUPS = ["a", "b", "c", "d"]


def test_equal_shares_give_equal_bytes_and_others_do_not():
    half, none = estimate([1, 0, 1, 0], GROUPS), estimate([0, 0, 0, 0], GROUPS)
    drawn = share_plot({"filter": none, "no filter": half}, x_label="queries (%)")
    again = share_plot({"filter": none, "no filter": half}, x_label="queries (%)")
    other = share_plot({"filter": half, "no filter": half}, x_label="queries (%)")
    assert drawn.text.startswith("<?xml") and drawn == again and drawn != other


def test_a_row_without_a_value_is_refused_by_name():
    with pytest.raises(BookError, match="nothing scored"):
        share_plot({"nothing scored": estimate([None], ["a"])}, x_label="x")
    with pytest.raises(BookError, match="got none"):
        share_plot({}, x_label="x")


def test_a_small_share_is_not_written_as_nothing():
    assert (_percent(0.0), _percent(0.0004), _percent(0.5)) == ("0", "0.0", "50.0")
