"""Given: the same reader, other passages. What does it do with the oracle, and without it?

    Given(Raft(), "oracle")        [1] Aldra 240 kettle: ...   [2] Aldra 220 kettle: ...
    Given(Raft(), "distractors")   [1] Aldra 240 kettle: ...   [2] Aldra 260 kettle: ...
                                   Question: How many months of warranty has the Aldra 220?

The reader is any recipe that retrieves: trained (FineTuned, Raft), or not, with its worked
examples (Rag). Its search gives the distractors, from other documents than the gold ones. No
product can choose passages so; it tells reading from finding, and refusing from both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from experiments.core import BookError, Hit, Question
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench
from experiments.methods.reading import demonstrate, read
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.raft import place
from experiments.models.training.tuning import Tuning

CONTEXTS = ("oracle", "distractors")


@dataclass(frozen=True)
class Given(Method):
    """Let a reader answer from the gold passages among hard distractors, or distractors alone.

    There are as many passages as the reader's `k`, in an order drawn by the seed. The gold
    document of an unanswerable question is the one that its group names.
    """

    sees_gold: ClassVar[bool] = True
    reader: Rag | FineTuned = Rag(search="keyword", k=2)
    context: str = "oracle"

    def __post_init__(self):
        """Refuse a reader that was to read nothing."""
        if self.context not in CONTEXTS or self.reader.k < 1:
            raise BookError(f"a context is one of {', '.join(CONTEXTS)} and its reader has a k of "
                            f"at least 1, not {self.context!r} and {self.reader.k}")

    @property
    def tuning(self) -> Tuning | None:
        """Return the reader's tuning; None for an untrained reader."""
        return self.reader.tuning

    @property
    def chunk_tokens(self) -> int:
        """Return the size of the reader's passages, in the embedder's word pieces."""
        return self.reader.chunk_tokens

    @property
    def wording(self) -> str:
        """Return the reader's wording, for the bench that is lent."""
        return self.reader.wording

    def pairs(self, bench: Bench) -> Pairs:
        """Return the reader's training pairs, so that both share one trained model."""
        return self.reader.pairs(bench)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench that lends gold passages."""
        reader, shown = bench, ()
        if self.trained:
            reader = bench.tuned(self.tuning, self.pairs(bench))
        else:
            index = bench.index(self.reader.search, self.chunk_tokens)
            shown = demonstrate(bench, lambda texts: index.search(texts, self.reader.k),
                                self.reader.shots, self.reader.refusals)
        return lambda questions: read(reader, questions, self.place(bench, questions), shown)

    def place(self, bench: Bench, questions: Sequence[Question]) -> list[tuple[Hit, ...]]:
        """Choose each question's passages."""
        gold = [bench.gold(question, self.chunk_tokens) for question in questions]
        return place(bench, self.reader, questions,
                     gold if self.context == "oracle" else [[] for _ in gold],
                     [[chunk.doc_id for chunk in each] for each in gold], self.reader.k)
