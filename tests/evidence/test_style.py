"""Form and content of a reply are scored apart, and `sendable` needs both."""

import pytest

from experiments.book.transcripts import verdict
from experiments.core import Answer, BookError, Example
from experiments.evidence.ladder.rungs import rungs_for
from experiments.evidence.metrics.registry import HEADLINE, scorer
from experiments.evidence.metrics.style import STYLE_METRICS, numbers
from experiments.tasks.settings import Settings

STYLE = Settings(kind="style")
EXAMPLE = Example(
    "e", "[1] Draft page, Aldra 480 kettle: We just give 14months on it. We measured 102 cm!\n"
    "Customer: How long does the warranty of the Aldra 480 last?",
    ("For your Aldra 480, the page gives 14 months [1]. Orvanta Care", "14 months"))


def score(name, text, example=EXAMPLE):
    return scorer(name, STYLE)(example, Answer(example.id, text)).value


@pytest.mark.parametrize(("text", "rules", "value", "send"), [
    (EXAMPLE.reply, 8, 1, 1),
    ("Your cable has 102 cm [1]. Orvanta Care", 8, 0, 0),  # in style, and the other value
    ("You have 14 months, or 102 cm [1]. Orvanta Care", 8, 0, 0),  # both values
    ("You have 14 months on one of 9 [1]. Orvanta Care", 8, 0, 0),  # a number of its own
    ("14 months", 5, 1, 0),  # breaks person, citation, sign-off
    ("We give 14months!", 3, 1, 0),  # and units and calm as well
    ("You have 14 days [1]. Orvanta Care", 8, 0, 0),
    ("", 5, 0, 0),
])
def test_a_reply_is_fit_to_send_when_style_and_value_are_right(text, rules, value, send):
    assert score("rules_kept", text) == rules / 8
    assert score("all_rules", text) == float(rules == 8)
    assert score("value_right", text) == value
    assert score("sendable", text) == send


def test_the_number_of_the_product_may_be_said_and_a_citation_is_no_number():
    assert numbers("The Aldra 480 has 3.6 litres [1], filter TC-259.") == {"480", "3.6", "259"}
    assert score("value_right", "Aldra 480: 14 months [1]") == 1
    assert score("value_right", "Aldra 410: 14 months [1]") == 0


def test_without_a_value_content_is_unscored_and_never_zero():
    bare = Example("e", "How?", ("You can [1]. Orvanta Care",))
    assert score("value_right", "Yes.", bare) is None and score("sendable", "Yes.", bare) is None
    assert score("all_rules", bare.reply, bare) == 1


def test_style_is_scored_in_tasks_of_its_kind_only():
    assert set(HEADLINE["style"]) == set(STYLE_METRICS)
    with pytest.raises(BookError, match="kind 'style', and this task's kind is 'questions'"):
        scorer("sendable", Settings())


def test_a_transcript_says_what_of_a_reply_is_wrong():
    answers = [Answer("e", text) for text in (EXAMPLE.reply, "We measured 102 cm!")]
    assert [verdict(EXAMPLE, answer, STYLE) for answer in answers] == [
        "right value; breaks no rule", "wrong value; breaks person, citation, sign_off, calm"]


def test_the_ladder_of_a_style_holds_no_decoder_to_a_form():
    names = [rung.name for rung in rungs_for(STYLE, 352)]
    assert names == ["chance", "prompt", "few-shot", "nearest examples", "tuned"]
