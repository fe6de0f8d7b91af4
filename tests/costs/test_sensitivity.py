"""A tornado moves one number at a time and puts the widest swing first."""

import math
from dataclasses import replace

import pytest

from experiments.costs.bill import bill
from experiments.costs.model import break_even
from experiments.costs.sensitivity import tornado
from tests.costs.kit import scenario

DESK = scenario({"context_tokens": 400, "cache_hit_share": 0.6, "instruction_tokens": 100},
                tuning={"training_tokens_per_run": 1e6})


def query(one):
    return bill("rag", one).usd("query")


def test_halving_and_doubling_are_shown_at_both_ends():
    # The query is 0.00119 USD: 0.001 for 500 tokens of question and passages, 0.00008 for the
    # answer, and 60 cached and 40 other unchanging tokens for 0.000012 and 0.00008.
    swings = {one.name: one for one in tornado(DESK, query)}
    whole = 0.001 + 0.00008 + 0.000012 + 0.00008 + 100 * 0.02e-6
    assert query(DESK) == pytest.approx(whole)
    context = swings["product.context_tokens"]
    assert (context.low, context.high) == (200, 800)
    assert context.at_low == pytest.approx(whole - 200 * 2e-6)
    assert context.at_high == pytest.approx(whole + 400 * 2e-6)
    price = swings["price.output"]
    assert (price.at_low, price.at_high) == pytest.approx((whole - 0.00004, whole + 0.00008))


def test_a_share_is_not_doubled_beyond_one():
    swings = {one.name: one for one in tornado(DESK, query)}
    assert swings["product.cache_hit_share"].high == 1.0
    assert swings["product.cache_hit_share"].at_high < swings["product.cache_hit_share"].at_low


def test_the_widest_swing_comes_first_and_what_moves_nothing_is_left_out():
    swings = tornado(DESK, query)
    assert swings[0].name == "price.input"
    assert "tuning.training_tokens_per_run" not in {one.name for one in swings}
    ratios = [max(one.at_low, one.at_high) / min(one.at_low, one.at_high) for one in swings]
    assert ratios == sorted(ratios, reverse=True)


def test_a_crossing_that_disappears_is_infinite_and_comes_first():
    def crossing(one):
        found = break_even(bill("rag", one), bill("tuned", one))
        return found.queries_per_month if found else math.inf

    dear = replace(DESK, tuning=replace(DESK.tuning, premium_share=2.0))
    swings = tornado(dear, crossing)
    assert swings[0].at_low == math.inf or swings[0].at_high == math.inf


def test_the_factor_can_be_chosen():
    swings = {one.name: one for one in tornado(DESK, query, factor=4)}
    assert (swings["product.context_tokens"].low, swings["product.context_tokens"].high) == (
        100, 1600)
