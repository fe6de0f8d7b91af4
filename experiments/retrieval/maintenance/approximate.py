"""How much does an approximate search miss, and what does it save? Chroma's graph, timed.

    measure(vectors, queries, GRAPHS["Chroma's defaults"])
    -> Measured(vectors=10000, recall=0.97, graph_ms=(0.9, 1.2, ...), exact_ms=(1.4, ...),
                graph_bytes=45301760, exact_bytes=15360000, build_seconds=6.1)

Recall@10 is the share of the ten truly nearest vectors that the graph finds, mean over queries.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.core import BookError
from experiments.retrieval.search.chroma import GRAPH

NEAREST = 10
BATCH = 5_000  # Chroma takes at most some 5,400 vectors at a time
# What a user gets without a word, the same with four times as many candidates looked at,
# and what the indexes of this book ask for.
GRAPHS: Mapping[str, Mapping] = {
    "Chroma's defaults": {"hnsw": {"space": "cosine"}},
    "wider search": {"hnsw": {"space": "cosine", "ef_search": GRAPH["hnsw"]["ef_search"]}},
    "this book": GRAPH,
}


@dataclass(frozen=True)
class Measured:
    """One size of one graph; milliseconds are one query each, in the order of the queries."""

    vectors: int
    recall: float
    graph_ms: tuple[float, ...]
    exact_ms: tuple[float, ...]
    graph_bytes: int
    exact_bytes: int
    build_seconds: float


def grow(vectors: np.ndarray, count: int, *, noise: float = 0.5, seed: int = 2026) -> np.ndarray:
    """Return `count` unit vectors: the real ones, then noisy copies of real ones drawn by seed.

    `noise` is the length of the random vector that is added to a copy of length one; a
    copy then has a cosine of about 1 / sqrt(1 + noise ** 2) to its original.
    """
    if count <= len(vectors):
        return vectors[:count]
    random = np.random.default_rng(seed)
    copies = vectors[random.integers(len(vectors), size=count - len(vectors))]
    jolts = random.standard_normal(copies.shape, dtype=np.float32)
    jolts *= noise / np.linalg.norm(jolts, axis=1, keepdims=True)
    moved = copies + jolts
    return np.concatenate([vectors, moved / np.linalg.norm(moved, axis=1, keepdims=True)])


def nearest(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Find the ten nearest by comparing with every vector; their numbers, in no order."""
    cosines = vectors @ query
    return np.argpartition(-cosines, NEAREST)[:NEAREST]


def measure(vectors: np.ndarray, queries: np.ndarray, graph: Mapping) -> Measured:
    """Build a graph on disk, ask it and ask exactly; vectors and queries are unit rows."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client, collection, built = _build(Path(folder), vectors, queries[0], graph)
        asked = timed(lambda query: _ask(collection, query), queries)
        size = _bytes_of(Path(folder))
        client.close()
    (measured,) = _compared(vectors, queries, [asked], size, built)
    return measured


def measure_wider(vectors: np.ndarray, queries: np.ndarray, kept_every: int = 1_000
                  ) -> tuple[Measured, Measured, float]:
    """Build one graph with Chroma's defaults, ask it, open it anew and ask the wider search.

    Gives (by default, wider, seconds to open). `kept_every` is Chroma's `sync_threshold`:
    how many vectors come between two savings to disk. A changed `ef_search` is in force
    from the next opening on.
    """
    graph = {"hnsw": {**GRAPHS["Chroma's defaults"]["hnsw"], "sync_threshold": kept_every}}
    wider = {"hnsw": {"ef_search": GRAPHS["wider search"]["hnsw"]["ef_search"]}}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client, collection, built = _build(Path(folder), vectors, queries[0], graph)
        asked = timed(lambda query: _ask(collection, query), queries)
        collection.modify(configuration=wider)
        client.close()
        start = time.perf_counter()
        client = _open(Path(folder))
        collection = client.get_collection("vectors", embedding_function=None)
        _ask(collection, queries[0])
        opened = time.perf_counter() - start
        asked_wider = timed(lambda query: _ask(collection, query), queries)
        size = _bytes_of(Path(folder))
        client.close()
    by_default, wide = _compared(vectors, queries, [asked, asked_wider], size, built)
    return by_default, wide, opened


def _build(folder: Path, vectors: np.ndarray, query: np.ndarray, graph: Mapping):
    """Build a graph in a folder and ask it once; give (client, collection, seconds).

    What is loaded at the first query belongs to the build.
    """
    if len(vectors) <= NEAREST:
        raise BookError(f"expected more than {NEAREST} vectors to search, got {len(vectors)}")
    start = time.perf_counter()
    client, collection = _store(folder, vectors, graph)
    _ask(collection, query)
    return client, collection, time.perf_counter() - start


def _compared(vectors: np.ndarray, queries: np.ndarray, asked: Sequence[tuple[list, tuple]],
              graph_bytes: int, build_seconds: float) -> list[Measured]:
    """Set what a graph gave, each time that it was asked, beside the exact search."""
    truth, exact_ms = timed(lambda query: nearest(vectors, query), queries)
    return [Measured(len(vectors), _recall(found, truth), graph_ms, exact_ms, graph_bytes,
                     vectors.nbytes, build_seconds) for found, graph_ms in asked]


def _recall(found, truth) -> float:
    """Share of the truly nearest that were found, mean over queries."""
    return float(np.mean([len(set(some) & set(map(int, all_))) / NEAREST
                          for some, all_ in zip(found, truth, strict=True)]))


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _open(folder: Path):
    import chromadb

    return chromadb.PersistentClient(
        path=str(folder), settings=chromadb.Settings(anonymized_telemetry=False))


def _store(folder: Path, vectors: np.ndarray, graph: Mapping):
    """Write vectors into a new collection as (client, collection)."""
    client = _open(folder)
    collection = client.create_collection("vectors", embedding_function=None, configuration=graph)
    for start in range(0, len(vectors), BATCH):
        part = vectors[start:start + BATCH]
        collection.add(ids=[str(start + n) for n in range(len(part))], embeddings=part)
    return client, collection


def _ask(collection, query: np.ndarray) -> list[int]:
    """Ask the graph for the numbers of the ten nearest."""
    result = collection.query(query_embeddings=query[None], n_results=NEAREST, include=[])
    return [int(name) for name in result["ids"][0]]


def timed(work, items) -> tuple[list, tuple[float, ...]]:
    """Do `work` for one item after the other: what it gave, and the milliseconds of each."""
    given, milliseconds = [], []
    for item in items:
        start = time.perf_counter()
        given.append(work(item))
        milliseconds.append(1000 * (time.perf_counter() - start))
    return given, tuple(milliseconds)
