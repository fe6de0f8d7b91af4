"""Risk, coverage and thresholds, worked out by hand."""

import math

import pytest

from experiments.core import BookError
from experiments.evidence.stats.risk_coverage import (
    risk_area,
    risk_area_gap,
    risk_at,
    risks,
    threshold_gaining,
    threshold_within,
)

SURE = [-0.3, -1.2, -0.5, -2.0]  # in order: the first, third, second, fourth
RIGHT = [True, False, False, True]


def test_the_surest_are_answered_first():
    # right, wrong, wrong, right: 0/1, 1/2, 2/3, 2/4 wrong.
    assert risks(SURE, RIGHT).tolist() == pytest.approx([0, 1 / 2, 2 / 3, 1 / 2])


def test_the_area_is_the_mean_of_the_risks():
    found = risk_area(SURE, RIGHT, ["a", "b", "c", "d"])
    assert found.value == pytest.approx((0 + 1 / 2 + 2 / 3 + 1 / 2) / 4)
    assert (found.questions, found.groups) == (4, 4)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_equally_sure_answers_share_their_errors_whatever_their_order():
    # Two of three tied are wrong, so each counts 2/3; then comes a right one: 2/4.
    for right in ([True, False, False, True], [False, False, True, True]):
        assert risks([5, 5, 5, 1], right).tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 1 / 2])


def test_a_signal_that_says_nothing_has_the_share_of_wrong_answers():
    assert risk_area([7, 7, 7, 7], [True, False, False, False], "abcd").value == 0.75


def test_a_perfect_order_and_its_reverse():
    # Perfect: 0, 0, 1/3, 2/4. Reversed: 1, 1, 2/3, 1/2.
    right = [True, True, False, False]
    gap = risk_area_gap([4, 3, 2, 1], [1, 2, 3, 4], right, "abcd")
    assert gap.value == pytest.approx((5 / 6 - 19 / 6) / 4)


def test_the_same_signal_twice_has_no_gap_in_any_draw():
    gap = risk_area_gap(SURE, SURE, RIGHT, "abcd")
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)


def test_whole_groups_are_drawn():
    # Both groups are half right with the right one surer: every draw is right, wrong by
    # pairs of ties, so 0 .. 0, then up to 1/2, and no draw differs from another.
    found = risk_area([2, 1, 2, 1], [True, False, True, False], ["a", "a", "b", "b"])
    assert found.low == found.high == found.value == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_the_risk_at_a_share_counts_the_surest_of_all():
    # 3 of 4 answers, all 4, and one at least: 2/3, 1/2 and 0 wrong.
    found = risk_at([0.75, 1.0, 0.01], SURE, RIGHT, "abcd")
    assert [one.value for one in found] == pytest.approx([2 / 3, 1 / 2, 0])


def test_the_end_of_the_curve_is_the_share_of_wrong_answers_in_any_order():
    # Two of four are wrong; whoever is drawn, the order of the signal is of no account.
    (one,), (other,) = (risk_at([1.0], sure, RIGHT, "abcd") for sure in (SURE, [1, 2, 3, 4]))
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)


def test_a_budget_of_false_refusals_is_used_up_and_never_passed():
    sure = [0.1, 0.2, 0.3, 0.4, 0.9, 0.95]
    answerable = [True, True, True, True, False, False]
    assert threshold_within(sure, answerable, 0.25) == 0.2  # 0.1 is below: one of four
    assert threshold_within(sure, answerable, 0.24) == 0.1  # none may be below
    assert threshold_within(sure, answerable, 1.0) == 0.4  # one always stays


def test_ties_do_not_pass_the_budget():
    # Above 0.5 two of four would be below, which is more than one.
    assert threshold_within([0.5, 0.5, 0.7, 0.8], [True] * 4, 0.25) == 0.5


def test_the_best_gain_is_right_less_wrong():
    # From the surest: +1, 0, -1, 0. Only the first is worth giving.
    assert threshold_gaining(SURE, RIGHT) == -0.3
    # A wrong answer that costs a tenth: +1, 0.9, 0.8, 1.8.
    assert threshold_gaining(SURE, RIGHT, price=0.1) == -2.0


def test_where_nothing_gains_nothing_is_answered():
    assert threshold_gaining([2, 1], [False, True]) == math.inf


def test_a_signal_without_a_number_is_refused():
    with pytest.raises(BookError, match="1 of them not a number"):
        risks([1.0, float("nan")], [True, False])
    with pytest.raises(BookError, match="got 1 for 2 answers"):
        risks([1.0], [True, False])
    with pytest.raises(BookError, match="needs an answerable question"):
        threshold_within([1.0], [False], 0.1)
