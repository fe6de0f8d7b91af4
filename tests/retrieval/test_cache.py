"""The vector cache: what was stored comes back, whoever else uses the file."""

import multiprocessing

import numpy as np
import pytest

from experiments.core import BookError
from experiments.retrieval.search.cache import VectorCache


def vector(value):
    """Make a vector of four equal numbers."""
    return np.full(4, value, dtype=np.float32)


def test_what_was_stored_comes_back(tmp_path):
    cache = VectorCache(tmp_path / "v.sqlite", 4)
    assert cache.read(["a"]) == {}
    cache.write({"a": vector(0.1), "b": vector(2)})
    found = VectorCache(tmp_path / "v.sqlite", 4).read(["b", "a", "missing", "a"])
    assert {key: value.tolist() for key, value in found.items()} == {
        "a": vector(0.1).tolist(), "b": [2, 2, 2, 2]}


def test_a_stored_vector_is_never_replaced(tmp_path):
    cache = VectorCache(tmp_path / "v.sqlite", 4)
    cache.write({"a": vector(1)})
    cache.write({"a": vector(2)})
    assert cache.read(["a"])["a"].tolist() == [1, 1, 1, 1]


def test_more_keys_than_one_query_takes(tmp_path):
    cache = VectorCache(tmp_path / "v.sqlite", 4)
    cache.write({str(n): vector(n) for n in range(1201)})
    found = cache.read(str(n) for n in range(1201))
    assert len(found) == 1201 and found["1200"][0] == 1200


def test_a_vector_of_another_length_is_not_taken(tmp_path):
    VectorCache(tmp_path / "v.sqlite", 3).write({"a": np.ones(3, dtype=np.float32)})
    assert VectorCache(tmp_path / "v.sqlite", 4).read(["a"]) == {}


@pytest.mark.parametrize("keep", [0, 5000])
def test_a_damaged_file_is_begun_anew_with_one_warning(tmp_path, capfd, keep):
    path = tmp_path / "v.sqlite"
    cache = VectorCache(path, 4)
    cache.write({str(n): vector(n) for n in range(2000)})
    path.write_bytes(path.read_bytes()[:keep] + b"garbage" * 1000)
    assert cache.read(["1500"]) == {}
    cache.write({"new": vector(7)})
    assert list(cache.read(["new"])) == ["new"]
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1
    assert str(path) in err and "built anew" in err


def _store(path, who):
    """Store and read back, as one of several processes."""
    cache = VectorCache(path, 4)
    for turn in range(10):
        cache.write({f"{who}-{turn}": vector(turn)})
        assert cache.read([f"{who}-{turn}"])


def test_four_processes_lose_nothing(tmp_path):
    path = tmp_path / "v.sqlite"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_store, args=(path, who)) for who in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    keys = [f"{who}-{turn}" for who in range(4) for turn in range(10)]
    assert sorted(VectorCache(path, 4).read(keys)) == sorted(keys)


def test_a_place_that_cannot_be_used_is_named_with_what_to_do(tmp_path):
    cache = VectorCache(tmp_path / "nowhere" / "vectors.sqlite", 2)
    with pytest.raises(BookError, match="vectors.sqlite: the embedding cache cannot be used "
                                        ".unable to open.*KNOW_OR_BEHAVE_CACHE"):
        cache.write({"a": np.zeros(2, np.float32)})
