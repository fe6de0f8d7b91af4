"""A grid compares arms on the questions that all of them were asked, and on no others."""

import dataclasses
from types import SimpleNamespace

import pytest

from experiments.core import Answer, BookError, Example
from experiments.evidence.checks.claims import expect_order
from experiments.evidence.studies.grid import gather, restrict
from experiments.evidence.studies.results import Results
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.tasks.settings import Settings

NAMES = ("kettle", "lamp", "fan", "clock")


def results(name, arms, count, seeds=(0,), **study):
    """Return results on the first `count` questions; `arms` maps a name to its right answers."""
    examples = tuple(Example(f"{n}-1", "How long?", ("9 months",), group=n) for n in NAMES[:count])
    by_arm = {
        (arm, seed): {e.id: answer(e.id, e.group in right, 10.0 * (place + 1))
                      for place, e in enumerate(examples)}
        for arm, right in arms.items() for seed in seeds}
    declared = SimpleNamespace(**{
        "name": name, "arms": dict.fromkeys(arms, ClosedBook()), "seeds": seeds, "task": "tiny",
        "split": "test", "model": "fake", **study})
    return Results(declared, SimpleNamespace(settings=Settings()), examples, by_arm,
                   ({"hardware": "Test CPU", "date": "2026-11-20T10:00Z"},))


def answer(name, right, seconds):
    """Return a right or a wrong answer of 100 prompt tokens."""
    return Answer(name, "9 months" if right else "8 months", (), 100, 4, {"decode": seconds})


LONG = results("long", {"closed book": ["clock"]}, 4)
SHORT = results("short", {"RAG": ["kettle", "lamp"], "RAFT": NAMES}, 3, seeds=(0, 1))
GRID = gather("tiny", {"closed book": (LONG, "closed book"), "RAG": (SHORT, "RAG"),
                       "RAFT": (SHORT, "RAFT")})


def test_the_shortest_study_decides_which_questions_count():
    assert [e.id for e in GRID.examples] == ["kettle-1", "lamp-1", "fan-1"]
    # The closed book's one right answer is to the fourth question, which the others never had.
    assert GRID.estimate("closed book", "contains").value == 0
    assert GRID.estimate("RAG", "contains").value == pytest.approx(2 / 3)


def test_a_difference_is_taken_question_by_question_across_studies():
    gap = GRID.difference("RAG", "closed book", "contains")
    assert (gap.value, gap.questions) == (pytest.approx(2 / 3), 3)
    assert expect_order(GRID, "RAFT", "closed book", "contains").startswith(
        "RAFT is better than closed book in contains: 100.0 % against 0.0 %")


def test_seconds_and_tokens_are_those_of_the_common_questions():
    # Of 10, 20 and 30 seconds the median is 20, and 19 of 20 stay below 29.
    assert GRID.seconds("closed book") == 20
    assert GRID.slow_seconds("closed book") == pytest.approx(29)
    assert GRID.tokens("RAG") == {"prompt": 100, "completion": 4}


def test_every_row_knows_its_seeds_and_how_far_they_lie_apart():
    assert GRID.seeds("RAG") == (0, 1) and GRID.seeds("closed book") == (0,)
    assert len(GRID.answers("RAG")) == 6
    assert GRID.seed_spread("RAG", "contains").deviation == 0


def test_what_was_not_trained_has_no_logs():
    assert GRID.training_logs("RAG") == []


def test_other_questions_tasks_arms_and_rows_are_refused():
    fewer = dataclasses.replace(LONG, examples=LONG.examples[1:])
    with pytest.raises(BookError, match="was not asked 1 of the 3 questions, such as kettle-1"):
        restrict(fewer, SHORT.examples)
    other = results("other", {"RAG": []}, 3, task="another")
    with pytest.raises(BookError, match="the same questions and the same model"):
        gather("tiny", {"closed book": (LONG, "closed book"), "RAG": (other, "RAG")})
    with pytest.raises(BookError, match="has no arm 'rag'; arms: closed book"):
        gather("tiny", {"RAG": (LONG, "rag")})
    with pytest.raises(BookError, match="has no row 'oracle'; rows: closed book, RAG, RAFT"):
        GRID.estimate("oracle", "contains")
    with pytest.raises(BookError, match="no rows"):
        gather("tiny", {})
