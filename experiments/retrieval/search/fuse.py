"""Make one ranking out of several: by ranks, or by averages of normalised scores.

    words = [Hit(kettle, score=9.1, rank=1), Hit(lamp, score=4.0, rank=2)]
    meaning = [Hit(lamp, score=0.71, rank=1), Hit(radio, score=0.64, rank=2)]
    fuse_ranks([words, meaning])
    -> [Hit(lamp, 0.032522, 1), Hit(kettle, 0.016393, 2), Hit(radio, 0.016129, 3)]

LlamaIndex's QueryFusionRetriever does the same to retrievers. This does it to rankings that
are there already, so that one search serves every setting; the tests compare the two.
"""

from collections.abc import Sequence

from experiments.core import BookError, Hit
from experiments.retrieval.search import ranking

CONSTANT = 60  # of the paper that proposed it; LlamaIndex counts ranks from 0, which is 59 here
DIGITS = 9  # what differs by less is floating-point noise

Ranking = Sequence[Hit]


def fuse_ranks(rankings: Sequence[Ranking], *, constant: float = CONSTANT) -> list[Hit]:
    """Add 1 / (constant + rank) over the rankings of one query; best first, ties by chunk id."""
    return _sum([[(hit, 1 / (constant + hit.rank)) for hit in ranking] for ranking in rankings])


def fuse_scores(rankings: Sequence[Ranking], weights: Sequence[float]) -> list[Hit]:
    """Average the scores of one query's rankings, each stretched to 0..1; ties by chunk id.

    The best of a ranking counts 1 and its last 0, times its weight; what a ranking does
    not hold counts 0 there. Weights are taken as shares of their sum.
    """
    if len(weights) != len(rankings) or min(weights) < 0 or not sum(weights):
        raise BookError(f"expected {len(rankings)} weights of 0 or more, not all 0, "
                        f"got {list(weights)}")
    parts = []
    for hits, weight in zip(rankings, weights, strict=True):
        share = weight / sum(weights)
        parts.append([(hit, share * value)
                      for hit, value in zip(hits, _stretched(hits), strict=True)])
    return _sum(parts)


def _stretched(ranking: Ranking) -> list[float]:
    """Map a ranking's scores to 0..1; where all are equal they count 1, and 0 if all are 0."""
    scores = [hit.score for hit in ranking]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    if low == high:
        return [1.0 if high > 0 else 0.0] * len(scores)
    return [(score - low) / (high - low) for score in scores]


def _sum(parts: Sequence[Sequence[tuple[Hit, float]]]) -> list[Hit]:
    """Add up what each chunk got, and rank anew."""
    chunks, total = {}, {}
    for part in parts:
        for hit, value in part:
            chunks[hit.chunk.id] = hit.chunk
            total[hit.chunk.id] = total.get(hit.chunk.id, 0.0) + value
    return ranking.hits(ranking.order(total.items(), DIGITS), chunks)
