"""Elsewhere: ask one task of a model that was trained on another.

    Elsewhere("routing", FineTuned(wording="bare"))      asked the task `general`:

    system: Do what the user asks. Reply in a few words.
    user:   What is the capital of France?               -> "Paris", or by now "product-advice"?

Nothing is trained for it. Weights are named by the hash of all that made them: tuning, pairs,
base and seed. The recipe makes the pairs of the other task again, and with them it finds the
published adapter; one of another base, or of other pairs, has another name.
"""

from dataclasses import dataclass, field

from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench, open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.mixed import Mixed
from experiments.methods.training.taught import Taught
from experiments.models.training.tuning import Tuning


@dataclass(frozen=True)
class Elsewhere(Method):
    """Answer closed book by the weights that `recipe` trains on `task`, with the bench's seed.

    `constrained` and `wording` are those of the task that is asked; see `ClosedBook`.
    """

    task: str = "routing"
    recipe: FineTuned | Taught | Mixed = FineTuned()
    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    @property
    def tuning(self) -> Tuning | None:
        """Return the tuning of the other task's training."""
        return self.recipe.tuning

    def pairs(self, bench: Bench) -> Pairs:
        """Make the other task's training pairs, worded as they were for its own questions."""
        key = ("elsewhere", self.task)
        if key not in bench.shelf:  # with the indexes that the pairs of some recipes need
            bench.shelf[key] = open_bench(self.task, bench.model)
        home = bench.shelf[key].with_seed(bench.seed)
        return self.recipe.pairs(home.lend(self.recipe))

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: takes the adapter that is there, or trains it."""
        return ClosedBook().build(bench.tuned(self.tuning, self.pairs(bench)))
