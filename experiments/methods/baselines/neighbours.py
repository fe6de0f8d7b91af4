"""Neighbours: let the k nearest train questions vote. MiniLM, no training, no generator.

    asked:   how do i send it back
    nearest: "It hasn't left you yet ..." (orders, cosine 0.52), "... which I'd also like to
             send back ..." (returns, 0.51), "Please what is the adress ..." (returns, 0.49)
    vote:    returns

What a classifier that costs milliseconds can do with the same train questions: a larger
model has to beat it before it is worth its price.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.core import Answer, BookError, Question
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class Neighbours(Method):
    """Answer by the vote of the `k` train questions with the largest cosine.

    Where several answers have most votes, the one with the nearest voter wins. The default
    k has the best macro-F1 on the dev split of `routing`.
    """

    k: int = 5

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: embeds the train questions, or reads them from the cache."""
        embedder, vectors, labels = embedded_train(bench, "neighbours")

        def answer(questions):
            asked, seconds = embed_questions(embedder, questions)
            nearest = np.argsort(-(asked @ vectors.T), axis=1, kind="stable")[:, :self.k]
            # Counter lists equal counts in the order of their first voter, nearest first.
            return [
                Answer(q.id, Counter(labels[place] for place in row).most_common(1)[0][0],
                       stage_seconds={"embed": seconds})
                for q, row in zip(questions, nearest, strict=True)
            ]

        return answer


def embedded_train(bench: Bench, method: str):
    """Return the embedder, the train questions' unit vectors (n, dimensions), and their answers.

    Raises BookError, naming the method, when there is no train question.
    """
    train = bench.examples("train")
    if not train:
        raise BookError(f'task {bench.task}: {method} needs questions with "split": "train"')
    vectors = bench.embedder.embed([e.question for e in train])
    return bench.embedder, vectors, [e.reply for e in train]


def embed_questions(embedder, questions: Sequence[Question]) -> tuple[np.ndarray, float]:
    """Embed questions; give their vectors and the seconds a question."""
    started = time.perf_counter()
    vectors = embedder.embed([q.text for q in questions])
    return vectors, (time.perf_counter() - started) / max(len(questions), 1)
