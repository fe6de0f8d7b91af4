"""How sure are we? Intervals, paired differences, tests, and what n can tell apart.

A real instance, before any code:

    estimate([1, 0, 1, 1], groups=["kettle", "kettle", "lamp", "fan"])
    -> Estimate(value=0.75, low=0.33, high=1.0, questions=4, groups=3)

Questions about one product stand or fall together, so the bootstrap draws whole
groups. The statistic stays the mean over questions: a ratio of sums.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import betaincinv

from experiments.core import BookError

RESAMPLES = 10_000
LEVEL = 0.95
RARE = 0.05  # the share of questions up to which the exact bound is taken
_SEED = 20_26
_BLOCK = 4_000_000  # indices drawn at a time: 32 MB, whatever the number of groups


@dataclass(frozen=True)
class Estimate:
    """A mean over questions with its 95 % interval.

    `unscored` questions are left out of the mean and of `questions`. All three
    numbers are None when nothing could be scored.
    """

    value: float | None
    low: float | None
    high: float | None
    questions: int
    groups: int
    unscored: int = 0

    def separated(self) -> bool:
        """Return whether the interval leaves out zero (for a difference)."""
        return self.low is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class SeedSpread:
    """How far the seeds' own means lie apart; `deviation` is None for one seed."""

    low: float
    high: float
    deviation: float | None
    seeds: int


def estimate(values: Sequence[float | None], groups: Sequence[str]) -> Estimate:
    """Mean of the scored values (at least 0) with a cluster-bootstrap interval over `groups`."""
    return _estimate(values, groups, lowest=0.0)


def _estimate(values: Sequence[float | None], groups: Sequence[str], *, lowest: float) -> Estimate:
    if len(values) != len(groups):
        raise BookError(f"expected one group for each of {len(values)} values, got {len(groups)}")
    pairs = [(v, g) for v, g in zip(values, groups, strict=True) if v is not None]
    unscored = len(values) - len(pairs)
    if not pairs:
        return Estimate(None, None, None, 0, 0, unscored)
    scored = np.array([value for value, _ in pairs], dtype=float)
    names, codes = np.unique([group for _, group in pairs], return_inverse=True)
    low, high = _interval(scored, codes, len(names), lowest)
    return Estimate(float(scored.mean()), low, high, len(scored), len(names), unscored)


def difference(a: Mapping[str, float | None], b: Mapping[str, float | None],
               groups: Mapping[str, str]) -> Estimate:
    """Mean of a minus b over the same questions, paired, with its interval.

    All three map a question's id. A question that either arm left unscored is
    counted as unscored.
    """
    ids = _same_ids(a, b)
    gaps = [None if a[i] is None or b[i] is None else a[i] - b[i] for i in ids]
    return _estimate(gaps, [groups[i] for i in ids], lowest=-1.0)


def mcnemar(a: Mapping[str, float | None], b: Mapping[str, float | None]) -> float:
    """Exact two-sided McNemar p-value for two arms scored 0 or 1 on the same questions."""
    pairs = [(a[i], b[i]) for i in _same_ids(a, b) if a[i] is not None and b[i] is not None]
    odd = {value for pair in pairs for value in pair} - {0, 1}
    if odd:
        raise BookError(f"McNemar's test needs scores of 0 or 1, got {min(odd)}; "
                        "use a paired difference for graded metrics")
    only_a = sum(x > y for x, y in pairs)
    only_b = sum(y > x for x, y in pairs)
    discordant = only_a + only_b
    tail = sum(math.comb(discordant, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**discordant)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm-adjusted p-values of one family, in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, floor = [0.0] * len(p_values), 0.0
    for place, index in enumerate(order):
        floor = max(floor, min(1.0, (len(order) - place) * p_values[index]))
        adjusted[index] = floor
    return adjusted


def smallest_detectable(questions: int, discordance: float, *, correlation: float = 0.0,
                        group_size: float = 1.0, power: float = 0.8) -> float:
    """Smallest paired difference in a 0/1 metric found at the 5 % level with `power`.

    `discordance` is the share of questions on which the two arms disagree;
    `correlation` is that of two questions of one group, and groups of `group_size`
    stretch the variance by 1 + (m - 1) rho. Infinite when even a wholly one-sided
    disagreement would go unnoticed.
    """
    if questions < 1 or not 0 < discordance <= 1:
        raise BookError(f"expected at least 1 question and a discordance in (0, 1], got "
                        f"{questions} and {discordance}")
    n = questions / (1 + (group_size - 1) * correlation)
    alpha = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2)
    beta = NormalDist().inv_cdf(power)
    # The root of  d * sqrt(n) = alpha * sqrt(psi) + beta * sqrt(psi - d^2).
    room = n + beta**2 - alpha**2
    if room < 0:
        return math.inf
    gap = math.sqrt(discordance) * (alpha * math.sqrt(n) + beta * math.sqrt(room)) / (n + beta**2)
    return gap if gap <= discordance else math.inf


def average_seeds(runs: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Average each question over the seeds that scored it; None when no seed did."""
    averaged = {}
    for name in runs[0]:
        scored = [run[name] for run in runs if run[name] is not None]
        averaged[name] = math.fsum(scored) / len(scored) if scored else None
    return averaged


def seed_spread(means: Sequence[float]) -> SeedSpread:
    """Describe the means of several seeds by minimum, maximum and standard deviation."""
    deviation = float(np.std(means, ddof=1)) if len(means) > 1 else None
    return SeedSpread(min(means), max(means), deviation, len(means))


def _same_ids(a: Mapping, b: Mapping) -> list[str]:
    """Return the common ids, or say which are missing: pairs need the same questions."""
    odd = sorted(set(a) ^ set(b))
    if odd:
        raise BookError(f"a paired comparison needs the same questions in both arms, but "
                        f"{len(odd)} are in one only, such as {odd[0]}")
    return list(a)


def _interval(values: np.ndarray, codes: np.ndarray, groups: int,
              lowest: float) -> tuple[float, float]:
    """95 % interval of the mean over questions, drawing whole groups, by percentiles.

    Few or no events leave the draws no spread, so no end lies nearer than the exact bound of
    Clopper and Pearson. It counts scores of 0 and 1; a fraction (a mean over seeds, a graded
    score) spreads less and is left to the draws. A paired gap without fractions has that bound
    on its gains and on its losses, so that two arms alike everywhere are not shown equal.
    """
    sums = np.bincount(codes, weights=values, minlength=groups)
    sizes = np.bincount(codes, minlength=groups).astype(float)
    random = np.random.default_rng(_SEED)
    rows = max(1, _BLOCK // groups)
    means = []
    for start in range(0, RESAMPLES, rows):
        drawn = random.integers(groups, size=(min(rows, RESAMPLES - start), groups))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if abs(values).max() <= 1:  # shares, and gaps of shares; not counts of tokens
        exact_low, exact_high = _exact(values, lowest)
        low, high = min(low, max(lowest, exact_low)), max(high, min(1.0, exact_high))
    return float(low), float(high)


def _exact(values: np.ndarray, lowest: float) -> tuple[float, float]:
    """Exact ends where events are rare: of a share, or of a gap's gains and losses."""
    n = len(values)
    most, least = (_most(int((values == end).sum()), n) for end in (1.0, lowest))
    if lowest == 0:
        return 1 - least, most
    if (values % 1).any():
        return 1.0, lowest
    return (values == 1).sum() / n - least, most - (values == -1).sum() / n


def _most(seen: int, n: int) -> float:
    """Return the highest rate that so few events of n allow; beyond RARE it rises no further."""
    events = min(seen, RARE * n)
    return float(betaincinv(events + 1, n - events, (1 + LEVEL) / 2))
