"""Figures that compare tasks: complete rows, honest spreads, equal bytes for equal input."""

import pytest

from experiments.book.figures.tasks import bracket_plot, length_plot, spread
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate


def row(closed=0.1, oracle=0.6):
    return {"dummy": Estimate(0.05, 0.0, 0.1, 50, 9),
            "closed book": Estimate(closed, closed - 0.05, closed + 0.05, 50, 9),
            "oracle": Estimate(oracle, oracle - 0.1, oracle + 0.1, 50, 9)}


def test_a_spread_is_shortest_five_per_cent_median_ninety_five_and_longest():
    assert spread(range(101)) == (0, 5, 50, 95, 100)
    assert spread([7]) == (7, 7, 7, 7, 7)


def test_no_lengths_are_an_error_and_no_empty_row():
    with pytest.raises(BookError, match="no lengths"):
        spread([])


def test_equal_brackets_give_equal_bytes_and_another_value_another_drawing():
    rows = {"devdocs": row(), "routing": row()}
    first = bracket_plot(rows, x_label="right (%)")
    assert first.text == bracket_plot(rows, x_label="right (%)").text
    other = bracket_plot({**rows, "routing": row(oracle=0.7)}, x_label="right (%)")
    assert first.text != other.text
    assert first._repr_svg_().lstrip().startswith("<?xml")


def test_a_row_without_its_floor_is_refused():
    incomplete = {name: value for name, value in row().items() if name != "dummy"}
    with pytest.raises(BookError, match="task 'devdocs': expected dummy"):
        bracket_plot({"devdocs": incomplete}, x_label="right (%)")


def test_brackets_without_a_task_are_refused():
    with pytest.raises(BookError, match="a task at least"):
        bracket_plot({}, x_label="right (%)")


def test_panels_with_other_tasks_are_refused():
    with pytest.raises(BookError, match="the same tasks"):
        length_plot({"questions": {"a": [1]}, "documents": {"b": [1]}}, unit="words")


def test_equal_lengths_give_equal_bytes():
    panels = {"questions": {"a": [3, 9], "b": [12]}, "documents": {"a": [90, 2100], "b": [40]}}
    assert length_plot(panels, unit="words").text == length_plot(panels, unit="words").text
