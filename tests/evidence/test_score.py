"""Scores worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import REFUSAL, Answer, Chunk, Example, Hit
from experiments.evidence.metrics.score import (
    METRICS,
    citation_precision,
    citation_recall,
    cited_numbers,
    contains,
    correct_refusal,
    exact_match,
    false_refusal,
    handled,
    hit,
    is_refusal,
    normalise,
    refused,
    token_f1,
)

WARRANTY = Example("w", "How long?", ("18 months", "18"), ("kettle",))
OPEN = Example("o", "Which colour?", ())


def said(text, *documents, seconds=0.0):
    hits = tuple(Hit(Chunk(name, 0, 1, "x"), 0.5, rank)
                 for rank, name in enumerate(documents, start=1))
    return Answer("w", text, hits, stage_seconds={"search": seconds})


@pytest.mark.parametrize(("text", "expected"), [
    ("18 months.", "18 months"),
    ("The Aldra 220 kettle", "aldra 220 kettle"),
    ("2.50 kg", "2.50 kg"),
    ("2.4kg", "2.4 kg"),
    ("It weighs 2.5.", "it weighs 2.5"),
    ("1,200 rpm", "1200 rpm"),
    ("1,20 and 3,4567", "1 20 and 3 4567"),
    ("5 % or 5%", "5 % or 5 %"),
    ("-5 °C", "-5 ° c"),
    ("\u22125 °C", "-5 ° c"),
    ("5-10 °C", "5 10 ° c"),
    ("12-month warranty", "12 month warranty"),
    ("E12b", "e12b"),
    ("at 14:30.", "at 14:30"),
    ("version 3.11.7", "version 3.11.7"),
    ("I don't know", "i dont know"),
    ("I don\u2019t know", "i dont know"),
    ("18 months [1]", "18 months"),
    ("18 [1] months [2, 3].", "18 months"),
    ("the U.S. plug", "us plug"),
    ("18\u00a0months", "18 months"),
    ("$5", "$ 5"),
    ("A", "a"),
    ("snake_case", "snake case"),
    ("", ""),
])
def test_text_is_normalised(text, expected):
    assert normalise(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(("text", "exact", "within"), [
    ("18 months", 1, 1),
    ("18 Months. [1]", 1, 1),
    ("18", 1, 1),
    ("It is 18 months long", 0, 1),
    ("8 months", 0, 0),
    ("118 months", 0, 0),
    ("18.5 months", 0, 0),
    ("", 0, 0),
])
def test_an_answer_matches_whole_tokens_of_a_gold_answer(text, exact, within):
    assert exact_match(WARRANTY, said(text)).value == exact
    assert contains(WARRANTY, said(text)).value == within


def test_8_months_is_not_in_18_months():
    example = Example("w", "How long?", ("8 months",), ("kettle",))
    assert contains(example, said("18 months")).value == 0
    assert contains(example, said("8 months")).value == 1


def test_a_citation_number_is_not_an_answer():
    example = Example("w", "How many?", ("1",), ("kettle",))
    assert contains(example, said("two [1]")).value == 0


def test_token_f1_is_the_best_over_gold_answers():
    # "18 months" has both tokens right out of four said: precision 2/4, recall 2/2.
    assert token_f1(WARRANTY, said("it lasts 18 months")).value == pytest.approx(2 / 3)
    # Against the gold "18": precision 1/2, recall 1, F1 2/3; against "18 months": 1/2, 1/2.
    assert token_f1(WARRANTY, said("18 years")).value == pytest.approx(2 / 3)
    assert token_f1(WARRANTY, said("two years")).value == 0
    # A repeated token counts once: 1 shared of 2 said and 1 gold.
    assert token_f1(WARRANTY, said("18 18")).value == pytest.approx(2 / 3)


@given(st.text(), st.text(min_size=1))
def test_an_exact_match_is_contained_and_has_f1_of_one(text, gold):
    example = Example("x", "?", (gold,))
    if exact_match(example, said(text)).value == 1:
        assert contains(example, said(text)).value == 1
        assert token_f1(example, said(text)).value == (1 if normalise(gold) else 0)


def test_an_unanswerable_question_has_no_match_score_and_never_a_zero():
    for metric in (exact_match, contains, token_f1, citation_precision, citation_recall, hit,
                   false_refusal):
        assert metric(OPEN, said("red [1]", "kettle")).value is None, metric.__name__


@pytest.mark.parametrize("text", [
    REFUSAL, "I don't know", "i do not know.", "I don\u2019t know, sorry.", "Don't know.",
    "Sorry, I don't know.", "I'm sorry, but I do not know.", "Unfortunately I cannot find it.",
    "Not in the passages.", "It is not mentioned in the documents.", "Not stated.", "Unknown.",
    "The passages do not say.", "The articles don't mention it.",
    "The context doesn't contain the answer.", "The information is not available.",
    "There is no information about that.", "No answer.", "[1] I don't know.",
])
def test_a_refusal_is_recognised(text):
    assert is_refusal(text)


@pytest.mark.parametrize("text", [
    "18 months", "", "No.", "None", "Not more than 5 kg", "It is not waterproof",
    "I know: 18 months", "unknown brand filters", "The passages say 18 months",
    "No answering machine", "The document is in the box", "18 months; I don't know more.",
    "Nobody",
])
def test_an_answer_is_not_taken_for_a_refusal(text):
    assert not is_refusal(text)


def test_refusals_are_split_by_whether_there_was_an_answer():
    assert refused(WARRANTY, said(REFUSAL)).value == 1
    assert refused(OPEN, said(REFUSAL)).value == 1
    assert refused(OPEN, said("red")).value == 0
    assert correct_refusal(OPEN, said(REFUSAL)).value == 1
    assert correct_refusal(OPEN, said("red")).value == 0
    assert correct_refusal(WARRANTY, said(REFUSAL)).value is None
    assert false_refusal(WARRANTY, said(REFUSAL)).value == 1
    assert false_refusal(WARRANTY, said("18")).value == 0


def test_a_question_is_handled_by_its_answer_or_by_declining_where_there_is_none():
    values = [handled(WARRANTY, said(text)).value for text in ("18 months", "19", REFUSAL)]
    assert values == [1, 0, 0]
    assert [handled(OPEN, said(text)).value for text in (REFUSAL, "red")] == [1, 0]


def test_citations_are_read_as_distinct_numbers_in_order():
    assert cited_numbers("a [2] b [1, 2]; c [10] [x] [] 3") == [2, 1, 10]


@pytest.mark.parametrize(("text", "precision", "recall"), [
    ("18 [1]", 1, 1),
    ("18 [2]", 0, 0),
    ("18 [1][2]", 1 / 2, 1),
    ("18 [1] [3]", 1, 1),           # both passages come from the evidence document
    ("18 [1] [9]", 1 / 2, 1),       # there is no passage 9
    ("18 [0]", 0, 0),
    ("18 [1] [1]", 1, 1),
    ("18", None, 0),
])
def test_citations_are_judged_by_their_documents(text, precision, recall):
    answer = said(text, "kettle", "lamp", "kettle")
    assert citation_precision(WARRANTY, answer).value == precision
    assert citation_recall(WARRANTY, answer).value == recall


def test_recall_counts_every_evidence_document():
    example = Example("w", "?", ("x",), ("kettle", "lamp"))
    assert citation_recall(example, said("x [1]", "kettle", "lamp")).value == 0.5


def test_a_hit_is_an_evidence_document_among_the_passages():
    assert hit(WARRANTY, said("18", "lamp", "kettle")).value == 1
    assert hit(WARRANTY, said("18", "lamp")).value == 0
    assert hit(WARRANTY, said("18")).value is None
    assert hit(WARRANTY, said("18", seconds=0.01)).value == 0  # searched, found nothing


def test_every_metric_names_its_score():
    for name, metric in METRICS.items():
        assert metric(WARRANTY, said("18 [1]", "kettle")).metric == name
