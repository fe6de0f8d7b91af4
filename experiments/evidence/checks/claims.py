"""Sentences that claim an order, as assertions: they fail when the data stop supporting them.

    expect_order(results, better="rag", worse="closed book", metric="contains")
    -> "rag is better than closed book in contains: 61.5 % against 3.0 %, a difference of
        58.5 points [51.2, 65.4] on 200 questions."
"""

from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.results import Results

LOWER_IS_BETTER = frozenset({"false_refusal"})


class ClaimFailed(BookError):
    """The records no longer support a sentence of the book."""


def expect_order(results: Results, better: str, worse: str, metric: str) -> str:
    """Return the sentence when the 95 % interval of the paired difference leaves out zero.

    Better is higher, but for the metrics in LOWER_IS_BETTER. Raises ClaimFailed when
    the sign or the interval no longer supports the order.
    """
    gap = _gap(results, better, worse, metric)
    numbers = _numbers(results, better, worse, metric, gap)
    holds = gap.high < 0 if metric in LOWER_IS_BETTER else gap.low > 0
    if holds:
        return f"{better} is better than {worse} in {metric}: {numbers}."
    wrong = gap.value > 0 if metric in LOWER_IS_BETTER else gap.value < 0
    verdict = "the other way round" if wrong and gap.separated() else "not separated"
    raise ClaimFailed(
        f"study {results.study.name}: the book says that {better} is better than {worse} in "
        f"{metric}, but the records say {verdict}: {numbers}. Correct the sentence, or write "
        "down that the two are not separated (expect_not_separated)."
    )


def expect_not_separated(results: Results, a: str, b: str, metric: str) -> str:
    """Return the sentence when the 95 % interval of the paired difference holds zero."""
    gap = _gap(results, a, b, metric)
    numbers = _numbers(results, a, b, metric, gap)
    if not gap.separated():
        return f"{a} and {b} are not separated in {metric}: {numbers}."
    raise ClaimFailed(
        f"study {results.study.name}: the book says that {a} and {b} are not separated in "
        f"{metric}, but the records tell them apart: {numbers}. State the order (expect_order)."
    )


def _gap(results: Results, a: str, b: str, metric: str) -> Estimate:
    gap = results.difference(a, b, metric)
    if gap.value is None:
        raise ClaimFailed(f"study {results.study.name}: {metric} of {a} and {b} could not be "
                          "scored on any common question, so nothing can be said about them")
    return gap


def _numbers(results: Results, a: str, b: str, metric: str, gap: Estimate) -> str:
    first, second = (100 * results.estimate(arm, metric).value for arm in (a, b))
    low, high = 100 * gap.low, 100 * gap.high
    return (f"{first:.1f} % against {second:.1f} %, a difference of {100 * gap.value:.1f} points "
            f"[{low:.1f}, {high:.1f}] on {gap.questions} questions")
