"""How good is a ranking? Hit at k, reciprocal rank and nDCG, each for one question.

    found = ["kettle", "lamp", "radio"]           # documents, best first, each once
    hit_at(found, ["radio"], 2)     -> 0.0        # not among the first two
    reciprocal_rank(found, ["radio"]) -> 1/3
    ndcg_at(found, ["radio"], 10)   -> 0.5        # 1 / log2(1 + 3)

All three lie between 0 and 1. A question with several gold documents is hit when all of
them are found: with one of two, it cannot be answered.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import BookError, Example, Hit
from experiments.evidence.stats.statistics import Estimate, difference, estimate

MEASURES = ("hit@1", "hit@5", "MRR", "nDCG@10")


def documents_in(hits: Sequence[Hit]) -> list[str]:
    """List the documents of hits, each at its best place."""
    return list(dict.fromkeys(hit.chunk.doc_id for hit in hits))


def hit_at(found: Sequence[str], gold: Sequence[str], k: int) -> float:
    """Return whether all gold documents are among the first k found: 1.0 or 0.0."""
    return float(set(gold) <= set(found[:k]))


def reciprocal_rank(found: Sequence[str], gold: Sequence[str]) -> float:
    """Return 1 / rank of the first gold document, 0 when none is found."""
    places = [found.index(name) + 1 for name in gold if name in found]
    return 1 / min(places) if places else 0.0


def ndcg_at(found: Sequence[str], gold: Sequence[str], k: int) -> float:
    """Gain of the gold documents among the first k, discounted by rank, as a share of the best."""
    gain = sum(1 / math.log2(1 + rank) for rank, name in enumerate(found[:k], start=1)
               if name in gold)
    return gain / sum(1 / math.log2(1 + rank) for rank in range(1, min(len(gold), k) + 1))


def measure(name: str, found: Sequence[str], gold: Sequence[str]) -> float:
    """Compute "hit@K", "nDCG@K" or "MRR"."""
    kind, _, depth = name.partition("@")
    if name == "MRR":
        return reciprocal_rank(found, gold)
    if kind in ("hit", "nDCG") and depth.isdigit() and int(depth) > 0:
        return (hit_at if kind == "hit" else ndcg_at)(found, gold, int(depth))
    raise BookError(f"expected a measure such as {', '.join(MEASURES)}, got {name!r}")


@dataclass(frozen=True)
class Rankings:
    """What one search found for some answerable questions: question id -> documents."""

    examples: tuple[Example, ...]
    found: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, examples: Sequence[Example], ranked: Sequence[Sequence[Hit]]) -> "Rankings":
        """Pair questions with their hits. Every question needs gold documents."""
        without = [example.id for example in examples if not example.evidence]
        if without:
            raise BookError(f"question {without[0]} names no document to be found: rank "
                            "answerable questions only")
        return cls(tuple(examples), {
            example.id: tuple(documents_in(hits))
            for example, hits in zip(examples, ranked, strict=True)})

    def values(self, name: str) -> dict[str, float]:
        """Map each question's id to its measure."""
        return {e.id: measure(name, self.found[e.id], e.evidence) for e in self.examples}

    def estimate(self, name: str) -> Estimate:
        """Mean of a measure with its 95 % interval, questions of one group drawn together."""
        return estimate(list(self.values(name).values()), [e.group for e in self.examples])

    def minus(self, other: "Rankings", name: str) -> Estimate:
        """Paired difference to another search over the same questions, with its interval."""
        return difference(self.values(name), other.values(name),
                          {e.id: e.group for e in self.examples})

    def only(self, keep: Sequence[str]) -> "Rankings":
        """Keep some of the questions, by id."""
        kept = tuple(e for e in self.examples if e.id in set(keep))
        return Rankings(kept, self.found)
