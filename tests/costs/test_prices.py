"""Prices have units, sources and dates, and units cannot be mixed."""

import datetime

import pytest

from experiments.core import BookError
from experiments.costs.prices import (
    Price,
    age_rows,
    load_prices,
    machine_usd,
    token_usd,
    usd,
)
from experiments.evidence.analysis.articles import article_claims

HOUR = Price("h", "a machine", 0.36, "hour", "test", None)
MILLION = Price("m", "tokens", 2.0, "million tokens", "test", None)
SPAN = Price("s", "a run", 50, "run", "test", None, usd_high=300)
ROW = ("- {id: a, what: w, usd: 1, per: hour, source: s, date: 2026-01-01}\n")


def test_ten_seconds_at_36_cents_an_hour_cost_a_tenth_of_a_cent():
    assert machine_usd(10, HOUR) == pytest.approx(0.001)


def test_five_hundred_tokens_at_two_dollars_a_million_cost_a_tenth_of_a_cent():
    assert token_usd(500, MILLION) == pytest.approx(0.001)


def test_quantities_are_counted_one_by_one():
    reads = Price("r", "reads", 16, "million read units", "test", None)
    assert usd(50e6, reads) == pytest.approx(800)
    assert usd(32, Price("g", "GPU", 2.95, "GPU hour", "test", None)) == pytest.approx(94.4)
    assert usd(500, Price("q", "RAG", 4, "1000 queries", "test", None)) == pytest.approx(2)


def test_units_cannot_be_mixed():
    with pytest.raises(BookError, match="per hour"):
        token_usd(500, HOUR)
    with pytest.raises(BookError, match="per million tokens"):
        machine_usd(10, MILLION)


def test_a_span_is_multiplied_only_by_one_of_its_ends():
    with pytest.raises(BookError, match="a span, 50 to 300 USD; say which end"):
        SPAN.expect("run")
    assert (SPAN.low.usd, SPAN.high.usd) == (50, 300)
    assert SPAN.low.usd_high is None and SPAN.high.usd_high is None
    assert MILLION.high == MILLION


def test_every_shipped_price_has_a_source_and_a_date():
    prices = load_prices()
    assert {"cpu_hour", "hosted_input_million"} <= set(prices)
    assert all(price.source and price.date for price in prices.values())


def test_shipped_prices_name_claims_that_the_articles_make():
    claims = {price.claim for price in load_prices().values()} - {None}
    assert claims <= set(article_claims())
    assert len(claims) == 21


def test_what_is_recalled_or_winding_down_says_so():
    prices = load_prices()
    assert not prices["gpt41_training"].checked
    assert "2027-01-06" in prices["gpt41_training"].winding_down
    assert prices["gpt41_training"].remarks[0] == "recalled, not looked up"
    assert prices["labour_hour"].remarks == ("assumed",)
    assert prices["gpt52_input"].remarks == ()


def test_ages_are_days_to_the_day_given_the_oldest_first():
    young = Price("young", "y", 1, "hour", "s", datetime.date(2026, 11, 1))
    old = Price("old", "o", 1, "run", "s", datetime.date(2025, 11, 1), usd_high=2, old="of 2025")
    rows = age_rows({"young": young, "old": old}, datetime.date(2026, 11, 11))
    assert rows == [
        ("old", "1 to 2", "run", "s", "2025-11-01", "375", "old: of 2025; more than 180 days old"),
        ("young", "1", "hour", "s", "2026-11-01", "10", "")]


def test_180_days_are_not_yet_old():
    price = Price("p", "p", 1, "hour", "s", datetime.date(2026, 1, 1))
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=180)
    assert age_rows({"p": price}, day)[0][-1] == ""
    assert age_rows({"p": price}, day + datetime.timedelta(days=1))[0][-1] == (
        "more than 180 days old")


@pytest.mark.parametrize(("text", "named"), [
    (ROW.replace("hour", "fortnight"), "price 1 .a. is per 'fortnight'; known: hour"),
    (ROW * 2, "a is given twice"),
    (ROW.replace("2026-01-01", "2024-13-45"),
     "expected a YAML list of prices .month must be in 1..12"),
    (ROW.replace("usd: 1", "usd: -1"), "expected 0 <= usd <= usd_high, got -1"),
    (ROW.replace("usd: 1", "usd: 2, usd_high: 1"), "expected 0 <= usd <= usd_high"),
    (ROW.replace("usd: 1", "usd: cheap"), "usd is a number of dollars, got 'cheap'"),
    (ROW.replace("usd: 1", "usd: .inf"), "usd is a number of dollars, got inf"),
    (ROW.replace("usd: 1", "usd: .nan"), "usd is a number of dollars, got nan"),
    (ROW.replace("usd: 1", "usd: true"), "usd is a number of dollars, got True"),
    (ROW.replace("2026-01-01", "May"), "date is a day such as 2026-11-21, got 'May'"),
    (ROW.replace("source: s", "source: ''"), "source is a text, got ''"),
    (ROW.replace("source: s", "checked: 1, source: s"), "checked is true or false, got 1"),
    (ROW.replace("source: s, ", ""), "price 1 .a.: source is missing"),
    (ROW.replace("what", "why"), "unknown field 'why'"),
    ("- a price\n", "expected fields such as id and usd"),
    ("a: 1\n", "expected a YAML list of prices, got dict"),
    ("", "expected a YAML list of prices, got NoneType"),
    ("- {a: [\n", "expected a YAML list of prices"),
])
def test_a_faulty_price_file_is_named_by_price_and_field(tmp_path, text, named):
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(BookError, match=named):
        load_prices(path)


def test_a_missing_price_file_is_named(tmp_path):
    with pytest.raises(BookError, match="none.yaml: expected a YAML list"):
        load_prices(tmp_path / "none.yaml")
