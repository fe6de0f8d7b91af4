"""Which assumption moves a result most? Every number of a scenario, halved and doubled.

    tornado(scenario, lambda one: bill("rag", one).usd_per_month(1e6))[0]
    -> Swing(name="product.context_tokens", low=250.0, high=1000.0, at_low=512.0, at_high=1387.0)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from experiments.costs.scenario import GROUPS, SLOTS, Scenario, limits

Target = Callable[[Scenario], float]


@dataclass(frozen=True)
class Swing:
    """A number, its two values, and the result at each of them."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float


def tornado(scenario: Scenario, target: Target, *, factor: float = 2.0) -> list[Swing]:
    """Divide and multiply every number by `factor`, one at a time, within its range.

    Numbers that are 0, and those that change nothing, are left out; the widest swing comes
    first. A result may be infinite: a break-even that is never reached.
    """
    swings = []
    for group, name, limit in limits():
        value = getattr(getattr(scenario, group), name)
        low, high = (min(max(end, limit["lowest"]), limit["highest"])
                     for end in sorted((value / factor, value * factor)))
        swings.append(Swing(f"{group}.{name}", low, high,
                            *(target(_with(scenario, group, name, end)) for end in (low, high))))
    for slot in SLOTS:
        value = getattr(scenario.rates, slot).usd
        low, high = sorted((value / factor, value * factor))
        swings.append(Swing(f"price.{slot}", low, high,
                            *(target(_with_price(scenario, slot, end)) for end in (low, high))))
    return sorted((one for one in swings if one.at_low != one.at_high),
                  key=lambda one: (-_width(one), one.name))


def _with(scenario: Scenario, group: str, name: str, value: float) -> Scenario:
    changed = GROUPS[group](**{**vars(getattr(scenario, group)), name: value})
    return replace(scenario, **{group: changed})


def _with_price(scenario: Scenario, slot: str, value: float) -> Scenario:
    price = replace(getattr(scenario.rates, slot), usd=value)
    return replace(scenario, rates=replace(scenario.rates, **{slot: price}))


def _width(one: Swing) -> float:
    """How far the two results lie apart: as a ratio where both are above zero."""
    low, high = sorted((one.at_low, one.at_high))
    return high / low if low > 0 else float("inf")
