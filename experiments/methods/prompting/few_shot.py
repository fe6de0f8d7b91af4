"""Few-shot: show worked questions and answers of the train split, then ask.

    user:      Question: How long is the cable of the Brusko 12 lamp?
    assistant: 2.4 m
    user:      Question: How many months of warranty has the Aldra 220 kettle?

The examples teach the form of an answer. They cannot teach the fact.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from experiments.core import BookError, Example, Question
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.baselines.neighbours import embed_questions, embedded_train
from experiments.methods.bench import Answerer, Bench, open_bench


@dataclass(frozen=True)
class FewShot(Method):
    """Answer from the weights after `shots` examples, `refusals` of them unanswerable.

    The seed draws the same examples for all questions. With `nearest` each question gets
    the train questions closest to it instead (MiniLM), the closest last; `refusals` has no
    part then. `constrained` holds the answer to the task's schema or labels. `wording`
    names other prompt texts than the task's own; see `prompts.WORDINGS`. `source` is another
    task whose train split the examples come from, such as an older edition of this one.
    """

    shots: int = 4
    refusals: int = 1
    nearest: bool = field(default=False, metadata=ONLY_WHEN_SET)
    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)
    wording: str = field(default="", metadata=ONLY_WHEN_SET)
    source: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; the bench's seed draws the examples.

        Raises BookError when the train split has too few.
        """
        home = self._home(bench)
        train = home.examples("train")
        if len(train) < self.shots:
            raise BookError(
                f"task {home.task}: few_shot shows {self.shots} examples of the train split, "
                f'which has {len(train)}. Mark more questions with "split": "train", or '
                "leave this method out."
            )
        select = self._nearest(home) if self.nearest else self._drawn(home)

        def answer(questions):
            started = time.perf_counter()
            shown = select(questions)
            seconds = (time.perf_counter() - started) / max(len(questions), 1)
            asked = [prompts.closed(q, each, templates=bench.templates)
                     for q, each in zip(questions, shown, strict=True)]
            return bench.generate(asked, questions,
                                  stage_seconds={"embed": seconds} if self.nearest else {})

        return answer

    def _home(self, bench: Bench) -> Bench:
        """Return the bench of the task that lends its examples, with the embedder of this one."""
        if not self.source:
            return bench
        return replace(open_bench(self.source, bench.model), seed=bench.seed, shelf=bench.shelf)

    def _drawn(self, bench: Bench) -> Callable[[Sequence[Question]], list[list]]:
        shown = [show(e) for e in bench.demonstrations(self.shots, self.refusals)]
        return lambda questions: [shown] * len(questions)

    def _nearest(self, bench: Bench) -> Callable[[Sequence[Question]], list[list]]:
        train = bench.examples("train")
        embedder, vectors, _ = embedded_train(bench, "few_shot")

        def select(questions: Sequence[Question]) -> list[list]:
            asked, _ = embed_questions(embedder, questions)
            closest = np.argsort(-(asked @ vectors.T), axis=1, kind="stable")[:, : self.shots]
            return [[show(train[place]) for place in reversed(row)] for row in closest]

        return select


def show(example: Example) -> prompts.Demonstration:
    """Turn a train example into a worked one."""
    return prompts.Demonstration(example.question, (), example.reply)
