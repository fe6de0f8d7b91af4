"""The grader of classifiers: texts read as a person would read them, tables worked out by hand."""

import pytest

from experiments.core import Answer, BookError, Example
from experiments.evidence.metrics.classification import (
    UNCLEAR,
    label,
    named,
    noticed,
    said_label,
)

QUEUES = ("billing", "refunds", "app", "product-advice", "none")


def pair(gold, text):
    return Example("m1", "?", (gold,) if gold else ()), Answer("m1", text)


@pytest.mark.parametrize("text", [
    "billing", "BILLING", "Queue: billing.", "**billing**", "billing\n", "Billing, I think",
    "The answer is `billing`", "billing billing",
])
def test_one_label_in_any_dress_counts(text):
    assert label(*pair("billing", text), QUEUES).value == 1.0


@pytest.mark.parametrize("text", [
    "", "   ", "?", "I don't know.", "rebilling", "billings", "bill", "the accounts team",
])
def test_a_text_that_names_no_label_scores_zero_and_not_none(text):
    assert named(text, QUEUES) == set()
    assert label(*pair("billing", text), QUEUES).value == 0.0


@pytest.mark.parametrize("text", [
    "not billing but refunds", "billing or refunds", "billing/refunds", ", ".join(QUEUES),
    "billing. None of the other queues fits.",
])
def test_a_text_that_names_several_labels_scores_zero_for_each_of_them(text):
    assert len(named(text, QUEUES)) >= 2
    assert all(label(*pair(gold, text), QUEUES).value == 0.0 for gold in QUEUES)


@pytest.mark.parametrize("text", [
    "product-advice", "product advice", "Product_Advice", "product\u2011advice",
    "product \u2013 advice", "PRODUCT  ADVICE",
])
def test_the_hyphen_of_a_label_may_be_a_space_or_another_hyphen(text):
    assert label(*pair("product-advice", text), QUEUES).value == 1.0


@pytest.mark.parametrize("text", ["product", "advice", "productadvice", "product, advice"])
def test_half_a_label_or_one_run_together_is_no_label(text):
    assert named(text, QUEUES) == set()


def test_a_label_inside_a_longer_word_is_not_named():
    assert named("I apparently wrapped the apple in an appliance", QUEUES) == set()


def test_the_wrong_label_scores_zero():
    assert label(*pair("refunds", "billing"), QUEUES).value == 0.0


def test_out_of_scope_is_a_label_like_the_others():
    assert label(*pair("none", "None."), QUEUES).value == 1.0
    assert label(*pair("none", "billing"), QUEUES).value == 0.0
    assert label(*pair("none", ""), QUEUES).value == 0.0


def test_a_question_without_a_gold_label_could_not_be_scored():
    score = label(*pair(None, "billing"), QUEUES)
    assert (score.metric, score.value) == ("label", None)


def test_an_answer_says_its_one_label_or_is_unclear():
    assert said_label(Answer("m1", "App!"), QUEUES) == "app"
    assert said_label(Answer("m1", "app, none"), QUEUES) == UNCLEAR
    assert said_label(Answer("m1", ""), QUEUES) == UNCLEAR


def test_noticed_asks_whether_there_is_something_and_not_what():
    labels = ("boundary", "logic", "none")

    def value(gold, text):
        return noticed(Example("q", "?", (gold,)), Answer("q", text), labels).value

    assert value("boundary", "logic") == value("none", "none.") == 1
    assert value("none", "logic") == value("boundary", "none") == 0
    assert value("none", "who knows") == value("boundary", "boundary or none") == 0
    assert noticed(Example("q", "?", ()), Answer("q", "none"), labels).value is None


def test_noticed_needs_a_label_for_nothing():
    with pytest.raises(BookError, match="'none'"):
        noticed(Example("q", "?", ("a",)), Answer("q", "a"), ("a", "b"))
