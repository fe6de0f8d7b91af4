"""Dollars per right answer, from made-up records whose sums are done by hand."""

import math
from types import SimpleNamespace

import pytest

from experiments.core import BookError
from experiments.costs.measured import (
    Measured,
    measure,
    product_of,
    share_needed,
    shown_tokens,
    usd_per_additional,
    usd_per_answer,
    usd_per_right,
)
from experiments.evidence.stats.statistics import Estimate
from tests.costs.kit import rates


def measured(arm, prompt, output, share):
    return Measured(arm, prompt, output, 0.5, Estimate(share, share / 2, share * 2, 200, 50))


CLOSED = measured("closed book", 60.0, 10.0, 0.01)
RAG = measured("RAG", 1060.0, 20.0, 0.4)


def test_an_answer_is_priced_by_its_tokens_and_the_cache_serves_its_share():
    # 1,060 tokens at 2 a million and 20 at 8.
    assert usd_per_answer(RAG, rates()) == pytest.approx(0.00228)
    # Half of 800 unchanging tokens at 0.2 instead of 2.
    assert usd_per_answer(RAG, rates(), unchanging_tokens=800, cache_hit_share=0.5) == (
        pytest.approx(0.00228 - 400 * 1.8e-6))


def test_a_right_answer_costs_the_answer_over_the_share_and_its_interval_turns_round():
    span = usd_per_right(0.002, RAG.right)
    assert (span.value, span.low, span.high) == pytest.approx((0.005, 0.0025, 0.01))


def test_no_right_answer_has_no_price():
    span = usd_per_right(0.002, Estimate(0.0, 0.0, 0.02, 200, 50))
    assert span.value == math.inf and span.high == math.inf
    assert span.low == pytest.approx(0.1)


def test_a_further_right_answer_costs_the_difference_over_the_gain():
    more = usd_per_additional(0.001, 0.003, Estimate(0.4, 0.2, 0.5, 200, 50))
    assert (more.value, more.low, more.high) == pytest.approx((0.005, 0.004, 0.01))


@pytest.mark.parametrize("gain", [(0.1, -0.1, 0.3), (-0.2, -0.3, -0.1)])
def test_where_no_gain_is_separated_there_is_no_price_of_it(gain):
    assert usd_per_additional(0.001, 0.003, Estimate(*gain, 200, 50)) is None


def test_twice_the_price_needs_twice_the_share():
    assert share_needed(200, 100, 0.3) == pytest.approx(0.6)
    assert share_needed(50, 100, 0.3) == pytest.approx(0.15)
    assert share_needed(50, 0, 0.3) == math.inf


def test_a_product_takes_the_prompt_apart():
    product = product_of(CLOSED, RAG, examples_tokens=800, documents=10, queries_per_month=5,
                         cache_hit_share=0.5)
    assert (product.question_tokens, product.instruction_tokens, product.context_tokens) == (
        60, 800, 200)
    assert product.long_context_tokens == product.corpus_tokens == 2000
    assert (product.tuned_instruction_tokens, product.tuned_context_tokens) == (0, 200)
    assert (product.output_tokens, product.cache_hit_share) == (20, 0.5)


def results(**tokens):
    """Two questions; an arm maps to their prompt tokens."""
    return SimpleNamespace(
        values=lambda arm, metric: dict(zip(("q1", "q2"), tokens[arm], strict=True)),
        tokens=lambda arm: {"prompt": sum(tokens[arm]) / 2, "completion": 3.0},
        seconds=lambda arm: 0.25, estimate=lambda arm, metric: RAG.right)


def test_the_unchanging_part_is_what_every_prompt_has_more():
    assert shown_tokens(results(shown=[110, 130], bare=[10, 30]), "shown", "bare") == 100


def test_a_part_that_changes_from_question_to_question_is_refused():
    with pytest.raises(BookError, match="differ by 100 to 101 tokens"):
        shown_tokens(results(shown=[110, 131], bare=[10, 30]), "shown", "bare")


def test_an_arm_is_measured_by_its_means_and_its_median():
    assert measure(results(shown=[110, 130]), "shown") == Measured(
        "shown", 120, 3.0, 0.25, RAG.right)
