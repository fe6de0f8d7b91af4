"""Two shares of each arm, on two axes."""

import pytest

from experiments.book.figures.trade import trade_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

HALF = Estimate(0.5, 0.4, 0.6, 100, 100)
LABELS = {"x_label": "task (%)", "y_label": "suite (%)", "level": ("untrained", 0.7)}


def test_equal_input_gives_equal_bytes_and_each_arm_moves_the_drawing():
    one = {"as it was": (HALF, HALF)}
    assert trade_plot(one, **LABELS) == trade_plot(one, **LABELS)
    assert trade_plot(one, **LABELS) != trade_plot({**one, "rank 1": (HALF, HALF)}, **LABELS)


def test_the_two_axes_are_not_the_same():
    low = Estimate(0.1, 0.05, 0.2, 100, 100)
    assert (trade_plot({"arm": (HALF, low)}, **LABELS)
            != trade_plot({"arm": (low, HALF)}, **LABELS))


def test_what_cannot_be_drawn_is_refused():
    unscored = Estimate(None, None, None, 0, 0, 100)
    with pytest.raises(BookError, match="with two scored shares each, got 1"):
        trade_plot({"arm": (HALF, unscored)}, **LABELS)
    with pytest.raises(BookError, match="one to 7 arms .* got 0"):
        trade_plot({}, **LABELS)
