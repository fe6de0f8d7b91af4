"""Closed book: the model alone, no documents, no examples.

    system: Answer the question in a few words, with the value only. ...
    user:   Question: How many months of warranty has the Aldra 220 kettle?
"""

from dataclasses import dataclass, field

from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class ClosedBook(Method):
    """Answer from the weights alone: the floor of every table.

    `constrained` holds the answer to the task's schema or labels. `wording` names other
    prompt texts than the task's own; see `prompts.WORDINGS`.
    """

    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench."""

        def answer(questions):
            asked = [prompts.closed(q, templates=bench.templates) for q in questions]
            return bench.generate(asked, questions)

        return answer
