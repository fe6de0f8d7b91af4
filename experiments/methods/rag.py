"""RAG: find the passages nearest to the question, show them, ask, cite.

    user:      [1] Aldra 240 kettle: ...       cosine 0.81
               [2] Aldra 220 kettle: ...       cosine 0.80
               Question: How many months of warranty has the Aldra 220 kettle?
    assistant: 18 months [2]

The demonstrations before it come from the train split, and their passages from the same
search, so that the model sees the task as it is: near-identical neighbours, one of them
right.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import REFUSAL, Answer, Question
from experiments.methods import prompts
from experiments.methods.bench import Answerer, Bench

# Demonstrations drawn for each one shown: those whose answer the search misses are left out.
CANDIDATES = 5


@dataclass(frozen=True)
class Rag:
    """Answer from the k passages nearest to the question.

    `search` is "vector" (MiniLM and Chroma) or "keyword" (BM25). Below
    `similarity_floor` (the best passage's score) it refuses without asking the model;
    choose the floor on dev. `shots` demonstrations precede the question (fewer where the
    train split is smaller), `refusals` of them unanswerable.
    """

    k: int = 1
    chunk_tokens: int = 256
    search: str = "vector"
    shots: int = 4
    refusals: int = 0
    similarity_floor: float = 0.0

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: builds the index, or takes it from the cache."""
        index = bench.index(self.search, self.chunk_tokens)
        shown = self.demonstrate(bench, index)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            started = time.perf_counter()
            found = index.search([q.text for q in questions], self.k)
            seconds = (time.perf_counter() - started) / max(len(questions), 1)
            hits = [tuple(each) for each in found]
            sure = [bool(h) and h[0].score >= self.similarity_floor for h in hits]
            asked = [(q, h) for q, h, keep in zip(questions, hits, sure, strict=True) if keep]
            read = iter(bench.generate(
                [prompts.grounded(q, prompts.number(h, bench.titles), shown,
                                  templates=bench.templates) for q, h in asked],
                [q for q, _ in asked], [h for _, h in asked], stage_seconds={"search": seconds},
            ))
            return [
                next(read) if keep else Answer(q.id, REFUSAL, h, stage_seconds={"search": seconds})
                for q, h, keep in zip(questions, hits, sure, strict=True)
            ]

        return answer

    def demonstrate(self, bench: Bench, index) -> list[prompts.Demonstration]:
        """Draw train questions whose answer the same search finds, and so many refusals.

        A question whose answer is missed would be one more refusal, and a small model
        that sees two refusals among four examples refuses everything.
        """
        drawn = bench.demonstrations(CANDIDATES * self.shots, CANDIDATES * self.refusals)
        hits = index.search([example.question for example in drawn], self.k)
        pairs = list(zip(drawn, hits, strict=True))
        cites = bench.settings.cites
        found = [pair for pair in pairs if pair[0].answerable
                 and (prompts.holding(*pair) or not cites)]
        refused = [pair for pair in pairs if not pair[0].answerable]
        chosen = found[: self.shots - self.refusals] + refused[: self.refusals]
        shown = [pair for pair in pairs if pair in chosen]  # in the order of the draw
        return prompts.demonstrate([e for e, _ in shown], [h for _, h in shown], bench.titles,
                                   cites=cites)
