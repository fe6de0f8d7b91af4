"""The result page is what the records say."""

from dataclasses import replace

import pytest

from experiments.book.figures import Svg
from experiments.book.headline import BEGIN, END, filled, headline, headline_files, on_white
from experiments.book.ladder_rows import LADDERS, ladder
from experiments.core import BookError
from experiments.core.paths import ROOT


@pytest.fixture(scope="module")
def grids():
    """Replay the four ladders once."""
    return {task: ladder(task) for task in LADDERS}


def test_every_file_of_the_result_page_is_the_one_that_the_records_give(grids):
    for path, content in headline_files(ROOT, grids).items():
        assert (ROOT / path).read_bytes() == content.encode("utf-8"), path


def test_a_rung_has_its_share_and_its_interval_or_a_dash_where_it_makes_no_sense(grids):
    one = grids["routing"].estimate("tuned", "label")
    tuned, = (line for line in headline(grids).splitlines() if line.startswith("| tuned |"))
    cells = [cell.strip() for cell in tuned.strip("|").split("|")]
    assert cells[3] == (f"{100 * one.value:.1f} % ({100 * one.low:.1f} to "
                        f"{100 * one.high:.1f})")
    raft, = (line for line in headline(grids).splitlines() if line.startswith("| RAFT |"))
    assert raft.rstrip("| ").endswith("– | –")


def test_a_rung_that_could_be_recorded_and_is_not_says_so(grids, monkeypatch):
    one = LADDERS["clauses"]
    recorded = {rung: place for rung, place in one.recorded.items() if rung != "RAG"}
    monkeypatch.setitem(LADDERS, "clauses", replace(
        one, recorded=recorded, lacking={**one.lacking, "RAG": "not recorded: no time"}))
    rag, = (line for line in headline(grids).splitlines() if line.startswith("| RAG |"))
    assert rag.rstrip("| ").endswith("| not recorded")


def test_missing_marks_are_named():
    with pytest.raises(BookError, match="marks"):
        filled("no marks here", "table")
    assert filled(f"a {BEGIN} old {END} b", "new") == f"a {BEGIN}\nnew\n{END} b"


def test_a_drawing_gets_a_white_ground_behind_all_of_it():
    text = on_white(Svg('<?xml?>\n<svg width="9">\n<path/></svg>'))
    assert text == ('<?xml?>\n<svg width="9">\n <rect width="100%" height="100%" fill="white"/>'
                    '\n<path/></svg>')
