"""Leaks are found where they are, and not where they are not."""

import pytest

from experiments.core import BookError, Example
from experiments.evidence.analysis.leaks import area, nearest, shared, wording_auc


def example(name, question, *, split, group="", answers=("yes",)):
    return Example(name, question, answers, split=split, group=group or name)


def test_a_question_and_a_group_in_two_splits_are_found():
    examples = [example("a", "Where is  it?", split="train", group="lamp"),
                example("b", "where is it?", split="test", group="fan"),
                example("c", "Who?", split="dev", group="lamp"),
                example("d", "Why?", split="dev", group="kettle")]
    assert shared(examples) == {"questions": ["where is it?"], "groups": ["lamp"]}


def test_the_same_question_twice_in_one_split_is_no_leak():
    examples = [example("a", "Who?", split="test"), example("b", "Who?", split="test")]
    assert shared(examples) == {"questions": [], "groups": []}


def test_a_copy_has_similarity_one_and_comes_first():
    pairs = nearest(["a wet cat", "Where is my  parcel?"],
                    ["where is my parcel?", "my invoice is wrong"])
    assert (pairs[0].text, pairs[0].other) == ("Where is my  parcel?", "where is my parcel?")
    assert pairs[0].similarity == pytest.approx(1)
    assert pairs[1].similarity < 0.2


def test_texts_without_a_common_run_of_letters_have_similarity_zero():
    assert nearest(["abcdef"], ["uvwxyz"])[0].similarity == 0


def test_near_duplicates_need_two_sides():
    with pytest.raises(BookError, match="got 1 and 0"):
        nearest(["one"], [])


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    # Positives 3 and 1, negatives 2 and 1: right, right, wrong, tie -> 2.5 of 4.
    one = area([3, 2, 1, 1], [True, False, True, False], ["a", "b", "c", "d"])
    assert one.value == 2.5 / 4
    assert one.low <= one.value <= one.high and (one.questions, one.groups) == (4, 4)


def test_a_perfect_order_of_few_groups_is_not_a_certain_one():
    # 1 - 0.025 ** (1/4) = 0.602 away from 1: four groups show little.
    one = area([4, 3, 2, 1], [True, True, False, False], ["a", "b", "c", "d"])
    assert (one.value, one.high) == (1, 1) and one.low == pytest.approx(0.3976, abs=1e-4)


def test_the_area_needs_both_kinds():
    with pytest.raises(BookError, match="a positive and a negative"):
        area([1, 2], [True, True], ["a", "b"])


def make(count, words):
    """Make train and test questions whose wording depends on whether they have an answer."""
    return [
        example(f"{split}{number}{answerable}", f"{words[answerable]} {split} item{number}",
                split=split, answers=("yes",) if answerable else ())
        for split in ("train", "test") for number in range(count) for answerable in (True, False)
    ]


def test_a_word_that_only_unanswerable_questions_have_is_a_sure_tell():
    assert wording_auc(make(10, {True: "what is", False: "whatever is"})).value == 1


def test_the_same_words_for_both_kinds_are_a_coin():
    assert wording_auc(make(10, {True: "what is", False: "what is"})).value == 0.5


def test_features_stand_in_for_words():
    examples = make(10, {True: "what is", False: "what is"})
    features = {e.id: [str(e.answerable)] for e in examples}
    assert wording_auc(examples, features).value == 1


def test_a_task_where_everything_has_an_answer_is_refused():
    examples = [example("a", "Who?", split="train"), example("b", "Who?", split="test")]
    with pytest.raises(BookError, match="only one kind"):
        wording_auc(examples)
