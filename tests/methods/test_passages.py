"""Searches joined and judged anew, on lamps and the fake model."""

import dataclasses

import pytest

from experiments.core import BookError, Hit, Question
from experiments.methods.passages import Fused, Reranked
from experiments.methods.retrieving.rag import Rag
from tests.retrieval.conftest import passages

A, B, C = passages("one", "two", "three")
ASKED = Question("lamp-16-colour", "Which shade has Lamp 16?")


class Fixed:
    """A search that always finds the same."""

    def __init__(self, *found):
        self.found = found

    def search(self, queries, k):
        hits = [Hit(chunk, score, rank) for rank, (chunk, score) in enumerate(self.found, start=1)]
        return [hits[:k] for _ in queries]


def test_a_fused_search_takes_the_mean_of_stretched_scores():
    # words: a 1, b 0; meaning: b 1, c 0.5, a 0. Mean: a 0.5, b 0.5, c 0.25; equals by id.
    both = Fused([Fixed((A, 9.0), (B, 4.0)), Fixed((B, 0.8), (C, 0.6), (A, 0.4))])
    (found,) = both.search(["?"], 3)
    assert [(h.chunk.doc_id, h.score) for h in found] == [("a", 0.5), ("b", 0.5), ("c", 0.25)]
    assert [h.chunk.doc_id for h in both.search(["?"], 1)[0]] == ["a"]


def test_reranking_looks_deeper_than_it_gives():
    turned = Reranked(Fixed((A, 3.0), (B, 2.0), (C, 1.0)), lambda queries, rankings: [
        hits[::-1] for hits in rankings], depth=2)
    assert [h.chunk.doc_id for h in turned.search(["?"], 1)[0]] == ["b"]
    with pytest.raises(BookError, match="looks at 2 passages, so it cannot give 3"):
        turned.search(["?"], 3)


@pytest.mark.parametrize("recipe", [Rag(search="dotted"), Rag(search="fused"),
                                    Rag(search="keyword", rerank="likelihood"),
                                    Rag(search="keyword", rerank="max_sim")])
def test_rag_reads_what_any_search_finds(lamps, recipe):
    # Two passages: the cable of Lamp 14 measures 16 metres, which is a tie to some judges.
    (answer,) = lamps.cook(dataclasses.replace(recipe, k=2))([ASKED])
    assert "lamp-16" in {hit.chunk.doc_id for hit in answer.hits} and len(answer.hits) == 2
    assert "The shade of Lamp 16 is green" in answer.text


@pytest.mark.parametrize(("recipe", "message"), [
    (Rag(search="words"), "search is one of keyword"),
    (Rag(rerank="judge"), "rerank is one of max_sim"),
    (Rag(rerank="cross_encoder"), "comes from the hub and wants a GPU.*max_sim or likelihood"),
    (Rag(rerank="max_sim", similarity_floor=0.4), "on another scale"),
])
def test_a_search_that_does_not_exist_is_said_plainly(lamps, recipe, message):
    with pytest.raises(BookError, match=message):
        lamps.cook(recipe)
