"""The main figure of a chapter shows its final result, and its caption's n is the records' own."""

import importlib
import json
import re

import pytest

from experiments.book.source.notebooks import read_notebook, source
from experiments.core.paths import ROOT
from experiments.evidence.checks.published import read_published
from experiments.methods import RECIPES

# Chapter: the plot that its main figure calls, and the cells that have what is drawn there.
CELLS = {
    "05_reading": ("searches.search_plot", "study run figure"),
    "09_training": ("training.seeds_plot", "study-routing study-clauses study-own-test run "
                    "run-clauses leads own-run figure"),
    "10_kinds": ("training.seeds_plot", "study study-own study-32-test study-rest-test "
                 "study-like-test run kinds-order noninferior rows own-run r32-run r32-test "
                 "rest-test four-test figure"),
    "12_facts": ("probes.probe_plot", "study study-plain run apart gaps study-rates rates-run "
                 "facts-again facts-again-run facts-again-gaps figure"),
    "16_raft": ("probes.probe_plot", "study run orders contexts-run contexts-check "
                "study-amounts amounts-run study-chosen chosen-run chosen-orders study-rates "
                "rates-run study-best best-run figure"),
}
_ASSERTED = re.compile(r"^assert search_rate\(.*?== \w+$", re.DOTALL | re.MULTILINE)


def drawn(chapter, monkeypatch):
    """Run the cells on replayed records; give what the figure was given, and its caption."""
    plot, wanted = CELLS[chapter]
    given = []
    module = importlib.import_module(f"experiments.book.figures.{plot.split('.')[0]}")
    monkeypatch.setattr(module, plot.split(".")[1], lambda *rows, **more: given.append(rows[0]))
    cells = {cell["id"]: cell for cell in read_notebook(ROOT / "chapters" / f"{chapter}.ipynb")[
        "cells"]}
    from experiments.evidence.checks.run import run
    from experiments.evidence.studies.study import Study

    names = {recipe.__name__: recipe for recipe in RECIPES.values()} | {
        "Study": Study, "run": run, "mode": "replay", "sample": 1,
        "show_results": lambda *shown: None}
    for name in wanted.split():
        exec(_ASSERTED.sub("", source(cells[name])), names)  # the searches of rates have tests
    return given[-1], cells["figure"]["metadata"]["mystnb"]["figure"]["caption"]


def stated(caption):
    """List the numbers of questions that a caption states: "(n = 72 clauses, 138 in all; ...)"."""
    return [int(n.replace(",", "")) for part in re.findall(r"\bn = ([^;)]*)", caption)
            for n in re.findall(r"\d[\d,]*\b", part)]


def percent(number):
    return pytest.approx(100 * number, abs=0.051)


@pytest.fixture(scope="module")
def published():
    return {entry.id: entry.value for entry in read_published()}


def test_reading_states_the_number_of_questions_that_it_draws(monkeypatch):
    rows, caption = drawn("05_reading", monkeypatch)
    asked = {one.questions for row in rows.values() for one in row.values()}
    assert [*asked] == stated(caption)


def test_training_shows_clauses_at_their_own_rate(monkeypatch, published):
    panels, caption = drawn("09_training", monkeypatch)
    routing, clauses = panels.values()
    assert published["tuned-own-held"] == percent(clauses["LoRA, held"].mean.value)
    assert published["tuned-routing-lora"] == percent(routing["LoRA"].mean.value)
    assert len(clauses["LoRA"].seeds) == len(clauses["LoRA, held"].seeds) == 3
    assert stated(caption) == [routing["LoRA"].mean.questions,
                               clauses["4 nearest, held"].mean.questions,
                               clauses["LoRA"].mean.questions]


def test_kinds_shows_every_kind_at_its_own_rate(monkeypatch):
    panels, caption = drawn("10_kinds", monkeypatch)
    kinds = panels["routing"]
    level = kinds["r 8"].mean
    # At the rate that they had inherited they lay thirty points and more below.
    for kind in ("r 128", "r 32", "rsLoRA r 128", "DoRA r 8", "QLoRA r 8", "everything"):
        assert level.low < kinds[kind].mean.high and kinds[kind].mean.low < level.high, kind
    assert {row.mean.questions for row in kinds.values()} == {284 + 30} == {stated(caption)[0]}


def test_facts_shows_four_phrasings_far_ahead_over_three_trainings(monkeypatch):
    groups, caption = drawn("12_facts", monkeypatch)
    new = groups["a new\nwording"]
    assert new["four phrasings"].value > new["one phrasing"].value + 0.1
    assert new["one phrasing"].low > new["RAG"].high
    assert stated(caption)[:5] == [rows["RAG"].questions for rows in groups.values()]


def test_raft_shows_the_reader_at_its_own_rate(monkeypatch, published):
    groups, caption = drawn("16_raft", monkeypatch)
    right, wrongly, rightly = groups.values()
    assert published["ladder-raft"] == percent(right["RAFT"].value)
    assert published["raft-best-false-refusals"] == percent(wrongly["RAFT"].value)
    assert published["raft-best-right-refusals"] == percent(rightly["RAFT"].value)
    assert published["raft-rag"] == percent(right["untrained"].value)
    assert published["raft-trap-own-contains"] == percent(
        right["tuned without passages"].value)
    assert stated(caption) == [right["RAFT"].questions, rightly["RAFT"].questions]


def test_no_caption_of_a_main_figure_is_left_without_a_number():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        captions = [cell["metadata"]["mystnb"]["figure"]["caption"]
                    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                    if "figure" in cell["metadata"].get("mystnb", {})]
        assert stated(captions[0]), path.stem
