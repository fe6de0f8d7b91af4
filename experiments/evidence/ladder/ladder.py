"""The whole ladder on any task: what `python -m experiments run --methods ladder` does.

    The ladder on my-docs, test split: 40 questions, 3 of them unanswerable; smollm2-135m, seed 0
    no question is marked "split": "train": 40 of 80 are held out to train on, in whole groups ...

    rung               prompt tokens  training tokens  minutes
    closed book                   58                -        0
    RAFT                         520           24,960        2

Then it trains, asks, and gives the table and a recommendation. A rung that this folder cannot
have is left out, with the reason. A stopped ladder goes on where it was: trainings from their
checkpoints, answers from the records in the cache.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.core import BookError, fingerprint
from experiments.core.files import replace_file
from experiments.core.paths import cache_folder
from experiments.evidence.ladder.advice import recommend
from experiments.evidence.ladder.dry_run import Step, plan, rehearse_all
from experiments.evidence.ladder.rungs import expect_searched, rungs_for, with_train_split
from experiments.evidence.ladder.trial import Opened, describe, measure
from experiments.evidence.metrics.registry import HEADLINE
from experiments.methods.bench import open_bench
from experiments.models.registry import FAKE
from experiments.models.training.workshop import find_log

NAME = "ladder"


def climb(task: str, *, model: str, limit: int | None, seed: int, split: str,
          out: Path | None) -> str:
    """Print the plan, train and ask every rung; give the table and the recommendation.

    With `out`, the records are written there too, as JSON lines. Raises BookError when `out`
    exists, and when no rung can be asked.
    """
    _check_out(out)
    bench = open_bench(task, model).with_seed(seed)
    marked, lacking = len(bench.examples("train")), ""
    try:
        bench = with_train_split(bench, split)
        expect_searched(model)
    except BookError as error:
        lacking = str(error)
    rungs = rungs_for(bench.settings, len(bench.examples("train")))
    study = Opened(  # the bench's train split may be a held-out one
        name=NAME, task=task, arms={rung.name: rung.recipe for rung in rungs},
        metrics=HEADLINE[bench.settings.kind], seeds=(seed,), split=split, limit=limit,
        model=model, bench=bench)
    examples = study.examples(bench)
    steps, left_out = rehearse_all(bench, rungs, examples, lacking)
    if all(step.rung.bracket for step in steps):
        raise BookError(f"task {bench.task}: no rung can be asked. " + " ".join(left_out))
    print(*_heading(study, held_out=not marked), "", *plan(steps, len(examples)), "", *left_out,
          "Ctrl-C loses nothing: the same command goes on.", "", sep="\n", flush=True)
    study = replace(study, arms={step.rung.name: step.rung.recipe for step in steps})
    made_by = [bench.fingerprint(step.rung.recipe) for step in steps]
    folder = cache_folder(NAME, fingerprint(study.fingerprint, made_by))
    results = measure(study, folder)
    if out is not None:
        files = [folder / NAME / study.file(arm, seed) for arm in study.arms]
        replace_file(out, b"".join(path.read_bytes() for path in files))
    return "\n".join([describe(results), *_trainings(steps), "",
                      *recommend(results, [step.rung for step in steps]), "",
                      f"records: {out or folder / NAME}"])


def _check_out(out: Path | None) -> None:
    """Refuse a file of records that exists or could not be written, before hours of work."""
    if out is None:
        return
    if out.exists():
        raise BookError(f"{out} exists; name a new file or delete it, nothing was run")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BookError(f"cannot write records to {out.parent}: name a file in a folder that is "
                        "there and can be written")


def _heading(study: Opened, *, held_out: bool) -> list[str]:
    """Describe what is asked, and what is trained on."""
    bench, examples, (seed,) = study.bench, study.examples(study.bench), study.seeds
    unanswerable = sum(not example.answerable for example in examples)
    lines = [f"The ladder on {bench.task}, {study.split} split: {len(examples)} questions, "
             f"{unanswerable} of them unanswerable; {study.model}, seed {seed}"]
    held = len(bench.examples("train"))
    if held and held_out:
        lines.append(f'no question is marked "split": "train": {held} of '
                     f"{held + len(bench.examples(study.split))} are held out to train on, in "
                     f"whole groups drawn by seed {seed}, and not asked")
    if study.model == FAKE:
        lines.append("the fake model has no weights: its trained rungs are untrained ones")
    return lines


def _trainings(steps: Sequence[Step]) -> list[str]:
    """Describe what each training took, by its log."""
    logs = {step.rung.name: find_log(step.run) for step in steps if step.run}
    return [f"training of {name}: {log.examples} examples, {sum(log.step_tokens):,} tokens, "
            f"{log.seconds:,.0f} s" for name, log in logs.items() if log]
