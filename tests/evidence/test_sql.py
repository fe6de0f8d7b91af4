"""Scores of SQL: the rows decide, on every filling; how the query reads does not."""

import pytest

from experiments.core import Answer, BookError, Example
from experiments.evidence.metrics.registry import HEADLINE, scorer
from experiments.evidence.metrics.sql import same_rows
from experiments.tasks.settings import Settings

TABLE = "CREATE TABLE lamp(id INTEGER, name TEXT, kind TEXT, price INTEGER);\n"
# On the first filling the cheapest lamp is also the only desk lamp; on the second it is not.
FIRST = TABLE + ("INSERT INTO lamp VALUES (1, 'Aldra', 'desk', 20);"
                 "INSERT INTO lamp VALUES (2, 'Brusko', 'floor', 35);"
                 "INSERT INTO lamp VALUES (3, 'Corvo', 'floor', 50);")
SECOND = TABLE + ("INSERT INTO lamp VALUES (1, 'Aldra', 'desk', 60);"
                  "INSERT INTO lamp VALUES (2, 'Brusko', 'floor', 35);"
                  "INSERT INTO lamp VALUES (3, 'Corvo', 'desk', 50);")
LAMPS = Settings(kind="sql", databases=(FIRST, SECOND))
DESK = "SELECT name FROM lamp WHERE kind = 'desk'"
DEAR = "SELECT name FROM lamp ORDER BY price DESC LIMIT 2"


def score(metric, gold, said, settings=LAMPS):
    """Score one answer against one gold query, if there is one."""
    example = Example("q", "Which?", (gold,) if gold else ())
    return scorer(metric, settings)(example, Answer("q", said)).value


def test_the_same_rows_by_another_query_are_right():
    assert score("execution", DESK, "SELECT l.name FROM lamp AS l WHERE l.kind IN ('desk');") == 1
    assert score("execution", DESK, f"```sql\n{DESK}\n```") == 1


def test_a_query_that_is_right_by_luck_on_one_filling_is_wrong():
    lucky = "SELECT name FROM lamp WHERE price < 30"
    assert score("execution", DESK, lucky, Settings(kind="sql", databases=(FIRST,))) == 1
    assert score("execution", DESK, lucky) == 0


def test_order_counts_only_where_the_gold_query_sorts():
    assert score("execution", DESK, f"{DESK} ORDER BY name DESC") == 1
    assert score("execution", DEAR, DEAR) == 1
    upside = "SELECT name FROM (SELECT name, price FROM lamp ORDER BY price DESC LIMIT 2) " \
             "ORDER BY price"
    assert score("execution", DEAR, upside) == 0


def test_a_column_too_many_is_wrong_and_another_order_of_columns_is_not():
    gold = "SELECT kind, COUNT(*) FROM lamp GROUP BY kind"
    assert score("execution", gold, "SELECT COUNT(*), kind FROM lamp GROUP BY kind") == 1
    assert score("execution", gold, "SELECT kind, COUNT(*), MAX(price) FROM lamp GROUP BY kind"
                 ) == 0
    assert score("execution", DESK, "SELECT * FROM lamp WHERE kind = 'desk'") == 0


def test_a_row_counts_as_often_as_it_occurs():
    assert not same_rows([("floor",)], [("floor",), ("floor",)], ordered=False)
    assert same_rows([("a",), ("b",), ("a",)], [("b",), ("a",), ("a",)], ordered=False)


def test_a_mean_may_differ_by_rounding_and_not_by_a_cent():
    assert same_rows([(0.1 + 0.2,)], [(0.3,)], ordered=False)
    assert same_rows([(2,)], [(2.0,)], ordered=True)
    assert not same_rows([(0.30,)], [(0.31,)], ordered=False)


def test_rows_of_several_types_and_nulls_can_be_compared():
    assert same_rows([(None, 1), ("a", 2)], [("a", 2), (None, 1)], ordered=False)
    assert not same_rows([(None,)], [(0,)], ordered=False)


def test_two_columns_are_not_mixed_up_row_by_row():
    assert not same_rows([("a", "b"), ("c", "d")], [("a", "b"), ("d", "c")], ordered=False)


def test_no_rows_are_not_some_rows():
    assert same_rows([], [], ordered=False)
    assert not same_rows([("a",)], [], ordered=False)


@pytest.mark.parametrize("said", ["", "I cannot say.", "SELECT title FROM lamp", "DROP TABLE lamp",
                                  f"{DESK[:-1]}", "SELECT load_extension('x')"])
def test_what_fails_or_is_not_allowed_scores_zero_in_both(said):
    assert score("execution", DESK, said) == 0
    assert score("runs", DESK, said) == 0


def test_a_wrong_query_that_is_answered_runs():
    assert score("runs", DESK, "SELECT name FROM lamp") == 1
    assert score("execution", DESK, "SELECT name FROM lamp") == 0


def test_a_gold_query_that_fails_is_a_fault_of_the_task():
    with pytest.raises(BookError, match="mend the task's questions"):
        score("execution", "SELECT title FROM lamp", DESK)


def test_without_a_gold_query_execution_cannot_be_scored():
    assert score("execution", "", DESK) is None
    assert score("runs", "", DESK) == 1


def test_sql_is_scored_for_tasks_of_its_kind_only():
    assert HEADLINE["sql"] == ("execution", "runs")
    with pytest.raises(BookError, match="is for a task of the kind 'sql'"):
        scorer("runs", Settings())
