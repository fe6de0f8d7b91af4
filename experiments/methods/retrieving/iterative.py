"""Iterative retrieval: names that the first search brings become part of the second query.

    question   How long is the cable of the kettle that the Lumo descaling set fits?
    hop 1      [1] Lumo descaling set: ... The only kettle it can be used with is the Aldra 480. ...
    hop 2      the question, and "Aldra 480"  ->  [2] Aldra 480: ... The cable measures 95 cm. ...

No model writes the second query. A name is a capitalised word inside a sentence, with the number
behind it, that the question does not hold. Documents found before are not found again.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.core import Answer, Hit, Question
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.reading import demonstrate, read

NAME = re.compile(r"(?<=[a-z,;] )[A-Z]\w+(?: \d+)?")


@dataclass(frozen=True)
class Iterative(Method):
    """Answer from the best passage of each of `hops` searches."""

    hops: int = 2
    chunk_tokens: int = 256
    search: str = "keyword"
    shots: int = 4

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench."""
        shown = demonstrate(bench, lambda texts: self.find(bench, texts), self.shots, 0)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            started = time.perf_counter()
            hits = self.find(bench, [q.text for q in questions])
            seconds = (time.perf_counter() - started) / max(len(questions), 1)
            return read(bench, questions, hits, shown, seconds=seconds)

        return answer

    def find(self, bench: Bench, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """Search hop by hop; give each question one passage a hop, in the order of the hops."""
        index = bench.index(self.search, self.chunk_tokens)
        found: list[tuple[Hit, ...]] = [()] * len(texts)
        for hop in range(1, self.hops + 1):
            queries = [" ".join([text, *new_names(text, hits)])
                       for text, hits in zip(texts, found, strict=True)]
            # A document has a few passages: look deep enough to pass by those known already.
            ranked = index.search(queries, 8 * hop) if queries else []
            found = [before + _first_new(before, hits, hop)
                     for before, hits in zip(found, ranked, strict=True)]
        return found


def new_names(question: str, hits: Sequence[Hit]) -> list[str]:
    """List the names in what was found that the question does not hold, each once."""
    named = [name for hit in hits for name in NAME.findall(hit.chunk.text)]
    return [name for name in dict.fromkeys(named) if name not in question]


def _first_new(before: Sequence[Hit], hits: Sequence[Hit], rank: int) -> tuple[Hit, ...]:
    """Return the best hit of a document not found before, if there is one."""
    known = {hit.chunk.doc_id for hit in before}
    return tuple(replace(hit, rank=rank) for hit in hits if hit.chunk.doc_id not in known)[:1]
