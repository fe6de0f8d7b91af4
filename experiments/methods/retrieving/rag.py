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
from dataclasses import dataclass, field

from experiments.core import REFUSAL, Answer, BookError, Question
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.reading import demonstrate, read


@dataclass(frozen=True)
class Rag(Method):
    """Answer from the k passages nearest to the question.

    `search` and `rerank` are names of `passages.SEARCHES` and `RERANKERS`. Below
    `similarity_floor` (the best passage's score) it refuses without asking the model;
    choose the floor on dev. `shots` demonstrations precede the question (fewer where the
    train split is smaller), `refusals` of them unanswerable. `constrained` holds the answer
    to the task's schema or labels. `wording` names other prompt texts than the task's own;
    see `prompts.WORDINGS`.
    """

    k: int = 1
    chunk_tokens: int = 256
    search: str = "vector"
    shots: int = 4
    refusals: int = 0
    similarity_floor: float = 0.0
    rerank: str = field(default="", metadata=ONLY_WHEN_SET)
    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: builds the index, or takes it from the cache."""
        if self.rerank and self.similarity_floor:
            raise BookError("a floor is for the scores of a search; those of a reranking are on "
                            "another scale. Leave out rerank or similarity_floor")
        index = bench.index(self.search, self.chunk_tokens, self.rerank)
        shown = demonstrate(bench, lambda texts: index.search(texts, self.k), self.shots,
                            self.refusals)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            started = time.perf_counter()
            hits = [tuple(each) for each in index.search([q.text for q in questions], self.k)]
            seconds = (time.perf_counter() - started) / max(len(questions), 1)
            sure = [bool(h) and (bool(self.rerank) or h[0].score >= self.similarity_floor)
                    for h in hits]
            asked = [(q, h) for q, h, keep in zip(questions, hits, sure, strict=True) if keep]
            answers = iter(read(bench, [q for q, _ in asked], [h for _, h in asked], shown,
                                seconds=seconds))
            return [
                next(answers) if keep
                else Answer(q.id, REFUSAL, h, stage_seconds={"search": seconds})
                for q, h, keep in zip(questions, hits, sure, strict=True)
            ]

        return answer
