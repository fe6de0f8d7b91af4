"""Daily: each question is answered from the pages of its own day, found by that day's index.

    corzi-110-returns-day-4   [1] Corzi 110 air purifier: ... within 42 days ...     42 days [1]
    corzi-110-returns-day-5   [1] Corzi 110 air purifier: ... within 81 days ...     81 days [1]

With `every=7` the index is made anew on days 0, 7, 14 ... and is out of date between them. Where
the passages of two days are the same, so is the prompt, and it is asked once.
"""

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError, Hit, Question
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench
from experiments.methods.reading import demonstrate, read
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.taught import Taught
from experiments.models.training.tuning import Tuning
from experiments.tasks.support.feed import alive, day_of, read_feed


@dataclass(frozen=True)
class Daily(Method):
    """Search, as `search` says, an index that is made anew on `every` so many days.

    The reader is the model with the worked examples of `search`, or `weights` trained on day 0:
    to read (FineTuned), or facts (Taught). Trained weights are shown no examples.
    """

    search: Rag = Rag(search="keyword")
    weights: FineTuned | Taught | None = None
    every: int = 1

    def __post_init__(self):
        """Refuse an index that is never made, and two wordings in one recipe."""
        if self.every < 1:
            raise BookError(f"an index is made every day (1) or less often, not {self.every}")
        if self.weights and self.weights.wording != self.search.wording:
            raise BookError("search and weights share one wording of the prompts, not "
                            f"{self.search.wording!r} and {self.weights.wording!r}")

    @property
    def tuning(self) -> Tuning | None:
        """Return the tuning of the weights; None without them."""
        return self.weights.tuning if self.weights else None

    @property
    def wording(self) -> str:
        """Return the wording of the prompts, for the bench that is lent."""
        return self.search.wording

    @property
    def chunk_tokens(self) -> int:
        """Return the size of the passages, in the embedder's word pieces."""
        return self.search.chunk_tokens

    def pairs(self, bench: Bench) -> Pairs:
        """Make the training pairs of the weights from the pages of day 0."""
        return self.weights.pairs(on(bench, 0)) if self.weights else super().pairs(bench)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: worked examples come from day 0."""
        first, shown = on(bench, 0), ()
        if self.weights:
            reader = bench.tuned(self.tuning, self.pairs(bench))
        else:
            reader, index = bench, self._index(first)
            shown = demonstrate(first, lambda texts: index.search(texts, self.search.k),
                                self.search.shots, self.search.refusals)

        def answer(questions):
            started = time.perf_counter()
            found = self.find(bench, questions)
            seconds = (time.perf_counter() - started) / max(len(questions), 1)
            asked: dict[tuple, tuple[Question, tuple[Hit, ...]]] = {}
            keys = [(q.text, *(hit.chunk.id for hit in hits))
                    for q, hits in zip(questions, found, strict=True)]
            for key, question, hits in zip(keys, questions, found, strict=True):
                asked.setdefault(key, (question, hits))
            made = read(reader, [q for q, _ in asked.values()], [h for _, h in asked.values()],
                        shown, seconds=seconds)
            said = dict(zip(asked, made, strict=True))
            return [self._again(bench, said[key], question, hits)
                    for key, question, hits in zip(keys, questions, found, strict=True)]

        return answer

    def find(self, bench: Bench, questions: Sequence[Question]) -> list[tuple[Hit, ...]]:
        """Search for each question the index that is in use on its day."""
        made = [day_of(q.id) // self.every * self.every for q in questions]
        indexes = {day: self._index(on(bench, day)) for day in sorted(set(made))}
        return [tuple(indexes[day].search([q.text], self.search.k)[0])
                for day, q in zip(made, questions, strict=True)]

    def _index(self, bench: Bench):
        """Lend the index of a bench of one day."""
        return bench.index(self.search.search, self.search.chunk_tokens, self.search.rerank)

    def _again(self, bench: Bench, answer: Answer, question: Question, hits) -> Answer:
        """Return the answer to the same prompt as this question's."""
        bench.prompts[question.id] = bench.prompts[answer.example_id]
        return dataclasses.replace(answer, example_id=question.id, hits=hits)


def on(bench: Bench, day: int) -> Bench:
    """Return a bench whose documents are those that hold on a day; all, where nothing changes."""
    events = read_feed(bench.folder)
    if not events:
        return bench
    held = {name: bench.documents[name] for name in alive(events, day)}
    # A shelf of the day's own keeps its indexes; the bench may be lent with another wording.
    return dataclasses.replace(bench, documents=held,
                               shelf=bench.shelf.setdefault(("day", day), {}))
