"""Searches of a learning rate on dev: which rate the records name.

    swept = sweep.run(mode=mode, sample=sample)
    assert best_rate("label", swept, wider) == RATE

The arms of a sweep differ in their learning rate alone.
"""

from collections.abc import Callable

from experiments.core import BookError
from experiments.evidence.results import Results


def best_rate(metric: str | Callable[[Results, str], float], *sweeps: Results) -> float:
    """Name the rate with the most on dev, of equals the lowest, and print what each has.

    `metric` is the name of a score, or a function of results and arm that gives a share. Raises
    BookError where the best is the lowest or the highest that was tried (then the search has not
    found it), where a rate was tried twice, and for questions that are not of dev.
    """
    shares = {}
    for results in sweeps:
        if results.study.split != "dev":
            raise BookError(f"study {results.study.name!r} asks the {results.study.split} split; "
                            "a learning rate is chosen on dev")
        for arm, recipe in results.study.arms.items():
            rate = recipe.tuning.learning_rate
            if rate in shares:
                raise BookError(f"the rate {rate:g} was tried by two arms, the second is "
                                f"{arm!r} of study {results.study.name!r}")
            shares[rate] = (metric(results, arm) if callable(metric)
                            else results.estimate(arm, metric).value)
    for rate in sorted(shares):
        print(f"rate {rate:<8g} {shares[rate]:5.1%}")
    best = max(shares, key=lambda rate: (shares[rate], -rate))
    if not min(shares) < best < max(shares):
        raise BookError(f"the best rate, {best:g}, is at the edge of those that were tried; "
                        "try one beyond it before you train with it")
    return best
