"""The rate that a search names is the best of those tried, and lies between two others."""

from types import SimpleNamespace

import pytest

from experiments.book.learning_rates import best_rate, one_arm
from experiments.core import BookError
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay


def swept(shares, split="dev"):
    """Return what `best_rate` reads of a sweep in which each rate has a share."""
    arms = {f"rate {rate:g}": SimpleNamespace(tuning=SimpleNamespace(learning_rate=rate))
            for rate in shares}
    found = {(arm, "label"): share for arm, share in zip(arms, shares.values(), strict=True)}
    return SimpleNamespace(
        study=SimpleNamespace(name="sweep", split=split, arms=arms),
        estimate=lambda arm, metric: SimpleNamespace(value=found[arm, metric]))


def test_the_best_rate_of_all_sweeps_is_named_and_all_are_printed(capsys):
    first, wider = swept({1e-3: 0.4, 2e-3: 0.5}), swept({4e-3: 0.45})
    assert best_rate("label", first, wider) == 2e-3
    assert capsys.readouterr().out.splitlines() == [
        "rate 0.001    40.0%", "rate 0.002    50.0%", "rate 0.004    45.0%"]


def test_of_equals_the_lower_rate_is_taken():
    assert best_rate("label", swept({1e-3: 0.4, 2e-3: 0.5, 4e-3: 0.5, 8e-3: 0.1})) == 2e-3


@pytest.mark.parametrize("shares", [{1e-3: 0.5, 2e-3: 0.4}, {1e-3: 0.4, 2e-3: 0.5}, {1e-3: 0.4}])
def test_a_best_rate_at_the_edge_is_no_search(shares):
    with pytest.raises(BookError, match="at the edge of those that were tried"):
        best_rate("label", swept(shares))


def test_a_rate_that_was_tried_twice_and_questions_of_test_are_refused():
    with pytest.raises(BookError, match="0.001 was tried by two arms"):
        best_rate("label", swept({1e-3: 0.4}), swept({1e-3: 0.5}))
    with pytest.raises(BookError, match="asks the test split"):
        best_rate("label", swept({1e-3: 0.4}, split="test"))


def test_one_arm_of_an_older_study_is_a_sweep_of_one_rate():
    older = replay(declared_studies()["raft-rates"])
    alone = one_arm(older, "rate 0.002")
    assert list(alone.study.arms) == ["rate 0.002"]
    assert alone.estimate("rate 0.002", "contains") == older.estimate("rate 0.002", "contains")
    with pytest.raises(BookError, match="has no arm 'rate 1'; it has rate 0.002, rate 0.004"):
        one_arm(older, "rate 1")
