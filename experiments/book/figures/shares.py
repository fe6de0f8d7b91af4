"""Shares as dots, one row each: what happened to how many of some queries or answers.

    share_plot({"prompt only": Estimate(value=0.97, ...)}, x_label="queries (% of 5,000)")
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate


def share_plot(rows: Mapping[str, Estimate], *, x_label: str) -> Svg:
    """Draw a dot with its 95 % interval for each row, the first row at the top."""
    unscored = [name for name, one in rows.items() if one.value is None]
    if unscored or not rows:
        raise BookError(f"expected rows with a value, got {unscored or 'none'}: leave out what "
                        "could not be scored, and say so beside the figure")
    colour = figures.METHOD_COLOURS["rag"]
    figure, axes = figures.canvas(0.42 * len(rows) + 1.0, grid="x")
    for place, one in enumerate(rows.values()):
        axes.plot([100 * one.low, 100 * one.high], [place, place], color=colour, linewidth=2)
        axes.plot([100 * one.value], [place], "o", color=colour, markersize=7)
        axes.annotate(_percent(one.value), (100 * one.value, place), xytext=(0, 7),
                      textcoords="offset points", ha="center", fontsize=9, color=colour)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.75)
    axes.set_xlim(-3, 104)
    axes.set_xlabel(x_label)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def _percent(share: float) -> str:
    """Write a share in percent; only a true zero is "0"."""
    return "0" if share == 0 else f"{100 * share:.1f}"
