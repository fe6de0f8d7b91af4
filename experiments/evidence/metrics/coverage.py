"""How much of the answer's sentence do the retrieved passages hold, and at what price?

A real instance, before any code:

    gold     "The kettle costs $360 in our own shop and at most dealers."
    passage  "440 contains 3.7 litres. ... The kettle costs $360 in our own shop and at most"
    cover    Coverage(recall=0.92, precision=0.21, iou=0.21, words=52)

A document counts as found when any passage of it is among the hits, also one that does not
hold the answer. Coverage asks for the very words. A token is a run of characters without
white space; one that two passages share is found once and read twice.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from experiments.core import BookError, Chunk, Document, Example, Hit

_TOKEN = re.compile(r"\S+")
# A line break ends a sentence too: a heading and a row of a table are one each.
_SENTENCE = re.compile(r"\S(?:[^\n]*?[.!?](?=\s)|[^\n]*)")


@dataclass(frozen=True)
class Coverage:
    """Shares from 0 to 1; `words` is how many tokens the passages make the reader read."""

    recall: float
    precision: float
    iou: float
    words: int


def cover(gold: Chunk, passages: Sequence[Chunk]) -> Coverage:
    """Measure passages against the gold span.

    Recall is the share of the gold tokens that any passage holds. Precision is the share
    of the tokens read that are gold, each counted once. IoU is what gold and passages
    share over what either holds.
    """
    wanted = [gold.start + token.start() for token in _TOKEN.finditer(gold.text)]
    same = [p for p in passages if p.doc_id == gold.doc_id]
    found = sum(any(p.start <= place < p.end for p in same) for place in wanted)
    read = sum(len(_TOKEN.findall(p.text)) for p in passages)
    precision = found / read if read else 0.0
    return Coverage(found / len(wanted), precision, found / (len(wanted) + read - found), read)


def answer_sentences(document: Document, example: Example) -> list[Chunk]:
    """List the sentences of a document in which the first gold answer stands, in their order.

    An answer that crosses the end of a sentence gives both sentences as one.
    """
    answer = re.escape(example.answers[0])
    sentences = list(_SENTENCE.finditer(document.text))
    spans = []
    for place in re.finditer(rf"(?<!\w)(?<!\d\.){answer}(?!\w)(?!\.\d)", document.text):
        met = [s for s in sentences if s.end() > place.start() and s.start() < place.end()]
        spans.append((met[0].start(), met[-1].end()))
    return [Chunk.cut(document, start, end) for start, end in dict.fromkeys(spans)]


def answer_sentence(document: Document, example: Example) -> Chunk:
    """Return the first of `answer_sentences`; raises BookError when there is none."""
    found = answer_sentences(document, example)
    if not found:
        raise BookError(f"question {example.id}: no sentence of {document.id} holds "
                        f"{example.answers[0]!r}; correct its evidence or its first answer")
    return found[0]


def within_budget(hits: Sequence[Hit], budget: int,
                  count_tokens: Callable[[str], int]) -> list[Chunk]:
    """Take passages from the best down, until the next would exceed `budget` tokens."""
    taken, used = [], 0
    for hit in hits:
        used += count_tokens(hit.chunk.text)
        if used > budget:
            break
        taken.append(hit.chunk)
    return taken


def holder(gold: Chunk, chunks: Sequence[Chunk]) -> Chunk | None:
    """Find the first chunk that holds all of the gold span; None when every cut split it."""
    return next((c for c in chunks if c.doc_id == gold.doc_id
                 and c.start <= gold.start and gold.end <= c.end), None)
