"""How much of what is served is outdated, from three lengths of time.

    outdated_share(every=30, refresh=30, lag=7)   -> 0.50   one change a month, trained monthly
    refresh_for(every=30, allowed=0.05)           -> 3.1    days between updates for one in twenty

A fact changes every `every` days on average, at random and without memory. A snapshot is taken
every `refresh` days and goes live `lag` days later. What is asked when a snapshot is `age` days
old is outdated with probability 1 - exp(-age / every), and the age runs from lag to lag + refresh.
"""

from bisect import bisect_right
from itertools import accumulate
from math import exp
from random import Random

from experiments.core import BookError

CYCLES = 2_000  # that a simulation lives through


def outdated_share(every: float, refresh: float, lag: float = 0.0) -> float:
    """Return the share of answers, 0 to 1, that are outdated; all three in days."""
    if every <= 0 or refresh <= 0 or lag < 0:
        raise BookError("expected days above 0 between changes and between updates, and a lag of "
                        f"0 or more, got {every}, {refresh} and {lag}")
    return 1 - every / refresh * exp(-lag / every) * (1 - exp(-refresh / every))


def simulated_share(every: float, refresh: float, lag: float = 0.0, *, answers: int = 20_000
                    ) -> float:
    """Return the same share by living through the changes: no formula but that of chance."""
    chance = Random(f"staleness {every} {refresh} {lag}")
    horizon = CYCLES * (every + refresh + lag)
    changes = list(accumulate(chance.expovariate(1 / every)
                              for _ in range(int(1.2 * horizon / every))))
    wrong = 0
    for _ in range(answers):
        asked = chance.uniform(refresh + lag, horizon)
        taken = (asked - lag) // refresh * refresh
        wrong += bisect_right(changes, asked) > bisect_right(changes, taken)
    return wrong / answers


def refresh_for(every: float, allowed: float, lag: float = 0.0) -> float:
    """Return the most days between updates that keep the outdated share at or below `allowed`.

    Raises BookError where the lag alone makes more outdated than that.
    """
    low, high = 0.0, 1_000.0 * every
    if not 0 < allowed < 1 or 1 - exp(-lag / every) >= allowed:
        raise BookError(f"a share of {allowed} cannot be kept with a lag of {lag} days and a "
                        f"change every {every} days: allow more, or shorten the lag")
    for _ in range(100):
        middle = (low + high) / 2
        low, high = ((middle, high) if outdated_share(every, middle, lag) <= allowed
                     else (low, middle))
    return low
