"""The measuring of an approximate search, on vectors small enough to know the truth."""

import numpy as np
import pytest

from experiments.core import BookError
from experiments.retrieval.maintenance.approximate import (
    GRAPHS,
    grow,
    measure,
    measure_wider,
    nearest,
)


def unit(rows, dimensions=8, seed=1):
    """Draw unit vectors."""
    drawn = np.random.default_rng(seed).standard_normal((rows, dimensions), dtype=np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_growing_keeps_the_real_vectors_and_adds_unit_copies_of_the_same_seed():
    real = unit(20)
    grown = grow(real, 50)
    assert grown.shape == (50, 8) and grown.dtype == np.float32
    assert (grown[:20] == real).all() and (grown == grow(real, 50)).all()
    assert np.linalg.norm(grown, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    assert (grow(real, 5) == real[:5]).all()


def test_a_copy_without_noise_lies_on_its_original():
    real = unit(3)
    copies = grow(real, 9, noise=0.0)[3:]
    assert (copies @ real.T).max(axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_the_exact_search_finds_the_ten_nearest():
    angles = np.linspace(0, 1, 30, dtype=np.float32)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert sorted(nearest(vectors, vectors[0])) == list(range(10))


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_small_graph_misses_nothing_and_is_counted(graph):
    vectors = unit(60)
    found = measure(vectors, vectors[:5], GRAPHS[graph])
    assert found.recall == 1.0 and found.vectors == 60
    assert len(found.graph_ms) == len(found.exact_ms) == 5 and min(found.graph_ms) > 0
    assert found.exact_bytes == 60 * 8 * 4 and found.graph_bytes > found.exact_bytes


def test_too_few_vectors_are_refused():
    with pytest.raises(BookError, match="more than 10 vectors"):
        measure(unit(10), unit(1), GRAPHS["this book"])
    with pytest.raises(BookError, match="more than 10 vectors"):
        measure_wider(unit(10), unit(1))


def test_one_graph_is_asked_twice_and_opened_in_between():
    vectors = unit(60)
    by_default, wider, opened = measure_wider(vectors, vectors[:5], kept_every=20)
    assert by_default.recall == wider.recall == 1.0 and by_default.vectors == 60
    assert by_default.exact_ms == wider.exact_ms and 0 < opened
    assert len(by_default.graph_ms) == len(wider.graph_ms) == 5


def test_the_wider_search_is_in_force_after_the_opening():
    # Where all lie about equally far away, a hundred candidates are too few.
    vectors = unit(6_000, 128)
    by_default, wider, _ = measure_wider(vectors, unit(50, 128, seed=2))
    assert by_default.recall < wider.recall
