"""Oracle: hand over the passage that holds the answer. The ceiling of every table.

    user: [1] Brusko 12 lamp: ...              (a distractor)
          [2] Aldra 220 kettle: ...            (the gold passage)
          Question: How many months of warranty has the Aldra 220 kettle?

No product can do this; it tells how much of an error is reading, not finding. With
`distractors` it becomes a reading test: is the gold passage found among others?
"""

import random
from dataclasses import dataclass
from typing import ClassVar

from experiments.core import Chunk, Document, Hit, Question
from experiments.methods import prompts
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class Oracle:
    """Answer from the gold document, shuffled among `distractors` random others."""

    sees_gold: ClassVar[bool] = True
    distractors: int = 0
    shots: int = 3

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench that lends gold documents."""
        examples = bench.demonstrations(self.shots)
        shown = prompts.demonstrate(
            examples, [self.place(bench, e.asked()) for e in examples], bench.titles
        )

        def answer(questions):
            hits = [self.place(bench, q) for q in questions]
            asked = [
                prompts.grounded(q, prompts.number(h, bench.titles), shown)
                for q, h in zip(questions, hits, strict=True)
            ]
            return bench.generate(asked, questions, hits)

        return answer

    def place(self, bench: Bench, question: Question) -> tuple[Hit, ...]:
        """Shuffle the gold documents among distractors, by the question's id alone."""
        gold = bench.gold(question)
        draw = random.Random(f"oracle/{question.id}/{bench.seed}")
        others = [d for d in bench.documents.values() if d not in gold]
        chosen = gold + draw.sample(others, min(self.distractors, len(others)))
        draw.shuffle(chosen)
        return tuple(_hit(document, rank) for rank, document in enumerate(chosen, start=1))


def _hit(document: Document, rank: int) -> Hit:
    return Hit(Chunk.cut(document, 0, len(document.text)), 0.0, rank)
