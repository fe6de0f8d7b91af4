"""The result page is what the records say."""

from dataclasses import replace

import pytest

from experiments.book.figures.base import Svg
from experiments.book.ladder.rows import BARE, LADDERS, TITLES, ladder
from experiments.book.ladder.table import thousand_usd
from experiments.book.pages.headline import (
    BEGIN,
    END,
    SHOWN,
    filled,
    headline,
    headline_files,
    on_white,
)
from experiments.core import BookError
from experiments.core.paths import DATA, ROOT
from experiments.costs.config import load_scenario

RATES = load_scenario(DATA / "cost_example.yaml").rates


@pytest.fixture(scope="module")
def grids():
    """Replay the four ladders once."""
    return {task: ladder(task) for task in LADDERS}


@pytest.fixture(scope="module")
def rows(grids):
    """Return the table's cells by the rung's name, the head's under "rung"."""
    return cells(headline(grids, RATES))


def cells(block):
    found = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in block.splitlines() if line.startswith("|")]
    return {name: dict(zip(LADDERS, row, strict=True)) for name, *row in found}


def test_every_file_of_the_result_page_is_the_one_that_the_records_give(grids):
    for path, content in headline_files(ROOT, grids).items():
        assert (ROOT / path).read_bytes() == content.encode("utf-8"), path


def test_a_rung_has_its_share_and_its_interval_or_a_dash_where_it_makes_no_sense(grids, rows):
    one = grids["routing"].estimate("tuned", "label")
    assert rows["tuned"]["routing"] == (f"{100 * one.value:.1f} % ({100 * one.low:.1f} to "
                                        f"{100 * one.high:.1f})")
    for rung in SHOWN:
        for task, cell in rows[TITLES.get(rung, rung)].items():
            reason = LADDERS[task].lacking.get(rung, "")
            assert (cell == "–") == reason.startswith("makes no sense"), (rung, task)


def test_the_n_of_a_column_is_what_was_scored_and_not_what_was_asked(grids, rows):
    for task, grid in grids.items():
        for rung in set(SHOWN) & set(LADDERS[task].recorded):
            scored = grid.estimate(rung, LADDERS[task].metric).questions
            assert f"(n = {scored})" in rows["rung"][task], (rung, task)
    assert "the first 150 of 260 of support" in headline(grids, RATES)
    assert "all 314 of routing" in headline(grids, RATES)


def test_prices_compare_rag_without_examples_and_say_where_a_prompt_has_none(grids, rows):
    assert rows[BARE]["routing"] == "as RAG" and rows[BARE]["support"] != rows["RAG"]["support"]
    usd = [thousand_usd(grids["support"], rung, "contains", RATES) for rung in (BARE, "RAFT")]
    assert "not looked up: {:.2f} and {:.2f} on support".format(*usd) in headline(grids, RATES)


def test_two_trainings_in_one_column_are_named(grids):
    assert "On support, tuned and tuned + RAG are two trainings" in headline(grids, RATES)
    assert "On clauses, tuned and" not in headline(grids, RATES)


def test_a_rung_that_could_be_recorded_and_is_not_says_so(grids, monkeypatch):
    one = LADDERS["clauses"]
    recorded = {rung: place for rung, place in one.recorded.items() if rung != "RAG"}
    monkeypatch.setitem(LADDERS, "clauses", replace(
        one, recorded=recorded, lacking={**one.lacking, "RAG": "not recorded: no time"}))
    assert cells(headline(grids, RATES))["RAG"]["clauses"] == "not recorded"


def test_missing_marks_are_named():
    with pytest.raises(BookError, match="marks"):
        filled("no marks here", "table")
    assert filled(f"a {BEGIN} old {END} b", "new") == f"a {BEGIN}\nnew\n{END} b"


def test_a_drawing_gets_a_white_ground_behind_all_of_it():
    text = on_white(Svg('<?xml?>\n<svg width="9">\n<path/></svg>'))
    assert text == ('<?xml?>\n<svg width="9">\n <rect width="100%" height="100%" fill="white"/>'
                    '\n<path/></svg>')
