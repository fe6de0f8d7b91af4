"""Judges: the passage that makes the question likeliest, or that a judge prefers, comes first."""

from experiments.core import Hit
from experiments.models.fake import FakeGenerator
from experiments.retrieval.search.judges import rerank_by_judge, rerank_by_likelihood
from tests.retrieval.conftest import passages

CHUNKS = passages("the lid is red", "the cable is long", "how long is the cable")


def hits(chunks):
    """Rank chunks in the order given."""
    return [Hit(chunk, 9.0, rank) for rank, chunk in enumerate(chunks, start=1)]


def test_passages_are_ordered_by_how_likely_they_make_the_question():
    # The fake takes one nat for each word of the question that a passage lacks.
    found, _ = rerank_by_likelihood(FakeGenerator(), ["How long is the cable?", "red"],
                                    [hits(CHUNKS), hits(CHUNKS[:1])])
    assert [(h.chunk.doc_id, h.score, h.rank) for h in found] == [
        ("c", 0.0, 1), ("b", -1.0, 2), ("a", -3.0, 3)]


def test_equals_are_ordered_by_id_and_nothing_found_stays_nothing():
    found, none = rerank_by_likelihood(FakeGenerator(), ["lid", "lid"], [hits(CHUNKS[1:]), []])
    assert [h.chunk.doc_id for h in found] == ["b", "c"] and none == []


def test_a_judge_is_shown_query_and_passage_together():
    class Longest:
        def predict(self, pairs):
            self.pairs = pairs
            return [len(text) for _, text in pairs]

    judge = Longest()
    (found,) = rerank_by_judge(judge, ["cable"], [hits(CHUNKS)])
    assert judge.pairs[0] == ("cable", "the lid is red")
    assert [(h.chunk.doc_id, h.score) for h in found] == [("c", 21.0), ("b", 17.0), ("a", 14.0)]
    assert rerank_by_judge(judge, [], []) == []
