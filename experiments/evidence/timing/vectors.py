"""The timings `vectors`: one question among a thousand up to a million vectors.

    python -m experiments time vectors

The vectors are those of chapters/05_finding.ipynb: the passages of `devdocs`, and above their
number noisy copies drawn by seed. The graph of each size is built once, with Chroma's
defaults, and asked twice: as it is, and opened again with the wider search. A million take
some five minutes on two cores, 10 GB of memory and 3 GB of disk.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np

from experiments.evidence.timing.timings import Taken, Timings
from experiments.retrieval.maintenance.approximate import Measured, grow, measure_wider

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUERIES = 100
CHUNK_TOKENS = 256
# Saving after every thousand vectors would write some 15 GB on the way to a million. It is
# the same graph.
KEPT_EVERY = {1_000_000: 50_000}


def settings() -> dict[str, Callable[[], Taken]]:
    """Return every size, by its name."""
    return {setting_name(size): partial(measure_size, size) for size in SIZES}


def setting_name(size: int) -> str:
    """Name the setting of a size: "10,000 vectors"."""
    return f"{size:,} vectors"


def measure_size(size: int) -> Taken:
    """Build, ask, open, ask wider, and compare with all vectors."""
    vectors, queries = real_vectors()
    one, wide, opened = measure_wider(
        grow(vectors, size), queries, KEPT_EVERY.get(size, 1_000))
    return Taken(
        {"by default": one.graph_ms, "wider": wide.graph_ms, "exact": one.exact_ms,
         "build": (1000 * one.build_seconds,), "open": (1000 * opened,)},
        {"vectors": size, "recall by default": one.recall, "recall wider": wide.recall,
         "graph bytes": one.graph_bytes, "vector bytes": one.exact_bytes})


@cache
def real_vectors() -> tuple[np.ndarray, np.ndarray]:
    """Embed the passages of `devdocs` and the first test questions, as unit rows."""
    from experiments.methods.bench import open_bench

    bench = open_bench("devdocs", model="fake")
    passages = [replace(chunk, text=f"{bench.titles[chunk.doc_id]}: {chunk.text}")
                for page in bench.documents.values()
                for chunk in bench.chunker.cut(page, CHUNK_TOKENS)]
    asked = [e.question for e in bench.examples("test") if e.answerable][:QUERIES]
    return (bench.embedder.embed([p.text for p in passages]), bench.embedder.embed(asked))


def read_size(timings: Timings, size: int) -> tuple[Measured, Measured]:
    """Return a recorded size as `measure_wider` gave it: (by default, wider)."""
    name = setting_name(size)
    by_default, wider = (
        Measured(size, timings.count(name, f"recall {how}"), tuple(timings.ms(name, how)),
                 tuple(timings.ms(name, "exact")), int(timings.count(name, "graph bytes")),
                 int(timings.count(name, "vector bytes")),
                 timings.ms(name, "build")[0] / 1000)
        for how in ("by default", "wider"))
    return by_default, wider
