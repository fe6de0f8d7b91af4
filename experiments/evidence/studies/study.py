"""A study: which methods answer which questions, declared in plain sight.

    study = Study(name="retrieval", task="support",
                  arms={"closed book": ClosedBook(), "rag": Rag(k=3)},
                  metrics=("contains", "exact_match"), seeds=(0, 1))
    results = run(study, mode="audit", sample=3)

A declaration, no more: `run` and `record` (run.py) and `replay` (replay.py) take it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.core import Answer, BookError, Example, fingerprint
from experiments.core.paths import slug
from experiments.evidence.metrics.registry import check_known, scorer
from experiments.evidence.studies import records
from experiments.methods.base import Method
from experiments.methods.bench import Bench, open_bench
from experiments.tasks.settings import Settings


@dataclass(frozen=True)
class Study:
    """Arms (name -> recipe) measured on one split of one task, with one or more seeds."""

    name: str
    task: str
    arms: Mapping[str, Method]
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
        for arm, recipe in self.arms.items():
            if not isinstance(recipe, Method):
                raise BookError(f"study {self.name!r}: expected arm {arm!r} to be a method, "
                                f"such as Rag(k=3), came {recipe!r}. One of your own derives from "
                                "experiments.methods.base.Method")
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
        """Return the command that goes on recording: `python -m experiments ...`."""
        return records.command(self.name)

    def open(self) -> Bench:
        """Open the bench of the study's task and model; weights load when first needed."""
        return open_bench(self.task, self.model)

    def examples(self, bench: Bench) -> list[Example]:
        """List the questions of the study, in the split's order."""
        found = bench.examples(self.split)[: self.limit]
        if not found:
            raise BookError(f"study {self.name!r}: task {self.task} has no question with "
                            f'"split": "{self.split}"')
        return found

    def file(self, arm: str, seed: int) -> str:
        """Name the record file of an arm and a seed."""
        return f"{slug(arm)}.seed{seed}.jsonl"


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
