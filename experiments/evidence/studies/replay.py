"""Read a sealed study: its answers as recorded, every score computed again.

    replay(declared_studies()["retrieval"]).estimate("rag", "contains")

What is declared, recorded and sealed must fit one another; see `replay`.
"""

from pathlib import Path

from experiments.core import Answer, BookError, Example
from experiments.evidence.metrics.registry import KNOWN, scorer
from experiments.evidence.studies import records
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study, check_fingerprint
from experiments.tasks.settings import Settings

_SCORE_TOLERANCE = 1e-9


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
            _check_scores(study, examples, by_id, rows, bench.settings)
            answers[arm, seed] = by_id
    return Results(study, bench, tuple(examples), answers,
                   tuple(dict(machine) for machine in dict.fromkeys(machines)))


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


def _check_scores(study: Study, examples: list[Example], answers: dict, rows: list,
                  settings: Settings) -> None:
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
                    "file from git; after changing a metric on purpose, run `python -m experiments "
                    f"record {study.name} --rescore`."
                )
