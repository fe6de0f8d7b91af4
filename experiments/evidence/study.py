"""A study: which methods answer which questions, declared in plain sight.

    study = Study(name="retrieval", task="support",
                  arms={"closed book": ClosedBook(), "rag": Rag(k=3)},
                  metrics=("contains", "exact_match"), seeds=(0, 1))
    results = study.run(mode="audit", sample=3)

`record` makes the answers once, `replay` scores the committed ones in every build.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.core import Answer, BookError, Example, fingerprint
from experiments.core.paths import slug
from experiments.evidence import records
from experiments.evidence.metrics import KNOWN, check_known, scorer
from experiments.evidence.results import Results
from experiments.tasks.settings import Settings

MODES = ("audit", "replay", "record")
# Called with what each run of a study gives: the book keeps a ledger of what was asked again.
ON_RUN: list[Callable[[Results], None]] = []
_SCORE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Study:
    """Arms (name -> recipe) measured on one split of one task, with one or more seeds."""

    name: str
    task: str
    arms: Mapping[str, Any]
    metrics: tuple[str, ...] = ("contains", "exact_match", "token_f1")
    seeds: tuple[int, ...] = (0,)
    split: str = "test"
    limit: int | None = None
    model: str = "smollm2-135m"

    def __post_init__(self):
        """Refuse a declaration that could not be recorded."""
        for metric in self.metrics:
            check_known(metric)
        if slug(self.name) != self.name:
            raise BookError(f"a study is named with small letters, digits and hyphens, such as "
                            f"{slug(self.name)!r}, not {self.name!r}")
        slugs = [slug(arm) for arm in self.arms]
        if not slugs or len(set(slugs)) < len(slugs) or "" in slugs:
            raise BookError(f"study {self.name!r} needs arms whose names differ in letters or "
                            f"digits, got {list(self.arms)}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise BookError(f"study {self.name!r} needs distinct seeds, got {self.seeds}")
        if self.limit is not None and self.limit < 1:
            raise BookError(f"study {self.name!r}: limit is None or at least 1, got {self.limit}")

    @property
    def fingerprint(self) -> str:
        """Hash the declaration, less metrics (recomputed) and recipes (in every record)."""
        return fingerprint(self.name, self.task, self.split, self.limit, self.model,
                           tuple(self.seeds), sorted(self.arms))

    @property
    def again(self) -> str:
        """Give the command that goes on recording: `python -m experiments ...`."""
        return records.command(self.name)

    def open(self):
        """Open the bench of the study's task and model; weights load when first needed."""
        from experiments.methods.bench import open_bench

        return open_bench(self.task, self.model)

    def examples(self, bench) -> list[Example]:
        """List the questions of the study, in the split's order."""
        found = bench.examples(self.split)[: self.limit]
        if not found:
            raise BookError(f"study {self.name!r}: task {self.task} has no question with "
                            f'"split": "{self.split}"')
        return found

    def file(self, arm: str, seed: int) -> str:
        """Name the record file of an arm and a seed."""
        return f"{slug(arm)}.seed{seed}.jsonl"

    def run(self, *, mode: str = "audit", sample: int = 3) -> Results:
        """Give the results: from records with a live audit, from records, or made anew."""
        results = self._run(mode, sample)
        for told in ON_RUN:
            told(results)
        return results

    def _run(self, mode: str, sample: int) -> Results:
        if mode not in MODES:
            raise BookError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        if mode == "record":
            record(self, anew=(records.results_folder() / self.name / records.SEAL).exists())
            return replay(self).stated("live")
        results = replay(self)
        if mode == "replay" or sample == 0:
            return results
        from experiments.evidence.audit import audit_results, thin, tokens_a_study
        from experiments.evidence.training import is_begun

        return results.stated("audited", audit_results(
            results, sample=thin(sample, len(self.arms)), most_tokens=tokens_a_study(),
            training=is_begun(self)))


def record(study: Study, results: Path | None = None, *, anew: bool = False,
           progress: bool = True) -> None:
    """Answer what is not yet on disk, and seal the study; see `recorder`."""
    from experiments.evidence.recorder import record_study

    record_study(study, results or records.results_folder(), anew=anew, progress=progress)


def replay(study: Study, results: Path | None = None) -> Results:
    """Read a sealed study and recompute every score from the raw answers.

    Raises BookError when the seal is broken, a record was made by another recipe, a
    question is missing or answered twice, or a stored score disagrees.
    """
    folder = (results or records.results_folder()) / study.name
    _check_files(study, folder, records.check_seal(folder))
    bench = study.open()
    examples = study.examples(bench)
    answers, machines = {}, []
    for arm, recipe in study.arms.items():
        for seed in study.seeds:
            rows = records.read_rows(folder / study.file(arm, seed))
            expected = bench.with_seed(seed).fingerprint(recipe)
            read = [records.to_record(row, place, bench.documents) for place, row in rows]
            for (place, _), one in zip(rows, read, strict=True):
                _check_origin(study, (one.study, one.arm, one.seed), (arm, seed), place)
                check_fingerprint(study, one.fingerprint, expected, place)
                machines.append(tuple(sorted(one.machine.items())))
            by_id = _check_ids(examples, [one.answer for one in read],
                               folder / study.file(arm, seed))
            _check_scores(examples, by_id, rows, bench.settings)
            answers[arm, seed] = by_id
    return Results(study, bench, tuple(examples), answers,
                   tuple(dict(machine) for machine in dict.fromkeys(machines)))


def scores_of(
    study: Study, settings: Settings, example: Example, answer: Answer
) -> dict[str, float | None]:
    """Score one answer by every metric of the study."""
    return {metric: scorer(metric, settings)(example, answer).value for metric in study.metrics}


def check_fingerprint(study: Study, found: str, expected: str, place: str) -> None:
    """Refuse a record that another recipe, corpus, model or prompt text made."""
    if found != expected:
        raise BookError(f"{place}: recipe, data, weights or prompts changed since the recording "
                        f"(fingerprint {found}, now {expected}). Undo the change, or "
                        f"{records.anew(study.name)}.")


def _check_files(study: Study, folder: Path, sealed: dict) -> None:
    wanted = {study.file(arm, seed) for arm in study.arms for seed in study.seeds}
    odd = sorted(wanted.symmetric_difference(sealed["files"]))
    if odd or sealed.get("study") != study.fingerprint:
        what = (f"{odd[0]} is declared or sealed, but not both" if odd
                else "task, split, limit or model differ")
        raise BookError(f"{folder}: the study declared in the chapter is not the one recorded: "
                        f"{what}. Give `python -m experiments {study.again}` for new arms or "
                        f"seeds; for any other change, {records.anew(study.name)}.")


def _check_origin(study: Study, found: tuple, expected: tuple, place: str) -> None:
    if found != (study.name, *expected):
        raise BookError(f"{place}: expected a record of study, arm and seed "
                        f"{(study.name, *expected)}, got {found}. Restore the file from git.")


def _check_ids(examples: list[Example], answers: list[Answer], path: Path) -> dict[str, Answer]:
    """Map ids to answers, one for each question: a gap must never shrink a denominator."""
    by_id = {answer.example_id: answer for answer in answers}
    wanted = [example.id for example in examples]
    problem = None
    if len(by_id) < len(answers):
        ids = [answer.example_id for answer in answers]
        problem = f"question {max(by_id, key=ids.count)} is answered twice"
    elif missing := [name for name in wanted if name not in by_id]:
        problem = f"{len(missing)} questions have no answer, such as {missing[0]}"
    elif extra := sorted(set(by_id) - set(wanted)):
        problem = f"{extra[0]} is not a question of the study"
    if problem:
        raise BookError(f"{path}: {problem}. Restore the file from git, or "
                        f"{records.anew(path.parent.name)}.")
    return {name: by_id[name] for name in wanted}


def _check_scores(examples: list[Example], answers: dict, rows: list, settings: Settings) -> None:
    """Compare the scores stored in the lines with those recomputed from the raw answers."""
    by_id = {example.id: example for example in examples}
    for place, row in rows:
        name = row["example_id"]
        for metric, stored in row.get("scores", {}).items():
            if metric not in KNOWN:
                raise BookError(f"{place}: unknown metric {metric!r} among the stored scores")
            value = scorer(metric, settings)(by_id[name], answers[name]).value
            if (value is None) != (stored is None) or (
                value is not None and abs(value - stored) > _SCORE_TOLERANCE
            ):
                raise BookError(
                    f"{place}: a stored score was altered, or the metric changed: {metric} of "
                    f"{name} is stored as {stored}, and the answer scores {value}. Restore the "
                    "file from git; after changing a metric on purpose, call "
                    "experiments.evidence.recorder.rescore(study)."
                )
