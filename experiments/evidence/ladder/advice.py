"""What a ladder says to do: the cheapest rung that the best is not separated from, and why.

    RECOMMENDATION: RAG
      RAFT has the highest contains: 47.5 % [32, 63].
      RAG is cheaper and not separated from it: RAFT minus RAG is +5.0 points [-7.5, +17.5] at
      n = 40. About 520 questions would tell a difference of this size apart (*).
      What rules out the cheaper few-shot: RAFT minus few-shot is +40.0 points [+25.0, +55.0] ...
      RAG minus chance is +40.0 points [+27.5, +55.0].
      (*) With a power of 80 % at the 5 % level, if ...
      The book on this: chapter 03_retrieval.

"Not separated" is not "equal": the interval says how much the cheaper rung may lose. A rung that
is not above chance is never recommended, however few questions there are, and none that is trained
without a gain, separated from zero, over the best rung without training.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from experiments.evidence.ladder.rungs import CHANCE, Rung
from experiments.evidence.stats.statistics import LEVEL, Estimate
from experiments.evidence.studies.results import Results

POWER = 0.8
_WIDTH = 96
_MARK = "(*)"
_ASSUMED = (f"{_MARK} With a power of {100 * POWER:.0f} % at the 5 % level, if difference, spread "
            "and size of groups stay what they are here.")


@dataclass(frozen=True)
class _Race:
    """What the rungs scored; `gaps` are those of the best to each other rung."""

    steps: Sequence[Rung]  # from cheap to dear, without the brackets
    shares: Mapping[str, Estimate]
    best: Rung
    others: Sequence[Rung]  # from the second best on
    gaps: Mapping[str, Estimate]


def recommend(results: Results, rungs: Sequence[Rung]) -> list[str]:
    """State in words which rung to take; `rungs` are the results' arms, the cheapest first."""
    metric = results.study.metrics[0]
    shares = {rung.name: results.estimate(rung.name, metric) for rung in rungs}
    if any(share.value is None for share in shares.values()):
        return _written("none", [f"No question here has an answer to score by {metric}, so "
                                 "nothing tells the rungs apart."])
    race = _run_race(results, rungs, shares)
    best, share = race.best, shares[race.best.name]
    level = [rung for rung in race.steps if _above_chance(results, rung, rungs)
             and (rung == best or not race.gaps[rung.name].separated())]
    lead = f"{best.name} has the highest {metric.replace('_', ' ')}: {_share(share)}."
    if best not in level:
        return _written("none", [
            lead, *_second(race),
            f"{best.name} is not separated from chance at n = {share.questions}, so nothing "
            "here says what to take. Ask more questions, or look at the answers first.",
            "The book on this: chapter 01_measure."])
    plain = next((rung for rung in (best, *race.others) if not rung.trained), None)
    gains = {rung: results.difference(rung.name, plain.name, metric)
             for rung in level if rung.trained and plain}
    level = [rung for rung in level if rung not in gains or gains[rung].low > 0]
    if not level:
        return _written("none", [
            lead, "No gain of training is shown over the best rung without it: "
            f"{_told(best, plain, gains[best])} {_needed(gains[best])}",
            f"{plain.name} is not separated from chance either, so nothing here says what to "
            "take. Ask more questions, or look at the answers first.",
            "The book on this: chapter 01_measure."])
    chosen = level[0]
    return _written(chosen.name, [
        lead, *_reasons(race, chosen), *_over_chance(results, chosen, rungs),
        *([f"Over the best rung without training: {_told(chosen, plain, gains[chosen])}"]
          if chosen in gains and chosen != best else []),
        *_declining(results, chosen),
        "The best was picked on the questions that judge it, so its lead flatters it a little"
        + ("; a trained rung has one seed here, and another may move it by some points."
           if any(rung.trained for rung in race.steps) else "."),
        f"The book on this: chapter {chosen.chapter}."])


def _run_race(results: Results, rungs: Sequence[Rung], shares: Mapping[str, Estimate]) -> _Race:
    """Order the rungs by what they scored; of equal ones the cheaper comes first."""
    steps = [rung for rung in rungs if not rung.bracket]
    best, *others = sorted(steps, key=lambda rung: -shares[rung.name].value)
    gaps = {rung.name: results.difference(best.name, rung.name, results.study.metrics[0])
            for rung in others}
    return _Race(steps, shares, best, others, gaps)


def _reasons(race: _Race, chosen: Rung) -> list[str]:
    """Describe what the best gains on the chosen rung, and what rules out the cheaper ones."""
    says = []
    if chosen != race.best:
        gap = race.gaps[chosen.name]
        says.append(f"{chosen.name} is cheaper and not separated from it: "
                    f"{_told(race.best, chosen, gap)} {_needed(gap)}")
    below = race.steps[:race.steps.index(chosen)]
    ruled_out = [rung for rung in below if race.gaps[rung.name].separated()]
    doubtful = ", ".join(rung.name for rung in below
                         if rung not in ruled_out and not rung.trained)
    nearest = max(ruled_out, key=lambda rung: race.shares[rung.name].value, default=None)
    if race.others and race.others[0] not in (chosen, nearest):  # those two are compared anyway
        says += _second(race)
    if nearest:
        says.append(f"What rules out the cheaper {nearest.name}: "
                    + _told(race.best, nearest, race.gaps[nearest.name]))
    if unshown := ", ".join(rung.name for rung in below
                            if rung not in ruled_out and rung.trained):
        says.append("Passed over, for no gain shown over chance or over the best rung without "
                    f"training: {unshown}.")
    if doubtful:
        says.append(f"Passed over, for not being separated from chance either: {doubtful}.")
    return says


def _over_chance(results: Results, chosen: Rung, rungs: Sequence[Rung]) -> list[str]:
    """Describe what the chosen rung gains on chance, where there is such a row."""
    if all(rung.name != CHANCE for rung in rungs):
        return []
    gap = results.difference(chosen.name, CHANCE, results.study.metrics[0])
    return [f"{chosen.name} minus chance is {_points(gap)}."]


def questions_to_tell(gap: Estimate) -> int | None:
    """Return how many questions would find a difference like this one at the 5 % level.

    With a power of 80 %, if difference, spread and size of the groups stay what they are: the
    standard error, read off the interval, shrinks with the root of n. Rounded up to tens; None
    for no difference at all.
    """
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2)
    error = (gap.high - gap.low) / (2 * reach)
    if not gap.value or not error:
        return None
    times = ((reach + NormalDist().inv_cdf(POWER)) * error / gap.value) ** 2
    return 10 * math.ceil(gap.questions * times / 10)


def _above_chance(results: Results, rung: Rung, rungs: Sequence[Rung]) -> bool:
    """Return whether a rung is separated from the chance row, or from 0 where there is none."""
    metric = results.study.metrics[0]
    if any(other.name == CHANCE for other in rungs):
        return results.difference(rung.name, CHANCE, metric).low > 0
    return results.estimate(rung.name, metric).low > 0


def _second(race: _Race) -> list[str]:
    """Compare the best with the second best."""
    if not race.others:
        return []
    second = race.others[0]
    gap = race.gaps[second.name]
    told = _told(race.best, second, gap)
    if gap.separated():
        return [f"The second best is separated from it: {told}"]
    return [f"The best and the second best, {second.name}, are not separated: {told} "
            + _needed(gap)]


def _needed(gap: Estimate) -> str:
    count = questions_to_tell(gap)
    if count is None:
        return "They scored the same, so no number of questions like these tells them apart."
    return f"About {count:,} questions would tell a difference of this size apart {_MARK}."


def _declining(results: Results, chosen: Rung) -> list[str]:
    """Describe how the chosen rung refuses, in a task that asks what has no answer."""
    names = [name for name in ("correct_refusal", "false_refusal")
             if name in results.study.metrics]
    found = [results.estimate(chosen.name, name) for name in names]
    if not found or any(one.value is None for one in found):
        return []
    right, false = map(_share, found)
    return [f"It declines {right} of the questions without an answer, and {false} of the others."]


def _told(first: Rung, second: Rung, gap: Estimate) -> str:
    return f"{first.name} minus {second.name} is {_points(gap)} at n = {gap.questions}."


def _points(gap: Estimate) -> str:
    return f"{100 * gap.value:+.1f} points [{100 * gap.low:+.1f}, {100 * gap.high:+.1f}]"


def _share(one: Estimate) -> str:
    return f"{100 * one.value:.1f} % [{100 * one.low:.0f}, {100 * one.high:.0f}]"


def _written(name: str, sentences: Sequence[str]) -> list[str]:
    assumed = [_ASSUMED] if any(_MARK in sentence for sentence in sentences) else []
    return [f"RECOMMENDATION: {name}",
            *(line for sentence in [*sentences, *assumed]
              for line in textwrap.wrap(sentence, _WIDTH, initial_indent="  ",
                                        subsequent_indent="  ", break_on_hyphens=False))]
