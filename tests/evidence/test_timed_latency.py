"""The settings of the timings: each takes the stages and the counts that its name promises."""

import pytest

from experiments.evidence.timing import latency as timed_latency
from experiments.evidence.timing import vectors as timed_vectors
from experiments.evidence.timing.cold_start import start_cold
from experiments.evidence.timing.sets import SETS, known_settings
from experiments.evidence.timing.timings import Timings, read_timings
from tests.methods.conftest import lamps  # noqa: F401  a fixture: eight articles, the fake model


@pytest.fixture
def desk(lamps, monkeypatch):  # noqa: F811
    """Time the lamp task with the fake model instead of the book's."""
    kept = [timed_latency.load, timed_latency.shown, timed_latency.documents]
    for one in kept:
        one.cache_clear()
    monkeypatch.setattr(timed_latency, "bench", lambda: lamps)
    yield lamps
    for one in kept:
        one.cache_clear()


@pytest.mark.parametrize("name", SETS)
def test_every_known_set_has_settings(name):
    assert all(callable(work) for work in known_settings(name).values())


def test_arms_with_a_95th_percentile_ask_fifty_questions():
    asked = {name: work.args[0] for name, work in timed_latency.settings().items()
             if getattr(work, "func", None) is timed_latency.measure_arm}
    assert {name for name, count in asked.items() if count >= 50} == {
        "closed book", "four examples", "tuned, short prompt", "RAG, 1 passage",
        "RAFT, 2 passages"}


def test_a_closed_book_reads_and_writes_and_searches_nothing(desk):
    taken = timed_latency.measure_arm(2)
    assert list(taken.ms) == ["read", "write"] and len(taken.ms["read"]) == 2
    assert taken.counts["questions"] == 2 and taken.counts["prompt tokens"] > 10


def test_reranking_stands_between_search_and_reading(desk):
    taken = timed_latency.measure_arm(2, k=1, shots=2, rerank=True)
    assert list(taken.ms) == ["embed", "search", "rerank", "read", "write"]
    assert all(len(each) == 2 and min(each) >= 0 for each in taken.ms.values())


def test_more_passages_and_examples_make_a_longer_prompt(desk):
    tokens = [timed_latency.measure_arm(2, **arm).counts["prompt tokens"]
              for arm in ({}, {"k": 1}, {"k": 3}, {"k": 3, "shots": 2}, {"long": True})]
    assert tokens[:4] == sorted(set(tokens[:4]))
    assert tokens[4] > tokens[2]  # all eight articles


def test_retrieval_is_timed_for_every_test_question(desk):
    taken = timed_latency.measure_retrieval()
    assert list(taken.ms) == ["embed", "search by meaning", "search by keywords", "rerank 5"]
    assert {len(each) for each in taken.ms.values()} == {2}
    assert taken.counts == {"questions": 2, "passages": 8}


def test_a_cold_start_goes_from_python_to_the_first_answer():
    stages = start_cold("fake")
    assert list(stages) == ["Python", "data", "embedder", "index", "model", "first answer"]
    assert min(stages.values()) > 0


def test_sizes_of_vectors_are_named_with_commas():
    assert list(timed_vectors.settings())[-1] == "1,000,000 vectors"


def test_a_size_is_built_asked_twice_and_compared(monkeypatch):
    import numpy as np

    drawn = np.random.default_rng(3).standard_normal((40, 8), dtype=np.float32)
    unit = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    monkeypatch.setattr(timed_vectors, "real_vectors", lambda: (unit, unit[:3]))
    taken = timed_vectors.measure_size(60)
    assert {name: len(each) for name, each in taken.ms.items()} == {
        "by default": 3, "wider": 3, "exact": 3, "build": 1, "open": 1}
    assert taken.counts["vectors"] == 60 and taken.counts["vector bytes"] == 60 * 8 * 4
    assert taken.counts["recall by default"] == taken.counts["recall wider"] == 1.0


def test_a_recorded_size_is_read_as_it_was_measured():
    rows = {"10 vectors": {
        "ms": {"by default": [1.0, 3.0], "wider": [2.0, 4.0], "exact": [5.0, 5.0],
               "build": [2500.0], "open": [10.0]},
        "counts": {"recall by default": 0.5, "recall wider": 0.75, "graph bytes": 900,
                   "vector bytes": 320}}}
    by_default, wider = timed_vectors.read_size(Timings("vectors", rows), 10)
    assert (by_default.recall, wider.recall) == (0.5, 0.75)
    assert by_default.graph_ms == (1.0, 3.0) and wider.graph_ms == (2.0, 4.0)
    assert wider.exact_ms == (5.0, 5.0) and wider.build_seconds == 2.5
    assert (wider.graph_bytes, wider.exact_bytes, wider.vectors) == (900, 320, 10)


@pytest.mark.parametrize("name", SETS)
def test_what_is_shipped_is_sealed_and_has_every_setting(name):
    assert list(read_timings(name).settings) == list(known_settings(name))
