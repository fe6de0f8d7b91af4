"""The cut at k is the same whatever an engine does with equals."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import Chunk
from experiments.retrieval.search.ranking import best, by_id


@given(scores=st.lists(st.integers(0, 3), min_size=1, max_size=30), k=st.integers(1, 40),
       seed=st.integers())
def test_the_cut_is_that_of_a_full_sort(scores, k, seed):
    passages = [(f"p{number:02}", float(score)) for number, score in enumerate(scores)]
    shuffled = random.Random(seed).sample(passages, len(passages))
    engine = sorted(shuffled, key=lambda pair: -pair[1])  # equals in random order
    found = best(lambda n: engine[:n], k, len(engine))
    assert found == sorted(passages, key=lambda pair: (-pair[1], pair[0]))[:k]


def test_noise_below_six_digits_does_not_order():
    found = [("b", 0.50000003), ("a", 0.50000001), ("c", 0.4)]
    assert best(lambda n: found[:n], 2, 3) == [("a", 0.5), ("b", 0.5)]


def test_no_more_is_asked_for_than_needed():
    asked = []
    scores = [("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 1.0)]
    best(lambda n: asked.append(n) or scores[:n], 2, 4)
    assert asked == [3]


def test_no_hits_are_no_search():
    with pytest.raises(ValueError, match="at least one hit"):
        best(lambda n: [], 0, 3)


def test_chunks_need_ids_of_their_own():
    chunk = Chunk("a", 0, 3, "one")
    with pytest.raises(ValueError, match="different ids"):
        by_id([chunk, chunk])
    with pytest.raises(ValueError, match="at least one"):
        by_id([])
