"""Fine-tuning: train on the task's own questions and answers, then ask.

A training pair, without passages (`train_k=0`), from the benchmark `routing`:

    system:    You route messages for a shop. Reply with one queue name only. ...
    user:      Message: the kettle leaks since monday
    assistant: repairs                                <- the loss counts these tokens alone

With `train_k=1` the best passage that the search finds stands before the question, and the reply
cites it, or declines where it does not hold the answer: the model learns to read. Trained without
passages and asked with one (`train_k=0, k=1`) it shows what training took away.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from experiments.core import BookError, Example
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.reading import read
from experiments.models.training.tuning import Tuning


@dataclass(frozen=True)
class FineTuned(Method):
    """Answer by a model trained on the train split, or on `examples` of it drawn by the seed.

    `train_k` passages stand in the training prompts and `k` in those of the questions; 0 is none.
    The bench's seed draws the examples and decides the training. `constrained` holds the answer
    to the task's schema or labels.
    """

    tuning: Tuning = Tuning()
    examples: int = 0
    train_k: int = 0
    k: int = 0
    search: str = "keyword"
    chunk_tokens: int = 256
    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: takes a published adapter, or the cache's, or trains."""
        tuned = bench.tuned(self.tuning, self.pairs(bench))
        if not self.k:
            return ClosedBook().build(tuned)

        def answer(questions):
            hits = self._find(bench, [q.text for q in questions], self.k)
            return read(tuned, questions, hits, ())

        return answer

    def pairs(self, bench: Bench) -> Pairs:
        """Make the training pairs; raises BookError when data of test or dev would leak in."""
        chosen = self.choose(bench)
        check_leaks(bench, chosen)
        return self.pair(bench, chosen)

    def pair(self, bench: Bench, chosen: Sequence[Example]) -> Pairs:
        """Pair each train example's prompt, passages and all, with the reply that is trained."""
        if not self.train_k:
            return [(prompts.closed(e.asked(), templates=bench.templates), e.reply)
                    for e in chosen]
        return [
            (prompts.grounded(e.asked(), one.passages, templates=bench.templates), one.reply)
            for e, one in zip(chosen, self.show(bench, chosen), strict=True)
        ]

    def show(self, bench: Bench, chosen: Sequence[Example]) -> list[prompts.Demonstration]:
        """Return each train example the passages that it is trained with, and its reply."""
        hits = self._find(bench, [e.question for e in chosen], self.train_k)
        return prompts.demonstrate(chosen, hits, bench.titles, cites=bench.settings.cites)

    def choose(self, bench: Bench) -> list[Example]:
        """Draw the train examples; raises BookError when there are too few."""
        train = bench.examples("train")
        if len(train) < max(self.examples, 1):
            raise BookError(
                f"task {bench.task}: training wants {self.examples or 'some'} examples of the "
                f'train split, which has {len(train)}. Mark more questions with "split": "train"')
        if not self.examples:
            return train
        return random.Random(f"training/{bench.seed}").sample(train, self.examples)

    def _find(self, bench: Bench, texts: Sequence[str], k: int):
        found = bench.index(self.search, self.chunk_tokens).search(texts, k) if texts else []
        return [tuple(hits) for hits in found]


def check_leaks(bench: Bench, chosen: Sequence[Example]) -> None:
    """Refuse to train on what the model will be asked: the same wording, or the same thing."""
    held = [e for e in bench.all_examples if e.split != "train"]
    wordings = {" ".join(e.question.split()).casefold(): e.id for e in held}
    groups = {e.group: e.id for e in held if e.group}
    for example in chosen:
        same = wordings.get(" ".join(example.question.split()).casefold()) or groups.get(
            example.group)
        if same:
            raise BookError(
                f"task {bench.task}: training on {example.id} would leak into {same}, which is "
                "held out and asks the same, or about the same thing. Give both the same split")
