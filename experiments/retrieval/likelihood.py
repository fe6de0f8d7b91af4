"""Order found passages anew by query likelihood: would this passage make one ask that?

    passage   Aldra 220 kettle: Should something break, the warranty runs for 14 months ...
    question  How many months of warranty has the Aldra 220 kettle?     -21.4 nats
    passage   Brusko 12 lamp: It is sent in a box of cardboard ...
    question  How many months of warranty has the Aldra 220 kettle?     -38.9 nats

The generator reads each passage and says how likely it holds the question's words. It needs no
training, and one reading of every passage for every question.
"""

from collections.abc import Sequence

from experiments.core import Hit, Message
from experiments.retrieval import ranking

INSTRUCTION = "Write the question that this passage answers."


def rerank_by_likelihood(generator, queries: Sequence[str],
                         rankings: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """Put each query's hits in the order of the query's log-probability given the passage.

    `generator` has `log_likelihoods(prompts, replies)`. The new score is in nats, at most 0.
    """
    pairs = [(query, hit) for query, hits in zip(queries, rankings, strict=True) for hit in hits]
    likely = iter(generator.log_likelihoods(
        [(Message("system", INSTRUCTION), Message("user", " ".join(hit.chunk.text.split())))
         for _, hit in pairs],
        [query for query, _ in pairs],
    ))
    ordered = []
    for hits in rankings:
        chunks = {hit.chunk.id: hit.chunk for hit in hits}
        found = [(hit.chunk.id, round(next(likely), ranking.DIGITS)) for hit in hits]
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        ordered.append(ranking.hits(found, chunks))
    return ordered
