"""The share of outdated answers: limits, the closed form by hand, and a simulation."""

from math import exp

import pytest

from experiments.core import BookError
from experiments.costs.staleness import outdated_share, refresh_for, simulated_share


def test_with_a_very_short_cycle_only_the_lag_counts():
    assert outdated_share(20, 1e-4, 1) == pytest.approx(1 - exp(-1 / 20), abs=1e-4)


def test_a_cycle_as_long_as_the_changes_and_no_lag_is_one_over_e():
    assert outdated_share(30, 30) == pytest.approx(exp(-1))


def test_a_short_cycle_is_outdated_by_half_its_length():
    assert outdated_share(1000, 10) == pytest.approx(10 / 2 / 1000, rel=0.01)


def test_an_update_that_never_comes_leaves_nothing_up_to_date():
    assert outdated_share(1, 10_000) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("days", [(1, 7, 0), (7, 1, 0.5), (30, 30, 7), (91, 7, 30)])
def test_the_simulation_agrees_with_the_closed_form(days):
    assert simulated_share(*days) == pytest.approx(outdated_share(*days), abs=0.02)


def test_the_longest_cycle_has_the_share_that_is_allowed():
    assert outdated_share(30, refresh_for(30, 0.05)) == pytest.approx(0.05)
    assert outdated_share(30, refresh_for(30, 0.05, 1), 1) == pytest.approx(0.05)


def test_a_share_that_the_lag_alone_breaks_is_refused():
    # A lag of a tenth of the interval makes 1 - exp(-0.1), nearly a tenth, outdated.
    with pytest.raises(BookError, match="lag of 3 days"):
        refresh_for(30, 0.05, 3)


@pytest.mark.parametrize("days", [(0, 1, 0), (1, 0, 0), (1, 1, -1)])
def test_no_time_between_changes_or_updates_is_refused(days):
    with pytest.raises(BookError, match="above 0"):
        outdated_share(*days)
