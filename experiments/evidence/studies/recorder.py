"""Make the records of a study: append, survive a kill, resume, seal.

Questions are answered in fixed slices of 32 by their position in the split. A slice
that is only partly on disk is answered again as a whole, and only the missing lines are
appended: the batches, and so the floating-point results, are those of an undisturbed run.
What a server answers is kept one by one besides: it may have been paid for.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.core import Answer, BookError, Example, Record
from experiments.core.machine import describe_machine
from experiments.evidence.metrics.registry import scorer, try_score
from experiments.evidence.studies import records
from experiments.evidence.studies.study import Study, check_fingerprint, scores_of
from experiments.models.registry import ENDPOINT, FAKE
from experiments.tasks.settings import Settings

SLICE = 32
KEPT = "answered.part"  # what a server answered in slices that are not complete


def record_study(study: Study, results: Path, *, anew: bool, progress: bool,
                 kept: Path | None = None) -> None:
    """Bring a study's records to completion below `results`, and seal them.

    New arms and seeds of a sealed study are added to it. With `anew`, everything is
    made again in a folder of its own, which takes the old one's place when complete.
    A server's answers are kept in the file `kept`, which is the caller's to delete, or, until
    the study is complete, beside the records.
    """
    folder = results / study.name
    fresh, old = folder.with_name(f".{study.name}.anew"), folder.with_name(f".{study.name}.old")
    with records.lock(folder):
        _finish_swap(folder, fresh, old)
        if not anew:
            _record_missing(study, folder, progress, kept)
            return
        _drop_stale(study, fresh)
        _fill(study, fresh, progress)
        os.rename(folder, old)
        _finish_swap(folder, fresh, old)


def rescore(study: Study, results: Path | None = None) -> None:
    """Write the stored scores of a sealed study anew from its raw answers, and seal it.

    For a metric that was changed on purpose: the answers stay what they are.
    """
    folder = (results or records.results_folder()) / study.name
    fresh, old = folder.with_name(f".{study.name}.anew"), folder.with_name(f".{study.name}.old")
    with records.lock(folder):
        _finish_swap(folder, fresh, old)
        sealed = records.check_seal(folder)
        bench = study.open()
        examples = {example.id: example for example in study.examples(bench)}
        shutil.rmtree(fresh, ignore_errors=True)
        for name in sealed["files"]:
            rows = records.read_rows(folder / name)
            made = [(row, records.to_record(row, place, bench.documents)) for place, row in rows]
            records.append(fresh / name, [
                {**row, "scores": scores_of(study, bench.settings, examples[row["example_id"]],
                                            one.answer)}
                for row, one in made], again=study.again)
        records.seal(fresh, study.fingerprint)
        os.rename(folder, old)
        _finish_swap(folder, fresh, old)


def _finish_swap(folder: Path, fresh: Path, old: Path) -> None:
    """Put the finished records in place; also after a kill between the two steps."""
    if not old.exists():
        return
    if not folder.exists() or not any(folder.iterdir()):
        os.rename(fresh, folder)
    shutil.rmtree(old)


def _record_missing(study: Study, folder: Path, progress: bool, kept: Path | None) -> None:
    files = {study.file(arm, seed) for arm in study.arms for seed in study.seeds}
    stray = sorted({path.name for path in folder.glob("*.jsonl")} - files)
    if stray:
        raise BookError(f"{folder / stray[0]}: no arm and seed of study {study.name!r} has this "
                        "file. Delete it, or name the arm in the study again.")
    if (folder / records.SEAL).exists():
        sealed = records.check_seal(folder)
        if files == set(sealed["files"]):
            raise BookError(f"study {study.name!r} was finished and sealed on {sealed['date']}. "
                            "To make all its records again, add --anew.")
    _fill(study, folder, progress, kept)


def _drop_stale(study: Study, fresh: Path) -> None:
    """Drop files that an unfinished recording of older recipes left: they are no evidence."""
    bench = study.open()
    current = {study.file(arm, seed): bench.with_seed(seed).fingerprint(recipe)
               for arm, recipe in study.arms.items() for seed in study.seeds}
    for path in fresh.glob("*.jsonl"):
        records.mend(path)
        made_by = {row.get("fingerprint") for _, row in records.read_rows(path)}
        if made_by - {current.get(path.name)}:
            path.unlink()


def _fill(study: Study, folder: Path, progress: bool, kept: Path | None = None) -> None:
    """Record every arm and seed that is not complete, then seal the folder."""
    bench = study.open()
    if study.model.startswith(ENDPOINT):
        bench.generator.keep_in(kept or folder / KEPT)
    examples = study.examples(bench)
    machine = describe_machine(_card(study.model))
    for seed in study.seeds:
        seeded = bench.with_seed(seed)
        for arm, recipe in study.arms.items():
            _fill_arm(study, folder, (arm, recipe, seed), seeded, examples, machine, progress)
    records.seal(folder, study.fingerprint)
    (folder / KEPT).unlink(missing_ok=True)


def _card(model: str) -> str:
    """Name the GPU that a model of this machine runs on; empty for others, and without one."""
    if model == FAKE or model.startswith(ENDPOINT):
        return ""
    from experiments.models.memory import card

    return card()


def _fill_arm(study: Study, folder: Path, which: tuple, bench, examples: Sequence[Example],
              machine: dict, progress: bool) -> None:
    from tqdm import tqdm

    arm, recipe, seed = which
    path = folder / study.file(arm, seed)
    expected = bench.fingerprint(recipe)
    done = _already_done(study, path, expected)
    answered = bool(done)
    if all(example.id in done for example in examples):
        return
    answerer = bench.cook(recipe)
    label = arm if len(study.seeds) == 1 else f"{arm}, seed {seed}"
    with tqdm(total=len(examples), initial=len(done), desc=label, unit="question",
              file=sys.stderr, disable=not progress) as bar:
        for start in range(0, len(examples), SLICE):
            part = examples[start:start + SLICE]
            if all(example.id in done for example in part):
                continue
            answers = answer_slice(answerer, part, arm)
            if all(answer.failure for answer in answers) and not answered:
                # Not the questions are at fault, but the method, the model or its address.
                raise BookError(f"{label}: question {part[0].id}: {answers[0].failure} All "
                                f"{len(part)} questions asked so far went unanswered.")
            answered = True
            rows = [
                _row(study, bench.settings, example,
                     Record(study.name, arm, seed, expected, answer, machine))
                for example, answer in zip(part, answers, strict=True) if example.id not in done
            ]
            records.append(path, rows, again=study.again)
            bar.update(len(rows))


def answer_slice(answerer, examples: Sequence[Example], arm: str) -> list[Answer]:
    """Ask a method, and check that it gave one answer to each question, in order."""
    answers = answerer([example.asked() for example in examples])
    asked = [example.id for example in examples]
    given = [answer.example_id for answer in answers]
    if given != asked:
        raise BookError(f"method of arm {arm!r} must give one answer to each question, in order; "
                        f"asked {len(asked)} beginning with {asked[0]}, got {len(given)} "
                        f"beginning with {given[0] if given else 'nothing'}")
    return answers


def _already_done(study: Study, path: Path, expected: str) -> set[str]:
    """Ids already on disk, after cutting a torn last line."""
    if not path.exists():
        return set()
    records.mend(path)
    rows = records.read_rows(path)
    for place, row in rows:
        check_fingerprint(study, row.get("fingerprint"), expected, place)
    return {row["example_id"] for _, row in rows}


def _row(study: Study, settings: Settings, example: Example, one: Record) -> dict:
    """Lay out one line. Scores are those of the answer as a reader of the line sees it.

    Where the scorer fails the answer is recorded without a score: it is not asked for twice.
    """
    row = one.as_json()
    said = row["answer"]
    seen = Answer(example.id, said["text"], one.answer.hits, said["prompt_tokens"],
                  said["completion_tokens"], said["stage_seconds"])
    scores = {metric: try_score(scorer(metric, settings), example, seen)
              for metric in study.metrics}
    return {**row, "scores": {metric: value for metric, (value, fault) in scores.items()
                              if not fault}}
