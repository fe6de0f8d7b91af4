"""Names of dots and lines: no two texts of a figure overlap, by the boxes that they fill."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from fake_results import make_results

from experiments.book.figures import base as figures
from experiments.book.figures import labels
from experiments.book.figures.base import dot_plot, line_plot
from experiments.book.figures.costs import lifetime_plot
from experiments.book.figures.curve import curve_plot
from experiments.book.figures.probes import probe_plot
from experiments.book.figures.risk import Line, risk_plot
from experiments.book.figures.trade import trade_plot
from experiments.book.figures.training import Row, seeds_plot
from experiments.book.ladder.figures import latency_plot, price_plot
from experiments.book.ladder.plot import Dot, Panel, place_plot
from experiments.book.ladder.rows import LADDERS, ladder
from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.config import load_scenario
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay

METHODS = ("closed book", "few-shot, held", "RAG, reranked", "tuned + RAG", "RAFT, refusing")


def one(value):
    return Estimate(value, max(0, value - 0.05), min(1, value + 0.05), 100, 100)


def crowd(seed, most=0.06):
    """Return an Estimate each for five methods, all within a few points of each other."""
    chance = Random(seed)
    start = chance.random() * (1 - most)
    return {name: one(start + chance.random() * most) for name in METHODS}


def crowded(seed):
    """Draw a crowd in every kind of figure that names its dots or lines."""
    at, other = crowd(seed), crowd(seed + 1000)
    curves = {name: {1: at[name], 10: other[name]} for name in METHODS}
    x = Random(seed)
    places = {name: 10 ** x.uniform(-0.2, 0.2) for name in METHODS}
    yield curve_plot(curves, x_label="x", y_label="y", colours={})
    yield line_plot((1, 10), {n: [*c.values()] for n, c in curves.items()}, x_label="x",
                    y_label="y")
    yield risk_plot({"support": [Line(n, (0.1, 1.0), [*c.values()]) for n, c in curves.items()]})
    yield place_plot({task: Panel({n: Dot(places[n], at[n]) for n in METHODS},
                                  {"chance": at["closed book"].value, "other": 0.0}, "right (%)")
                      for task in ("support", "devdocs")}, x_label="USD", least=0.1)
    yield trade_plot({n: (at[n], other[n]) for n in METHODS}, x_label="x", y_label="y",
                     level=("untrained", other["closed book"].value))
    yield probe_plot({"a group": at, "another": other}, {}, x_label="x")
    yield seeds_plot({"a task": {n: Row(e) for n, e in at.items()}}, x_label="x",
                     floors={"a task": ("majority", at["closed book"].value)})
    yield lifetime_plot({n: [1, 1000 + 50 * e.value] for n, e in at.items()},
                        dict.fromkeys(METHODS, "rag"))


@pytest.fixture
def boxes(monkeypatch):
    """Collect the boxes of all texts of each figure that is drawn, measured when it is saved."""
    found = []
    settle = labels.settle

    def measured(figure):
        settle(figure)
        found.append({(text.get_text(), n): box for n, (text, box) in enumerate(
            labels.text_boxes(figure).items())})

    monkeypatch.setattr(labels, "settle", measured)
    monkeypatch.setattr(labels, "clashes", lambda figure: [])  # the boxes are compared here
    return found


def overlapping(boxes):
    return [(a[0], b[0]) for (a, one), (b, other) in combinations(boxes.items(), 2)
            if min(one[2], other[2]) - max(one[0], other[0]) > 0.5
            and min(one[3], other[3]) - max(one[1], other[1]) > 0.5]


@pytest.mark.parametrize("seed", range(6))
def test_no_two_texts_overlap_however_close_the_dots_lie(seed, boxes):
    drawn = list(crowded(seed))
    assert len(boxes) == len(drawn)
    for figure in boxes:
        texts = {text for text, _ in figure}
        assert len(texts & set(METHODS)) == 5 or any("closed book" in t for t in texts)
        assert overlapping(figure) == []


def test_no_two_texts_overlap_in_the_figure_of_the_cures(boxes):
    declared = declared_studies()
    suite, task, plain = (replay(declared[name]) for name in (
        "cured", "cured-task", "forgotten-once"))
    trade_plot({way: (task.estimate(way, "label"), suite.estimate(way, "contains"))
                for way in suite.study.arms}, x_label="x", y_label="y",
               level=("untrained", plain.estimate("untrained", "contains").value))
    (figure,) = boxes
    assert set(suite.study.arms) <= {text for text, _ in figure}
    assert overlapping(figure) == []


def test_no_two_texts_overlap_in_the_two_pictures_of_the_ladder(boxes):
    grids = {task: ladder(task) for task in LADDERS}
    price_plot(grids, load_scenario(DATA / "cost_example.yaml").rates)
    latency_plot(grids)
    for figure in boxes:
        texts = [text for text, _ in figure]
        assert texts.count("oracle") == texts.count("chance") == len(grids) == 4
        assert overlapping(figure) == []


def test_the_names_of_two_lines_at_one_value_are_set_apart(boxes):
    dot_plot(make_results({"guess": 12, "closed book": 2, "rag": 9, "oracle": 12}), "contains")
    (figure,) = boxes
    assert {"guess", "oracle"} <= {text for text, _ in figure}
    assert overlapping(figure) == []


def drawing(*names):
    """Draw names to the right of points, given as (name, x, y) on axes from 0 to 100."""
    figure, axes = figures.canvas(3.0)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    found = [axes.annotate(name, (x, y), xytext=(7, 0), textcoords="offset points", va="center")
             for name, x, y in names]
    return figure, found


def test_a_name_that_is_free_stays_where_its_plot_put_it():
    figure, (name, _) = drawing(("RAG", 20, 50), ("RAFT", 60, 50))
    labels.settle(figure)
    assert name.get_position() == pytest.approx((7, 0))


def test_names_of_a_column_keep_their_order():
    figure, names = drawing(("c", 50, 51.0), ("a", 50, 49.0), ("b", 50, 50.0))
    labels.settle(figure)
    heights = {n.get_text(): n.get_window_extent().y0 for n in names}
    assert sorted(heights, key=heights.get) == ["a", "b", "c"]
    assert labels.clashes(figure) == []
    # What moves the least: the middle one stays.
    assert names[2].get_position()[1] == pytest.approx(0, abs=0.5)


def test_a_name_far_from_its_dot_is_joined_to_it():
    figure, _ = drawing(*((f"name {n}", 50, 50) for n in range(9)))
    labels.settle(figure)
    assert labels.clashes(figure) == []
    assert figure.artists or figure.lines


def test_a_name_does_not_cover_a_dot_where_another_place_is_free():
    figure, (name,) = drawing(("RAG", 50, 50))
    figure.axes[0].plot([54], [50], "o", markersize=7)
    labels.settle(figure)
    box = name.get_window_extent().extents
    x, y = figure.axes[0].transData.transform((54, 50))
    assert not (box[0] < x < box[2] and box[1] < y < box[3])


def test_texts_that_cannot_be_set_apart_are_an_error():
    figure, axes = figures.canvas(2.0)
    for name in ("chance", "oracle"):
        axes.text(0.5, 0.5, name)
    assert labels.clashes(figure) == [("oracle", "chance")]
    with pytest.raises(BookError, match="texts of a figure overlap.*oracle.*more room or fewer"):
        figures.finish(figure)


def test_every_text_that_is_shown_has_a_box():
    figure, _ = drawing(("RAG", 20, 50))
    axes = figure.axes[0]
    axes.set_title("a title", loc="left")
    axes.set_xlabel("x of it")
    axes.set_xticks([0, 100], ["first", "last"])
    axes.text(200, 50, " ")
    figure.draw_without_rendering()
    texts = [text.get_text() for text in labels.text_boxes(figure)]
    assert {"RAG", "a title", "x of it", "first", "last"} <= set(texts) and " " not in texts
    assert all(np.isfinite(box).all() for box in labels.text_boxes(figure).values())
