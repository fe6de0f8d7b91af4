"""Where two approaches cost the same: the closed form, a search by halving, and the limits."""

import math

import pytest

from experiments.core import BookError
from experiments.costs.bill import bill, bills
from experiments.costs.model import (
    Crossing,
    break_even,
    break_even_context_tokens,
    cheapest,
    crossing_by_halving,
    rented_hours,
    volumes,
)
from tests.costs.kit import random_scenario, scenario, with_product

# 500 tokens of context at 1.75 against a run of 20 million tokens at 25, once a month.
SAVED = scenario({"question_tokens": 0, "output_tokens": 0, "context_tokens": 500},
                 tuning={"training_tokens_per_run": 20e6, "months_between_runs": 1},
                 input=1.75, embedding=0)


def test_a_500_dollar_run_a_month_pays_above_571_429_queries():
    found = break_even(bill("rag", SAVED), bill("tuned", SAVED))
    assert found == Crossing(pytest.approx(500 / 0.000875), "rag", "tuned")
    assert round(found.queries_per_month) == 571_429


def test_the_crossing_does_not_depend_on_which_bill_comes_first():
    found = break_even(bill("tuned", SAVED), bill("rag", SAVED))
    assert found == break_even(bill("rag", SAVED), bill("tuned", SAVED))


def test_there_is_no_crossing_when_one_is_cheaper_by_the_query_and_by_the_month():
    one = scenario(tuning={"premium_share": 1.0, "evaluation_hours_per_run": 1})
    assert break_even(bill("prompt", one), bill("tuned", one)) is None


def test_there_is_no_crossing_of_two_equal_slopes():
    one = scenario({"instruction_tokens": 3, "tuned_instruction_tokens": 3},
                   tuning={"evaluation_hours_per_run": 1})
    assert break_even(bill("prompt", one), bill("tuned", one)) is None


def test_a_surcharge_of_half_needs_a_context_of_half_of_question_plus_four_outputs():
    one = scenario({"question_tokens": 600, "output_tokens": 100},
                   tuning={"premium_share": 0.5}, embedding=0)
    assert break_even_context_tokens(one) == pytest.approx((600 + 4 * 100) / 2)


def test_a_surcharge_of_a_whole_needs_question_plus_four_outputs():
    one = scenario({"question_tokens": 600, "output_tokens": 100, "context_tokens": 77},
                   tuning={"premium_share": 1.0}, embedding=0)
    assert break_even_context_tokens(one) == pytest.approx(600 + 4 * 100)


@pytest.mark.parametrize("number", range(100))
def test_at_the_break_even_context_a_query_costs_the_same(number):
    one = random_scenario(f"context {number}")
    tokens = break_even_context_tokens(one)
    if tokens < 0:  # then tuning is the cheaper query with no passage at all
        rag = bill("rag", with_product(one, context_tokens=0)).usd("query")
        assert bill("tuned", one).usd("query") < rag
    else:
        rag = bill("rag", with_product(one, context_tokens=tokens)).usd("query")
        assert math.isclose(rag, bill("tuned", one).usd("query"), rel_tol=1e-9)


def test_free_input_has_no_break_even_context():
    with pytest.raises(BookError, match="input tokens are free"):
        break_even_context_tokens(scenario(input=0))


@pytest.mark.parametrize("number", range(200))
def test_a_break_even_is_a_root_and_halving_finds_the_same(number):
    found = bills(random_scenario(f"root {number}"))
    for a, b in (("rag", "tuned"), ("rag", "tuned rag"), ("prompt", "tuned")):
        crossing = break_even(found[a], found[b])
        low, high = found[a].usd_per_month, found[b].usd_per_month
        if crossing is None:
            assert crossing_by_halving(low, high, 1e-9, 1e18) is None
            continue
        root = crossing.queries_per_month
        assert math.isclose(low(root), high(root), rel_tol=1e-6)
        assert crossing_by_halving(low, high, root / 2, root * 2) == pytest.approx(root, rel=1e-6)
        pair = {name: found[name] for name in (a, b)}
        assert cheapest(pair, root * 0.5) == crossing.cheaper_below
        assert cheapest(pair, root * 2) == crossing.cheaper_above


def test_halving_finds_a_jump():
    def stairs(queries):
        return 100.0 if queries < 7 else 300.0

    assert crossing_by_halving(stairs, lambda _: 200.0, 0, 100) == pytest.approx(7)
    assert crossing_by_halving(stairs, lambda _: 400.0, 0, 100) is None
    assert crossing_by_halving(stairs, lambda _: 100.0, 0, 100) == 0


def test_volumes_grow_in_equal_ratios():
    assert volumes(1, 100, steps=2) == pytest.approx([1, 10, 100])


def test_a_machine_that_never_sleeps_is_paid_for_whole():
    assert rented_hours(0, 1.0) == 730
    assert rented_hours(1_314_000, 1.0) == 730  # 365 busy hours: half of one machine
    assert rented_hours(1_314_001, 1.0) == 1460


def test_equal_fixed_costs_meet_at_no_volume_above_zero():
    one = scenario({"context_tokens": 100}, embedding=0)
    assert bill("rag", one).fixed_usd_per_month == bill("prompt", one).fixed_usd_per_month == 0
    assert break_even(bill("rag", one), bill("prompt", one)) is None
