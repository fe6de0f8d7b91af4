"""A needle in a haystack: the article that holds the answer, at a chosen place among others.

    user: [1] Brusko 12 lamp: ...
          ... some thousand tokens of other articles ...
          [9] Aldra 220 kettle: ...       (place = "end")
          Question: How many months of warranty has the Aldra 220 kettle?

Long context with coverage taken out of it: the answer is always there. What remains is whether
the model finds it, by the length of the prompt and by where the article stands.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from experiments.core import Answer, BookError, Chunk, Hit, Question
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.prompts import passage
from experiments.methods.reading import read

PLACES = ("start", "middle", "end")


@dataclass(frozen=True)
class Haystack(Method):
    """Answer from the gold article, whole, among `filler_tokens` of train articles."""

    sees_gold: ClassVar[bool] = True
    filler_tokens: int = 1000
    place: str = "end"

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench that lends gold documents."""
        if self.place not in PLACES:
            raise BookError(f"place is one of {', '.join(PLACES)}, not {self.place!r}")
        filler = draw_filler(bench, self.filler_tokens)
        before = {"start": 0, "middle": len(filler) // 2, "end": len(filler)}[self.place]

        def answer(questions: Sequence[Question]) -> list[Answer]:
            # Questions about one article share their whole prompt but the last line. With the
            # article at the end, all questions share the filler.
            groups: dict[str, list[tuple[Question, tuple[Hit, ...]]]] = {}
            for question in questions:
                gold = bench.gold(question)[:1]
                chunks = [*filler[:before], *gold, *filler[before:]]
                hits = tuple(Hit(c, 0.0, rank) for rank, c in enumerate(chunks, start=1))
                shared = gold[0].doc_id if gold and self.place != "end" else ""
                groups.setdefault(shared, []).append((question, hits))
            answers = {}
            for group in groups.values():
                said = read(bench, [q for q, _ in group], [hits for _, hits in group], ())
                answers |= {one.example_id: one for one in said}
            return [answers[question.id] for question in questions]

        return answer


def draw_filler(bench: Bench, tokens: int) -> list[Chunk]:
    """Draw whole documents, by the seed, that only train questions are about, up to `tokens`."""
    asked = {name for e in bench.all_examples if e.split != "train"
             for name in (*e.evidence, e.group)}
    others = [d for d in bench.documents.values() if d.id not in asked]
    random.Random(f"haystack/{bench.seed}").shuffle(others)
    frame, chunks, used = bench.count_tokens(""), [], 0
    for document in others:
        used += bench.count_tokens(passage(len(chunks) + 1, document.title, document.text)) - frame
        if used > tokens:
            break
        chunks.append(Chunk.cut(document, 0, len(document.text)))
    return chunks
