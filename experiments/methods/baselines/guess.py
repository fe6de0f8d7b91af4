"""Guess: repeat the answer of the train question with the nearest wording. No model at all.

    asked:         How many months of warranty has the Aldra 220 kettle?
    nearest train: How many months of warranty has the Brusko 12 lamp?   -> 24 months

It knows the form of an answer and nothing of the thing asked about: the dummy row that
every table needs, for a method that does not beat it has learnt only the form.
"""

from dataclasses import dataclass
from typing import ClassVar

from experiments.core import Answer, BookError, Chunk, Document
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench


@dataclass(frozen=True)
class Guess(Method):
    """Answer what was right for the most similar train question (BM25)."""

    dummy: ClassVar[bool] = True

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; raises BookError without train questions."""
        from experiments.retrieval.search.keyword import KeywordIndex

        train = {e.id: e for e in bench.examples("train")}
        if not train:
            raise BookError(f'task {bench.task}: guess needs questions with "split": "train"')
        index = KeywordIndex([
            Chunk.cut(Document(e.id, e.id, e.question), 0, len(e.question)) for e in train.values()
        ])

        def answer(questions):
            nearest = index.search([q.text for q in questions], 1)
            examples = [train[hits[0].chunk.doc_id] for hits in nearest]
            return [Answer(q.id, e.reply) for q, e in zip(questions, examples, strict=True)]

        return answer
