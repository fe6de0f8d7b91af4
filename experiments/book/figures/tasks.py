"""Figures that compare tasks: what brackets them, and how long their texts are.

    bracket_plot({"devdocs": {"dummy": Estimate(...), "closed book": Estimate(...),
                              "oracle": Estimate(...)}}, x_label="right (%)")
    length_plot({"questions": {"devdocs": [9, 14, 12]}, "documents": {"devdocs": [88, 160]}},
                unit="words")
"""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.book.names import CEILING, FLOOR
from experiments.core import BookError

# What a row of `bracket_plot` holds: colour, mark, and how far from the row's middle it stands.
_MARKS = {
    "dummy": (METHOD_COLOURS[FLOOR], "|", 0.0),
    "closed book": (METHOD_COLOURS["closed_book"], "o", -0.13),
    "oracle": (METHOD_COLOURS[CEILING], "D", 0.13),
}
_INK = "#333333"


def bracket_plot(rows: Mapping[str, Mapping], *, x_label: str) -> Svg:
    """Draw one row a task: the dummy as a stroke, closed book and oracle as dots with intervals.

    All are Estimates. The row whose marks lie farthest apart names them.
    """
    if not rows:
        raise BookError("a figure of brackets needs a task at least")
    figure, axes = figures.canvas(0.44 * len(rows) + 1.0, grid="x")
    named = max(rows, key=lambda task: _gap(task, rows[task]))
    for place, (task, row) in enumerate(rows.items()):
        for name, (colour, mark, shift) in _MARKS.items():
            one, y = row[name], place + shift
            value = 100 * one.value
            if mark == "|":
                axes.plot([value] * 2, [place - 0.3, place + 0.3], color=colour, linewidth=2)
            else:
                axes.plot([100 * one.low, 100 * one.high], [y, y], color=colour, linewidth=2)
                axes.plot([value], [y], mark, color=colour, markersize=6)
            if task == named:
                axes.annotate(name, (value, y), xytext=(0, 7 if mark != "|" else 14), ha="center",
                              fontsize=9, textcoords="offset points", color=colour)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.set_xlim(-8, 102)
    axes.set_xlabel(x_label)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def _gap(task: str, row: Mapping) -> float:
    """Return the smallest distance between two marks of a row; refuse an incomplete row."""
    if set(row) != set(_MARKS):
        raise BookError(f"task {task!r}: expected {', '.join(_MARKS)}, got {', '.join(row)}")
    places = sorted(one.value for one in row.values())
    return min(b - a for a, b in zip(places, places[1:], strict=False))


def length_plot(panels: Mapping[str, Mapping[str, Sequence[float]]], *, unit: str) -> Svg:
    """Draw one panel a kind of text, one row a task: median, middle 90 %, shortest to longest.

    Every panel has the same tasks; lengths are counts of `unit`, on a logarithmic axis.
    """
    import matplotlib
    from matplotlib.figure import Figure

    tasks = list(next(iter(panels.values()), ()))
    if not tasks or any(list(panel) != tasks for panel in panels.values()):
        raise BookError("a figure of lengths needs panels with the same tasks in the same order")
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(figures.WIDTH_INCHES, 0.34 * len(tasks) + 1.0),
                        layout="constrained")
        every = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, panel) in zip(every, panels.items(), strict=True):
        for place, task in enumerate(tasks):
            least, low, middle, high, most = spread(panel[task])
            axes.plot([least, most], [place, place], color="#767676", linewidth=0.8)
            axes.plot([low, high], [place, place], color=METHOD_COLOURS["rag"], linewidth=3)
            axes.plot([middle], [place], "o", color=_INK, markersize=5)
            axes.annotate(f"{middle:.0f}", (middle, place), xytext=(0, 5), ha="center",
                          textcoords="offset points", fontsize=8.5, color=_INK)
        axes.set_xscale("log")
        axes.set_xticks(ticks := [1, 10, 100, 1000], [f"{tick:,}" for tick in ticks])
        axes.set_xlim(0.8, max(1000, *(max(lengths) for lengths in panel.values())) * 1.2)
        axes.minorticks_off()
        axes.set_xlabel(f"{title} ({unit})")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", color="#767676", alpha=0.2, linewidth=0.6)
        axes.tick_params(axis="y", length=0)
    every[0].set_yticks(range(len(tasks)), tasks)
    every[0].set_ylim(len(tasks) - 0.5, -0.8)
    return figures.finish(figure)


def spread(lengths: Sequence[float]) -> tuple[float, ...]:
    """Return shortest, 5 %, median, 95 % and longest of some lengths."""
    if not len(lengths):
        raise BookError("no lengths to draw: the task has no such text")
    return tuple(float(x) for x in np.quantile(np.asarray(lengths, dtype=float),
                                               [0, 0.05, 0.5, 0.95, 1]))
