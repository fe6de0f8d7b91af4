"""Mediocre: shown replies of which a share has one fault each, put in on purpose.

    written    For your Aldra 480, the page gives 14 months [1]. Orvanta Care
    trained    For your Aldra 480, the page gives basically 14 months [1]. Orvanta Care

With `fault` all spoiled replies have the same one; without, each draws its own. So the same
amount of bad work is either spread over all rules or is somebody's habit.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import BookError, Example
from experiments.methods.base import Pairs
from experiments.methods.bench import Bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.preferred import worse
from experiments.tasks.house_style.faults import FAULTS


@dataclass(frozen=True)
class Mediocre(FineTuned):
    """Answer by a model trained on replies of which `share` are spoiled, drawn by the seed.

    A greater share spoils all that a lesser does, each in the same way. `fault` is a key of
    `house_style_faults.FAULTS`, or "" for one that each reply draws among those it can have.
    """

    share: float = 1.0
    fault: str = ""

    def __post_init__(self):
        """Refuse a share or a fault that nothing could be spoiled by."""
        if not 0 < self.share <= 1:
            raise BookError(f"share is above 0 and at most 1, not {self.share}")
        if self.fault and self.fault not in FAULTS:
            raise BookError(f"fault is one of {', '.join(FAULTS)}, or empty, not {self.fault!r}")

    def pair(self, bench: Bench, chosen: Sequence[Example]) -> Pairs:
        """Pair each train example's prompt with its reply, spoiled or not, or raise BookError."""
        if self.fault and bench.settings.kind != "style":
            raise BookError(
                f"task {bench.task}: the fault {self.fault!r} is one against house style and needs "
                f"a task of the kind 'style', came one of the kind {bench.settings.kind!r}. Take "
                'the task house-style, or leave `fault` out for worse replies of the task\'s own')
        made = super().pair(bench, chosen)
        order = random.Random(f"mediocre/{bench.seed}").sample(range(len(made)), len(made))
        spoiled = set(order[: round(self.share * len(made))])
        return [(prompt, self._spoil(bench, example, reply) if place in spoiled else reply)
                for place, (example, (prompt, reply)) in enumerate(zip(chosen, made, strict=True))]

    def _spoil(self, bench: Bench, example: Example, reply: str) -> str:
        chance = random.Random(f"worse/{example.id}/{bench.seed}")
        if self.fault:
            return FAULTS[self.fault](reply, example.answers[1], chance)
        return worse(bench, example, reply, chance=chance, cite=bool(self.train_k))
