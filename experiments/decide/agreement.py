"""How far procedures agree over all profiles of the grid, counted exactly and without a loop.

    joint(shares(outcomes(FiveQuestions())), shares(outcomes(OneDistinction())))
    -> share of profiles by the outcome of the one and of the other
    cohen_kappa([[20, 5], [10, 15]]) -> 0.4

A procedure looks at some questions only, so it is run once for each combination of their
answers. Two procedures are brought together over the questions that both ask: given
those, the rest is independent, because every combination of answers stands once in the grid.
The same holds when the answers of a question have other weights (`Mix`).
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from experiments.core import BookError
from experiments.decide.profile import QUESTIONS, Profile, grid, grid_size
from experiments.decide.verdict import OUTCOMES, TECHNIQUES, Procedure

Mix = Mapping[str, Sequence[float]]  # the weight of each answer of a question; they sum to 1
_SEED = "other mixes of projects"


@dataclass(frozen=True)
class Outcomes:
    """What a procedure says for every combination of answers to the questions it asks.

    `codes` has an axis for each question of `asks` and holds places in OUTCOMES; `reached`
    maps each leaf that ever gives an answer to the first profile that it is given to.
    """

    name: str
    article: str
    asks: tuple[str, ...]
    codes: np.ndarray
    reached: Mapping[str, Profile]
    unreached: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Count the combinations of answers by outcome."""
        found = np.bincount(self.codes.ravel(), minlength=len(OUTCOMES))
        return {name: int(count) for name, count in zip(OUTCOMES, found, strict=True)}

    def share(self, *names: str) -> float:
        """Return the share of all profiles that get one of the outcomes."""
        counts = self.counts()
        return sum(counts[name] for name in names) / self.codes.size


@dataclass(frozen=True)
class Shares:
    """The share of each outcome (last axis) for each combination of answers to `asks`."""

    name: str
    asks: tuple[str, ...]
    array: np.ndarray

    def over(self, names: Sequence[str]) -> np.ndarray:
        """Return the shares with an axis for each of `names`, of length 1 where not asked."""
        order = [self.asks.index(name) for name in names if name in self.asks]
        shape = [len(QUESTIONS[name]["answers"]) if name in self.asks else 1 for name in names]
        return self.array.transpose(*order, len(order)).reshape(*shape, len(OUTCOMES))


def outcomes(procedure: Procedure) -> Outcomes:
    """Run a procedure over all combinations of answers to its questions."""
    shape = [len(QUESTIONS[name]["answers"]) for name in procedure.asks]
    codes = np.empty(grid_size(procedure.asks), dtype=np.int8)
    reached: dict[str, Profile] = {}
    for place, profile in enumerate(grid(procedure.asks)):
        verdict = procedure.verdict(profile)
        codes[place] = OUTCOMES.index(verdict.recommendation)
        # A row that only ever meets another one in a conflict is no answer of anybody's.
        if not verdict.candidates:
            for leaf in verdict.leaves:
                reached.setdefault(leaf, profile)
    names = [leaf.name for leaf in procedure.leaves()]
    return Outcomes(procedure.name, procedure.article, procedure.asks, codes.reshape(shape),
                    {name: reached[name] for name in names if name in reached},
                    tuple(name for name in names if name not in reached))


def shares(one: Outcomes, kept: Collection[str] | None = None, mix: Mix | None = None) -> Shares:
    """Return the share of each outcome by the answers to the `kept` questions (default: all)."""
    whole = Shares(one.name, one.asks, np.eye(len(OUTCOMES))[one.codes])
    return whole if kept is None else _keep(whole, kept, mix)


def panel_shares(panel: Sequence[Outcomes], mix: Mix | None = None) -> list[Shares]:
    """Keep the questions that at least two of the panel ask: the others bring no two together."""
    asked = [name for one in panel for name in one.asks]
    common = {name for name in asked if asked.count(name) > 1}
    return [shares(one, common, mix) for one in panel]


def joint(a: Shares, b: Shares, mix: Mix | None = None) -> np.ndarray:
    """Return the share of profiles by outcome of a (rows) and of b (columns), in all 1."""
    common = [name for name in a.asks if name in b.asks]
    first, second = (_keep(one, common, mix).over(common).reshape(-1, len(OUTCOMES))
                     for one in (a, b))
    return (first * weights(common, mix).reshape(-1, 1)).T @ second


def _keep(one: Shares, kept: Collection[str], mix: Mix | None) -> Shares:
    array, asks = one.array, list(one.asks)
    for name in one.asks:
        if name not in kept:
            array = np.tensordot(_weight(name, mix), array, axes=(0, asks.index(name)))
            asks.remove(name)
    return Shares(one.name, tuple(asks), array)


def _weight(name: str, mix: Mix | None) -> np.ndarray:
    answers = len(QUESTIONS[name]["answers"])
    return np.asarray(mix[name], dtype=float) if mix else np.full(answers, 1 / answers)


def weights(names: Sequence[str], mix: Mix | None = None) -> np.ndarray:
    """Return the share of profiles for each combination of answers to `names`."""
    found = np.ones(())
    for name in names:
        found = np.multiply.outer(found, _weight(name, mix))
    return found


def cohen_kappa(table: Sequence[Sequence[float]] | np.ndarray) -> float | None:
    """Agreement of two judges beyond chance, from counts or shares of pairs of outcomes.

    1 is full agreement, 0 is what chance gives. None when nothing was counted, or when both
    judges always say the same one thing, so that chance alone explains everything.
    """
    pairs = np.asarray(table, dtype=float)
    if not pairs.sum():
        return None
    pairs = pairs / pairs.sum()
    observed, expected = np.trace(pairs), pairs.sum(axis=1) @ pairs.sum(axis=0)
    # Shares of a grid are no exact binary numbers: what is left of 1 may be rounding.
    return float((observed - expected) / (1 - expected)) if 1 - expected > 1e-12 else None


def kappas(panel: Sequence[Outcomes],
           mix: Mix | None = None) -> dict[tuple[str, str], float | None]:
    """Return Cohen's kappa of every pair of a panel, by the two names in the panel's order."""
    reduced = panel_shares(panel, mix)
    return {(a.name, b.name): cohen_kappa(joint(a, b, mix)) for a, b in combinations(reduced, 2)}


def fleiss_kappa(panel: Sequence[Outcomes], mix: Mix | None = None) -> float | None:
    """Agreement of several judges beyond chance, over every profile of the grid.

    The mean share of agreeing pairs against the sum of squared shares of outcomes.
    """
    if len(panel) < 2:
        raise BookError(f"agreement needs two judges at least, got {len(panel)}")
    reduced = panel_shares(panel, mix)
    observed = np.mean([np.trace(joint(a, b, mix)) for a, b in combinations(reduced, 2)])
    mean = np.mean([shares(one, (), mix).array for one in panel], axis=0)
    expected = float(mean @ mean)
    return float((observed - expected) / (1 - expected)) if 1 - expected > 1e-12 else None


def decided(table: np.ndarray) -> np.ndarray:
    """Keep the profiles for which both judges name a technique."""
    return table[:len(TECHNIQUES), :len(TECHNIQUES)]


def share_without_contradiction(panel: Sequence[Outcomes], mix: Mix | None = None) -> float:
    """Share of profiles on which all that name a technique name the same one.

    A profile for which nobody names one counts too.
    """
    reduced = panel_shares(panel, mix)
    common = list(dict.fromkeys(name for one in reduced for name in one.asks))
    arrays = [one.over(common) for one in reduced]
    silent = [array[..., len(TECHNIQUES):].sum(axis=-1) for array in arrays]
    nobody = _times(silent)
    found = nobody
    for place in range(len(TECHNIQUES)):
        agreed = _times([array[..., place] + quiet
                         for array, quiet in zip(arrays, silent, strict=True)])
        found = found + agreed - nobody
    return float((found * weights(common, mix)).sum())


def _times(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Multiply arrays whose axes may have length 1."""
    found = np.ones(())
    for one in arrays:
        found = found * one
    return found


def random_mixes(count: int) -> list[Mix]:
    """Draw weights for the answers of every question, evenly among all weights there are."""
    drawn = random.Random(_SEED)
    mixes: list[Mix] = []
    for _ in range(count):
        mix: dict[str, list[float]] = {}
        for name, asked in QUESTIONS.items():
            parts = [drawn.expovariate(1.0) for _ in asked["answers"]]
            mix[name] = [part / sum(parts) for part in parts]
        mixes.append(mix)
    return mixes
