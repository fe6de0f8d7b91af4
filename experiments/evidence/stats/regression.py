"""A gate: did a change lose what a model could do, beyond what chance explains?

    one = regression({"q1": 1, "q2": 1, "q3": 0}, {"q1": 0, "q2": 1, "q3": 0})
    -> Regression(questions=3, lost=1, won=0, p_value=0.5)        one.fails() is False

The same questions are asked before and after. A change that loses nothing still turns some answers
round, as often to the good as to the bad. So the gate looks at the answers that turned, and asks
how likely so many of them would be losses if each were the toss of a coin. It stops a
loss; it never asks for a gain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import comb, exp, lgamma, log, log1p

from experiments.core import BookError

LEVEL = 0.05  # of sound changes that the gate may stop, at most
POWER = 0.8
_STEP = 0.001  # of a drop, where the smallest that is caught is looked for


@dataclass(frozen=True)
class Regression:
    """Questions right before and wrong after (`lost`), and the other way round (`won`).

    `p_value` is one-sided: how likely at least so many losses were if nothing had been lost.
    """

    questions: int
    lost: int
    won: int
    p_value: float

    def fails(self, level: float = LEVEL) -> bool:
        """Return whether the gate stops this change."""
        return self.p_value < level

    @property
    def drop(self) -> float:
        """Return the net loss as a share of all questions; below 0 it is a gain."""
        return (self.lost - self.won) / self.questions


def regression(before: Mapping[str, float | None], after: Mapping[str, float | None]
               ) -> Regression:
    """Compare the 0/1 scores of the same questions; raises BookError where they differ."""
    if set(before) != set(after) or not before:
        raise BookError(f"a gate compares the same questions before and after, got {len(before)} "
                        f"and {len(after)}, of which {len(set(before) & set(after))} are in both")
    odd = {*before.values(), *after.values()} - {0, 1}
    if odd:
        raise BookError(f"a gate counts scores of 0 or 1, got {odd.pop()}: choose such a metric, "
                        "one seed, and questions that it can score")
    lost = sum(before[name] > after[name] for name in before)
    won = sum(before[name] < after[name] for name in before)
    return Regression(len(before), lost, won, one_sided(lost + won, lost))


def one_sided(turned: int, lost: int) -> float:
    """Return the chance of at least `lost` heads in `turned` tosses of a coin."""
    return sum(comb(turned, k) for k in range(lost, turned + 1)) / 2**turned


def power(questions: int, lost: float, won: float, level: float = LEVEL) -> float:
    """Return the chance that the gate stops a change that loses and wins such shares."""
    turned = lost + won
    if questions < 1 or not 0 <= lost <= turned <= 1:
        raise BookError(f"expected questions, and shares lost and won of at most 1 together, got "
                        f"{questions}, {lost} and {won}")
    stopped = 0.0
    for count in range(1, questions + 1 if turned else 1):
        limit = _fewest(count, level)
        if limit <= count:
            stopped += _binomial(questions, count, turned) * sum(
                _binomial(count, k, lost / turned) for k in range(limit, count + 1))
    return stopped


def smallest_caught(questions: int, won: float, level: float = LEVEL, wanted: float = POWER
                    ) -> float:
    """Return the smallest net drop, as a share, that the gate stops with the power `wanted`.

    `won` is the share of answers that turn to the good. Raises BookError when not even the loss
    of all others would be stopped so often.
    """
    low, high = 0, int((1 - 2 * won) / _STEP)
    if power(questions, won + high * _STEP, won, level) < wanted:
        raise BookError(f"{questions} questions are too few: no loss is stopped {wanted:.0%} of "
                        "the time. Ask more")
    while low < high:  # the larger the drop, the more often it is stopped
        middle = (low + high) // 2
        if power(questions, won + middle * _STEP, won, level) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low * _STEP


@cache
def _fewest(turned: int, level: float) -> int:
    """Return the fewest losses among `turned` answers that the gate stops; more than all: never."""
    lost, heads = turned + 1, 0
    while (heads := heads + comb(turned, lost - 1)) / 2**turned < level:
        lost -= 1
    return lost


def _binomial(count: int, hits: int, share: float) -> float:
    """Return the chance of so many hits in `count` draws."""
    if share in (0, 1):
        return float(hits == count * share)
    ways = lgamma(count + 1) - lgamma(hits + 1) - lgamma(count - hits + 1)
    return exp(ways + hits * log(share) + (count - hits) * log1p(-share))
