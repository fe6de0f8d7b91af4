"""Fusion adds what it should, breaks ties alike, and agrees with LlamaIndex's."""

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import NodeWithScore

from experiments.core import BookError, Chunk, Hit
from experiments.retrieval.search.fuse import fuse_ranks, fuse_scores
from experiments.retrieval.search.llama import FunctionLLM, as_node


def ranking(**scores):
    """Rank one-passage documents by name: ranking(kettle=9.0, lamp=4.0), best first."""
    return [Hit(Chunk(name, 0, len(name), name), score, rank)
            for rank, (name, score) in enumerate(scores.items(), start=1)]


def said(hits):
    """Return names and scores of hits, and check that ranks count from 1."""
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [(hit.chunk.doc_id, hit.score) for hit in hits]


WORDS = ranking(kettle=9.0, lamp=4.0, fan=3.0)
MEANING = ranking(lamp=0.71, radio=0.64, kettle=0.31)


def test_ranks_are_added_as_reciprocals():
    found = said(fuse_ranks([ranking(kettle=9.0, lamp=4.0), ranking(lamp=0.71, radio=0.64)]))
    assert [name for name, _ in found] == ["lamp", "kettle", "radio"]
    assert [score for _, score in found] == pytest.approx([1 / 61 + 1 / 62, 1 / 61, 1 / 62],
                                                          abs=1e-9)


def test_scores_are_stretched_and_averaged():
    # words: kettle 1, lamp 1/6, fan 0; meaning: lamp 1, radio 33/40, kettle 0.
    found = said(fuse_scores([WORDS, MEANING], [1, 3]))
    assert [name for name, _ in found] == ["lamp", "radio", "kettle", "fan"]
    assert [score for _, score in found] == pytest.approx(
        [0.25 / 6 + 0.75, 0.75 * 33 / 40, 0.25, 0.0], abs=1e-9)


def test_a_weight_of_zero_leaves_the_other_order():
    assert [name for name, _ in said(fuse_scores([WORDS, MEANING], [1, 0]))][:2] == [
        "kettle", "lamp"]


def test_equals_are_ordered_by_chunk_id():
    found = fuse_ranks([ranking(lamp=1.0), ranking(kettle=1.0)])
    assert [name for name, _ in said(found)] == ["kettle", "lamp"]


@pytest.mark.parametrize(("score", "counts"), [(2.0, 1.0), (0.0, 0.0)])
def test_a_ranking_of_equals_counts_fully_unless_it_found_nothing(score, counts):
    found = said(fuse_scores([ranking(kettle=score, lamp=score)], [1]))
    assert found == [("kettle", counts), ("lamp", counts)]


def test_an_empty_ranking_adds_nothing():
    assert said(fuse_scores([[], ranking(lamp=1.0)], [1, 1])) == [("lamp", 0.5)]
    assert fuse_ranks([[], []]) == []


@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0]])
def test_weights_are_one_a_ranking_and_not_all_zero(weights):
    with pytest.raises(BookError, match="2 weights"):
        fuse_scores([WORDS, MEANING], weights)


class Canned(BaseRetriever):
    """Retrieves the same hits for every query."""

    def __init__(self, hits):
        super().__init__()
        self._hits = hits

    def _retrieve(self, query_bundle):
        return [NodeWithScore(node=as_node(hit.chunk), score=hit.score) for hit in self._hits]


def by_llama_index(mode, **options):
    """Fuse the two rankings by LlamaIndex's retriever."""
    fusion = QueryFusionRetriever(
        [Canned(WORDS), Canned(MEANING)], llm=FunctionLLM(lambda prompt: ""), mode=mode,
        num_queries=1, similarity_top_k=10, use_async=False, **options)
    return {node.node.text: node.score for node in fusion.retrieve("?")}


def test_the_ranks_agree_with_llama_index_that_counts_from_zero():
    ours = dict(said(fuse_ranks([WORDS, MEANING], constant=59)))
    assert ours == pytest.approx(by_llama_index("reciprocal_rerank"), abs=1e-9)


def test_the_averages_agree_with_llama_index():
    ours = dict(said(fuse_scores([WORDS, MEANING], [0.3, 0.7])))
    theirs = by_llama_index("relative_score", retriever_weights=[0.3, 0.7])
    assert ours == pytest.approx(theirs, abs=1e-9)
