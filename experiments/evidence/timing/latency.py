"""The timings `latency`: how long one question waits, stage by stage, on an idle machine.

    python -m experiments time latency        (about fifteen minutes on two cores)

Every arm is the whole way of a question, and nothing runs beside it: embed, search, rerank,
read (with the first token), write (what follows it). Fifty questions where a 95th percentile
is stated; where one question takes a second or more, fewer, and then the median alone.
"""

import time
from collections.abc import Callable, Sequence
from functools import cache, partial

from experiments.core import Example, Hit, Prompt
from experiments.core.paths import ADAPTERS
from experiments.evidence.timing.cold_start import start_cold
from experiments.evidence.timing.timings import Taken
from experiments.methods import prompts
from experiments.methods.bench import Bench, open_bench
from experiments.methods.prompting.few_shot import show
from experiments.methods.prompting.long_context import fill
from experiments.methods.reading import demonstrate
from experiments.retrieval.maintenance.approximate import timed

TASK, MODEL, CHUNK_TOKENS = "support", "smollm2-135m", 256
MANY, SOME, FEW = 50, 20, 2  # questions of an arm
RERANKED = 5  # passages that the reranker reads
CONTEXT_TOKENS = 6000
SHORT, READER = "raft-tuned-closed-book-seed0", "raft-raft-seed0"  # published adapters
# Tokens of a prompt -> how often it is read.
LENGTHS = {64: 10, 128: 10, 256: 10, 512: 8, 1024: 6, 2048: 4, 4096: 2, 7000: 2}
ADAPTED_TOKENS, ADAPTED_REPEATS = 512, 12
STARTS = 3


def settings() -> dict[str, Callable[[], Taken]]:
    """Return every setting by its name, cheap ones first."""
    arms = {
        "closed book": partial(measure_arm, MANY),
        "four examples": partial(measure_arm, MANY, shots=4),
        "tuned, short prompt": partial(measure_arm, MANY, adapter=SHORT),
        "RAG, 1 passage": partial(measure_arm, MANY, k=1),
        "RAG, 1 passage, four examples": partial(measure_arm, SOME, k=1, shots=4),
        "RAG, 2 passages": partial(measure_arm, SOME, k=2),
        "RAG, 2 passages of 5, reranked": partial(measure_arm, SOME, k=2, rerank=True),
        "RAFT, 2 passages": partial(measure_arm, MANY, k=2, adapter=READER),
        "RAG, 4 passages": partial(measure_arm, SOME, k=4),
        "RAG, 8 passages": partial(measure_arm, 5, k=8),
        "RAG, 16 passages": partial(measure_arm, FEW, k=16),
        "long context": partial(measure_arm, FEW, long=True)}
    return {
        "retrieval alone": measure_retrieval, **arms,
        **{f"reading {n} tokens": partial(measure_reading, n, times)
           for n, times in LENGTHS.items()},
        "writing behind 64 tokens": partial(measure_writing, 64, 400),
        "writing behind 4096 tokens": partial(measure_writing, 4096, 40),
        "examples kept": partial(measure_reuse, SOME, k=1, shots=4),
        "documents kept": partial(measure_reuse, SOME, long=True),
        **{f"adapter {how}": partial(measure_adapter, how)
           for how in ("absent", "merged", "beside")},
        "cold start": measure_start}


def measure_retrieval() -> Taken:
    """Time the stages before the prompt for every test question, 200 of them at most."""
    asked = questions(200)
    work = {"embed": lambda e: bench().embedder.encode([e.question]),
            "search by meaning": lambda e: search(e, RERANKED),
            "search by keywords": lambda e: bench().index("keyword", CHUNK_TOKENS).search(
                [e.question], RERANKED)}
    ready(asked)
    ms = {}
    for stage, do in work.items():
        do(asked[0])
        _, ms[stage] = timed(do, asked)
    found = [(example, search(example, RERANKED)) for example in asked[:MANY]]
    _, ms["rerank 5"] = timed(lambda pair: rerank(*pair), found)
    return Taken(ms, {"questions": len(asked), "passages": len(index().inner.chunks)})


def measure_arm(count: int, *, k: int = 0, shots: int = 0, rerank: bool = False,
                long: bool = False, adapter: str = "") -> Taken:
    """Take `count` questions, one after the other, all the way to their last token."""
    generator, asked = load(adapter), questions(count)
    ready(asked)
    ms: dict[str, list[float]] = {}
    tokens = {"prompt": 0, "answer": 0}
    if not long:
        take(generator, asked[0], k, shots, rerank, long)  # what is loaded at the first question
    for example in asked:
        stages, said = take(generator, example, k, shots, rerank, long)
        for stage, one in stages.items():
            ms.setdefault(stage, []).append(one)
        tokens["prompt"] += said.prompt_tokens
        tokens["answer"] += said.completion_tokens
    return Taken(ms, {"questions": count, **{f"{name} tokens": round(total / count, 1)
                                             for name, total in tokens.items()}})


def take(generator, example: Example, k: int, shots: int, rerank_: bool, long: bool):
    """Take one question all the way; give (milliseconds by stage, its Completion)."""
    ms, hits = {}, ()
    if k:
        _, ms["embed"] = _timed(bench().embedder.encode, [example.question])
        hits, ms["search"] = _timed(search, example, RERANKED if rerank_ else k)
    if rerank_:
        hits, ms["rerank"] = _timed(rerank, example, hits)
    prompt = word(example, hits[:k], shots, long)
    (said,), total = _timed(partial(
        generator.generate, max_new_tokens=bench().settings.max_new_tokens,
        one_line=bench().settings.one_line), [prompt])
    write = 1000 * said.decode_seconds
    return {**ms, "read": total - write, "write": write}, said


def measure_reading(tokens: int, repeats: int) -> Taken:
    """Time the first token of a prompt of exactly so many tokens."""
    from experiments.models.timing.stopwatch import time_reading

    prompt = long_tokens()[:tokens]
    return Taken({"read": time_reading(load(), prompt, repeats)}, {"tokens": len(prompt)})


def measure_writing(tokens: int, new_tokens: int) -> Taken:
    """Time every token of a long answer behind a prompt of `tokens` tokens."""
    from experiments.models.timing.stopwatch import time_writing

    prompt = long_tokens()[:tokens]
    return Taken({"token": time_writing(load(), prompt, new_tokens)}, {"tokens": len(prompt)})


def measure_reuse(count: int, *, k: int = 0, shots: int = 0, long: bool = False) -> Taken:
    """Keep what all prompts begin with, and time what is left of each question."""
    from experiments.models.inference.batching import common_prefix
    from experiments.models.timing.stopwatch import time_reuse

    asked = questions(count)
    ready(asked)
    prompts_ = [word(e, search(e, k) if k else (), shots, long) for e in asked]
    tokens = [load().chat.encode(prompt) for prompt in prompts_]
    kept = common_prefix(tokens)
    first, after = time_reuse(load(), tokens[0][:kept], [each[kept:] for each in tokens])
    return Taken({"first": [first], "after": after},
                 {"kept tokens": kept,
                  "new tokens": round(sum(map(len, tokens)) / count - kept, 1)})


def measure_adapter(how: str) -> Taken:
    """Time reading and writing without an adapter, with one merged, and with one kept apart."""
    from experiments.models.timing.stopwatch import time_reading, time_writing, wear

    generator = load() if how == "absent" else wear(
        MODEL, ADAPTERS / SHORT, merged=how == "merged")
    prompt = long_tokens()[:ADAPTED_TOKENS]
    time_reading(generator, prompt, 1)
    said = generator.generate([word(e, (), 0, False) for e in questions(SOME)])
    merged = load(SHORT).generate([word(e, (), 0, False) for e in questions(SOME)])
    same = sum(a.text == b.text for a, b in zip(said, merged, strict=True))
    return Taken({"read": time_reading(generator, prompt, ADAPTED_REPEATS),
                  "token": time_writing(generator, prompt, 2 * ADAPTED_REPEATS)},
                 {"answers": SOME, "answers as merged": same})


def measure_start() -> Taken:
    """Start a process so many times until its first answer."""
    starts = [start_cold(MODEL) for _ in range(STARTS)]
    return Taken({stage: [one[stage] for one in starts] for stage in starts[0]}, {})


@cache
def bench() -> Bench:
    """Open the benchmark once."""
    return open_bench(TASK, MODEL)


@cache
def load(adapter: str = ""):
    """Load the generator once, plain or with a published adapter merged."""
    if not adapter:
        return bench().generator
    from experiments.models.timing.stopwatch import wear

    return wear(MODEL, ADAPTERS / adapter, merged=True)


def questions(count: int) -> list[Example]:
    """Return the first answerable test questions."""
    return [e for e in bench().examples("test") if e.answerable][:count]


def ready(asked: Sequence[Example]) -> None:
    """Put the questions' vectors where `search` finds them: embedding is timed by itself."""
    bench().embedder.embed([example.question for example in asked])


def index():
    """Open the index by meaning."""
    return bench().index("vector", CHUNK_TOKENS)


def search(example: Example, k: int) -> list[Hit]:
    """Search with a vector that is there already."""
    return index().search([example.question], k)[0]


def rerank(example: Example, hits: Sequence[Hit]) -> list[Hit]:
    """Read the passages' words anew, as a cross-encoder must, and order them by MaxSim."""
    from experiments.retrieval.search.rerank import MaxSim

    matcher = MaxSim(bench().embedder)
    matcher.read([hit.chunk for hit in hits])
    return matcher.rerank(matcher.encode([example.question])[0], hits, depth=len(hits))


@cache
def shown(k: int, shots: int) -> list[prompts.Demonstration]:
    """Draw the worked examples of the book's few-shot and RAG arms."""
    if not k:
        return [show(e) for e in bench().demonstrations(shots, 1)]
    return demonstrate(bench(), lambda texts: index().search(texts, k), shots, 0)


@cache
def documents() -> tuple[str, ...]:
    """Return as many whole documents as the long context takes, as passages."""
    return prompts.number(fill(bench(), CONTEXT_TOKENS), bench().titles)


def word(example: Example, hits: Sequence[Hit], shots: int, long: bool) -> Prompt:
    """Write the prompt of an arm."""
    given = documents() if long else prompts.number(hits, bench().titles)
    examples, templates = shown(len(hits), shots) if shots else (), bench().templates
    if not given:
        return prompts.closed(example.asked(), examples, templates=templates)
    return prompts.grounded(example.asked(), given, examples, templates=templates)


@cache
def long_tokens() -> list[int]:
    """Return a prompt of more tokens than the longest setting reads."""
    passages = prompts.number(fill(bench(), 2 * max(LENGTHS)), bench().titles)
    return load().chat.encode(prompts.grounded(questions(1)[0].asked(), passages))


def _timed(work: Callable, *given) -> tuple[object, float]:
    """Do something; give what came and the milliseconds it took."""
    started = time.perf_counter()
    made = work(*given)
    return made, 1000 * (time.perf_counter() - started)
