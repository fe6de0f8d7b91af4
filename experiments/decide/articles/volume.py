"""From how many queries a month does a tuned model cost less: an answer, and a right answer.

    crossing(Profile(instruction_tokens=4_000, labour_hours=65))
    -> TunedPays(queries_per_month=..., tuned_above=True)
    right_answers(Profile(), Pair("rag", "tuned rag"), 31.5, 67.5)    # shares in percent
    -> Worth(pays=False, at=TunedPays(queries_per_month=..., tuned_above=True))

The formulas are those of the cost model. What a profile does not say stands in
data/cost_example.yaml: prices, caching, the premium of tuned tokens, the months between runs.
A tuned model is credited with the instructions that it no longer needs. A tuned reader is not: a
search is about as right without worked examples, so their tokens are no gain of its training.
"""

import math
from dataclasses import dataclass, replace
from functools import cache

from experiments.core.paths import DATA
from experiments.costs.bill import Bill, bill
from experiments.costs.config import load_scenario
from experiments.costs.model import break_even
from experiments.costs.scenario import Scenario
from experiments.decide.articles.distinctions import lacks_facts
from experiments.decide.profile import Profile

EXAMPLE = DATA / "cost_example.yaml"


@dataclass(frozen=True)
class TunedPays:
    """The volume at which tuning costs the same, and whether it is the cheaper one above it."""

    queries_per_month: float
    tuned_above: bool

    def above(self, queries_per_month: float) -> bool:
        """Return whether tuning costs less at a volume."""
        return (queries_per_month > self.queries_per_month) == self.tuned_above


@dataclass(frozen=True)
class Pair:
    """Two approaches of the cost model: without training and with it."""

    plain: str
    tuned: str


@dataclass(frozen=True)
class Worth:
    """Whether a right answer of the tuned model costs no more at a volume, and where that turns."""

    pays: bool
    at: TunedPays | None


def crossing(profile: Profile) -> TunedPays | None:
    """Solve for the volume; None when one of the two is the dearer one at every volume.

    Whoever lacks facts retrieves in either case: then tuning is added to retrieval.
    """
    pair = Pair("rag", "tuned rag") if lacks_facts(profile) else Pair("prompt", "tuned")
    return _cross(*_bills(profile.instruction_tokens, profile.labour_hours, pair))


def right_answers(profile: Profile, pair: Pair, plain: float, tuned: float) -> Worth:
    """Compare what a right answer costs, given the percent that are right without and with."""
    if not tuned or not plain:
        return Worth(bool(tuned), None)
    bills = _right_bills(profile.instruction_tokens, profile.labour_hours, pair, plain, tuned)
    untrained, trained = (one.usd_per_month(profile.queries_per_month) for one in bills)
    return Worth(trained <= untrained, _cross(*bills))


def in_every_prompt(profile: Profile) -> bool:
    """Return whether all documents in every prompt cost less than a search, at this volume."""
    base = scenario_of(profile.instruction_tokens, profile.labour_hours)
    scenario = replace(base, product=replace(
        base.product, long_context_tokens=profile.corpus_tokens,
        corpus_tokens=profile.corpus_tokens))
    whole, searched = (bill(name, scenario).usd_per_month(profile.queries_per_month)
                       for name in ("long context", "rag"))
    return whole < searched


def scenario_of(instruction_tokens: int, labour_hours: int, *, searches: bool = False) -> Scenario:
    """Put a profile's numbers into the example's scenario; a search keeps its instructions."""
    base = _example()
    kept = (instruction_tokens if searches
            else min(base.product.tuned_instruction_tokens, instruction_tokens))
    product = replace(base.product, instruction_tokens=instruction_tokens,
                      tuned_instruction_tokens=kept)
    tuning = replace(base.tuning, labelling_hours_per_run=labour_hours,
                     evaluation_hours_per_run=0.0)
    return replace(base, product=product, tuning=tuning)


def about(queries_per_month: float) -> str:
    """Write a volume with two digits: what it rests on is no better known."""
    digits = 1 - math.floor(math.log10(queries_per_month)) if queries_per_month >= 1 else 0
    return f"{round(queries_per_month, digits):,.0f}"


@cache
def _example() -> Scenario:
    return load_scenario(EXAMPLE)


@cache
def _bills(instruction_tokens: int, labour_hours: int, pair: Pair) -> tuple[Bill, Bill]:
    scenario = scenario_of(instruction_tokens, labour_hours, searches=pair.plain == "rag")
    return bill(pair.plain, scenario), bill(pair.tuned, scenario)


@cache
def _right_bills(instruction_tokens: int, labour_hours: int, pair: Pair, plain: float,
                 tuned: float) -> tuple[Bill, Bill]:
    untrained, trained = _bills(instruction_tokens, labour_hours, pair)
    return untrained.per_right(plain / 100), trained.per_right(tuned / 100)


def _cross(plain: Bill, tuned: Bill) -> TunedPays | None:
    found = break_even(plain, tuned)
    if found is None:
        return None
    return TunedPays(found.queries_per_month, found.cheaper_above == tuned.approach)
