"""Run chapters through papermill: one process group each, gated, cached, at most two at once."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.book.build.gate import check_notebook
from experiments.book.build.inputs import Inputs
from experiments.book.build.keys import chapter_key, surroundings
from experiments.book.build.run import TIMEOUT_SECONDS, ChapterRun
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook, stated_minutes
from experiments.core import BookError
from experiments.core.files import replace_file
from experiments.evidence.checks.published import read_published

MOST_AT_ONCE = 2
_POLL_SECONDS = 0.2
_PROGRESS_SECONDS = 15


@dataclass(frozen=True)
class Outcome:
    """How a chapter's run ended; `seconds` is the run's, also when it is a cached one."""

    chapter: str
    seconds: float
    cached: bool = False
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Return whether the chapter ran and passed the gate."""
        return not self.problems


def run_chapter(path: Path, parameters: Mapping, timeout: float = TIMEOUT_SECONDS,
                *, layout: Layout | None = None) -> Outcome:
    """Run one notebook with all cores, without the cache; see `run_chapters`."""
    check_parameters(path, parameters)
    run = ChapterRun(path, dict(parameters), layout or Layout(), timeout, core_count(), key="")
    return _run_all([run], jobs=1)[path.stem]


def run_chapters(names: Sequence[str], mode: str = "audit", sample: int = 3,
                 jobs: int = MOST_AT_ONCE, *, layout: Layout | None = None,
                 timeout: float | None = None) -> list[Outcome]:
    """Run the named chapters, or take them from the cache; executed ones lie in build/executed.

    A failed chapter does not stop the others; each outcome says what went wrong. When
    records are made anew there is no cache, no time limit unless one is given, and one
    chapter at a time: what is recorded has its seconds measured.
    """
    layout = layout or Layout()
    if mode == "record":
        jobs = 1
    timeout = timeout or (math.inf if mode == "record" else TIMEOUT_SECONDS)
    parameters = {"mode": mode, "sample": sample}
    paths = {name: layout.chapter(name) for name in names}
    for path in paths.values():
        check_parameters(path, parameters)
    shared, published = surroundings(layout), read_published(layout.data / "published.yaml")
    notebooks = {name: read_notebook(path) for name, path in paths.items()}
    keys = {name: chapter_key(notebook, parameters, shared, published)
            for name, notebook in notebooks.items()}
    inputs = Inputs(layout)
    outcomes = {} if mode == "record" else {
        name: found for name in names if (found := _from_cache(name, keys[name], layout, inputs))
    }
    jobs = max(1, min(jobs, MOST_AT_ONCE, core_count(), len(names) - len(outcomes)))
    runs = [
        ChapterRun(paths[name], parameters, layout, timeout, max(1, core_count() // jobs),
                   key=keys[name])
        # The longest begin first, so that none is left to run alone.
        for name in sorted(names, key=lambda each: -stated_minutes(notebooks[each]))
        if name not in outcomes
    ]
    outcomes |= _run_all(runs, jobs)
    return [outcomes[name] for name in names]


def check_parameters(path: Path, parameters: Mapping) -> None:
    """Refuse parameters that the notebook does not declare; papermill would only log them."""
    import logging

    from papermill import inspect_notebook

    logging.getLogger("papermill").setLevel(logging.ERROR)
    known = inspect_notebook(path)
    for name in parameters:
        if name not in known:
            raise BookError(
                f"{path.name}: unknown parameter {name!r}; its cell tagged \"parameters\" "
                f"declares: {', '.join(known) or 'none'}"
            )


def core_count() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cache_file(name: str, key: str, layout: Layout) -> Path:
    """Return where an executed chapter is kept under its key."""
    return layout.cache / f"{name}-{key}.ipynb"


def _from_cache(name: str, key: str, layout: Layout, inputs: Inputs) -> Outcome | None:
    """Bring back an executed chapter; None when there is none that passes the gate."""
    kept = cache_file(name, key, layout)
    if not kept.exists() or check_notebook(kept):
        return None
    ran = read_notebook(kept)["metadata"]["book_run"]
    if not inputs.stand(ran.get("read")):
        return None
    replace_file(layout.executed / f"{name}.ipynb", kept.read_bytes())
    seconds = ran["seconds"]
    print(f"{name}  from the cache ({seconds:.0f} s when it ran)", flush=True)
    return Outcome(name, seconds, cached=True)


def _run_all(runs: Sequence[ChapterRun], jobs: int) -> dict[str, Outcome]:
    """Run up to `jobs` at once and report progress; stop all of them if this is interrupted."""
    waiting, running, outcomes = list(runs), [], {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                run = waiting.pop(0)
                run.start()
                running.append(run)
                print(f"{run.name}  started", flush=True)
            time.sleep(_POLL_SECONDS)
            for run in list(running):
                problems = run.poll()
                if problems is None:
                    _report(run)
                    continue
                running.remove(run)
                outcomes[run.name] = _finish(run, problems)
    finally:
        for run in running:
            run.stop()
    return outcomes


def _report(run: ChapterRun) -> None:
    """Print how long a chapter has been running, now and then."""
    if run.seconds >= run.next_report:
        run.next_report += _PROGRESS_SECONDS
        print(f"{run.name}  running {run.seconds:.0f} s", flush=True)


def _finish(run: ChapterRun, problems: Sequence[str]) -> Outcome:
    """Print how a run ended and keep a good one in the cache."""
    ended = "failed after" if problems else "done in"
    print(f"{run.name}  {ended} {run.seconds:.0f} s", flush=True)
    if not problems and run.key and run.parameters["mode"] != "record":
        replace_file(cache_file(run.name, run.key, run.layout), run.executed.read_bytes())
    return Outcome(run.name, run.seconds, problems=tuple(problems))
