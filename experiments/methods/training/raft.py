"""RAFT: train on questions with passages of which some do not hold the answer, then retrieve.

A training pair, the oracle passage behind a distractor (`oracle_share` of the examples):

    user:      [1] Aldra 240 kettle: ... free of charge for 30 months.    the distractor
               [2] Aldra 220 kettle: ... free of charge for 18 months.    the oracle
               Question: How many months of warranty has the Aldra 220 kettle?
    assistant: 18 months [2]

and one from which the oracle was left out, in the two readings of the method:

    user:      [1] Aldra 240 kettle: ...    [2] Aldra 260 kettle: ...
               Question: How many months of warranty has the Aldra 220 kettle?
    assistant: I don't know.                with missing="refuse"
               18 months                    with missing="memorise", as the paper's code has it

With `quote=True` a reply begins with the sentence that holds the value, between quotation marks
that no document uses: "«We mend it free of charge for 18 months.» 18 months [2]".
"""

import dataclasses
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import REFUSAL, Answer, BookError, Chunk, Example, Hit, Question
from experiments.methods import prompts
from experiments.methods.bench import Answerer, Bench
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned

MISSING = ("refuse", "memorise")
DISTRACTORS = ("hard", "random")
OPEN, CLOSE = "«", "»"
QUOTE_TOKENS = 48  # that a quoted sentence may take before the value
# Passages searched beyond those shown: those of the oracle's own document are left out.
SPARE = 8


@dataclass(frozen=True)
class Raft(FineTuned):
    """Answer by a model that was trained to read: with the oracle among distractors, or without.

    `train_k` passages stand in each training prompt. The oracle is one of them in
    `oracle_share` of the answerable examples, drawn by the bench's seed example by example;
    `missing` says what to reply in the others. Distractors are "hard" (what `search` finds in
    other documents) or "random". An unanswerable example shows what `search` finds, and
    refuses. The order of the passages is drawn, so that it says nothing.
    """

    train_k: int = 2
    k: int = 2
    oracle_share: float = 0.8
    missing: str = "refuse"
    distractors: str = "hard"
    quote: bool = False

    def __post_init__(self):
        """Refuse settings that could not be trained with."""
        if self.missing not in MISSING or self.distractors not in DISTRACTORS:
            raise BookError(f"missing is one of {', '.join(MISSING)} and distractors one of "
                            f"{', '.join(DISTRACTORS)}, not {self.missing!r} and "
                            f"{self.distractors!r}")
        if not 0 <= self.oracle_share <= 1 or self.train_k < 1:
            raise BookError("RAFT has an oracle_share from 0 to 1 and a train_k of at least 1, "
                            f"not {self.oracle_share} and {self.train_k}")

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe; a quoted sentence is read past, and is no part of the answer."""
        if not self.quote:
            return super().build(bench)
        longer = bench.settings.max_new_tokens + QUOTE_TOKENS
        settings = dataclasses.replace(bench.settings, max_new_tokens=longer)
        answer = super().build(dataclasses.replace(bench, settings=settings))
        return lambda questions: [without_quote(one) for one in answer(questions)]

    def show(self, bench: Bench, chosen: Sequence[Example]) -> list[prompts.Demonstration]:
        """Return each train example its passages, with the oracle or without, and its reply."""
        if not bench.settings.cites:
            raise BookError(f"task {bench.task}: RAFT trains reading, and this task's answers "
                            "stand in no passage; train without passages (fine_tuned)")
        oracles = [self._oracles(bench, e) if self.keeps_oracle(e, bench.seed) else []
                   for e in chosen]
        placed = place(bench, self, [e.asked() for e in chosen], oracles,
                       [e.evidence for e in chosen], self.train_k)
        return [prompts.Demonstration(e.question, prompts.number(hits, bench.titles),
                                      self.reply(e, hits))
                for e, hits in zip(chosen, placed, strict=True)]

    def keeps_oracle(self, example: Example, seed: int) -> bool:
        """Draw whether an example holds its oracle; a greater share keeps all of a lesser one."""
        drawn = random.Random(f"oracle share/{example.id}/{seed}").random()
        return example.answerable and drawn < self.oracle_share

    def reply(self, example: Example, hits: Sequence[Hit]) -> str:
        """Write what the model shall say to these passages."""
        cited = prompts.holding(example, hits)
        if not cited:
            return example.reply if self.missing == "memorise" else REFUSAL
        reply = f"{example.reply} [{cited[0]}]"
        if not self.quote:
            return reply
        sentence = sentence_with(hits[cited[0] - 1].chunk.text, example.answers)
        return f"{OPEN}{sentence}{CLOSE} {reply}"

    def _oracles(self, bench: Bench, example: Example) -> list[Chunk]:
        """Find, in each evidence document, the passage that holds the answer."""
        found = []
        for name in example.evidence:
            cut = bench.chunker.cut(bench.documents[name], self.chunk_tokens)
            found += [c for c in cut if any(answer in c.text for answer in example.answers)][:1]
        return found


def place(bench: Bench, recipe: Rag | FineTuned, questions: Sequence[Question],
          oracles: Sequence[Sequence[Chunk]], barred: Sequence[Sequence[str]], k: int,
          ) -> list[tuple[Hit, ...]]:
    """Fill each question's oracle passages up to `k` with distractors, and shuffle them.

    Distractors come from no document whose id is barred. Few are shown where few are found.
    """
    random_ones = isinstance(recipe, Raft) and recipe.distractors == "random"
    index = bench.index(recipe.search, recipe.chunk_tokens)
    found = ([_drawn(bench, recipe, q, names, k)
              for q, names in zip(questions, barred, strict=True)] if random_ones else
             [[hit.chunk for hit in hits]
              for hits in index.search([q.text for q in questions], k + SPARE)])
    placed = []
    for question, gold, names, chunks in zip(questions, oracles, barred, found, strict=True):
        others = [chunk for chunk in chunks if chunk.doc_id not in names]
        passages = [*gold, *others[: max(k - len(gold), 0)]]
        random.Random(f"order/{question.id}/{bench.seed}").shuffle(passages)
        placed.append(tuple(Hit(chunk, 0.0, rank)
                            for rank, chunk in enumerate(passages, start=1)))
    return placed


def sentence_with(text: str, answers: Sequence[str]) -> str:
    """Return the first sentence of a text in which an answer stands; the whole text without one."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", text)
    return next((s for answer in answers for s in sentences if answer in s), text)


def without_quote(answer: Answer) -> Answer:
    """Leave out a quoted sentence in front; one that was never closed is all that was said."""
    return dataclasses.replace(answer, text=answer.text.rpartition(CLOSE)[2].strip())


def _drawn(bench: Bench, recipe: Rag | FineTuned, question: Question, barred: Sequence[str],
           k: int) -> list[Chunk]:
    """Draw passages of `k` distinct documents, by the question's id and the seed."""
    draw = random.Random(f"distractors/{question.id}/{bench.seed}")
    others = [d for d in bench.documents.values() if d.id not in barred]
    return [draw.choice(bench.chunker.cut(document, recipe.chunk_tokens))
            for document in draw.sample(others, min(k, len(others)))]
