"""The articles' figures: each dollar has a row, and what is shown is what was computed."""

import pytest
import yaml

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.prices import Price
from experiments.costs.recomputed import AGREES, DIFFERS, UNKNOWN, recompute, stated_figure

CELLS = recompute()
# Figures that are no result of anything: amounts that the articles' examples start from.
GIVEN = {
    "cost-gpt41mini-train / training tokens", "cost-gpt41-train / training tokens",
    "cost-gpt41-25-per-m / tokens", "cost-ft-1000-examples / examples",
    "cost-together-8b-lora / examples", "cost-lora-10pct / GPUs", "cost-pinecone-1532 / reads",
    "cost-pinecone-1532 / writes", "cost-pinecone-1532 / dimensions",
    "cost-pinecone-9000 / queries", "cost-s3-table / prompt", "cost-s3-table / completion",
    "cost-s3-table / amortisation", "cost-system-prompt-4000-200 / before",
    "cost-system-prompt-4000-200 / after", "cost-system-prompt-4000-200 / volume",
    "cost-q6-200-usd / calls", "cost-ft-labour-hours / examples",
    "cost-one-tenth-week-quarter / time", "cost-lora-few-hundred-weekend / time",
}


def cell(claim, figure, by):
    found = [one for one in CELLS if (one.claim, one.figure, one.by) == (claim, figure, by)]
    return found[0]


def test_every_figure_of_every_claim_about_cost_is_recomputed_or_given():
    claims = yaml.safe_load((DATA / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    figures = {f"{one['id']} / {figure['name']}" for one in claims
               if one["id"].startswith("cost-") for figure in one["figures"]}
    covered = {f"{one.claim} / {one.figure}" for one in CELLS}
    assert figures - covered == GIVEN
    assert not covered & GIVEN


def test_every_contradiction_about_money_is_named_by_a_row():
    named = {one.contradiction for one in CELLS} - {""}
    money = {f"con-{number:02d}" for number in
             (5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 19, 20, 37, 39, 40, 43, 45, 49)}
    assert money <= named


def test_four_figures_by_hand():
    own = "the article itself"
    table = cell("cost-context-table", "50M queries", own)
    assert table.recomputed == pytest.approx((43_750, 43_750)) and table.verdict == AGREES
    assert table.shown == "50000000 * 500 * 1.75 / 1000000"
    # 75 dollars apart at 10k, closing by 215 dollars over 90k calls.
    crossing = cell("cost-s3-crossover", "crossover", own)
    assert crossing.recomputed[0] == pytest.approx(41_395.35) and crossing.verdict == DIFFERS
    share = cell("cost-lora-10pct", "share", own)
    assert share.recomputed == pytest.approx((1 / 3, 6)) and share.verdict == DIFFERS
    units = cell("cost-pinecone-1532", "bill", own)
    assert units.recomputed[0] == pytest.approx(800 + 24 + 67.584)


def test_counts_of_the_verdicts():
    verdicts = [one.verdict for one in CELLS]
    assert (verdicts.count(AGREES), verdicts.count(DIFFERS), verdicts.count(UNKNOWN)) == (
        31, 56, 15)


def test_what_cannot_be_derived_says_what_is_missing():
    for one in CELLS:
        assert one.why
        assert (one.recomputed is None) == (one.verdict == UNKNOWN)


CLAIMS = """claims:
- id: cost-a
  source: [{title: An article, doc: s9, section: x}]
  figures: [{name: one, value: 10, unit: USD}, {name: span, min: 10, max: 20, unit: USD}]
"""
PRICES = {"p": Price("p", "p", 5, "run", "s", None),
          "s": Price("s", "s", 1, "run", "s", None, usd_high=3)}


def verdict(tmp_path, figure, **row):
    """Recompute one row of a made-up file."""
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    rows = {"names": {"ten": "cost-a / one"},
            "cells": [{"claim": "cost-a", "figure": figure, "by": "b", "why": "w", **row}]}
    (tmp_path / "cells.yaml").write_text(yaml.safe_dump(rows))
    return recompute(tmp_path / "cells.yaml", tmp_path / "claims.yaml", PRICES)[0]


@pytest.mark.parametrize(("figure", "row", "expected"), [
    ("one", {"low": "10.19"}, AGREES),
    ("one", {"low": "10.3"}, DIFFERS),
    ("one", {"low": "12", "within": 0.2}, AGREES),
    ("one", {"low": "9", "high": "11"}, AGREES),
    ("one", {"low": "11", "high": "12"}, DIFFERS),
    ("span", {"low": "15"}, AGREES),
    ("span", {"low": "21"}, DIFFERS),
    ("span", {"low": "10", "high": "20"}, AGREES),
    ("span", {"low": "12", "high": "18"}, DIFFERS),
    ("span", {"low": "12", "high": "18", "inside": True}, AGREES),
    ("span", {}, UNKNOWN),
    ("one", {"low": "2 * p"}, AGREES),
    ("one", {"low": "s.low * ten / 1"}, AGREES),
    ("one", {"low": "s.high * 1e1 / 3"}, AGREES),
])
def test_a_verdict_follows_the_rule_at_the_top_of_the_file(tmp_path, figure, row, expected):
    assert verdict(tmp_path, figure, **row).verdict == expected


def test_the_computation_shows_numbers_for_names(tmp_path):
    assert verdict(tmp_path, "one", low="(p + s.high) * 1e3 / ten").shown == (
        "(5 + 3) * 1000 / 10")


@pytest.mark.parametrize("text", ["p +", "unknown * 2", "1 / 0", "ten ** 2", "p.top",
                                  "__import__('os')", "s.low.low", "'a' * 2"])
def test_what_is_no_arithmetic_is_refused(tmp_path, text):
    with pytest.raises(BookError, match="cost-a: cannot compute"):
        verdict(tmp_path, "one", low=text)


def test_a_span_without_an_end_and_an_unknown_figure_are_refused(tmp_path):
    with pytest.raises(BookError, match="say which end"):
        verdict(tmp_path, "one", low="s * 2")
    with pytest.raises(BookError, match="'cost-a / none' is no figure"):
        verdict(tmp_path, "none", low="1")
    with pytest.raises(BookError, match="no figure of data/claims.yaml"):
        stated_figure("cost-s3-crossover", "crossing")


def test_a_stated_figure_has_two_ends():
    assert stated_figure("cost-s3-crossover", "crossover") == (50_000, 100_000)
    assert stated_figure("cost-context-per-query", "context") == (500, 500)
