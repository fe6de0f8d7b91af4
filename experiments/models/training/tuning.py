"""How a model is trained: everything but the examples and the base model.

    Tuning(method="lora", rank=8, learning_rate=1e-3, epochs=2)

A Tuning is data: it is printed in a chapter, hashed into a fingerprint, and written beside the
adapter that it made.
"""

from dataclasses import dataclass, field

from experiments.core import BookError
from experiments.core.fingerprints import ONLY_WHEN_SET

METHODS = ("lora", "rslora", "dora", "qlora", "full")
TARGETS = {"all-linear": "all-linear", "attention": ["q_proj", "v_proj"]}


def adapter_settings(method: str, rank: int, targets: str) -> dict:
    """Return what peft's LoraConfig is made of; all else is its default."""
    return {"r": rank, "lora_alpha": 2 * rank, "task_type": "CAUSAL_LM",
            "target_modules": TARGETS[targets], "use_rslora": method == "rslora",
            "use_dora": method == "dora"}


@dataclass(frozen=True)
class Tuning:
    """One training run. The learning rate rises over the first `warmup_share` of the steps and
    falls to zero along a cosine; gradients are clipped to length 1; there is no weight decay.

    "qlora" is LoRA on weights rounded to four bits, on which its adapter is served, too.
    `rank` and `targets` have no part in "full", which changes every weight. `max_steps` stops
    early on a schedule that is planned for all of them, as a killed run would. The default rate
    suits smollm2-135m; search one on dev for any other model.
    """

    method: str = "lora"
    rank: int = 8
    targets: str = "all-linear"
    learning_rate: float = 1e-3
    warmup_share: float = 0.1
    batch_size: int = 8
    epochs: int = 2
    max_steps: int = field(default=0, metadata=ONLY_WHEN_SET)

    @property
    def nf4(self) -> bool:
        """Return whether the base's weights are rounded to four bits."""
        return self.method == "qlora"

    def __post_init__(self):
        """Refuse settings that could not be trained with."""
        if self.method not in METHODS or self.targets not in TARGETS:
            raise BookError(f"a tuning has a method of {', '.join(METHODS)} and targets of "
                            f"{', '.join(TARGETS)}, not {self.method!r} and {self.targets!r}")
        numbers = {"rank": self.rank, "batch_size": self.batch_size, "epochs": self.epochs,
                   "learning_rate": self.learning_rate}
        for name, value in numbers.items():
            if not value > 0:
                raise BookError(f"{name} of a tuning is above 0, not {value}")
        if not 0 <= self.warmup_share < 1:
            raise BookError(f"warmup_share is at least 0 and below 1, not {self.warmup_share}")
