"""Prices have units, and units cannot be mixed."""

import pytest

from experiments.core import BookError
from experiments.costs.prices import Price, load_prices, machine_usd, token_usd

HOUR = Price("h", "a machine", 0.36, "hour", "test", None)
MILLION = Price("m", "tokens", 2.0, "million tokens", "test", None)


def test_ten_seconds_at_36_cents_an_hour_cost_a_tenth_of_a_cent():
    assert machine_usd(10, HOUR) == pytest.approx(0.001)


def test_five_hundred_tokens_at_two_dollars_a_million_cost_a_tenth_of_a_cent():
    assert token_usd(500, MILLION) == pytest.approx(0.001)


def test_units_cannot_be_mixed():
    with pytest.raises(BookError, match="per hour"):
        token_usd(500, HOUR)
    with pytest.raises(BookError, match="per million tokens"):
        machine_usd(10, MILLION)


def test_every_shipped_price_has_a_source_and_a_date():
    prices = load_prices()
    assert {"cpu_hour", "hosted_input_million"} <= set(prices)
    assert all(price.source and price.date for price in prices.values())


def test_an_unknown_unit_and_a_double_id_are_refused(tmp_path):
    row = "- {id: a, what: w, usd: 1, per: UNIT, source: s, date: 2026-01-01}\n"
    path = tmp_path / "prices.yaml"
    path.write_text(row.replace("UNIT", "fortnight"))
    with pytest.raises(BookError, match="fortnight"):
        load_prices(path)
    path.write_text(row.replace("UNIT", "hour") * 2)
    with pytest.raises(BookError, match="twice"):
        load_prices(path)
