"""Supplied: any method that learns from the train split, with fewer examples or worse ones.

    Supplied(Linear(), examples=50)                       50 of 284 train messages, drawn
    Supplied(FineTuned(...), noise=0.3)                   all, three in ten with a wrong label
    Supplied(FineTuned(...), noise=0.3, repair="loss")    and the tenth that looks worst relabelled
    Supplied(FineTuned(...), examples=186, rare="other-keyword", kept=20)
                                                          186, with 20 of the messages of a kind

Only the train split changes, and only for the method: questions and their scores stay.
"""

import dataclasses
import random
from dataclasses import dataclass, field

from experiments.core import BookError, Example
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods.base import Method, Pairs
from experiments.methods.baselines.neighbours import Neighbours
from experiments.methods.bench import Answerer, Bench
from experiments.methods.training import noise
from experiments.models.training.tuning import Tuning
from experiments.tasks.routing.generate import read_traits


@dataclass(frozen=True)
class Supplied(Method):
    """Answer by `recipe`, cooked on a bench whose train split was cut down or spoiled.

    `examples` are drawn by the seed, and more of them hold all of the fewer; 0 is the whole
    split, in its order. `noise` is the share of labels replaced by others, and `repair` says how
    the tenth is chosen that somebody labels anew: "random", "neighbours" or "loss". `rare` is a
    trait of messages, of which the supply holds `kept` and no more.
    """

    recipe: Method = Neighbours()
    examples: int = 0
    noise: float = field(default=0.0, metadata=ONLY_WHEN_SET)
    repair: str = field(default="", metadata=ONLY_WHEN_SET)
    rare: str = field(default="", metadata=ONLY_WHEN_SET)
    kept: int = field(default=0, metadata=ONLY_WHEN_SET)

    def __post_init__(self):
        """Refuse a supply that could not be made."""
        if not 0 <= self.noise < 1 or self.examples < 0:
            raise BookError("a supply has noise from 0 to below 1 and examples of at least 0, not "
                            f"{self.noise} and {self.examples}")
        if self.repair and self.repair not in noise.FINDERS:
            raise BookError(f"repair is one of {', '.join(noise.FINDERS)}, not {self.repair!r}")
        if self.rare and not 0 <= self.kept <= self.examples:
            raise BookError("where a trait is rare, a supply keeps from none to all of its "
                            f"examples, not {self.kept} of {self.examples}")

    @property
    def constrained(self) -> bool:
        """Return whether the recipe holds its answers to the task's form."""
        return self.recipe.constrained

    @property
    def wording(self) -> str:
        """Name the recipe's wording of the prompts."""
        return self.recipe.wording

    @property
    def chunk_tokens(self) -> int:
        """Return the size of the recipe's passages."""
        return self.recipe.chunk_tokens

    @property
    def tuning(self) -> Tuning | None:
        """Return the recipe's tuning; None where it trains nothing."""
        return self.recipe.tuning

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on the bench with the other train split."""
        return self.supply(bench).cook(self.recipe)

    def pairs(self, bench: Bench) -> Pairs:
        """Make the recipe's training pairs from the other train split."""
        return self.recipe.pairs(self.supply(bench))

    def supply(self, bench: Bench) -> Bench:
        """Return the bench with the other train split; raises BookError where it is too small."""
        chosen = self.choose(bench)
        if self.noise:
            spoiled = self.spoil(bench, chosen)
            chosen = (noise.mend(spoiled, chosen, self.suspects(bench, spoiled))
                      if self.repair else spoiled)
        held = [e for e in bench.all_examples if e.split != "train"]
        return dataclasses.replace(bench, all_examples=(*chosen, *held))

    def choose(self, bench: Bench) -> list[Example]:
        """Draw the train examples, their labels as they are."""
        train = bench.examples("train")
        if not train:
            raise BookError(f"task {bench.task}: supplied wants examples of the train split, "
                            "which has none")
        if not self.rare:
            return self._draw(bench, train, self.examples) if self.examples else train
        traits = read_traits(bench.folder)
        bearers = [e for e in train if self.rare in traits[e.group]]
        others = [e for e in train if self.rare not in traits[e.group]]
        kind = f"the trait {self.rare!r}"
        return [*self._draw(bench, others, self.examples - self.kept, f" without {kind}"),
                *self._draw(bench, bearers, self.kept, f" with {kind}")]

    def _draw(self, bench: Bench, train: list[Example], count: int, kind: str = ""
              ) -> list[Example]:
        if len(train) < count:
            raise BookError(f"task {bench.task}: supplied wants {count} examples of the train "
                            f"split{kind}, which has {len(train)}")
        return random.Random(f"supply/{bench.seed}").sample(train, len(train))[:count]

    def spoil(self, bench: Bench, chosen: list[Example]) -> list[Example]:
        """Replace a share of the labels by others of the task, or else of the train split."""
        labels = list(bench.settings.labels) or sorted({e.reply for e in bench.examples("train")})
        return noise.spoil(chosen, self.noise, labels, bench.seed)

    def suspects(self, bench: Bench, spoiled: list[Example]) -> list[int]:
        """Name the places that somebody should look at; their true labels are not looked at."""
        vectors = bench.embedder.embed([e.question for e in spoiled])
        return noise.suspects(self.repair, vectors, [e.reply for e in spoiled], bench.seed)
