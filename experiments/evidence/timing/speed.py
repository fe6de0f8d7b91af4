"""The command `bench`: the book's own speed, as ratios measured in one run.

A ratio says more than seconds do: both of its sides ran on this machine, in turn, within
the same minutes. Every measurement is repeated; the table shows median and worst.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

from experiments.core import Prompt
from experiments.core.paths import cache_folder

TASK, MODEL = "support", "smollm2-135m"
PASSAGES, CHUNK_TOKENS = 3, 80  # with the instructions: prompts of about 360 tokens
MAX_NEW_TOKENS = 16
RANK = 16
TARGETS = {
    "generation against one by one": 1.6,
    "prefill, share of the GEMM ceiling": 0.75,
    "LoRA training against TRL's defaults": 1.5,
}
NEIGHBOUR = "generation, one core busy against quiet"
MOST = {NEIGHBOUR: 3.0}  # targets that a ratio should not pass
# It ends with who started it, however that ends.
_BUSY = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): sum(range(100_000))"


def measure(quick: bool = False) -> list[dict]:
    """Measure everything, in some minutes; `quick` does less work, once.

    A row has: what, value (the median of `repeats`), worst, unit, target (or None) and met.
    """
    from experiments.methods.bench import open_bench

    repeats = 1 if quick else 5
    bench = open_bench(TASK, MODEL)
    _say(f"load average before: {_load()}")
    with _empty_cache():
        rows, prompts = _measure_retrieval(bench, 8 if quick else 16, quick)
    rows += _measure_generation(bench.generator, prompts, repeats)
    rows.append(_measure_neighbour(bench.generator, prompts, repeats))
    rows += _measure_prefill(bench.generator, prompts, repeats)
    rows += _measure_training(bench, 8 if quick else 24, 1 if quick else 3)
    _say(f"load average after: {_load()}")
    return rows


def print_table(rows: Sequence[dict]) -> None:
    """Print the rows as a table of plain text."""
    width = max(len(row["what"]) for row in rows)
    print(f"{'measured':{width}}  {'median':>8}  {'worst':>8}  {'n':>3}  {'target':>8}  unit")
    for row in rows:
        bound = "<=" if row["what"] in MOST else ">="
        target = "" if row["target"] is None else f"{bound} {row['target']:g}"
        missed = "" if row["met"] else "  MISSED"
        print(f"{row['what']:{width}}  {row['value']:8.2f}  {row['worst']:8.2f}  "
              f"{len(row['repeats']):3}  {target:>8}  {row['unit']}{missed}")


def _measure_retrieval(bench, count: int, quick: bool) -> tuple[list[dict], list[Prompt]]:
    """Measure embedding, indexing and queries; give also real RAG prompts."""
    from experiments.methods import prompts
    from experiments.models.registry import embedder_folder
    from experiments.retrieval.documents.chunk import Chunker
    from experiments.retrieval.search.embed import Embedder
    from experiments.retrieval.search.index import VectorIndex

    _say("retrieval")
    chunker, embedder = Chunker(embedder_folder()), Embedder(embedder_folder())
    documents = list(bench.documents.values())[: 40 if quick else None]
    chunks = [c for document in documents for c in chunker.cut(document, CHUNK_TOKENS)]
    texts = [chunk.text for chunk in chunks]
    embedder.encode(texts[:8])
    blocks = [texts[n : n + 64] for n in range(0, len(texts), 64)]
    blocks = [block for block in blocks if len(block) == 64] or [texts]
    speeds = [len(block) / _seconds(lambda b=block: embedder.encode(b)) for block in blocks]
    embedder.embed(texts)
    made: list[VectorIndex] = []
    building = _seconds(lambda: made.append(VectorIndex.build(chunks, embedder, "speed")))
    (index,) = made
    asked = bench.examples("test")
    waits = [
        1000 * _seconds(lambda q=example.question: index.search([q], PASSAGES))
        for example in asked[:100]
    ]
    rows = [
        _row("embedding of passages", speeds, "texts/s"),
        _row(f"index of {len(chunks)} embedded passages", [building], "s", worst=max),
        _row("query, embedding included, p50", waits, "ms", worst=max),
        {**_row("query, embedding included, p95", waits, "ms", worst=max),
         "value": statistics.quantiles(waits, n=20)[-1]},
    ]
    questions = [example.asked() for example in asked[:count]]
    found = index.search([question.text for question in questions], PASSAGES)
    index.close()
    return rows, [
        prompts.grounded(question, prompts.number(hits, bench.titles))
        for question, hits in zip(questions, found, strict=True)
    ]


def _measure_generation(generator, prompts: Sequence[Prompt], repeats: int) -> list[dict]:
    """Measure batched generation against `generate`, one by one, on the same weights."""
    from experiments.models.registry import load_weights
    from experiments.models.timing.baselines import generate_plainly

    _say("generation")
    plain = load_weights(MODEL)
    generator.generate(prompts[:2], max_new_tokens=2)
    generate_plainly(*plain, prompts[:1], 2)
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(_seconds(lambda: generator.generate(prompts, max_new_tokens=MAX_NEW_TOKENS)))
        theirs.append(_seconds(lambda: generate_plainly(*plain, prompts, MAX_NEW_TOKENS)))
    tokens = [generator.count_tokens(prompt) for prompt in prompts]
    each = [seconds / len(prompts) for seconds in ours]
    return [
        _row("generation against one by one", _ratios(theirs, ours), "times"),
        _row(f"generation, {statistics.mean(tokens):.0f} tokens a prompt", each, "s/answer",
             worst=max),
    ]


def _measure_neighbour(generator, prompts: Sequence[Prompt], repeats: int) -> dict:
    """Measure how many times as long answers take while another process has one of the cores."""
    _say("a busy neighbour")
    quiet, busy = [], []
    for _ in range(repeats):
        quiet.append(_seconds(lambda: generator.generate(prompts, max_new_tokens=MAX_NEW_TOKENS)))
        with _busy_core():
            busy.append(
                _seconds(lambda: generator.generate(prompts, max_new_tokens=MAX_NEW_TOKENS)))
    return _row(NEIGHBOUR, _ratios(busy, quiet), "times", worst=max)


def _measure_prefill(generator, prompts: Sequence[Prompt], repeats: int) -> list[dict]:
    """Measure what share of the machine's own matrix products reading prompts reaches."""
    from experiments.models.timing.baselines import gemm_ceiling, prefill_operations

    _say("prefill")
    tokens = [generator.chat.encode(prompt) for prompt in prompts]
    work = prefill_operations(generator.model, tokens)
    speeds, ceilings = [], []
    for _ in range(repeats):
        before = gemm_ceiling()
        answers = generator.generate(prompts, max_new_tokens=1)
        speeds.append(work / sum(answer.prefill_seconds for answer in answers))
        # The machine may change its pace in between: the better of both is the ceiling.
        ceilings.append(max(before, gemm_ceiling()))
    return [
        _row("prefill, share of the GEMM ceiling", _ratios(speeds, ceilings), "share"),
        _row("prefill", [speed / 1e9 for speed in speeds], "GFLOP/s"),
        _row("GEMM ceiling, float32", [ceiling / 1e9 for ceiling in ceilings], "GFLOP/s"),
    ]


def _measure_training(bench, count: int, repeats: int) -> list[dict]:
    """Measure LoRA steps of batch 8 against TRL's SFTTrainer on the same examples."""
    from experiments.methods import prompts
    from experiments.models.registry import load_weights
    from experiments.models.timing.baselines import train_with_trl
    from experiments.models.training.finetune import train
    from experiments.models.training.tuning import Tuning

    _say("training")
    pairs = []
    for example in [e for e in bench.examples("train") if e.answerable][:count]:
        gold = bench.documents[example.evidence[0]]
        passage = prompts.passage(1, gold.title, gold.text)
        pairs.append((prompts.grounded(example.asked(), [passage]), f"{example.answers[0]} [1]"))
    ours, theirs, speeds = [], [], []
    for _ in range(repeats):
        trained = train(*load_weights(MODEL), pairs, Tuning(rank=RANK, epochs=1))
        ours.append(trained.seconds)
        speeds.append(trained.tokens / trained.seconds)
        theirs.append(train_with_trl(*load_weights(MODEL), pairs, rank=RANK))
    return [
        _row("LoRA training against TRL's defaults", _ratios(theirs, ours), "times"),
        _row("LoRA training, rank 16, batch 8", speeds, "tokens/s"),
    ]


def _row(what: str, repeats: Sequence[float], unit: str, *, worst: Callable = min) -> dict:
    value, target = statistics.median(repeats), TARGETS.get(what, MOST.get(what))
    met = target is None or (value <= target if what in MOST else value >= target)
    return {
        "what": what, "value": value, "worst": worst(repeats), "unit": unit, "target": target,
        "met": met, "repeats": list(repeats),
    }


def _ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Divide repeat by repeat: what slowed the machine slowed both sides."""
    return [a / b for a, b in zip(above, below, strict=True)]


def _seconds(work: Callable) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextlib.contextmanager
def _busy_core() -> Iterator[subprocess.Popen]:
    """Let another process compute on one of our cores."""
    with subprocess.Popen([sys.executable, "-c", _BUSY, str(os.getpid())]) as other:
        try:
            if sys.platform == "linux":  # elsewhere the system chooses the core
                os.sched_setaffinity(other.pid, {max(os.sched_getaffinity(0))})
            yield other
        finally:
            other.kill()


@contextlib.contextmanager
def _empty_cache() -> Iterator[None]:
    """Let retrieval find nothing ready-made."""
    name = "KNOW_OR_BEHAVE_CACHE"
    before = os.environ.get(name)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        os.environ[name] = folder
        try:
            yield
        finally:
            os.environ.pop(name)
            if before is not None:
                os.environ[name] = before


def _load() -> str:
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


def _say(what: str) -> None:
    """Tell who waits what is being measured."""
    print(what, file=sys.stderr, flush=True)
