"""Oracle: hand over the passage that holds the answer. The ceiling of every table.

    user: [1] Brusko 12 lamp: ...              (a distractor)
          [2] Aldra 220 kettle: ...            (the gold passage)
          Question: How many months of warranty has the Aldra 220 kettle?

No product can do this; it tells how much of an error is reading, not finding. With
`distractors` it becomes a reading test: is the gold passage found among others?
"""

import random
from dataclasses import dataclass, field
from typing import ClassVar

from experiments.core import Chunk, Hit, Question
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class Oracle(Method):
    """Answer from the gold passage, shuffled among `distractors` random others.

    Passages are chunks of `chunk_tokens`; 0 gives whole documents. `wording` names other
    prompt texts than the task's own; see `prompts.WORDINGS`.
    """

    sees_gold: ClassVar[bool] = True
    distractors: int = 0
    chunk_tokens: int = 64
    shots: int = 4
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench that lends gold passages."""
        examples = bench.demonstrations(self.shots)
        shown = prompts.demonstrate(
            examples, [self.place(bench, e.asked()) for e in examples], bench.titles,
            cites=bench.settings.cites,
        )

        def answer(questions):
            hits = [self.place(bench, q) for q in questions]
            asked = [
                prompts.grounded(q, prompts.number(h, bench.titles), shown,
                                 templates=bench.templates)
                for q, h in zip(questions, hits, strict=True)
            ]
            return bench.generate(asked, questions, hits)

        return answer

    def place(self, bench: Bench, question: Question) -> tuple[Hit, ...]:
        """Shuffle the gold passages among distractors, by the question's id and the seed."""
        gold = bench.gold(question, self.chunk_tokens)
        draw = random.Random(f"oracle/{question.id}/{bench.seed}")
        taken = {chunk.doc_id for chunk in gold}
        others = [d for d in bench.documents.values() if d.id not in taken]
        drawn = draw.sample(others, min(self.distractors, len(others)))
        passages: list[Chunk] = gold + [
            draw.choice(bench.chunker.cut(document, self.chunk_tokens)) for document in drawn
        ]
        draw.shuffle(passages)
        return tuple(Hit(chunk, 0.0, rank) for rank, chunk in enumerate(passages, start=1))
