"""The tables of the chapter say what the procedures say."""

import pytest

from experiments.book.figures import choosing
from experiments.decide.agreement import outcomes
from experiments.decide.articles.bands import VolumeBands
from experiments.decide.articles.distinctions import FiveQuestions, OneDistinction
from experiments.decide.own.procedure import Book
from experiments.decide.profile import USE_CASES, Profile

PANEL = [outcomes(one) for one in (FiveQuestions(), OneDistinction(), VolumeBands())]


def test_the_distinction_says_both_to_a_third_of_all_profiles():
    # Of 3 faults and yes or no: unknown twice and facts once retrieve, 2 of 6 are both.
    row = choosing.procedures_table(PANEL).rows[1]
    assert row == ("Devlyn distinction (2)", "–", "50.0", "16.7", "33.3", "–", "–", "–")


def test_rules_that_nobody_gets_are_listed():
    assert [row[:2] for row in choosing.unreached_table(PANEL).rows] == [
        ("Heym tree", "4: volume"), ("Heym tree", "5: both"),
        ("Actian bands", "from 50 million: tune"), ("Actian bands", "from 50 million: hybrid")]


def test_a_disagreement_names_both_sides_and_a_project():
    first = choosing.disagreement_table(PANEL).rows[0]
    # The tree retrieves for 14 of 15 faults of any kind; both is a third, less those it tunes:
    # behaviour with facts, still and public (a sixth of 1/5 = 1/30). 10/30 - 1/30 = 30 %.
    assert first == ("Heym tree: RAG", "Devlyn distinction: both", "30.0",
                     "fault facts, other_fault yes")


def test_a_project_shows_a_dash_for_a_gap_and_or_for_a_conflict():
    rows = choosing.projects_table({"big": Profile(queries_per_month=70_000_000)}, Book({})).rows
    assert rows == (("big", "undecided", "RAG", "RAG", "RAG", "prompt", "–", "tune or both", "–"),)


def test_the_matrix_is_counted_on_96_profiles():
    assert "96 profiles: 21 in no row, 25 in rows" in choosing.matrix_counts()


def test_short_instructions_are_never_worth_a_run_and_long_ones_sooner_with_less_work():
    never, often = choosing.crossing_table((50, 20_000), (10, 100)).rows
    assert never == ("50 tokens", "never", "never")
    few, many = (int(text.replace(",", "")) for text in often[1:])
    assert 0 < few < many


def test_every_use_case_but_other_has_a_row():
    table = choosing.use_case_table(Book({}), dict.fromkeys(USE_CASES, "nothing"))
    assert [row[0] for row in table.rows] == list(USE_CASES[:-1])
    assert ("one document", "long context", "undecided", "nothing") in table.rows


@pytest.mark.parametrize("table", [
    choosing.rules_table(Book({})),
    choosing.flips_table({"new": Profile()}, Book()),
    choosing.maturity_table({"new": Profile()}, Book()),
    choosing.verdict_table(Profile(), "new", Book()),
])
def test_tables_have_a_cell_for_every_column(table):
    assert table.rows and all(len(row) == len(table.header) for row in table.rows)


def test_open_rules_stand_last():
    states = [row[2] for row in choosing.rules_table(Book()).rows]
    assert states == sorted(states, key=lambda state: state != "backed")
