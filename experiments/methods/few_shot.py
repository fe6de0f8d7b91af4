"""Few-shot: show worked questions and answers of the train split, then ask.

    user:      Question: How long is the cable of the Brusko 12 lamp?
    assistant: 2.4 m
    user:      Question: How many months of warranty has the Aldra 220 kettle?

The examples teach the form of an answer. They cannot teach the fact.
"""

from dataclasses import dataclass

from experiments.core import REFUSAL, BookError
from experiments.methods import prompts
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class FewShot:
    """Answer from the weights after `shots` examples, `refusals` of them unanswerable."""

    shots: int = 4
    refusals: int = 1

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; the bench's seed draws the examples.

        Raises BookError when the train split has too few.
        """
        examples = bench.demonstrations(self.shots, self.refusals)
        if len(examples) < self.shots:
            raise BookError(
                f"task {bench.task}: few_shot shows {self.shots} examples of the train split, "
                f'which has {len(examples)}. Mark more questions with "split": "train", or '
                "leave this method out."
            )
        shown = [
            prompts.Demonstration(e.question, (), e.answers[0] if e.answerable else REFUSAL)
            for e in examples
        ]

        def answer(questions):
            asked = [prompts.closed(q, shown, templates=bench.templates) for q in questions]
            return bench.generate(asked, questions)

        return answer
