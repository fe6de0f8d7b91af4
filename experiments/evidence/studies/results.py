"""What a study found: scores, intervals, differences and transcripts, all from raw answers."""

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError, Example, Score
from experiments.evidence.metrics.registry import scorer, try_score
from experiments.evidence.stats.statistics import (
    Estimate,
    SeedSpread,
    average_seeds,
    difference,
    estimate,
    seed_spread,
)
from experiments.evidence.studies.study import Study
from experiments.methods.bench import Bench

# What an answer took, in tokens: compared and published like a metric.
COUNTS = {
    "prompt_tokens": lambda example, answer: Score("prompt_tokens", answer.prompt_tokens),
    "completion_tokens": lambda example, answer: Score("completion_tokens",
                                                       answer.completion_tokens),
}


@dataclass(frozen=True)
class Results:
    """The answers of a study, by arm and seed, with everything derived from them.

    `tier` is "live" (made by this run), "audited" (records, after an audit) or "recorded";
    `audit` holds the verdicts on what was given again, which may be nothing; `machines`
    say where it ran.
    """

    study: Study
    bench: Bench
    examples: tuple[Example, ...]
    by_arm: Mapping[tuple[str, int], Mapping[str, Answer]]
    machines: tuple[dict, ...]
    tier: str = "recorded"
    audit: tuple = ()

    def stated(self, tier: str, verdicts: Sequence = ()) -> "Results":
        """Return the same results under another tier."""
        return dataclasses.replace(self, tier=tier, audit=tuple(verdicts))

    def answers(self, arm: str, seed: int | None = None) -> list[Answer]:
        """List an arm's answers in the split's order; by default of the first seed."""
        return list(self._answers(arm, self.study.seeds[0] if seed is None else seed).values())

    def values(self, arm: str, metric: str, seed: int | None = None) -> dict[str, float | None]:
        """Map question ids to a metric's value; by default averaged over the seeds.

        Metrics are those of `metrics.KNOWN`, and prompt_tokens and completion_tokens.
        """
        score = COUNTS[metric] if metric in COUNTS else scorer(metric, self.bench.settings)
        runs = [
            {e.id: try_score(score, e, self._answers(arm, each)[e.id])[0] for e in self.examples}
            for each in (self.study.seeds if seed is None else (seed,))
        ]
        return average_seeds(runs)

    def unanswered(self, arm: str) -> dict[str, str]:
        """Map the questions that got no answer, which counts as wrong, to the reasons."""
        return {a.example_id: a.failure for a in self._all_answers(arm) if a.failure}

    def unscorable(self) -> dict[str, str]:
        """Map the questions at which a scorer fails, as at a broken gold query, to why."""
        scorers = [scorer(metric, self.bench.settings) for metric in self.study.metrics]
        return {e.id: fault for e in self.examples for given in self.by_arm.values()
                for score in scorers if (fault := try_score(score, e, given[e.id])[1])}

    def scores(self, arm: str, metric: str, seed: int | None = None) -> list[tuple]:
        """List (group, value) in the split's order; by default averaged over the seeds."""
        values = self.values(arm, metric, seed)
        return [(example.group, values[example.id]) for example in self.examples]

    def estimate(self, arm: str, metric: str, seed: int | None = None) -> Estimate:
        """Mean over questions with its 95 % interval for question noise."""
        pairs = self.scores(arm, metric, seed)
        return estimate([value for _, value in pairs], [group for group, _ in pairs])

    def difference(self, arm_a: str, arm_b: str, metric: str, *,
                   other: "Results | None" = None) -> Estimate:
        """Mean of arm_a minus arm_b on the same questions, with its 95 % interval.

        `other` is the study of arm_b, if not this one; both must have asked the same.
        """
        groups = {example.id: example.group for example in self.examples}
        return difference(self.values(arm_a, metric), (other or self).values(arm_b, metric),
                          groups)

    def seed_spread(self, arm: str, metric: str) -> SeedSpread:
        """Describe how far the seeds' means lie apart, aside from question noise."""
        means = [self.estimate(arm, metric, seed).value for seed in self.study.seeds]
        if None in means:
            raise BookError(f"{metric} of arm {arm!r} is unscored in every question of a seed")
        return seed_spread(means)

    def tokens(self, arm: str) -> dict[str, float]:
        """Mean prompt and completion tokens of an answer, over questions and seeds."""
        made = self._all_answers(arm)
        return {"prompt": statistics.fmean(answer.prompt_tokens for answer in made),
                "completion": statistics.fmean(answer.completion_tokens for answer in made)}

    def seconds(self, arm: str) -> float:
        """Median seconds of an answer, all stages together."""
        return statistics.median(sum(a.stage_seconds.values()) for a in self._all_answers(arm))

    def table(self, metrics: Sequence[str] | None = None) -> list[dict]:
        """One row an arm: arm, n, unscored, an Estimate a metric, tokens, seconds, tier.

        `unscored` maps each metric to the number of questions it could not score.
        """
        rows = []
        for arm in self.study.arms:
            found = {m: self.estimate(arm, m) for m in metrics or self.study.metrics}
            tokens = self.tokens(arm)
            rows.append({
                "arm": arm, "n": len(self.examples),
                "unscored": {metric: one.unscored for metric, one in found.items()},
                **found, "prompt_tokens": tokens["prompt"],
                "completion_tokens": tokens["completion"], "seconds": self.seconds(arm),
                "tier": self.tier,
            })
        return rows

    @property
    def hardware(self) -> str:
        """Name the machines that made the records."""
        named = {" ".join(machine["hardware"].split()) for machine in self.machines}
        return "; ".join(sorted(named))

    @property
    def cards(self) -> set[str]:
        """Name the GPUs that made the records; "" is a machine whose processors made them."""
        return {machine.get("card", "") for machine in self.machines}

    @property
    def dates(self) -> tuple[str, str]:
        """First and last day (UTC) on which the records were made."""
        days = sorted(machine["date"][:10] for machine in self.machines)
        return days[0], days[-1]

    def _all_answers(self, arm: str) -> list[Answer]:
        return [answer for seed in self.study.seeds for answer in self.answers(arm, seed)]

    def _answers(self, arm: str, seed: int) -> Mapping[str, Answer]:
        if (arm, seed) not in self.by_arm:
            raise BookError(f"study {self.study.name!r} has no arm {arm!r} with seed {seed}; arms: "
                            f"{', '.join(self.study.arms)}; seeds: {self.study.seeds}")
        return self.by_arm[arm, seed]
