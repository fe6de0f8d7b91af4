"""The gate stops losses that chance does not explain, and says which it lets through."""

import pytest

from experiments.core import BookError
from experiments.evidence.stats.regression import (
    Regression,
    one_sided,
    power,
    regression,
    smallest_caught,
)


def scores(text):
    return {str(place): int(digit) for place, digit in enumerate(text)}


def test_answers_that_turned_are_counted_by_the_way_they_turned():
    one = regression(scores("1111100"), scores("0000110"))
    assert (one.questions, one.lost, one.won) == (7, 4, 1)
    # Four or five heads in five tosses: (5 + 1) / 32.
    assert one.p_value == pytest.approx(6 / 32)
    assert one.drop == pytest.approx(3 / 7)


def test_five_losses_and_no_gain_are_stopped_and_four_are_not():
    assert regression(scores("11111"), scores("00000")).fails()      # 1 / 32
    assert not regression(scores("11111"), scores("00001")).fails()  # 1 / 16


def test_a_gain_is_never_stopped_and_nothing_turned_passes():
    assert regression(scores("0000000"), scores("1111111")).p_value == 1
    assert regression(scores("1010"), scores("1010")) == Regression(4, 0, 0, 1.0)


def test_other_questions_graded_scores_and_unscored_ones_are_refused():
    with pytest.raises(BookError, match="got 2 and 1, of which 1 are in both"):
        regression({"a": 1, "b": 0}, {"a": 1})
    with pytest.raises(BookError, match="scores of 0 or 1, got 0.5"):
        regression({"a": 0.5}, {"a": 1})
    with pytest.raises(BookError, match="scores of 0 or 1, got None"):
        regression({"a": None}, {"a": 1})


def test_heads_are_counted_exactly():
    assert one_sided(3, 2) == pytest.approx(4 / 8)
    assert one_sided(0, 0) == 1


def test_power_is_the_chance_that_enough_answers_turn():
    # Only five losses of five can be stopped: 0.9 to the power of five.
    assert power(5, lost=0.9, won=0.0) == pytest.approx(0.9**5)
    # Six questions: all six lost, or five lost and one as before, which is five losses of five.
    assert power(6, lost=0.5, won=0.0) == pytest.approx(0.5**6 + 6 * 0.5**6)


def test_a_sound_change_is_stopped_at_most_as_often_as_the_level_says():
    assert 0.01 < power(120, lost=0.1, won=0.1) < 0.05
    assert power(120, lost=0.0, won=0.0) == 0


def test_the_smallest_drop_that_is_caught_is_just_caught():
    drop = smallest_caught(120, won=0.03)
    assert power(120, drop + 0.03, 0.03) >= 0.8 > power(120, drop + 0.029, 0.03)
    assert smallest_caught(480, won=0.03) < drop, "more questions see smaller losses"


def test_too_few_questions_are_said_to_be_too_few():
    with pytest.raises(BookError, match="4 questions are too few"):
        smallest_caught(4, won=0.0)
