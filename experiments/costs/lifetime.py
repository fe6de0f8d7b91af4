"""Two years of a product, month by month: retraining, new base models, new embedders.

    simulate("tuned", scenario, Life(months=24, months_between_upgrades=6))[0]
    -> Month(number=0, runs=1, usd={"queries": 121.0, "running": 400.0, "training": 75.0,
                                    "labour of training": 4500.0, "set-up": 4000.0})

A base model is replaced by its successor every so many months. Prompts and RAG follow: they
pay some hours of checking and get the successor's price. A tuned model follows by training
anew, or stays and keeps the old price.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.costs.bill import RETRIEVING, TUNED, Bill, bill
from experiments.costs.prices import usd
from experiments.costs.scenario import Checked, Scenario, number

KINDS = ("queries", "running", "training", "labour of training", "upgrades", "set-up")


@dataclass(frozen=True)
class Life(Checked):
    """What happens to a product in its first years.

    Every upgrade of the base model lowers the price of a token by `price_fall_share` and
    takes `checking_hours`; a new embedder means embedding and writing everything again.
    """

    months: float = number("months", default=24.0, lowest=1.0, highest=600.0)
    months_between_upgrades: float = number("months", default=6.0, lowest=1.0)
    price_fall_share: float = number("share of the price", default=0.2, highest=1.0)
    checking_hours: float = number("labour hours an upgrade", default=8.0)
    months_between_embedders: float = number("months", default=12.0, lowest=1.0)
    growth_per_month: float = number("share of the queries", default=0.0, highest=10.0)
    tuned_model_follows: bool = True


@dataclass(frozen=True)
class Month:
    """One month: its number from 0, training runs, and dollars by kind."""

    number: int
    runs: int
    usd: dict[str, float]

    @property
    def total(self) -> float:
        """Dollars of the month."""
        return sum(self.usd.values())


def simulate(approach: str, scenario: Scenario, life: Life) -> list[Month]:
    """Live through the months; runs and set-up are paid when they happen, not spread."""
    # `place` counts months from 0, `base` the upgrades that the model in use has seen.
    months, next_run, base = [], 0.0, 0
    for place in range(int(life.months)):
        released = _happens(place, life.months_between_upgrades)
        follows = approach not in TUNED or life.tuned_model_follows
        if released and follows:
            base += 1
            next_run = min(next_run, place)  # an adapter fits no other base than its own
        runs, next_run = _runs(approach, scenario, place, next_run)
        now = bill(approach, _at_price(scenario, (1 - life.price_fall_share) ** base))
        queries = scenario.product.queries_per_month * (1 + life.growth_per_month) ** place
        months.append(Month(place, runs, _usd(now, queries, runs, place) | {
            "upgrades": _upgrade_usd(approach, scenario, life, place, released and follows)}))
    return months


def cumulative(months: Sequence[Month]) -> list[float]:
    """Dollars spent by the end of each month."""
    totals, spent = [], 0.0
    for month in months:
        spent += month.total
        totals.append(spent)
    return totals


def shares(months: Sequence[Month]) -> dict[str, float]:
    """Share of each kind in all dollars spent; zeros when nothing was spent."""
    total = sum(month.total for month in months)
    return {kind: sum(month.usd[kind] for month in months) / total if total else 0.0
            for kind in KINDS}


def _happens(place: int, interval: float) -> bool:
    """Return whether a multiple of the interval, other than 0, fell due since the last month."""
    return math.floor(place / interval) > math.floor((place - 1) / interval) and place > 0


def _runs(approach: str, scenario: Scenario, place: int,
          next_run: float) -> tuple[int, float]:
    """Count the runs due in a month, and say when the next one is."""
    if approach not in TUNED:
        return 0, next_run
    interval = scenario.tuning.months_between_runs
    # The tiny amount keeps 49 times 1/49 from slipping over the end of a month.
    due = max(0, math.ceil((place + 1 - next_run) / interval - 1e-9))
    return due, next_run + due * interval


def _at_price(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with the model's tokens at a factor of their price."""
    rates = scenario.rates
    fallen = {slot: replace(getattr(rates, slot), usd=getattr(rates, slot).usd * factor)
              for slot in ("input", "cached_input", "output")}
    return replace(scenario, rates=replace(rates, **fallen))


def _usd(now: Bill, queries: float, runs: int, place: int) -> dict[str, float]:
    labour = sum(item.usd for item in now.items if item.per == "run" and item.labour)
    return {"queries": queries * now.usd("query"), "running": now.usd("month"),
            "training": runs * (now.usd("run") - labour), "labour of training": runs * labour,
            "set-up": now.usd("once") if place == 0 else 0.0}


def _upgrade_usd(approach: str, scenario: Scenario, life: Life, place: int,
                 upgraded: bool) -> float:
    """Checking after a new base model, and a new index after a new embedder."""
    spent = usd(life.checking_hours, scenario.rates.labour) if upgraded else 0.0
    if approach in RETRIEVING and _happens(place, life.months_between_embedders):
        spent += sum(item.usd for item in bill("rag", scenario).items
                     if item.per == "once" and not item.labour)
    return spent
