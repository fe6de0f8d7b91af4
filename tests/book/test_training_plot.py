"""The drawings of training: equal bytes, seeds that are seen, and nothing drawn from nothing."""

import pytest

from experiments.book.figures.training import Row, loss_plot, seeds_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate


def row(value, *seeds):
    """Make a row with an interval of 10 points to each side."""
    return Row(Estimate(value, value - 0.1, value + 0.1, 40, 40), seeds, "fine_tuned")


def drawn(*seeds, floors=None):
    """Draw one arm of one task."""
    return seeds_plot({"routing": {"LoRA": row(0.5, *seeds)}}, x_label="right (%)",
                      floors=floors).text


def test_equal_rows_give_equal_bytes_and_another_seed_gives_others():
    assert drawn(0.4, 0.6) == drawn(0.4, 0.6)
    assert drawn(0.4, 0.6) != drawn(0.45, 0.6)
    assert drawn(0.4, floors={"routing": ("majority", 0.2)}) != drawn(0.4)


def test_a_second_task_makes_the_drawing_taller():
    def height(panels):
        return float(seeds_plot(panels, x_label="%").text.split('height="')[1].split("pt")[0])

    one = {"routing": {"LoRA": row(0.5)}}
    assert height(one | {"clauses": {"LoRA": row(0.5)}}) > 1.5 * height(one)


def test_a_row_that_could_not_be_scored_is_refused():
    unscored = Row(Estimate(None, None, None, 0, 0))
    for panels in ({}, {"routing": {"LoRA": unscored}}):
        with pytest.raises(BookError, match="expected rows whose mean has a value"):
            seeds_plot(panels, x_label="%")


def test_equal_losses_give_equal_bytes_and_another_epoch_moves_the_means():
    runs = {"seed 0": [3.0, 2.0, 1.0, 0.5], "seed 1": [3.2, 2.1, 1.1, 0.4]}
    halves = loss_plot(runs, steps_an_epoch=2).text
    assert halves == loss_plot(runs, steps_an_epoch=2).text
    assert halves != loss_plot(runs, steps_an_epoch=3).text


@pytest.mark.parametrize("logs", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]},
                                  {name: [1.0] for name in "abcd"}, {"a": [1.0, 0.0]}])
def test_runs_that_cannot_be_drawn_together_are_refused(logs):
    with pytest.raises(BookError, match="expected one to 3 runs of equal length"):
        loss_plot(logs, steps_an_epoch=1)
