"""What to compute together: shared beginnings, and prompts of like length."""

from collections.abc import Sequence

ROWS = 16
# Bounds on memory: tokens of keys and values kept in one batch, tokens laid in one prefill.
CACHE_TOKENS = 16_384
PREFILL_TOKENS = 1024
# A shorter prefix costs more in a pass of its own than it saves.
WORTHWHILE_PREFIX = 8


def common_prefix(prompts: Sequence[Sequence[int]]) -> int:
    """Count the tokens with which all prompts begin; each keeps at least one of its own.

    0 for fewer than two prompts, or where sharing would not pay.
    """
    if len(prompts) < 2:
        return 0
    # The first and the last in dictionary order differ earliest.
    first, last = min(prompts), max(prompts)
    limit = min(map(len, prompts)) - 1
    same = next((n for n in range(limit) if first[n] != last[n]), limit)
    return same if same >= WORTHWHILE_PREFIX else 0


def batches(lengths: Sequence[int], new_tokens: int) -> list[list[int]]:
    """Group places by length, longest first, within the bounds on rows and memory."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    groups: list[list[int]] = []
    for place in order:
        if groups:
            group = groups[-1]
            room = (lengths[group[0]] + new_tokens) * (len(group) + 1)
            if len(group) < ROWS and room <= CACHE_TOKENS:
                group.append(place)
                continue
        groups.append([place])
    return groups


def passes(lengths: Sequence[int]) -> list[list[int]]:
    """Cut a batch into prefill passes of few enough tokens, in order, prompts kept whole."""
    groups: list[list[int]] = []
    laid = 0
    for place, length in enumerate(lengths):
        if groups and laid + length <= PREFILL_TOKENS:
            groups[-1].append(place)
            laid += length
        else:
            groups.append([place])
            laid = length
    return groups
