"""A method: how questions are answered, written as one frozen dataclass in one file of this room.

    @dataclass(frozen=True)
    class Echo(Method):
        '''Answer each question with its own text.'''

        def build(self, bench):
            return lambda questions: [Answer(q.id, q.text) for q in questions]

The fields of the dataclass are the settings of the method, and enter the fingerprint of every
record. What the book asks of a method beside them is listed in `Method`, each with the value that
holds where a method says nothing. `Method` is no dataclass, so that these are no fields.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from experiments.core import BookError, Prompt
from experiments.methods.bench import Answerer, Bench
from experiments.models.training.tuning import Tuning

Pairs = list[tuple[Prompt, str]]


class Method(ABC):
    """What every method says of itself.

    `sees_gold` asks for the gold passages, which no product has. A `dummy` reads nothing: it is
    the floor of a table. `tuning` says how the model is trained, None that it is not.
    `constrained` holds answers to the task's schema or labels, `wording` names other prompt texts
    than the task's own, and passages are cut to `chunk_tokens`; 0 leaves documents whole.
    """

    sees_gold: ClassVar[bool] = False
    dummy: ClassVar[bool] = False
    tuning: Tuning | None = None
    constrained: bool = False
    wording: str = ""
    chunk_tokens: int = 0

    @property
    def trained(self) -> bool:
        """Return whether a language model is trained for the method."""
        return self.tuning is not None

    @abstractmethod
    def build(self, bench: Bench) -> Answerer:
        """Return the function that answers questions with what the bench lends."""

    def pairs(self, bench: Bench) -> Pairs:
        """Return the training pairs; raises BookError for a method that trains nothing."""
        raise BookError(f"{type(self).__name__} trains no model, so it has no training pairs: "
                        "ask only where `trained` is true")
