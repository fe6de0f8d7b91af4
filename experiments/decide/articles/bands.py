"""The two procedures of s4: volume bands, and a matrix of scenario, volume and update rate.

    VolumeBands().verdict(Profile(queries_per_month=70_000_000))
    -> Verdict("conflict", candidates=("tune", "both"), ...)

The bands stand in data/claims.yaml with their numbers. Of the matrix it keeps one row
(structured output), that there are five, and how many of its 96 profiles match none (28) or
several (19). The other rows here are put together from what s4 claims about the same
scenarios, so our counts are ours: thousands of sets of rows would give 28 and 19.
"""

from dataclasses import dataclass

from experiments.decide.profile import Profile
from experiments.decide.verdict import (
    BOTH,
    CONFLICT,
    RAG,
    TUNE,
    UNDECIDED,
    Leaf,
    Reason,
    Row,
    Verdict,
    match,
)

MILLION = 1_000_000
EVALUATE, HIGH, HIGHEST = 10 * MILLION, 50 * MILLION, 100 * MILLION
FAST_MS = 100
_BANDS = "cost-s4-volume-bands"

_LOW = Leaf("below 10 million", RAG, "Below 10 million queries a month retrieval is cheaper.",
            _BANDS)
_MIDDLE = Leaf("10 to 50 million", UNDECIDED, "Between 10 and 50 million: evaluate.", _BANDS)
_UPPER = (Leaf("from 50 million: tune", TUNE, "From 50 million: tuning, or a hybrid.", _BANDS),
          Leaf("from 50 million: hybrid", BOTH, "From 50 million: tuning, or a hybrid.", _BANDS))


@dataclass(frozen=True)
class VolumeBands:
    """Guidance by queries a month. The bands of 50 and of 100 million say the same."""

    name = "Actian bands"
    article = "s4"
    asks = ("queries_per_month",)

    def leaves(self) -> tuple[Leaf, ...]:
        """List the bands."""
        return (_LOW, _MIDDLE, *_UPPER)

    def verdict(self, profile: Profile) -> Verdict:
        """Find the band; the upper ones name two techniques."""
        queries = profile.queries_per_month
        path = (f"{queries:,} queries a month",)
        held = (_LOW,) if queries < EVALUATE else (_MIDDLE,) if queries < HIGH else _UPPER
        reasons = (Reason(held[0].says, held[0].claim),)
        names = tuple(leaf.name for leaf in held)
        if len(held) == 1:
            return Verdict(held[0].recommendation, names, reasons, path)
        return Verdict(CONFLICT, names, reasons, path,
                       tuple(leaf.recommendation for leaf in held))


_ROWS = (
    Row(Leaf("structured output", TUNE, "Structured output goes to tuning at any volume and any "
             "update rate.", "acc-s4-code-gen-ft"),
        lambda p: p.strict_format),
    Row(Leaf("moving facts, moderate traffic", RAG, "At moderate traffic retrieval costs less "
             "than training, and weekly change makes training dear.", "cost-s4-moderate-rag"),
        lambda p: EVALUATE <= p.queries_per_month < HIGH and p.changes in ("daily", "weekly")),
    Row(Leaf("still facts, highest traffic", TUNE, "Above 100 million queries on facts that stand "
             "still, tuning is ahead.", "cost-s4-100m-ft"),
        lambda p: p.queries_per_month > HIGHEST and p.changes in ("quarterly", "yearly")),
    Row(Leaf("deep reasoning", BOTH, "A specialist's reasoning at high traffic: train it, and "
             "retrieve the facts.", "acc-hybrid-highest"),
        lambda p: p.deep_reasoning and p.queries_per_month >= HIGH),
    Row(Leaf("hard latency", TUNE, "Answers within 100 ms leave no time for retrieval.",
             "lat-sub-100ms"),
        lambda p: p.latency_ms < FAST_MS and p.queries_per_month >= EVALUATE),
)


@dataclass(frozen=True)
class Matrix:
    """The five-row matrix, as far as the ledger lets it be put together."""

    name = "Actian matrix"
    article = "s4"
    asks = ("strict_format", "queries_per_month", "changes", "deep_reasoning", "latency_ms")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the rows."""
        return tuple(row.leaf for row in _ROWS)

    def verdict(self, profile: Profile) -> Verdict:
        """Match the rows."""
        return match(_ROWS, profile)
