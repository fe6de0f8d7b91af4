"""Arms of several studies, on the questions that all of them were asked: a ladder in one table.

    grid = gather("support", {"closed book": (prompting, "closed book"), "RAFT": (raft, "RAFT")})
    grid.difference("RAFT", "closed book", "contains")
    -> Estimate(value=0.19, low=0.12, high=0.27, questions=116, groups=35)

Studies of one split ask its questions in one order, each as many as it declares; the shortest
decides. No question is left out of one arm and kept in another. A grid can be put to
`claims.expect_order` and priced by `costs.measured` as the results of one study can.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from experiments.core import Answer, BookError, Example
from experiments.evidence.stats.statistics import Estimate, SeedSpread
from experiments.evidence.studies.results import Results
from experiments.models.training.adapters import TrainingLog
from experiments.models.training.workshop import find_log, run_name


@dataclass(frozen=True)
class Gathered:
    """What stands for the study of a grid: its name, and the recipe behind each row."""

    name: str
    arms: Mapping[str, Any]


@dataclass(frozen=True)
class Grid:
    """Rows of (results, arm) over the same examples; see `gather`."""

    study: Gathered
    rows: Mapping[str, tuple[Results, str]]
    examples: tuple[Example, ...]

    def estimate(self, row: str, metric: str, seed: int | None = None) -> Estimate:
        """Mean over the common questions with its 95 % interval, averaged over the seeds."""
        results, arm = self._row(row)
        return results.estimate(arm, metric, seed)

    def values(self, row: str, metric: str) -> dict[str, float | None]:
        """Map the common questions' ids to a metric's value, averaged over the seeds."""
        results, arm = self._row(row)
        return results.values(arm, metric)

    def difference(self, row_a: str, row_b: str, metric: str) -> Estimate:
        """Mean of row_a minus row_b on the same questions, with its 95 % interval."""
        (a, arm_a), (b, arm_b) = self._row(row_a), self._row(row_b)
        return a.difference(arm_a, arm_b, metric, other=b)

    def seeds(self, row: str) -> tuple[int, ...]:
        """List the seeds that a row was recorded with."""
        return self._row(row)[0].study.seeds

    def seed_spread(self, row: str, metric: str) -> SeedSpread:
        """Describe how far the means of a row's seeds lie apart on the common questions."""
        results, arm = self._row(row)
        return results.seed_spread(arm, metric)

    def tokens(self, row: str) -> dict[str, float]:
        """Mean prompt and completion tokens of an answer, over questions and seeds."""
        results, arm = self._row(row)
        return results.tokens(arm)

    def seconds(self, row: str) -> float:
        """Median seconds of an answer, all stages together."""
        results, arm = self._row(row)
        return results.seconds(arm)

    def slow_seconds(self, row: str) -> float:
        """Seconds that 95 of 100 answers stay below, all stages together."""
        took = [sum(answer.stage_seconds.values()) for answer in self.answers(row)]
        return quantiles(took, n=20, method="inclusive")[-1]

    def answers(self, row: str) -> list[Answer]:
        """List a row's answers of all seeds, seed by seed."""
        results, arm = self._row(row)
        return [answer for seed in results.study.seeds for answer in results.answers(arm, seed)]

    def tuned(self, row: str) -> bool:
        """Return whether a row's answers come from a language model that was trained for it."""
        results, arm = self._row(row)
        return results.study.arms[arm].trained

    def training_logs(self, row: str) -> list[TrainingLog]:
        """List the logs of a row's trainings, one a seed; none where nothing was trained."""
        results, arm = self._row(row)
        recipe = results.study.arms[arm]
        if not self.tuned(row):
            return []
        names = [run_name(results.study.model, recipe.tuning, recipe.pairs(
            results.bench.with_seed(seed).lend(recipe)), seed) for seed in results.study.seeds]
        logs = [find_log(name) for name in names]
        if None in logs:
            raise BookError(f"row {row!r}: no log of its training with seed "
                            f"{results.study.seeds[logs.index(None)]}; run `python -m experiments "
                            f"train {results.study.name}`")
        return logs

    def _row(self, row: str) -> tuple[Results, str]:
        if row not in self.rows:
            raise BookError(f"the ladder of {self.study.name} has no row {row!r}; rows: "
                            f"{', '.join(self.rows)}")
        return self.rows[row]


def gather(name: str, rows: Mapping[str, tuple[Results, str]]) -> Grid:
    """Put (results, arm) pairs of one task side by side on the questions of the shortest.

    Raises BookError where tasks, splits or models differ, and where an arm was asked others.
    """
    if not rows:
        raise BookError(f"the ladder of {name} has no rows; name at least one (results, arm)")
    shortest = min((results for results, _ in rows.values()), key=lambda r: len(r.examples))
    examples, cut = shortest.examples, {}
    for row, (results, arm) in rows.items():
        if arm not in results.study.arms:
            raise BookError(f"row {row!r}: study {results.study.name} has no arm {arm!r}; arms: "
                            f"{', '.join(results.study.arms)}")
        cut[row] = restrict(results, examples), arm
        ours, theirs = (f"task {r.study.task}, split {r.study.split}, model {r.study.model}"
                        for r in (results, shortest))
        if ours != theirs:
            raise BookError(f"row {row!r} is of {ours}, and the ladder of {theirs}: one table "
                            "compares arms on the same questions and the same model")
    recipes = {row: results.study.arms[arm] for row, (results, arm) in cut.items()}
    return Grid(Gathered(name, recipes), cut, examples)


def restrict(results: Results, examples: Sequence[Example]) -> Results:
    """Keep the answers to some of a study's questions. Raises BookError if it asked others."""
    asked = {example.id for example in results.examples}
    if lacking := [example.id for example in examples if example.id not in asked]:
        raise BookError(f"study {results.study.name} was not asked {len(lacking)} of the "
                        f"{len(examples)} questions, such as {lacking[0]}")
    by_arm = {key: {example.id: answers[example.id] for example in examples}
              for key, answers in results.by_arm.items()}
    return dataclasses.replace(results, examples=tuple(examples), by_arm=by_arm)
