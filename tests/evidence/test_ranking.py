"""Measures of a ranking, worked out by hand."""

import math

import pytest

from experiments.core import BookError, Chunk, Example, Hit
from experiments.evidence.metrics.ranking import (
    Rankings,
    documents_in,
    hit_at,
    measure,
    ndcg_at,
    reciprocal_rank,
)

FOUND = ["kettle", "lamp", "radio", "fan"]


def hits(*names):
    """Return one passage of each document named, best first; a name may come twice."""
    return [Hit(Chunk(name, rank, rank + 4, "text"), 1 / rank, rank)
            for rank, name in enumerate(names, start=1)]


def ask(name, evidence, group):
    """Make an answerable question."""
    return Example(name, "?", ("yes",), evidence, "test", group)


def test_a_document_counts_at_its_best_place():
    assert documents_in(hits("lamp", "kettle", "lamp", "fan")) == ["lamp", "kettle", "fan"]


@pytest.mark.parametrize(("gold", "k", "value"), [
    (["kettle"], 1, 1.0), (["lamp"], 1, 0.0), (["lamp"], 2, 1.0), (["clock"], 4, 0.0),
    (["kettle", "radio"], 2, 0.0), (["kettle", "radio"], 3, 1.0)])
def test_a_hit_wants_all_gold_documents_among_the_first_k(gold, k, value):
    assert hit_at(FOUND, gold, k) == value


@pytest.mark.parametrize(("gold", "value"), [
    (["kettle"], 1.0), (["radio"], 1 / 3), (["clock"], 0.0), (["fan", "lamp"], 1 / 2)])
def test_the_reciprocal_rank_is_that_of_the_first_gold_document(gold, value):
    assert reciprocal_rank(FOUND, gold) == pytest.approx(value)


def test_the_gain_is_discounted_by_rank_and_divided_by_the_best_possible():
    assert ndcg_at(FOUND, ["radio"], 10) == pytest.approx(0.5)  # 1 / log2(4)
    assert ndcg_at(FOUND, ["radio"], 2) == 0.0
    two = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    assert ndcg_at(FOUND, ["lamp", "fan"], 10) == pytest.approx(two)
    assert ndcg_at(FOUND, ["kettle", "lamp"], 1) == 1.0  # one place cannot hold two


def test_measures_are_called_by_name():
    assert [measure(name, FOUND, ["lamp"]) for name in ("hit@1", "hit@5", "MRR")] == [0, 1, 0.5]
    assert measure("nDCG@10", FOUND, ["radio"]) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["hit", "hit@0", "hit@x", "recall@5", "mrr"])
def test_an_unknown_measure_is_refused(name):
    with pytest.raises(BookError, match="expected a measure"):
        measure(name, FOUND, ["lamp"])


def test_two_searches_are_compared_on_the_same_questions():
    examples = [ask("one", ("lamp",), "a"), ask("two", ("fan",), "b"), ask("three", ("fan",), "b")]
    words = Rankings.of(examples, [hits("lamp"), hits("fan", "lamp"), hits("lamp", "fan")])
    meaning = Rankings.of(examples, [hits("fan", "lamp"), hits("lamp", "fan"), hits("lamp")])
    assert words.values("MRR") == {"one": 1.0, "two": 1.0, "three": 0.5}
    assert words.estimate("MRR").value == pytest.approx(2.5 / 3)
    gap = words.minus(meaning, "MRR")  # 0.5, 0.5 and 0.5
    assert gap.value == pytest.approx(0.5) and gap.questions == 3 and gap.groups == 2
    assert words.only(["three"]).estimate("hit@1").value == 0.0


def test_a_question_without_gold_documents_is_refused():
    with pytest.raises(BookError, match="names no document"):
        Rankings.of([ask("one", (), "a")], [hits("lamp")])
