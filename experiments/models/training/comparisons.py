"""What a training from preferences learns from, and its settings.

    Comparison(prompt, chosen="For your Aldra 480, the page gives 14 months [1]. Orvanta Care",
               rejected="For our Aldra 480, the page gives 14 months [1]. Orvanta Care")
    Preference(rank=8, learning_rate=1e-4, epochs=1, beta=0.1,
               before=Tuning(rank=8, learning_rate=1e-3, epochs=19))

The pairs of such a training are those of the training before it, (prompt, reply), and then
comparisons. So one list names the whole run, and a training before is shared by all that follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import BookError, Prompt
from experiments.models.training.tuning import Tuning

METHODS = ("lora", "rslora", "dora")


@dataclass(frozen=True)
class Comparison:
    """Two replies to one prompt, of which the first is better."""

    prompt: Prompt
    chosen: str
    rejected: str

    def __post_init__(self):
        """Refuse two equal replies: nothing can be learnt from them."""
        if self.chosen == self.rejected:
            raise BookError(f"a comparison needs two different replies, got {self.chosen!r} twice")


@dataclass(frozen=True)
class Preference(Tuning):
    """A training by DPO: an adapter moves towards the chosen replies and from the rejected ones.

    `beta` says how dear it is to leave the model that the run started from, per nat; a small one
    lets it go far. `before` is the training on replies after which the adapter goes on; None
    starts from the untrained model. `batch_size` counts comparisons.
    """

    learning_rate: float = 1e-4
    beta: float = 0.1
    before: Tuning | None = None

    def __post_init__(self):
        """Refuse settings that could not be trained with."""
        super().__post_init__()
        if not self.beta > 0 or self.method not in METHODS:
            raise BookError(f"a preference has a beta above 0 and a method of "
                            f"{', '.join(METHODS)}, not {self.beta} and {self.method!r}")
        if self.before and _shape(self.before) != _shape(self):
            raise BookError("a preference goes on with the adapter of the training before it: "
                            f"both need one method, rank and targets, not {_shape(self.before)} "
                            f"and {_shape(self)}")


def split(pairs: Sequence) -> tuple[list, list[Comparison]]:
    """Part the pairs of the training before from the comparisons, in their order."""
    return ([pair for pair in pairs if not isinstance(pair, Comparison)],
            [pair for pair in pairs if isinstance(pair, Comparison)])


def _shape(tuning: Tuning) -> tuple[str, int, str]:
    return tuning.method, tuning.rank, tuning.targets
