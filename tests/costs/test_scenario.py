"""A scenario takes numbers in their range and prices per the right unit, nothing else."""

import pytest

from experiments.core import BookError
from experiments.costs.scenario import LARGEST, SLOTS, Product, Rates, Tuning, limits
from tests.costs.kit import price, rates


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), True, "many", None, 10**400])
def test_what_is_no_number_in_range_is_refused_with_its_field(value):
    with pytest.raises(BookError, match=r"Product.queries_per_month is a number \(queries"):
        Product(queries_per_month=value, question_tokens=1, output_tokens=1)


def test_shares_and_months_have_their_own_ranges():
    with pytest.raises(BookError, match="cache_hit_share .*, 0 to 1; got 1.5"):
        Product(1, 1, 1, cache_hit_share=1.5)
    with pytest.raises(BookError, match="months_between_runs .*, 0.01 or more; got 0"):
        Tuning(months_between_runs=0)
    assert Tuning(premium_share=-1.0).premium_share == -1


@pytest.mark.parametrize("slot", SLOTS)
def test_no_slot_takes_a_price_of_another_unit(slot):
    wrong = "hour" if SLOTS[slot] != "hour" else "GPU hour"
    with pytest.raises(BookError, match=f"per {wrong}, but a price per {SLOTS[slot]} is needed"):
        Rates(**{**vars(rates()), slot: price(1, wrong)})


def test_a_bare_number_is_no_price():
    with pytest.raises(BookError, match="Rates.input is a Price per million tokens, got 1.75"):
        Rates(**{**vars(rates()), "input": 1.75})


def test_every_number_says_its_unit_range_and_default():
    found = {f"{group}.{name}": limit for group, name, limit in limits()}
    assert found["product.queries_per_month"] == {
        "unit": "queries a month", "lowest": 0, "highest": LARGEST, "default": None}
    assert found["tuning.premium_share"]["lowest"] == -1
    assert found["retrieval.chunk_tokens"]["default"] == 256
    assert len(found) == 33
