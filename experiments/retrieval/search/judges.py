"""Order found passages anew by a model that reads query and passage together.

Query likelihood asks the generator: would this passage make one ask that?

    passage   Aldra 220 kettle: Should something break, the warranty runs for 14 months ...
    question  How many months of warranty has the Aldra 220 kettle?     -21.4 nats
    passage   Brusko 12 lamp: It is sent in a box of cardboard ...
    question  How many months of warranty has the Aldra 220 kettle?     -38.9 nats

It needs no training, and one reading of every passage for every question. A cross-encoder reads
both as well and was trained to judge.
"""

from collections.abc import Iterable, Iterator, Sequence

from experiments.core import Hit, Message
from experiments.retrieval.search import ranking

INSTRUCTION = "Write the question that this passage answers."


def rerank_by_likelihood(generator, queries: Sequence[str],
                         rankings: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """Put each query's hits in the order of the query's log-probability given the passage.

    `generator` has `log_likelihoods(prompts, replies)`. The new score is in nats, at most 0.
    """
    pairs = list(judged(queries, rankings))
    likely = generator.log_likelihoods(
        [(Message("system", INSTRUCTION), Message("user", " ".join(hit.chunk.text.split())))
         for _, hit in pairs],
        [query for query, _ in pairs],
    )
    return reorder(rankings, likely)


def rerank_by_judge(judge, queries: Sequence[str],
                    rankings: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """Put each query's hits in the order of a cross-encoder's score of (query, passage).

    `judge` has `predict(pairs)`, as sentence-transformers' CrossEncoder.
    """
    pairs = [(query, hit.chunk.text) for query, hit in judged(queries, rankings)]
    return reorder(rankings, judge.predict(pairs) if pairs else [])


def judged(queries: Sequence[str], rankings: Sequence[Sequence[Hit]]) -> Iterator[tuple[str, Hit]]:
    """Yield every query with each of its hits."""
    for query, hits in zip(queries, rankings, strict=True):
        yield from ((query, hit) for hit in hits)


def reorder(rankings: Sequence[Sequence[Hit]], scores: Iterable[float]) -> list[list[Hit]]:
    """Return each ranking's hits their new scores, best first, ties by chunk id.

    `scores` are those of all hits, ranking by ranking.
    """
    scores, ordered = iter(scores), []
    for hits in rankings:
        chunks = {hit.chunk.id: hit.chunk for hit in hits}
        found = ranking.order((hit.chunk.id, next(scores)) for hit in hits)
        ordered.append(ranking.hits(found, chunks))
    return ordered
