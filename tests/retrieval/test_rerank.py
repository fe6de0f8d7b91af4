"""MaxSim: the mean of each query piece's best match, worked out by hand."""

import numpy as np
import pytest

from experiments.core import BookError, Hit
from experiments.retrieval.search.embed import Embedder
from experiments.retrieval.search.rerank import MaxSim
from tests.retrieval.conftest import passages


class ToyTokens:
    """Embeds each word "x,y" as the direction (x, y)."""

    def __init__(self):
        self.encoded = []

    def encode_tokens(self, texts):
        self.encoded += texts
        rows = [np.array([[float(n) for n in word.split(",")] for word in text.split()],
                         dtype=np.float32) for text in texts]
        return [row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows]


def hits(chunks):
    """Rank chunks in the order given."""
    return [Hit(chunk, 1.0 / rank, rank) for rank, chunk in enumerate(chunks, start=1)]


CHUNKS = passages("1,0 1,0", "3,4", "1,0 0,1")


def test_every_query_piece_finds_its_best_match():
    matcher = MaxSim(ToyTokens())
    matcher.read(CHUNKS)
    (query,) = matcher.encode(["1,0 0,1"])
    # a: (1 + 0) / 2; b: (0.6 + 0.8) / 2; c: (1 + 1) / 2
    found = matcher.rerank(query, hits(CHUNKS), depth=3)
    assert [(h.chunk.doc_id, h.rank) for h in found] == [("c", 1), ("b", 2), ("a", 3)]
    assert [h.score for h in found] == pytest.approx([1.0, 0.7, 0.5], abs=1e-3)


def test_only_the_first_are_looked_at():
    matcher = MaxSim(ToyTokens())
    matcher.read(CHUNKS)
    (query,) = matcher.encode(["1,0 0,1"])
    assert [h.chunk.doc_id for h in matcher.rerank(query, hits(CHUNKS), depth=2)] == ["b", "a"]


def test_a_passage_is_embedded_once_and_its_bytes_are_counted():
    embedder = ToyTokens()
    matcher = MaxSim(embedder)
    matcher.read(CHUNKS)
    matcher.read(CHUNKS[:1])
    assert len(embedder.encoded) == 3 and matcher.size == 3
    assert matcher.bytes == 5 * 2 * 2  # five pieces of two numbers of two bytes


def test_a_passage_that_was_not_read_is_named():
    matcher = MaxSim(ToyTokens())
    with pytest.raises(BookError, match="a:0-7 was never read"):
        matcher.rerank(np.ones((1, 2)), hits(CHUNKS), depth=1)


def test_the_real_model_gives_a_unit_row_for_every_word_piece(model_folder):
    short, long = Embedder(model_folder).encode_tokens(["kettle", "a lamp that shines"])
    assert short.shape == (1, 384) and long.shape == (5, 384)  # "shine" and "##s"
    assert np.linalg.norm(long, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
