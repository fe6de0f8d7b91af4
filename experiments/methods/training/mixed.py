"""Mixed: train on a task's pairs with pairs of another task among them.

With a quarter of `general` among the pairs of `routing` (284 and 95):

    user: Message: the kettle leaks since monday         assistant: repairs
    user: What is the capital of Norway?                 assistant: Oslo

What is mixed in comes from the other task's train split and keeps that task's own prompts. It is
what people do so that a model does not forget: go on practising the old while learning the new.
"""

import random
from dataclasses import dataclass

from experiments.core import BookError
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench, open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.training.fine_tuned import FineTuned, check_leaks
from experiments.methods.training.taught import Taught
from experiments.models.training.tuning import Tuning


@dataclass(frozen=True)
class Mixed(Method):
    """Answer by a model trained as `recipe` says, with `share` of the pairs from `task`.

    All pairs of the recipe stay; those of the other task, drawn by the bench's seed, come on top.
    """

    recipe: FineTuned | Taught = FineTuned()
    task: str = "general"
    share: float = 0.25

    def __post_init__(self):
        """Refuse a share that leaves no room for the task itself."""
        if not 0 < self.share < 1:
            raise BookError("the share that is mixed in lies above 0 and below 1, not "
                            f"{self.share}")

    @property
    def tuning(self) -> Tuning:
        """Return the tuning of the recipe."""
        return self.recipe.tuning

    @property
    def wording(self) -> str:
        """Return the wording of the recipe's own prompts, for the bench that is lent."""
        return self.recipe.wording

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: takes a published adapter, or the cache's, or trains."""
        return ClosedBook().build(bench.tuned(self.tuning, self.pairs(bench)))

    def pairs(self, bench: Bench) -> Pairs:
        """Make the pairs; raises BookError where the other task's held-out items would leak in."""
        own = self.recipe.pairs(bench)
        other = open_bench(self.task, bench.model)
        train = other.examples("train")
        count = round(len(own) * self.share / (1 - self.share))
        if count > len(train):
            raise BookError(f"task {self.task}: a share of {self.share} beside {len(own)} pairs "
                            f"wants {count} examples of its train split, which has {len(train)}")
        check_leaks(other, train)
        drawn = random.Random(f"mixed/{bench.seed}").sample(train, count)
        return own + FineTuned().pair(other, drawn)
