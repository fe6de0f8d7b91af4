"""The plot against chunk size: equal bytes, a panel a budget, and no more than it can show."""

import pytest

from experiments.book.figures.sizes import size_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate


def series(*values):
    """Make estimates for the sizes 64, 128 ... of shares."""
    return {64 * 2**n: Estimate(value, value - 0.1, value + 0.1, 20, 10)
            for n, value in enumerate(values)}


def test_equal_input_gives_equal_bytes_and_another_value_gives_others():
    def drawn(value):
        return size_plot({"512": {"pages": series(0.5, value)}}, y_label="found (%)").text

    assert drawn(0.6) == drawn(0.6)
    assert drawn(0.6) != drawn(0.7)


def test_a_second_budget_makes_the_drawing_taller():
    def height(panels):
        return float(size_plot(panels, y_label="%").text.split('height="')[1].split("pt")[0])

    one = {"512": {"pages": series(0.5)}}
    assert height(one | {"2,048": {"pages": series(0.7)}}) > 1.5 * height(one)


def test_nothing_to_draw_and_too_many_corpora_are_refused():
    with pytest.raises(BookError, match="at most 3 corpora"):
        size_plot({"512": {name: series(0.5) for name in "abcd"}}, y_label="%")
    with pytest.raises(BookError, match="expected estimates by size"):
        size_plot({}, y_label="%")
