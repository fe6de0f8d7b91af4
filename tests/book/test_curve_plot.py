"""The drawing of learning curves: equal bytes, and a colour for each method."""

import pytest

from experiments.book.figures.curve import _beside, curve_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate


def curve(*values):
    """Make a curve over 10, 100, ... examples with an interval of 10 points to each side."""
    return {10 ** (n + 1): Estimate(v, v - 0.1, v + 0.1, 40, 40) for n, v in enumerate(values)}


def drawn(series, **settings):
    return curve_plot(series, x_label="examples", y_label="right (%)",
                      colours={"LoRA": "fine_tuned"}, **settings).text


def test_equal_curves_give_equal_bytes_and_another_value_gives_others():
    assert drawn({"LoRA": curve(0.3, 0.6)}) == drawn({"LoRA": curve(0.3, 0.6)})
    assert drawn({"LoRA": curve(0.3, 0.6)}) != drawn({"LoRA": curve(0.3, 0.7)})
    assert drawn({"LoRA": curve(0.3, 0.6)}) != drawn({"LoRA": curve(0.3, 0.6)}, logarithmic=False)


def test_a_method_has_its_colour_and_others_are_dark():
    both = drawn({"LoRA": curve(0.3), "vote": curve(0.5)})
    assert "#857000" in both and "#333333" in both
    assert "#857000" not in drawn({"vote": curve(0.5)})


def test_neighbours_stand_beside_each_other_by_a_share_of_the_axis():
    assert _beside(10, 0.5, [10, 100, 1000], True) == pytest.approx(100)
    assert _beside(10, 0.1, [0, 50], False) == pytest.approx(15)


@pytest.mark.parametrize("series", [{}, {"LoRA": {}}, {name: curve(0.5) for name in "abcdef"}])
def test_what_cannot_be_drawn_is_refused(series):
    with pytest.raises(BookError, match="expected one to 5 series"):
        drawn(series)
