"""BM25: rare words count, equals are ordered, oddities do not break it."""

import math

import pytest

from experiments.core import BookError, Chunk
from experiments.retrieval.search.keyword import KeywordIndex
from tests.retrieval.conftest import passages

TEXTS = ("kettle warranty", "lamp warranty", "radio battery")


def ids(hits):
    """Return the documents of hits."""
    return [hit.chunk.doc_id for hit in hits]


def test_the_rarer_word_wins_and_the_scores_are_bm25s():
    (hits,) = KeywordIndex(passages(*TEXTS)).search(["the warranty of a lamp"], 3)
    # Three texts of two words each: both length factors are 1, so a word that a text
    # holds once counts idf / (1 + 1.5) with idf = ln(1 + (3 - n + 0.5) / (n + 0.5)).
    lamp, warranty = (math.log(1 + (3 - n + 0.5) / (n + 0.5)) / 2.5 for n in (1, 2))
    assert [(h.chunk.doc_id, h.rank) for h in hits] == [("b", 1), ("a", 2), ("c", 3)]
    assert [h.score for h in hits] == pytest.approx([lamp + warranty, warranty, 0], abs=1e-6)


def test_word_endings_do_not_matter():
    assert ids(KeywordIndex(passages(*TEXTS)).search(["batteries"], 1)[0]) == ["c"]


def test_hits_carry_the_chunks_that_were_given():
    chunks = [Chunk("guide/a", 7, 13, "kettle"), Chunk("guide/a", 20, 24, "lamp")]
    assert KeywordIndex(chunks).search(["lamp"], 1)[0][0].chunk == chunks[1]


@pytest.mark.parametrize("query", ["", "the of", "zzz qqq", "?!", "日本"])
def test_a_query_without_a_known_word_gets_k_hits_of_score_zero(query):
    (hits,) = KeywordIndex(passages(*TEXTS)).search([query], 2)
    assert [(h.chunk.doc_id, h.score) for h in hits] == [("a", 0.0), ("b", 0.0)]


def test_equal_scores_are_ordered_by_chunk_id_also_at_the_cut():
    index = KeywordIndex(passages(*["red lamp"] * 6, "kettle", "blue lamp")[::-1])
    assert ids(index.search(["lamp"], 3)[0]) == ["a", "b", "c"]


def test_more_hits_than_passages_are_all_passages():
    index = KeywordIndex(passages(*TEXTS))
    assert index.size == 3
    assert len(index.search(["lamp"], 50)[0]) == 3


@pytest.mark.parametrize("texts", [("the",), ("the", "a of"), ("?", "!")])
def test_passages_without_a_word_to_search_for_are_refused(texts):
    with pytest.raises(BookError, match="only stop words or signs"):
        KeywordIndex(passages(*texts))


def test_one_passage_without_a_word_is_fine():
    assert ids(KeywordIndex(passages("?", "lamp")).search(["lamp"], 2)[0]) == ["b", "a"]


def test_nothing_is_printed(capfd):
    KeywordIndex(passages(*TEXTS)).search(["lamp", ""], 50)
    assert capfd.readouterr() == ("", "")
