"""Two embedders of MiniLM's width that are not MiniLM: what an index meets after an upgrade.

    greatest(embedder)(["a text"])   the same weights; the greatest value of each number over the
                                     word pieces, where MiniLM takes the mean
    hashed(384)(["a text"])          no weights; word w counts in place sha256(w) mod 384

Both give unit vectors, float32, shape (texts, dimensions), so a store takes them without a word.
"""

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

Embed = Callable[[Sequence[str]], np.ndarray]


def greatest(embedder) -> Embed:
    """Return an embedder with the weights of another and a different way to sum them up."""
    def embed(texts: Sequence[str]) -> np.ndarray:
        return _unit([pieces.max(axis=0) for pieces in embedder.encode_tokens(texts)])

    return embed


def hashed(dimensions: int) -> Embed:
    """Return an embedder that counts words, each in a place that its hash decides."""
    def embed(texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), dimensions))
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % dimensions] += 1
        return _unit(rows)

    return embed


def found(pages: np.ndarray, questions: np.ndarray, wanted: Sequence[int], k: int = 5
          ) -> list[float]:
    """Return 1 for each question whose wanted page is among the k with the largest products."""
    scores = np.round(questions @ pages.T, 6)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return [float(page in row) for page, row in zip(wanted, best, strict=True)]


def _unit(rows) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
