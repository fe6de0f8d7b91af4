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
is not above chance is never recommended, however few questions there are.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from experiments.evidence.results import Results
from experiments.evidence.rungs import CHANCE, Rung
from experiments.evidence.statistics import LEVEL, Estimate

POWER = 0.8
_WIDTH = 96
_MARK = "(*)"
_ASSUMED = (f"{_MARK} With a power of {100 * POWER:.0f} % at the 5 % level, if difference, spread "
            "and size of groups stay what they are here.")


def recommend(results: Results, rungs: Sequence[Rung]) -> list[str]:
    """Say in words which rung to take; `rungs` are the arms of the results, from cheap to dear."""
    metric = results.study.metrics[0]
    steps = [rung for rung in rungs if not rung.bracket]
    shares = {rung.name: results.estimate(rung.name, metric) for rung in rungs}
    if any(share.value is None for share in shares.values()):
        return _written("none", [f"No question here has an answer to score by {metric}, so "
                                 "nothing tells the rungs apart."])
    best, *others = sorted(steps, key=lambda rung: -shares[rung.name].value)  # ties: the cheaper
    gaps = {rung.name: results.difference(best.name, rung.name, metric) for rung in others}
    above = [rung for rung in steps if _above_chance(results, rung, rungs)]
    level = [rung for rung in above if rung == best or not gaps[rung.name].separated()]
    says = [f"{best.name} has the highest {metric.replace('_', ' ')}: "
            f"{_share(shares[best.name])}."]
    if best not in level:
        return _written("none", [
            *says, *_second(best, others, gaps),
            f"{best.name} is not separated from chance at n = {shares[best.name].questions}, so nothing "
            "here says what to take. Ask more questions, or look at the answers first.",
            "The book on this: chapter 01_measure."])
    chosen = level[0]
    if chosen != best:
        says.append(f"{chosen.name} is cheaper and not separated from it: "
                    + _told(best, chosen, gaps[chosen.name]) + " " + _needed(gaps[chosen.name]))
    below = steps[:steps.index(chosen)]
    cheaper = [rung for rung in below if gaps[rung.name].separated()]
    doubtful = ", ".join(rung.name for rung in below if rung not in cheaper)
    nearest = max(cheaper, key=lambda rung: shares[rung.name].value, default=None)
    if others and others[0] not in (chosen, nearest):  # those two are compared anyway
        says += _second(best, others, gaps)
    if nearest:
        says.append(f"What rules out the cheaper {nearest.name}: "
                    + _told(best, nearest, gaps[nearest.name]))
    if doubtful:
        says.append(f"Passed over, for not being separated from chance either: {doubtful}.")
    if CHANCE in shares:
        gap = results.difference(chosen.name, CHANCE, metric)
        says.append(f"{chosen.name} minus chance is {_points(gap)}.")
    return _written(chosen.name, [
        *says, *_declining(results, chosen),
        "The best was picked on the questions that judge it, so its lead flatters it a little"
        + ("; a trained rung has one seed here, and another may move it by some points."
           if any(rung.trained for rung in steps) else "."),
        f"The book on this: chapter {chosen.chapter}."])


def questions_to_tell(gap: Estimate) -> int | None:
    """Give how many questions would find a difference like this one at the 5 % level.

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
    """Say whether a rung is separated from the chance row, or from 0 where there is none."""
    metric = results.study.metrics[0]
    if any(other.name == CHANCE for other in rungs):
        return results.difference(rung.name, CHANCE, metric).low > 0
    return results.estimate(rung.name, metric).low > 0


def _second(best: Rung, others: Sequence[Rung], gaps: Mapping[str, Estimate]
            ) -> list[str]:
    """Compare the best with the second best."""
    if not others:
        return []
    gap = gaps[others[0].name]
    told = _told(best, others[0], gap)
    if gap.separated():
        return [f"The second best is separated from it: {told}"]
    return [f"The best and the second best, {others[0].name}, are not separated: {told} "
            + _needed(gap)]


def _needed(gap: Estimate) -> str:
    count = questions_to_tell(gap)
    if count is None:
        return "They scored the same, so no number of questions like these tells them apart."
    return f"About {count:,} questions would tell a difference of this size apart {_MARK}."


def _declining(results: Results, chosen: Rung) -> list[str]:
    """Say how the chosen rung refuses, in a task that asks what has no answer."""
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
