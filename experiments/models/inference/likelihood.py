"""How likely a model holds given replies: one reading of prompt and reply, nothing generated."""

from collections.abc import Sequence

from experiments.core import BookError
from experiments.models.inference.attention import SharedPrefixCache
from experiments.models.inference.batching import common_prefix, passes

Tokens = Sequence[int]


def of_replies(generator, starts: Sequence[Tokens], said: Sequence[Tokens]) -> list[float]:
    """Sum the log-probabilities (nats) of the tokens `said` behind each start, in order.

    `generator` is a TorchGenerator. Raises BookError for an empty reply.
    """
    if not all(said):
        raise BookError("the likelihood of an empty text was asked for: give replies of words")
    tokens = [[*start, *reply] for start, reply in zip(starts, said, strict=True)]
    # The token before a reply tells of its first one, so it belongs to the row, not the front.
    shared = min([common_prefix(tokens), *(len(start) - 1 for start in starts)])
    rows = [each[shared:] for each in tokens]
    groups = passes([len(row) for row in rows])
    longest = [max(len(rows[place]) for place in group) for group in groups]
    if not groups:
        return []
    cache = SharedPrefixCache(
        generator.model, prefix=shared, longest=max(longest),
        room=max(len(g) * n for g, n in zip(groups, longest, strict=True)))
    generator.lay_front(cache, tokens[0][:shared])
    likely = []
    for group, capacity in zip(groups, longest, strict=True):
        cache.open_rows(len(group), capacity)
        likely += _pass(generator, cache, [rows[p] for p in group], [said[p] for p in group])
    return likely


def _pass(generator, cache, rows: Sequence[Tokens], said: Sequence[Tokens]) -> list[float]:
    """Read rows end to end; sum the log-probabilities of the tokens with which each ends."""
    keep, end = [], 0
    for row, reply in zip(rows, said, strict=True):
        end += len(row)
        keep += range(end - len(reply) - 1, end - 1)
    logits = generator.forward(cache, list(enumerate(rows)), keep).float().log_softmax(-1)
    told = logits[range(len(keep)), [token for reply in said for token in reply]]
    return [float(part.sum()) for part in told.split([len(reply) for reply in said])]
