"""What is computed together covers everything once, within bounds."""

from hypothesis import given
from hypothesis import strategies as st

from experiments.models.inference.batching import (
    CACHE_TOKENS,
    PREFILL_TOKENS,
    ROWS,
    WORTHWHILE_PREFIX,
    batches,
    common_prefix,
    passes,
)

LENGTHS = st.lists(st.integers(1, 3000), max_size=60)


def test_the_common_prefix_leaves_each_prompt_a_token_of_its_own():
    ten = list(range(10))
    assert common_prefix([[*ten, 1, 2], [*ten, 1, 3], [*ten, 4]]) == 10
    assert common_prefix([ten, [*ten, 7]]) == 9
    assert common_prefix([ten, ten]) == 9


def test_no_prefix_is_shared_by_one_prompt_or_where_it_would_not_pay():
    assert common_prefix([]) == 0
    assert common_prefix([[1] * 50]) == 0
    short = [1] * (WORTHWHILE_PREFIX - 1)
    assert common_prefix([[*short, 2, 2], [*short, 3]]) == 0
    assert common_prefix([[*short, 1, 2], [*short, 1, 3]]) == WORTHWHILE_PREFIX


@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=30), min_size=2, max_size=6))
def test_the_common_prefix_is_common_and_cannot_be_longer(prompts):
    shared = common_prefix(prompts)
    assert all(p[:shared] == prompts[0][:shared] and len(p) > shared for p in prompts)
    longer = shared + 1
    if shared:
        assert any(p[:longer] != prompts[0][:longer] or len(p) == longer for p in prompts)


def test_batches_take_the_longest_first_and_keep_like_lengths_together():
    assert batches([5, 300, 7, 310], 10) == [[3, 1, 2, 0]]
    many = batches([1] * (2 * ROWS + 1), 10)
    assert [len(group) for group in many] == [ROWS, ROWS, 1]


def test_a_batch_of_long_prompts_has_fewer_rows():
    # Two rows of 8000 + 32 tokens fit into 16,384, a third does not.
    assert CACHE_TOKENS == 16_384
    assert [len(g) for g in batches([8000] * 5, 32)] == [2, 2, 1]
    assert batches([100_000, 100_000], 32) == [[0], [1]]


@given(LENGTHS)
def test_batches_hold_every_place_once_within_bounds(lengths):
    groups = batches(lengths, 32)
    assert sorted(place for group in groups for place in group) == list(range(len(lengths)))
    for group in groups:
        longest = max(lengths[place] for place in group)
        assert len(group) <= ROWS
        assert len(group) == 1 or len(group) * (longest + 32) <= CACHE_TOKENS


@given(LENGTHS)
def test_passes_hold_every_prompt_whole_and_in_order_within_bounds(lengths):
    groups = passes(lengths)
    assert [place for group in groups for place in group] == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or sum(lengths[p] for p in group) <= PREFILL_TOKENS
