"""The search that methods share: passages indexed under their document's title.

    indexed   Aldra 220 kettle: Should something break, the warranty runs for 14 months ...
    found     Should something break, the warranty runs for 14 months ...    (the exact cut)

A passage from the middle of an article seldom says what it is about; its title does.
"""

import copy
import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol

from experiments.core import BookError, Chunk, Document, Hit
from experiments.models.interface import Generator
from experiments.retrieval.documents.chunk import Chunker
from experiments.retrieval.search.embed import Embedder

# Passages that a fusion or a reranking looks at.
DEPTH = 8


class Search(Protocol):
    """What finds passages: an index, or several of them together."""

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return the best `k` hits of each query."""


class Library(Protocol):
    """What an index is built from: the part of a `bench.Bench` that this module uses."""

    task: str
    documents: dict[str, Document]

    @property
    def titles(self) -> dict[str, str]: ...
    @property
    def chunker(self) -> Chunker: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def generator(self) -> Generator: ...
    def index(self, search: str, chunk_tokens: int, rerank: str = "") -> "TitledIndex": ...


Build = Callable[[Sequence[Chunk]], Search]
Rerank = Callable[[Sequence[str], Sequence[Sequence[Hit]]], list[list[Hit]]]


class TitledIndex:
    """An index over chunks with their titles in front that gives back the chunks themselves."""

    def __init__(self, chunks: Sequence[Chunk], titles: dict[str, str], build: Build):
        """Build an index, by `build`, over titled copies of the chunks."""
        self._plain = {chunk.id: chunk for chunk in chunks}
        self.inner = build([
            dataclasses.replace(chunk, text=f"{titles[chunk.doc_id]}: {chunk.text}")
            for chunk in chunks
        ])

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Search the titled copies; give hits whose chunks are exact cuts of their documents."""
        return [
            [dataclasses.replace(hit, chunk=self.plain(hit.chunk)) for hit in hits]
            for hits in self.inner.search(queries, k)
        ]

    def over(self, inner: Search) -> "TitledIndex":
        """Return the same chunks with another search over their titled copies."""
        other = copy.copy(self)
        other.inner = inner
        return other

    def plain(self, chunk: Chunk) -> Chunk:
        """Return the exact cut that a titled chunk stands for."""
        return self._plain[chunk.id]


class Fused:
    """One search out of two: the mean of their scores, each stretched to 0..1 per query."""

    def __init__(self, searches: Sequence[Search], depth: int = DEPTH):
        self._searches, self._depth = searches, depth

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Fuse the best `depth` of each search; give the best k."""
        from experiments.retrieval.search.fuse import fuse_scores

        found = [each.search(queries, max(k, self._depth)) for each in self._searches]
        return [fuse_scores(rankings, [1.0] * len(rankings))[:k]
                for rankings in zip(*found, strict=True)]


class Reranked:
    """A search whose best `depth` hits a slower judge puts in a new order."""

    def __init__(self, inner: Search, rerank: Rerank, depth: int = DEPTH):
        """Take a search, and `rerank(queries, rankings) -> rankings`."""
        self._inner, self._rerank, self._depth = inner, rerank, depth

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Search deeper, judge, give the best k; k is at most `depth`."""
        if k > self._depth:
            raise BookError(f"reranking looks at {self._depth} passages, so it cannot give {k}")
        found = self._inner.search(queries, self._depth)
        return [hits[:k] for hits in self._rerank(queries, found)]


def build_index(bench: Library, search: str, chunk_tokens: int, rerank: str = "") -> TitledIndex:
    """Index the chunks of a bench's documents by one of SEARCHES, reranked by one of RERANKERS.

    A fusion and a reranking stand on the bench's own indexes, so that none is built twice.
    """
    if search not in SEARCHES:
        raise BookError(f"search is one of {', '.join(SEARCHES)}, not {search!r}")
    if rerank and rerank not in RERANKERS:
        raise BookError(f"rerank is one of {', '.join(RERANKERS)}, not {rerank!r}")
    if rerank:
        base = bench.index(search, chunk_tokens)
        return base.over(Reranked(base.inner, RERANKERS[rerank](bench)))
    if search == "fused":
        parts = [bench.index(name, chunk_tokens) for name in FUSED]
        return parts[0].over(Fused([part.inner for part in parts]))
    chunks = [c for d in bench.documents.values() for c in bench.chunker.cut(d, chunk_tokens)]
    return TitledIndex(chunks, bench.titles, lambda cut: SEARCHES[search](bench, cut))


def _by_words(bench: Library, cut: Sequence[Chunk]) -> Search:
    from experiments.retrieval.search.keyword import KeywordIndex

    return KeywordIndex(cut)


def _by_dotted_words(bench: Library, cut: Sequence[Chunk]) -> Search:
    from experiments.retrieval.search.keyword import DOTTED_NUMBERS, KeywordIndex

    return KeywordIndex(cut, token_pattern=DOTTED_NUMBERS)


def _by_meaning(bench: Library, cut: Sequence[Chunk]) -> Search:
    from experiments.retrieval.search.index import VectorIndex

    return VectorIndex.build(cut, bench.embedder, bench.task)


def _max_sim(bench: Library) -> Rerank:
    from experiments.retrieval.search.rerank import MaxSim

    matcher = MaxSim(bench.embedder)

    def rerank(queries, rankings):
        matcher.read([hit.chunk for hits in rankings for hit in hits])
        return [matcher.rerank(query, hits, depth=len(hits))
                for query, hits in zip(matcher.encode(queries), rankings, strict=True)]

    return rerank


def _likelihood(bench: Library) -> Rerank:
    from experiments.retrieval.search.judges import rerank_by_likelihood

    return lambda queries, rankings: rerank_by_likelihood(bench.generator, queries, rankings)


def _cross_encoder(bench: Library) -> Rerank:
    from experiments.models.registry import load_cross_encoder
    from experiments.retrieval.search.judges import rerank_by_judge

    judge = load_cross_encoder()
    return lambda queries, rankings: rerank_by_judge(judge, queries, rankings)


SEARCHES = {
    "keyword": _by_words,  # BM25
    "dotted": _by_dotted_words,  # BM25 that keeps version numbers, such as 5.2, as words
    "vector": _by_meaning,  # MiniLM and Chroma
    "fused": None,  # the mean of the scores of FUSED
}
FUSED = ("dotted", "vector")
RERANKERS = {
    "max_sim": _max_sim,  # late interaction over MiniLM's token vectors
    "likelihood": _likelihood,  # how likely the generator finds the question, given the passage
    "cross_encoder": _cross_encoder,  # a model of the hub that was trained to judge; profile gpu
}
