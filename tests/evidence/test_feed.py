"""Answers by day, and who says what was true before."""

import pytest

from experiments.core import Answer, Example
from experiments.evidence.analysis.feed import Feed


class Told:
    """Results of one arm, as far as a feed looks at them."""

    def __init__(self, texts):
        values = {0: "green", 1: "green", 2: "amber"}
        self.examples = tuple(
            Example(f"lamp-16-shade-day-{day}", "Which shade?", (values[day],) if day < 3 else (),
                    ("lamp-16",) if day < 3 else (), "test", "lamp-16") for day in range(4))
        self.texts = texts

    def answers(self, arm):
        return [Answer(e.id, text) for e, text in zip(self.examples, self.texts, strict=True)]

    def values(self, arm, metric):
        return {e.id: float(e.answers[0] in text) if e.answers else None
                for e, text in zip(self.examples, self.texts, strict=True)}


@pytest.fixture
def feed():
    return Feed({"once": (Told(["green"] * 4), "any"),
                 "daily": (Told(["green", "green", "amber [1]", "I don't know."]), "any")})


def test_the_earlier_forms_are_those_that_are_accepted_no_longer(feed):
    assert feed.earlier == {"lamp-16-shade-day-2": {"green"},
                            "lamp-16-shade-day-3": {"green", "amber"}}


def test_changed_and_gone_are_told_apart(feed):
    assert [e.id[-1] for e in feed.changed()] == ["2"]
    assert feed.changed(1) == [] and [e.id[-1] for e in feed.gone] == ["3"]


def test_right_is_what_holds_on_the_day(feed):
    assert list(feed.right("once", 0, 1, 2).values()) == [1, 1, 0]
    assert feed.share(feed.right("once", 0, 1, 2)).value == pytest.approx(2 / 3)
    assert feed.gap(feed.right("daily", 2), feed.right("once", 2)).value == 1


def test_an_outdated_answer_states_an_earlier_value_and_not_the_day_s(feed):
    (now,) = feed.changed()
    assert feed.says("once", [now], feed.outdated) == {now.id: 1.0}
    assert feed.says("daily", [now], feed.outdated) == {now.id: 0.0}
    assert not feed.outdated("green, now amber", now) and feed.today("green, now amber", now)


def test_about_what_is_gone_a_refusal_is_no_outdated_answer(feed):
    assert list(feed.says("once", feed.gone, feed.outdated).values()) == [1]
    assert list(feed.says("daily", feed.gone, feed.outdated).values()) == [0]
    assert list(feed.says("daily", feed.gone, feed.declined).values()) == [1]
