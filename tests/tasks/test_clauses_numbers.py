"""Quantities as contracts write them, spelled out by hand."""

import pytest

from experiments.tasks.clauses.numbers import duration, in_words, money, rate


@pytest.mark.parametrize(("number", "words"), [
    (0, "zero"), (7, "seven"), (12, "twelve"), (20, "twenty"), (45, "forty-five"),
    (100, "one hundred"), (120, "one hundred and twenty"),
    (999, "nine hundred and ninety-nine"), (12_000, "twelve thousand"),
    (250_000, "two hundred and fifty thousand"), (1_000_005, "one million and five"),
    (2_500_000, "two million five hundred thousand"),
    (1_234_567, "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
])
def test_numbers_are_written_in_british_words(number, words):
    assert in_words(number) == words


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_a_number_that_no_clause_needs_is_refused(number):
    with pytest.raises(ValueError, match="from 0 to 999,999,999"):
        in_words(number)


def test_a_duration_has_three_forms_and_a_singular():
    assert duration(30, "days", "digits") == "30 days"
    assert duration(30, "days", "words") == "thirty days"
    assert duration(30, "days", "both") == "thirty (30) days"
    assert duration(1, "years", "both") == "one (1) year"


def test_a_rate_has_three_forms_and_the_period_of_its_style():
    assert rate(4.5, "year", "digits", "terse") == "4.5 % per year"
    assert rate(4.5, "year", "words", "modern") == "four and a half per cent a year"
    assert rate(6, "year", "both", "baroque") == "six per cent (6 %) per annum"
    assert rate(0.5, "month", "words", "traditional") == "one half of one per cent per month"
    assert rate(1.5, "month", "words", "modern") == "one and a half per cent a month"


def test_an_amount_has_three_forms_and_three_signs():
    assert money(250_000, "EUR", "digits") == "EUR 250,000"
    assert money(250_000, "EUR", "digits", sign="symbol") == "€250,000"
    assert money(250_000, "EUR", "digits", sign="million") == "EUR 250,000"
    assert money(2_500_000, "CHF", "digits", sign="million") == "CHF 2.5 million"
    assert money(12_000, "GBP", "words") == "twelve thousand pounds sterling"
    assert money(12_000, "USD", "both") == "twelve thousand US dollars (USD 12,000)"
