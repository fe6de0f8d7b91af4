"""Two years, month by month: each event happens once, when it is due, and is paid then."""

from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.costs.bill import APPROACHES, bill
from experiments.costs.lifetime import KINDS, Life, cumulative, shares, simulate
from tests.costs.kit import random_scenario, scenario

QUIET = Life(months=12, months_between_upgrades=100, months_between_embedders=100)
DESK = scenario({"corpus_tokens": 1e6}, {"setup_hours": 2, "upkeep_hours_per_month": 1},
                {"training_tokens_per_run": 4e6, "labelling_hours_per_run": 3,
                 "months_between_runs": 3, "setup_hours": 5})


def runs(months):
    return [month.runs for month in months]


def test_a_run_is_due_in_the_first_month_and_every_interval_after():
    assert runs(simulate("tuned", DESK, QUIET)) == [1, 0, 0] * 4
    assert runs(simulate("rag", DESK, QUIET)) == [0] * 12


def test_weekly_runs_are_fifty_two_a_year():
    weekly = replace(DESK, tuning=replace(DESK.tuning, months_between_runs=12 / 52))
    assert sum(runs(simulate("tuned", weekly, QUIET))) == 52


def test_parts_of_a_month_do_not_slip_over_its_end():
    for parts in (10, 49):  # without its tolerance, the second gains a run in two years
        often = replace(DESK, tuning=replace(DESK.tuning, months_between_runs=1 / parts))
        assert runs(simulate("tuned", often, replace(QUIET, months=24))) == [parts] * 24


def test_a_new_base_brings_the_next_run_forward():
    life = replace(QUIET, months_between_upgrades=4)
    assert runs(simulate("tuned", DESK, life)) == [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]


def test_a_team_that_stays_keeps_its_rhythm_and_the_old_price():
    life = replace(QUIET, months_between_upgrades=4, tuned_model_follows=False)
    months = simulate("tuned", DESK, life)
    assert runs(months) == [1, 0, 0] * 4
    assert months[-1].usd["queries"] == months[0].usd["queries"]
    assert all(month.usd["upgrades"] == 0 for month in months)


def test_every_upgrade_lowers_the_price_of_tokens_and_takes_hours_of_checking():
    life = replace(QUIET, months_between_upgrades=4, price_fall_share=0.5, checking_hours=3)
    months = simulate("prompt", DESK, life)
    # 100 question tokens at 2 and 10 of output at 8 a million, a thousand times: 0.28 USD.
    assert [month.usd["queries"] for month in months[3:9]] == pytest.approx(
        [0.28, 0.14, 0.14, 0.14, 0.14, 0.07])
    assert [month.number for month in months if month.usd["upgrades"]] == [4, 8]
    assert months[4].usd["upgrades"] == pytest.approx(300)


def test_a_new_embedder_means_embedding_and_writing_everything_again():
    life = replace(QUIET, months_between_embedders=5)
    months = simulate("rag", DESK, life)
    # A million tokens at 0.02, and 3,906.25 write units at 4 a million.
    again = 0.02 + 1e6 / 256 * 4e-6
    assert [month.usd["upgrades"] for month in months] == pytest.approx(
        [again if number in (5, 10) else 0 for number in range(12)])
    assert not any(month.usd["upgrades"] for month in simulate("tuned", DESK, life))


def test_a_year_without_events_is_its_items_added_up():
    months = simulate("tuned", DESK, QUIET)
    one = bill("tuned", DESK)
    assert cumulative(months)[-1] == pytest.approx(
        12 * (1000 * one.usd("query") + one.usd("month")) + 4 * one.usd("run") + one.usd("once"))
    # Four runs of 100 USD of compute and 300 of labour, and a set-up of 500.
    assert sum(month.usd["training"] for month in months) == pytest.approx(400)
    assert sum(month.usd["labour of training"] for month in months) == pytest.approx(1200)
    assert months[0].usd["set-up"] == 500 and months[1].usd["set-up"] == 0


def test_traffic_grows_by_its_share_every_month():
    life = replace(QUIET, growth_per_month=0.1)
    months = simulate("prompt", DESK, life)
    assert months[2].usd["queries"] == pytest.approx(0.28 * 1.21)


@pytest.mark.parametrize("number", range(30))
def test_spending_never_falls_and_shares_add_up_to_one(number):
    one = random_scenario(f"life {number}")
    one = replace(one, tuning=replace(
        one.tuning, months_between_runs=max(0.1, one.tuning.months_between_runs)))
    for approach in APPROACHES:
        months = simulate(approach, one, Life())
        spent = cumulative(months)
        assert spent == sorted(spent) and len(spent) == 24
        assert set(months[0].usd) == set(KINDS)
        assert sum(shares(months).values()) == pytest.approx(1 if spent[-1] else 0)


def test_a_life_of_no_months_is_refused():
    with pytest.raises(BookError, match="Life.months is a number"):
        Life(months=0)
    with pytest.raises(BookError, match="price_fall_share .*0 to 1"):
        Life(price_fall_share=1.2)
