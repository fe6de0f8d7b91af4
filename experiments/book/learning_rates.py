"""Searches of a learning rate on dev: which rate the records name.

    assert search_rate("Rank 8, on dev", sweep, wider, metric="label",
                       mode=mode, sample=sample) == RATE

The arms of a sweep differ in their learning rate alone. An arm of an older study takes part
through `one_arm`, so that no rate is trained twice.
"""

from dataclasses import replace

from experiments.book.chapter import show_results
from experiments.core import BookError
from experiments.evidence.checks.run import run
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study


def search_rate(title: str, *sweeps: Study | Results, metric: str, mode: str, sample: int) -> float:
    """Run the studies and show a table of each, read the results as they are; give `best_rate`."""
    found = []
    for sweep in sweeps:
        if isinstance(sweep, Study):
            sweep = run(sweep, mode=mode, sample=sample)
            show_results(sweep, sweep.study.metrics, title)
        found.append(sweep)
    print(title)
    return best_rate(metric, *found)


def one_arm(results: Results, arm: str) -> Results:
    """Return an arm of an older study as a sweep of one rate."""
    if arm not in results.study.arms:
        raise BookError(f"study {results.study.name!r} has no arm {arm!r}; "
                        f"it has {', '.join(results.study.arms)}")
    study = replace(results.study, arms={arm: results.study.arms[arm]})
    return replace(results, study=study)


def best_rate(metric: str, *sweeps: Results) -> float:
    """Name the rate with the most of a metric on dev, of equals the lowest; print what each has.

    Raises BookError where the best is the lowest or the highest that was tried (then the search
    has not found it), where a rate was tried twice, and for questions that are not of dev.
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
            shares[rate] = results.estimate(arm, metric).value
    for rate in sorted(shares):
        print(f"rate {rate:<8g} {shares[rate]:5.1%}")
    best = max(shares, key=lambda rate: (shares[rate], -rate))
    if not min(shares) < best < max(shares):
        raise BookError(f"the best rate, {best:g}, is at the edge of those that were tried; "
                        "try one beyond it before you train with it")
    return best
