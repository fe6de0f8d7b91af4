"""From how many queries a month would a tuned model cost less than a prompt with instructions?

    crossing(Profile(instruction_tokens=4_000, labour_hours=65))
    -> TunedPays(queries_per_month=..., tuned_above=True)

The formulas are those of the cost model. What a profile does not say stands in
data/cost_example.yaml: prices, caching, the premium of tuned tokens, the months between runs. The
price of a tuned answer is one thing, whether it is as good another: that is a rule of its own.
"""

from dataclasses import dataclass, replace
from functools import cache

from experiments.core.paths import DATA
from experiments.costs.bill import bill
from experiments.costs.config import load_scenario
from experiments.costs.model import break_even
from experiments.costs.scenario import Scenario
from experiments.decide.distinctions import lacks_facts
from experiments.decide.profile import Profile

EXAMPLE = DATA / "cost_example.yaml"


@dataclass(frozen=True)
class TunedPays:
    """The volume at which tuning costs the same, and whether it is the cheaper one above it."""

    queries_per_month: float
    tuned_above: bool

    def above(self, queries_per_month: float) -> bool:
        """Say whether tuning costs less at a volume."""
        return (queries_per_month > self.queries_per_month) == self.tuned_above


def crossing(profile: Profile) -> TunedPays | None:
    """Solve for the volume; None when one of the two is the dearer one at every volume.

    Whoever lacks facts retrieves in either case: then tuning is added to retrieval.
    """
    return _crossing(profile.instruction_tokens, profile.labour_hours, lacks_facts(profile))


def scenario_of(instruction_tokens: int, labour_hours: int) -> Scenario:
    """Put a profile's numbers into the example's scenario."""
    base = _example()
    kept = min(base.product.tuned_instruction_tokens, instruction_tokens)
    product = replace(base.product, instruction_tokens=instruction_tokens,
                      tuned_instruction_tokens=kept)
    tuning = replace(base.tuning, labelling_hours_per_run=labour_hours,
                     evaluation_hours_per_run=0.0)
    return replace(base, product=product, tuning=tuning)


@cache
def _example() -> Scenario:
    return load_scenario(EXAMPLE)


@cache
def _crossing(instruction_tokens: int, labour_hours: int, retrieves: bool) -> TunedPays | None:
    scenario = scenario_of(instruction_tokens, labour_hours)
    plain, tuned = ("rag", "tuned rag") if retrieves else ("prompt", "tuned")
    found = break_even(bill(plain, scenario), bill(tuned, scenario))
    if found is None:
        return None
    return TunedPays(found.queries_per_month, found.cheaper_above == tuned)
