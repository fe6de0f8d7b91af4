"""Intervals and tests against closed forms, hand-worked values and simulation."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import BookError
from experiments.evidence.stats.statistics import (
    average_seeds,
    difference,
    estimate,
    holm,
    mcnemar,
    seed_spread,
    smallest_detectable,
)


def alone(values):
    """Return every question a group of its own."""
    return [str(n) for n in range(len(values))]


def test_the_mean_is_over_questions_and_not_over_groups():
    one = estimate([1, 0, 0, 0], ["a", "b", "b", "b"])
    assert (one.value, one.questions, one.groups, one.unscored) == (0.25, 4, 2, 0)


def test_two_groups_of_one_kind_each_can_only_give_0_a_half_or_1():
    # a twice (1/4 of all draws), b twice (1/4), or one of each: 2.5 % and 97.5 % are the ends.
    one = estimate([1, 1, 0, 0], ["a", "a", "b", "b"])
    assert (one.value, one.low, one.high) == (0.5, 0.0, 1.0)


def test_an_unscored_question_is_counted_and_is_not_a_zero():
    one = estimate([1, None, 0, None], ["a", "b", "c", "d"])
    assert (one.value, one.questions, one.groups, one.unscored) == (0.5, 2, 2, 2)
    none = estimate([None, None], ["a", "b"])
    assert (none.value, none.low, none.high, none.questions, none.unscored) == (
        None, None, None, 0, 2)


def test_the_interval_of_single_questions_is_the_normal_one():
    values = [1, 0] * 200  # 1.96 * sqrt(0.25 / 400) = 0.049
    one = estimate(values, alone(values))
    assert one.low == pytest.approx(0.5 - 0.049, abs=0.004)
    assert one.high == pytest.approx(0.5 + 0.049, abs=0.004)


def test_four_like_questions_a_group_double_the_interval():
    values = [1] * 4 + [0] * 4  # 1.96 * sqrt(0.25 / 100) = 0.098: 100 groups, not 400 questions
    groups = [str(n // 4) for n in range(400)]
    one = estimate(values * 50, groups)
    assert one.high - one.low == pytest.approx(2 * 0.098, abs=0.012)


def test_0_of_10_does_not_show_a_rate_of_0():
    one = estimate([0] * 10, alone([0] * 10))  # Clopper and Pearson: 0.3085
    assert (one.value, one.low) == (0, 0) and one.high == pytest.approx(0.3085, abs=1e-4)
    one = estimate([1] * 10, alone([1] * 10))
    assert (one.value, one.high) == (1, 1) and one.low == pytest.approx(1 - 0.3085, abs=1e-4)
    one = estimate([0] * 115 + [1], alone([0] * 116))  # 1 of 116, Clopper and Pearson: 0.0471
    assert one.low == 0 and one.high == pytest.approx(0.0471, abs=1e-4)


RISING = {"each alone": 1, "in threes": 3, "in two groups": 30}


@pytest.mark.parametrize("size", RISING.values(), ids=RISING)
def test_a_bound_never_falls_when_one_more_event_is_seen(size):
    groups = [str(n // size) for n in range(60)]
    losses = {n: float(n > 57) for n in range(60)}
    rows = [[estimate([event] * n + [0] * (60 - n), groups) for n in range(61)]
            for event in (1, 1 / 3)]  # at every seed, and at one of three
    rows.append([difference({i: float(i < n) for i in range(60)}, losses,
                            dict(enumerate(groups))) for n in range(61)])
    for row in rows:
        for fewer, more in zip(row, row[1:], strict=False):
            assert fewer.low <= more.low and fewer.high <= more.high


def test_a_gap_with_fractions_is_left_to_the_draws():
    a, b = dict.fromkeys(range(60), 0.02), {n: 0.01 * (n % 2) for n in range(60)}
    one = difference(a, b, {n: str(n) for n in range(60)})
    assert 0.01 < one.low < one.value < one.high < 0.02


def test_the_bound_of_a_share_mirrors_that_of_its_complement():
    groups = [str(n // 3) for n in range(60)]
    for events in range(61):
        values = [1] * events + [0] * (60 - events)
        share, rest = estimate(values, groups), estimate([1 - v for v in values], groups)
        assert share.high == pytest.approx(1 - rest.low, abs=1e-9)


def test_equal_counts_have_no_spread():
    one = estimate([311, 311], ["a", "b"])
    assert (one.value, one.low, one.high) == (311, 311, 311)


def test_the_same_data_give_the_same_interval():
    values = [1, 0, 0.5, 1, 0, 1, 1]
    assert estimate(values, alone(values)) == estimate(values, alone(values))


def test_values_need_a_group_each():
    with pytest.raises(BookError, match="one group for each of 2 values, got 1"):
        estimate([1, 0], ["a"])


@given(st.lists(st.tuples(st.sampled_from([0, 0.5, 1, None]), st.sampled_from("abcde")),
                min_size=1, max_size=12))
def test_the_interval_holds_the_mean_and_stays_in_range(pairs):
    one = estimate([v for v, _ in pairs], [g for _, g in pairs])
    assert one.questions + one.unscored == len(pairs)
    if one.value is not None:
        assert 0 <= one.low <= one.value + 1e-12 and one.value - 1e-12 <= one.high <= 1


def _simulate(runs=400, groups=60, size=4):
    """Yield clustered 0/1 data with true mean 0.5: a group's own rate is 0.2 or 0.8."""
    random = np.random.default_rng(1)
    names = [str(n // size) for n in range(groups * size)]
    for _ in range(runs):
        rates = np.repeat(random.choice([0.2, 0.8], groups), size)
        yield (random.random(groups * size) < rates).astype(float), names


def test_the_interval_holds_the_truth_95_times_in_100_for_clustered_questions():
    # 400 runs: a true 95 % shows 0.95 +- 3 * 0.011; a percentile interval of 60 groups is
    # slightly too narrow, so the lower limit is 0.91.
    clustered, naive = [], []
    for values, groups in _simulate():
        one = estimate(values, groups)
        clustered.append(one.low <= 0.5 <= one.high)
        reach = 1.96 * math.sqrt(values.var() / len(values))
        naive.append(abs(values.mean() - 0.5) <= reach)
    assert 0.91 <= np.mean(clustered) <= 0.985
    assert np.mean(naive) < 0.88  # what ignoring the groups would have cost


@pytest.mark.parametrize("correlation", [0.001, 0.3], ids=["independent", "clustered"])
@pytest.mark.parametrize("rate", [0.005, 0.02])
def test_the_interval_holds_a_rare_rate_95_times_in_100(rate, correlation):
    # 35 products of 3 questions, as the ladder's. Percentiles alone hold 0.005 in 4 of 10 runs:
    # in the others nothing is seen, and nothing is drawn.
    random = np.random.default_rng(2)
    spread = (1 - correlation) / correlation
    names = [str(n // 3) for n in range(105)]
    held = []
    for _ in range(300):
        rates = np.repeat(random.beta(rate * spread, (1 - rate) * spread, 35), 3)
        one = estimate((random.random(105) < rates).astype(float), names)
        held.append(one.low <= rate <= one.high)
    assert np.mean(held) >= 0.95


def test_10_000_resamples_of_260_questions_take_less_than_a_fifth_of_a_second():
    values = [float(n % 3 == 0) for n in range(260)]
    groups = [str(n // 2) for n in range(260)]

    def seconds():
        started = time.perf_counter()
        estimate(values, groups)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.2


def test_a_difference_is_paired():
    a = {"q1": 1, "q2": 1, "q3": 0, "q4": 1}
    b = {"q4": 0, "q3": 0, "q2": 1, "q1": 0}  # the order does not matter
    one = difference(a, b, {q: q for q in a})
    assert one.value == 0.5  # q1 and q4 gained, q2 and q3 alike
    # Four questions without a loss allow a rate of losses of up to 0.602.
    assert (one.low, one.high) == (pytest.approx(0.5 - 0.6024, abs=1e-4), 1.0)
    assert not one.separated()


def test_pairing_removes_what_the_questions_share():
    # Half the questions are easy for both; b misses every tenth question in addition.
    a = {str(n): float(n % 2 == 0) for n in range(400)}
    b = {str(n): float(n % 2 == 0 and n % 10 != 0) for n in range(400)}
    gap = difference(a, b, {q: q for q in a})
    assert gap.value == pytest.approx(0.1)
    # sqrt(0.1 * 0.9 / 400) = 0.015; unpaired it would be sqrt(0.25/400 + 0.24/400) = 0.035.
    assert gap.high - gap.low == pytest.approx(2 * 1.96 * 0.015, abs=0.006)
    assert gap.separated()


def test_a_pair_that_one_arm_left_unscored_is_counted_as_unscored():
    one = difference({"x": 1, "y": None, "z": 1}, {"x": 0, "y": 1, "z": None},
                     {"x": "x", "y": "y", "z": "z"})
    assert (one.value, one.questions, one.unscored) == (1, 1, 2)


def test_two_arms_alike_on_every_question_are_not_shown_to_be_equal():
    a = {str(n): 1.0 for n in range(10)}
    one = difference(a, a, {q: q for q in a})
    assert one.value == 0 and one.high == pytest.approx(0.3085, abs=1e-4) and one.low == -one.high


@pytest.mark.parametrize("test", [lambda a, b: difference(a, b, {"x": "x"}), mcnemar])
def test_a_pair_needs_the_same_questions(test):
    with pytest.raises(BookError, match="2 are in one only, such as x"):
        test({"x": 1, "z": 0}, {"y": 1, "z": 0})


def test_mcnemar_is_the_exact_binomial():
    # 1 question only a has, 9 only b: 2 * (1 + 10) / 2**10.
    a = {str(n): float(n == 0) for n in range(20)}
    b = {str(n): float(1 <= n <= 9) for n in range(20)}
    assert mcnemar(a, b) == pytest.approx(22 / 1024)
    assert mcnemar(b, a) == pytest.approx(22 / 1024)


def test_mcnemar_of_equal_arms_is_1():
    assert mcnemar({"x": 1, "y": 0}, {"x": 1, "y": 0}) == 1
    assert mcnemar({"x": 1, "y": 0}, {"x": 0, "y": 1}) == 1


def test_mcnemar_leaves_out_unscored_pairs_and_refuses_graded_scores():
    assert mcnemar({"x": 1, "y": None}, {"x": 0, "y": 1}) == 1  # one discordant: 2 * 1/2
    with pytest.raises(BookError, match="0 or 1, got 0.5"):
        mcnemar({"x": 0.5}, {"x": 1})


def test_holm_multiplies_by_what_is_left_and_never_falls():
    # 0.01 * 3, 0.03 * 2, then 0.04 * 1 raised to the one before.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_the_smallest_detectable_difference_solves_its_equation():
    gap = smallest_detectable(200, 0.3)
    reached = 1.959964 * math.sqrt(0.3) + 0.841621 * math.sqrt(0.3 - gap**2)
    assert gap * math.sqrt(200) == pytest.approx(reached, abs=1e-5)
    assert gap == pytest.approx(0.107, abs=0.001)


def test_groups_of_like_questions_count_as_fewer_questions():
    # Six questions a product with correlation 0.2 stretch the variance twofold.
    assert smallest_detectable(400, 0.3, correlation=0.2, group_size=6) == pytest.approx(
        smallest_detectable(200, 0.3))


def test_a_difference_at_the_limit_is_found_four_times_in_five():
    gap, random = smallest_detectable(300, 0.25), np.random.default_rng(0)
    # Discordant questions fall to a with probability (0.25 + gap) / 2, to b with the rest.
    won, lost, _ = random.multinomial(
        300, [(0.25 + gap) / 2, (0.25 - gap) / 2, 0.75], size=4000).T
    mean = (won - lost) / 300
    error = np.sqrt(((won + lost) / 300 - mean**2) / 300)
    assert np.mean(mean / error > 1.96) == pytest.approx(0.8, abs=0.03)


def test_too_few_questions_detect_nothing():
    assert smallest_detectable(5, 0.2) == math.inf
    assert smallest_detectable(1, 0.2) == math.inf
    with pytest.raises(BookError, match="discordance"):
        smallest_detectable(100, 0)


def test_seeds_are_averaged_a_question_and_their_spread_is_stated_apart():
    runs = [{"x": 1, "y": 0, "z": None}, {"x": 0, "y": 0, "z": None},
            {"x": None, "y": 1, "z": None}]
    assert average_seeds(runs) == {"x": 0.5, "y": pytest.approx(1 / 3), "z": None}
    spread = seed_spread([0.5, 0.6, 0.7])
    assert (spread.low, spread.high, spread.seeds) == (0.5, 0.7, 3)
    assert spread.deviation == pytest.approx(0.1)
    assert seed_spread([0.5]).deviation is None
