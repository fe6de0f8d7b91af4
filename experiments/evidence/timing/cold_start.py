"""A cold start: a new process until its first answer, stage by stage.

    start_cold() -> {"Python": 310.2, "data": 95.0, ..., "first answer": 640.3}    milliseconds

The files have been read before, so they come from the system's memory and not from the disk.
Run as a module it is that process: it takes its parent's clock, and prints its stages.
"""

import json
import subprocess
import sys
import time

from experiments.core import BookError
from experiments.core.paths import ROOT

TASK = "support"


def start_cold(model: str) -> dict[str, float]:
    """Start a process that answers one question; give the milliseconds of its stages in order."""
    asked = [sys.executable, "-m", "experiments.evidence.timing.cold_start", model,
             str(time.perf_counter())]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise BookError(f"the cold start ended with status {done.returncode}: "
                        f"{done.stderr.strip()[-300:]}")
    return json.loads(done.stdout.splitlines()[-1])


def answer_once(model: str, started: float) -> dict[str, float]:
    """Do everything from nothing; `started` is when the parent looked at its clock (s)."""
    stages, last = {}, started

    def note(stage: str) -> None:
        nonlocal last
        now = time.perf_counter()
        stages[stage], last = 1000 * (now - last), now

    note("Python")
    from experiments.methods import prompts
    from experiments.methods.bench import open_bench

    bench = open_bench(TASK, model)
    example = bench.examples("test")[0]
    note("data")
    bench.embedder.encode([example.question])
    note("embedder")
    index = bench.index("vector", 256)
    note("index")
    generator = bench.generator
    note("model")
    (hits,) = index.search([example.question], 1)
    generator.generate([prompts.grounded(example.asked(), prompts.number(hits, bench.titles))])
    note("first answer")
    return stages


if __name__ == "__main__":
    print(json.dumps(answer_once(sys.argv[1], float(sys.argv[2]))))
