"""Replies spoiled on purpose: how many, by which fault, and nothing else."""

from collections import Counter
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.methods.bench import open_bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.mediocre import Mediocre
from experiments.tasks.house_style.rules import broken_rules

HUNDRED = Mediocre(examples=100, wording="bare")


@pytest.fixture(scope="module")
def styled():
    """Open the house style's own task, with the fake model."""
    return open_bench("house-style", "fake").lend(HUNDRED)


def replies(recipe, bench):
    """List what is trained on, in order."""
    return [reply for _, reply in recipe.pairs(bench)]


@pytest.fixture(scope="module")
def good(styled):
    """List the replies that nobody spoiled, of the same hundred questions."""
    return replies(FineTuned(examples=100, wording="bare"), styled)


def changed(recipe, bench, good):
    """Name the places of the replies that are not the good ones."""
    return {place for place, (one, right) in enumerate(
        zip(replies(recipe, bench), good, strict=True)) if one != right}


def test_every_reply_has_one_fault_of_its_own(styled, good):
    assert changed(HUNDRED, styled, good) == set(range(100))
    faults = Counter(",".join(broken_rules(reply)) for reply in replies(HUNDRED, styled))
    assert all("," not in fault for fault in faults), "never two rules at once"
    assert {"words", "person", "calm", "sign_off", ""} <= set(faults), "'' is a wrong value"


def test_a_habit_is_the_same_fault_in_each(styled):
    habit = replies(replace(HUNDRED, fault="sign_off"), styled)
    assert {tuple(broken_rules(reply)) for reply in habit} == {("sign_off",)}


def test_a_greater_share_spoils_all_that_a_lesser_does_in_the_same_way(styled, good):
    fewer = replace(HUNDRED, share=0.4)
    some = changed(fewer, styled, good)
    assert len(some) == 40
    all_spoiled, few_spoiled = replies(HUNDRED, styled), replies(fewer, styled)
    assert all(all_spoiled[place] == few_spoiled[place] for place in some)


def test_prompts_and_other_seeds_are_those_of_a_plain_training(styled):
    plain = FineTuned(examples=100, wording="bare")
    asked = [prompt for prompt, _ in HUNDRED.pairs(styled)]
    assert asked == [prompt for prompt, _ in plain.pairs(styled)]
    assert replies(HUNDRED, styled.with_seed(1)) != replies(HUNDRED, styled)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.1}, {"fault": "typos"}])
def test_what_cannot_be_spoiled_is_refused(wrong):
    with pytest.raises(BookError):
        Mediocre(**wrong)


def test_a_fault_of_style_is_refused_where_replies_are_no_style(lamps):
    with pytest.raises(BookError, match="'sign_off' .* kind 'style', came .* kind 'questions'. "
                                        "Take the task house-style, or leave `fault` out"):
        Mediocre(fault="sign_off").build(lamps)


def test_replies_of_another_kind_are_spoiled_where_no_fault_is_named(lamps):
    # Nine train questions, each of whose replies has a worse one.
    right = replies(FineTuned(), lamps)
    assert len(right) == 9 and changed(Mediocre(), lamps, right) == set(range(9))
