"""Cut a ranking at k so that the same question always gets the same hits."""

from collections.abc import Callable, Iterable, Mapping

from experiments.core import Chunk, Hit

DIGITS = 6

Found = list[tuple[str, float]]


def best(fetch: Callable[[int], Found], k: int, size: int) -> Found:
    """Return the k best of `size` passages as (chunk id, score), ties by chunk id.

    `fetch(n)` gives some n best in any order among equals. Scores are rounded to
    six digits first: what differs by less is floating-point noise. One more than
    k is asked for, and more while the cut falls inside a group of equals, because
    the engine's own choice among equals depends on how its graph was built.
    """
    if k < 1:
        raise ValueError(f"a search returns at least one hit, not {k}")
    wanted = min(k + 1, size)
    while True:
        found = order(fetch(wanted))
        if wanted == size or found[-1][1] < found[k - 1][1]:
            return found[:k]
        wanted = min(2 * wanted, size)


def order(found: Iterable[tuple[str, float]], digits: int = DIGITS) -> Found:
    """Round the scores and put the best first, ties by chunk id."""
    rounded = [(name, round(float(score), digits)) for name, score in found]
    return sorted(rounded, key=lambda pair: (-pair[1], pair[0]))


def hits(found: Found, chunks: Mapping[str, Chunk]) -> list[Hit]:
    """Turn (chunk id, score) pairs, best first, into hits with ranks from 1."""
    return [Hit(chunks[name], score, rank) for rank, (name, score) in enumerate(found, start=1)]


def by_id(chunks: list[Chunk]) -> dict[str, Chunk]:
    """Map chunk ids to chunks in the order of their ids."""
    table = {chunk.id: chunk for chunk in sorted(chunks, key=lambda chunk: chunk.id)}
    if not table:
        raise ValueError("an index needs at least one chunk")
    if len(table) != len(chunks):
        raise ValueError(f"{len(chunks)} chunks have only {len(table)} different ids")
    return table
