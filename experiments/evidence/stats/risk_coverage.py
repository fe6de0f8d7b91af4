"""Answer the surest first: how many are wrong among the answered, for every share answered.

A real instance, before any code:

    sure   [-0.3, -1.2, -0.5, -2.0]      mean log-probability of four answers, nats
    right  [True, False, False, True]
    risks(sure, right)          -> 0, 1/2, 2/3, 1/2       after 1, 2, 3, 4 answers
    risk_area of them           -> (0 + 1/2 + 2/3 + 1/2) / 4 = 0.42

`sure` is any signal that is higher where an answer is surer. An answer is given when its
signal is at or above a threshold. An answer to an unanswerable question is never right.
"""

from collections.abc import Callable, Sequence

import numpy as np

from experiments.core import BookError
from experiments.evidence.stats.statistics import LEVEL, Estimate

RESAMPLES = 2_000
_SEED = 20_26

Signal = Sequence[float]


def risks(sure: Signal, right: Sequence[bool]) -> np.ndarray:
    """Share of wrong answers after 1, 2, ... n answers, the surest first.

    Answers that are equally sure come in any order: each counts the mean of all of them.
    """
    return _risks(*_checked(sure, right))


def risk_area(sure: Signal, right: Sequence[bool], groups: Sequence[str]) -> Estimate:
    """Mean of `risks`, the area under the curve, with its 95 % interval, drawing whole groups.

    A signal that says nothing has the share of wrong answers; the smaller the better.
    """
    sure, right = _checked(sure, right)
    return _bootstrap(lambda kept: [_risks(sure[kept], right[kept]).mean()], groups)[0]


def risk_area_gap(sure: Signal, other: Signal, right: Sequence[bool],
                  groups: Sequence[str]) -> Estimate:
    """Area of one signal minus that of another, on the same draws; below 0 the first is better."""
    (sure, right), (other, _) = _checked(sure, right), _checked(other, right)

    def gap(kept: np.ndarray) -> list[float]:
        return [_risks(sure[kept], right[kept]).mean() - _risks(other[kept], right[kept]).mean()]

    return _bootstrap(gap, groups)[0]


def risk_at(shares: Sequence[float], sure: Signal, right: Sequence[bool],
            groups: Sequence[str]) -> list[Estimate]:
    """Share of wrong answers among the surest share (0 to 1) of all, for each of `shares`."""
    sure, right = _checked(sure, right)

    def at(kept: np.ndarray) -> np.ndarray:
        found = _risks(sure[kept], right[kept])
        return found[[max(1, round(share * len(found))) - 1 for share in shares]]

    return _bootstrap(at, groups)


def threshold_within(sure: Signal, answerable: Sequence[bool], most: float) -> float:
    """Return the highest threshold that withholds at most a share of the answerable questions."""
    mine = np.sort([s for s, is_answerable in zip(sure, answerable, strict=True)
                    if is_answerable])
    if not len(mine):
        raise BookError("a budget of false refusals needs an answerable question at least")
    return float(mine[min(int(most * len(mine) + 1e-9), len(mine) - 1)])


def threshold_gaining(sure: Signal, right: Sequence[bool], *, price: float = 1.0) -> float:
    """Return the threshold with the most right answers less `price` times the wrong ones.

    Infinite where no threshold gains more than to answer nothing; of equals the lowest.
    """
    sure, right = _checked(sure, right)
    gains = {float(t): float(np.where(right, 1.0, -price)[sure >= t].sum())
             for t in sorted(set(sure.tolist()))}
    best = max(gains, key=gains.get)
    return best if gains[best] > 0 else float("inf")


def _checked(sure: Signal, right: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    sure, right = np.asarray(sure, dtype=float), np.asarray(right, dtype=bool)
    if len(sure) != len(right) or not len(sure) or np.isnan(sure).any():
        raise BookError(f"expected a number for each answer, got {len(sure)} for {len(right)} "
                        f"answers, {int(np.isnan(sure).sum())} of them not a number")
    return sure, right


def _risks(sure: np.ndarray, right: np.ndarray) -> np.ndarray:
    order = np.argsort(-sure, kind="stable")
    sure, wrong = sure[order], 1.0 - right[order]
    starts = np.flatnonzero(np.r_[True, sure[1:] != sure[:-1]])
    sizes = np.diff(np.r_[starts, len(sure)])
    evened = np.repeat(np.add.reduceat(wrong, starts) / sizes, sizes)
    return np.cumsum(evened) / np.arange(1, len(sure) + 1)


def _bootstrap(statistics: Callable[[np.ndarray], Sequence[float]],
               groups: Sequence[str]) -> list[Estimate]:
    """Return statistics of the places 0..n-1, and their percentiles over draws of whole groups."""
    names, codes = np.unique(list(groups), return_inverse=True)
    members = [np.flatnonzero(codes == code) for code in range(len(names))]
    random = np.random.default_rng(_SEED)
    drawn = [statistics(np.concatenate([members[code] for code in random.integers(
        len(names), size=len(names))])) for _ in range(RESAMPLES)]
    lows, highs = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return [Estimate(float(value), float(low), float(high), len(codes), len(names))
            for value, low, high in zip(statistics(np.arange(len(codes))), lows, highs,
                                        strict=True)]
