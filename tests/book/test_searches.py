"""Tables and figures of searches say what was measured, and refuse what cannot be compared."""

import pytest

from experiments.book.figures.searches import (
    graph_table,
    percent,
    points,
    search_plot,
    search_table,
    search_transcripts,
    stage_table,
)
from experiments.core import BookError, Chunk, Example, Hit
from experiments.evidence.metrics.ranking import Rankings
from experiments.evidence.stats.statistics import Estimate
from experiments.retrieval.maintenance.approximate import Measured

HALF = Estimate(0.5, 0.25, 0.75, 8, 4)


def rankings(*firsts, evidence="lamp"):
    """Rank one document for each question."""
    examples = [Example(f"q{n}", "?", ("yes",), (evidence,), "test", f"g{n}")
                for n in range(len(firsts))]
    return Rankings.of(examples, [[Hit(Chunk(name, 0, 4, "text"), 1.0, 1)] for name in firsts])


def test_a_table_gives_shares_with_intervals_and_n():
    table = search_table({"words": rankings("lamp", "fan")}, "Dev", ("hit@1",))
    assert table.header == ("search", "hit@1, %")
    assert table.rows[0][1].startswith("50.0 [")
    assert table.notes[0].startswith("n = 2 answerable questions in 2 groups")


def test_other_questions_do_not_share_a_table():
    with pytest.raises(BookError, match="same questions"):
        search_table({"a": rankings("lamp"), "b": rankings("lamp", evidence="fan")}, "Dev")


def test_numbers_are_written_with_their_intervals():
    assert percent(HALF) == "50.0 [25.0,\N{NO-BREAK SPACE}75.0]"
    assert points(HALF) == "+50.0 points [25.0, 75.0]"


def test_a_figure_draws_both_marks_the_same_way_each_time():
    rows = {"words": {"all": HALF, "filtered": HALF}, "meaning": {"all": HALF, "filtered": HALF}}
    svg = search_plot(rows, x_label="found (%)").text
    assert svg == search_plot(rows, x_label="found (%)").text
    assert svg.lstrip().startswith("<?xml") and "nan" not in svg


def test_rows_with_other_marks_are_refused():
    with pytest.raises(BookError, match="same 2 marks"):
        search_plot({"words": {"all": HALF}}, x_label="found (%)")


def test_a_graph_is_laid_out_with_its_medians():
    one = Measured(1000, 0.985, (1.0, 2.0, 9.0), (4.0, 4.0, 5.0), 3_000_000, 2_000_000, 1.25)
    assert graph_table({("defaults", 1000): one}, "Graphs").rows[0][:6] == (
        "defaults", "1,000", "98.5", "2.00", "8.86", "4.00")


def test_a_stage_is_priced_by_the_hour():
    # 36 ms a question are 36 s for a thousand, a hundredth of an hour.
    table = stage_table({"embed": [36.0, 36.0]}, "a note")
    price = float(table.rows[0][3])
    assert table.rows[0][:3] == ("embed", "36.0", "36.0") and table.notes[1] == "a note"
    assert price == pytest.approx(0.01 * 0.1, abs=1e-4)  # data/prices.yaml: 0.1 USD an hour


def test_a_transcript_marks_the_right_section():
    one = rankings("lamp")
    text = repr(search_transcripts({"words": one}, {"a success": one.examples[0]}))
    assert "right: lamp" in text and "words, 1: lamp (right)" in text
