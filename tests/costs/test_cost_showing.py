"""Figures and tables of money: the right numbers in them, and the same bytes every time."""

import datetime
import math
import re
from dataclasses import replace

import pytest

from experiments.book.figures.cost_tables import (
    bill_table,
    price_table,
    recomputed_table,
    source_table,
    verdict_table,
    volume_table,
)
from experiments.book.figures.costs import (
    NUMBERS,
    cost_curves,
    lifetime_plot,
    right_plot,
    short,
    span_plot,
    tornado_plot,
)
from experiments.core import BookError
from experiments.costs.bill import bills
from experiments.costs.measured import Span
from experiments.costs.model import break_even, volumes
from experiments.costs.prices import Price
from experiments.costs.recomputed import Cell
from experiments.costs.scenario import SLOTS, limits
from experiments.costs.sensitivity import Swing
from tests.costs.kit import scenario

DESK = bills(scenario({"context_tokens": 500}, {"store_usd_per_month": 50}, {
    "evaluation_hours_per_run": 24, "months_between_runs": 12}))


def drawn():
    """Draw every kind of figure."""
    meeting = break_even(DESK["rag"], DESK["tuned"])
    return [
        cost_curves(DESK, volumes(1e4, 1e8), [meeting, None]),
        span_plot([("as stated", 5e4, 1e5, "stated"), ("alone", 6e5, 6e5, "computed"),
                   ("to never", 1e6, math.inf, "computed"),
                   ("never", math.inf, math.inf, "computed")], x_label="queries a month"),
        tornado_plot([Swing("a", 1, 4, 5e5, math.inf), Swing("b", 1, 4, 9e5, 7e5)], 8e5,
                     x_label="queries a month"),
        lifetime_plot({"tuned": [1.0, 2.0], "tuned, stays": [1.0, 3.0]},
                      {"tuned": "tuned", "tuned, stays": "tuned"}),
        right_plot({"RAG": Span(0.01, 0.008, 0.02), "guess": Span(math.inf, 0.1, math.inf)},
                   {"RAG": "rag", "guess": "closed_book"}, x_label="dollars"),
    ]


def test_what_a_tornado_names_is_a_number_of_a_scenario():
    known = {f"{group}.{name}" for group, name, _ in limits()} | {f"price.{s}" for s in SLOTS}
    assert set(NUMBERS) <= known


def test_the_same_numbers_give_the_same_bytes():
    first, second = drawn(), drawn()
    assert [one.text for one in first] == [one.text for one in second]
    assert all(one.text.rstrip().endswith("</svg>") for one in first)


def test_what_is_hardly_ever_right_is_a_grey_dashed_line():
    plain, marked = (cost_curves(DESK, volumes(1e4, 1e8), useless=names).text.lower()
                     for names in ((), ("prompt",)))
    assert "#a3337a" in plain and "stroke-dasharray" not in plain
    assert "#a3337a" not in marked and "stroke-dasharray" in marked


def test_every_line_and_every_mark_is_drawn_in_its_colour():
    curves, spans, swings, lives, right = (one.text.lower() for one in drawn())
    for colour in ("#a3337a", "#00805c", "#0072b2", "#857000", "#5b3fa0"):
        assert colour in curves
    assert "#767676" in spans and "#0072b2" in spans
    assert "#0072b2" in swings
    # The second plan of one approach is dashed, the first is not.
    lines = re.findall(r'style="fill: none; stroke[^"]*#857000[^"]*"', lives)
    assert len(lines) == 2 and sum("dasharray" in line for line in lines) == 1
    assert "#c04f00" in right


def test_a_span_is_stated_or_computed():
    with pytest.raises(BookError, match="stated or computed, not guessed"):
        span_plot([("a", 1, 2, "guessed")], x_label="x")


@pytest.mark.parametrize(("number", "text"), [
    (250, "250"), (0.5, "0.5"), (999.9, "1k"), (10_000, "10k"), (571_428.6, "571k"),
    (1_500_000, "1.5M"), (999_900, "1M"), (2e9, "2B"), (1, "1")])
def test_axes_write_short_numbers(number, text):
    assert short(number) == text


def test_a_bill_has_a_row_an_item_and_two_totals():
    table = bill_table(DESK, 1000)
    rows = {row[0]: row[1:] for row in table.rows}
    assert table.header == ("item", "prompt", "long context", "RAG", "tuned", "tuned, with RAG")
    # 600 tokens of question and passages at 2 a million, a thousand times.
    assert rows["question and passages (per query)"][2] == "1.20"
    assert rows["evaluation (per run)"] == ("–", "–", "–", "200.00", "200.00")
    assert rows["vector store, fixed (per month)"][2] == "50.00"
    assert rows["total"][3] == "200.28" and rows["total without labour"][3] == "0.28"


def test_volumes_stand_with_the_price_of_a_thousand():
    table = volume_table(DESK, [1e4, 1e6])
    assert table.header[1:] == ("10k a month", "1M a month")
    # 0.28 a thousand, and 200 a month.
    assert table.rows[3] == ("tuned", "203 (20.28)", "480 (0.48)")


def test_a_recomputed_figure_shows_what_is_stated_and_how_it_was_computed():
    one = Cell("cost-a", "An article", "bill", "USD per month", (1532, 1532), (891.584, 891.584),
               "50 * 16", "the article itself", "one unit a query", "con-12", "differs")
    none = replace(one, recomputed=None, shown="", verdict="cannot be derived",
                   contradiction="", stated=(0.1, 1.55))
    rows = recomputed_table([one, none]).rows
    assert rows[0] == ("cost-a: bill", "1,532 USD per month", "891.6", "differs",
                       "50 * 16 (the article itself): one unit a query; con-12")
    assert rows[1][1:] == ("0.1 to 1.55 USD per month", "–", "cannot be derived",
                           "nothing to compute (the article itself): one unit a query")
    counts = verdict_table([one, one, none], {"An article": "A", "Another": "B"})
    assert counts.rows == (("A", "0", "2", "1"), ("B", "0", "0", "0"), ("all", "0", "2", "1"))


def test_prices_stand_with_their_ages_on_the_day_given():
    price = Price("p", "p", 2.5, "hour", "a list", datetime.date(2026, 1, 1), assumed=True)
    table = price_table({"p": price}, datetime.date(2026, 1, 11))
    assert table.rows == (("p", "2.5 per hour", "a list, 2026-01-01", "10", "assumed"),)
    assert table.title == "Prices and their ages on 2026-01-11"


def test_sources_are_counted_with_their_remarks_the_oldest_first():
    day = datetime.date(2026, 1, 1)
    prices = {"a": Price("a", "a", 1, "hour", "new", datetime.date(2026, 1, 5)),
              "b": Price("b", "b", 1, "run", "list", day, old="of 2024", winding_down="ends"),
              "c": Price("c", "c", 1, "run", "list", day, checked=False)}
    assert source_table(prices, datetime.date(2026, 1, 11)).rows == (
        ("list", "2026-01-01", "10", "2", "1", "1", "1"),
        ("new", "2026-01-05", "6", "1", "0", "0", "0"))
