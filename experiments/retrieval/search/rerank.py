"""Order a few found passages anew by late interaction: every word of the query finds its match.

    matcher = MaxSim(embedder)
    matcher.read(chunks)
    matcher.rerank("the default of SESSION_COOKIE_AGE", hits, depth=10)

One vector for a passage blurs what stands in it. Here a passage keeps a vector for each word
piece, and its score is the mean, over the pieces of the query, of the best cosine with any
piece of the passage. The model is the embedder's, which was not trained for this.
"""

from collections.abc import Sequence

import numpy as np

from experiments.core import BookError, Chunk, Hit
from experiments.retrieval.search import ranking


class MaxSim:
    """Scores passages by MaxSim; token vectors are kept as 16-bit floats."""

    def __init__(self, embedder):
        """Use anything that has `.encode_tokens(texts)`, which gives rows of unit length."""
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}

    @property
    def size(self) -> int:
        """Count the passages read."""
        return len(self._vectors)

    @property
    def bytes(self) -> int:
        """Count the bytes of all vectors kept."""
        return sum(rows.nbytes for rows in self._vectors.values())

    def read(self, chunks: Sequence[Chunk]) -> None:
        """Embed the word pieces of chunks that are not known yet."""
        new = {chunk.id: chunk.text for chunk in chunks if chunk.id not in self._vectors}
        made = self._embedder.encode_tokens(list(new.values()))
        self._vectors |= {name: rows.astype(np.float16)
                          for name, rows in zip(new, made, strict=True)}

    def encode(self, queries: Sequence[str]) -> list[np.ndarray]:
        """Embed the word pieces of queries."""
        return self._embedder.encode_tokens(list(queries))

    def rerank(self, query: np.ndarray, hits: Sequence[Hit], *, depth: int) -> list[Hit]:
        """Return the first `depth` hits in their new order; `query` is one row of `encode`."""
        shown = {hit.chunk.id: hit.chunk for hit in hits[:depth]}
        found = ranking.order((name, self._score(query, name)) for name in shown)
        return ranking.hits(found, shown)

    def _score(self, query: np.ndarray, name: str) -> float:
        """Mean over the query's pieces of the best cosine with a piece of the passage."""
        if name not in self._vectors:
            raise BookError(f"passage {name} was never read: call read(chunks) before rerank")
        cosines = query @ self._vectors[name].astype(np.float32).T
        return float(cosines.max(axis=1).mean())
