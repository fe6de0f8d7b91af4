"""Measure methods on any task at once: what `python -m experiments run` does and prints.

A run that was stopped goes on where it was: its records wait in the cache, or beside the file
that they are for. What a server answered waits there, too, under what it was asked, until every
answer has its score: a question that is mended is scored without asking the others again.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.core import BookError, fingerprint
from experiments.core.columns import columns
from experiments.core.paths import cache_folder
from experiments.evidence.ladder.rungs import expect_searched
from experiments.evidence.metrics.registry import HEADLINE
from experiments.evidence.studies import records
from experiments.evidence.studies.recorder import record_study
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study
from experiments.methods import recipe_named
from experiments.methods.bench import Bench, open_bench
from experiments.tasks.catalogue import find_task
from experiments.tasks.settings import read_settings

NAME = "run"
NAMED = 5  # questions that a note names, at most


@dataclass(frozen=True)
class Opened(Study):
    """A study that no chapter declares, on a bench that is open already."""

    bench: Bench = field(kw_only=True)

    def open(self) -> Bench:
        """Return the bench; its indexes and its model serve recording and replay."""
        return self.bench


def run(
    task: str, methods: Sequence[str], *, model: str, limit: int | None, seed: int, split: str,
    out: Path | None,
) -> str:
    """Answer a task's questions by each method; give the table in plain text.

    A run that was stopped leaves its records in the cache, or with `out` in
    `out`.unfinished, and the same command goes on from there. With `out`, they are written to
    it in the end, one JSON line an answer. Raises BookError when `out` exists: records are
    never written over.
    """
    names = [name.strip() for name in methods if name.strip()]
    if not names:
        raise BookError("--methods needs at least one name, such as closed_book,rag")
    if out is not None and out.exists():
        raise BookError(f"{out} exists; name a new file or delete it, nothing was run")
    recipes = {name: recipe_named(name) for name in names}
    bench = open_bench(task, model)
    if any(recipe.trained for recipe in recipes.values()):
        expect_searched(model)
    metrics = HEADLINE[read_settings(find_task(task)).kind]
    study = Opened(name=NAME, task=task, arms=recipes, metrics=metrics, seeds=(seed,),
                   split=split, limit=limit, model=model, bench=bench)
    if out is None:
        made_by = [bench.with_seed(seed).fingerprint(recipe) for recipe in study.arms.values()]
        folder = cache_folder(NAME, fingerprint(study.fingerprint, made_by))
        results = measure(study, folder)
        shutil.rmtree(folder)
        return describe(results)
    folder = out.with_name(out.name + ".unfinished")
    _make_folder(folder)
    results = measure(study, folder)
    files = [folder / study.name / study.file(name, seed) for name in names]
    gathered = folder / "gathered.jsonl"
    gathered.write_bytes(b"".join(path.read_bytes() for path in files))
    gathered.replace(out)
    shutil.rmtree(folder)
    return describe(results) + f"\nrecords: {out}"


def measure(study: Study, folder: Path) -> Results:
    """Record what is not recorded yet, and read it."""
    kept = cache_folder(NAME) / f"answered-{fingerprint(study.task, study.model)}.part"
    if not (folder / study.name / records.SEAL).exists():
        record_study(study, folder, anew=False, progress=True, kept=kept)
    results = replay(study, folder)
    if kept.exists() and not results.unscorable():
        kept.unlink()
    return results


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BookError(f"cannot write records to {folder.parent}: {error.strerror}. Name a "
                        "file in a folder that can be written.") from error


def describe(results: Results) -> str:
    """Lay out the table: shares in percent with 95 % intervals, tokens, seconds."""
    metrics = results.study.metrics
    rows = [["method", *(metric.replace("_", " ") for metric in metrics),
             "prompt tokens", "s/answer"]]
    for row in results.table(metrics):
        rows.append([row["arm"], *(_share(row[metric]) for metric in metrics),
                     f"{row['prompt_tokens']:.0f}", f"{row['seconds']:.2f}"])
    return "\n".join([_heading(results), "", *columns(rows), "", *_notes(results)])


def _heading(results: Results) -> str:
    answerable = sum(example.answerable for example in results.examples)
    return (f"{results.bench.task}, {results.study.split} split: {answerable} answerable and "
            f"{len(results.examples) - answerable} unanswerable questions, {results.study.model}")


def _notes(results: Results) -> list[str]:
    groups = len({example.group for example in results.examples})
    notes = [f"percent [95 % interval: bootstrap of {groups} groups of questions]; "
             "s/answer is the median, batches shared evenly"]
    for arm in results.study.arms:
        if found := results.unanswered(arm):
            notes.append(f"{arm}: no answer, counted as wrong, to {_named(found)}")
    if found := results.unscorable():
        notes.append(f"not scored, left out of the shares: {_named(found)}")
    if not results.bench.examples("train"):
        notes.append('no question is marked "split": "train", so no prompt shows an example')
    if len(results.examples) < 100:
        notes.append(f"{len(results.examples)} questions tell only large differences apart; "
                     "see the chapter How do we measure?")
    return notes


def _named(found: Mapping[str, str]) -> str:
    """Count questions, name the first few, and give the first one's reason."""
    names = list(found)[:NAMED]
    more = ", ..." if len(found) > NAMED else ""
    noun = "question" if len(found) == 1 else "questions"
    return f"{len(found)} {noun} ({', '.join(names)}{more}): {found[names[0]]}"


def _share(one) -> str:
    if one.value is None:
        return "-"
    return f"{100 * one.value:.1f} [{100 * one.low:.0f}, {100 * one.high:.0f}]"

