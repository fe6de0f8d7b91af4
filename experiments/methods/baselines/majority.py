"""Majority: give the most frequent train answer to everything. The chance row of a classifier.

    train answers:  none 54, account 23, billing 23, ...
    every question: none

It knows how often each answer comes and reads nothing.
"""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from experiments.core import Answer, BookError
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class Majority(Method):
    """Answer what most train questions have as answer; a tie goes to the first in the file."""

    dummy: ClassVar[bool] = True

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; raises BookError without train questions."""
        counts = Counter(e.reply for e in bench.examples("train"))
        if not counts:
            raise BookError(f'task {bench.task}: majority needs questions with "split": "train"')
        commonest, _ = counts.most_common(1)[0]

        def answer(questions):
            return [Answer(q.id, commonest) for q in questions]

        return answer
