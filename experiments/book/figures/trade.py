"""What was bought and what it cost: two shares of each arm, one on each axis.

    trade_plot({"as it was": (Estimate(value=0.62, ...), Estimate(value=0.21, ...)), ...},
               x_label="right on the task (%)", y_label="right on the suite (%)",
               level=("untrained", 0.55))

Up and to the right is better on both. An arm's two intervals make a cross.
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_MARKS = ("o", "s", "D", "^", "v", "P", "X")  # tell the arms apart without colour


def trade_plot(arms: Mapping[str, tuple[Estimate, Estimate]], *, x_label: str, y_label: str,
               level: tuple[str, float], colour: str = "fine_tuned") -> Svg:
    """Draw each arm at (x, y) with both 95 % intervals, and a named thin line at a `level` of y.

    Up to seven arms. `colour` names a method of METHOD_COLOURS.
    """
    if not arms or len(arms) > len(_MARKS) or any(
            one.value is None for pair in arms.values() for one in pair):
        raise BookError(f"expected one to {len(_MARKS)} arms with two scored shares each, got "
                        f"{len(arms)}: leave out what could not be scored")
    figure, axes = figures.canvas(3.9)
    for mark, (name, (x, y)) in zip(_MARKS, arms.items(), strict=False):
        ink = METHOD_COLOURS[colour]
        across, up = 100 * x.value, 100 * y.value
        axes.plot([100 * x.low, 100 * x.high], [up, up], color=ink, linewidth=1, alpha=0.5)
        axes.plot([across, across], [100 * y.low, 100 * y.high], color=ink, linewidth=1,
                  alpha=0.5)
        axes.plot([across], [up], mark, color=ink, markersize=7, fillstyle="none",
                  markeredgewidth=1.4, clip_on=False)
        axes.annotate(name, (across, up), xytext=(7, 6), textcoords="offset points",
                      fontsize=8.5, color=ink, annotation_clip=False)
    _line(axes, *level)
    axes.set_xlim(-3, 104)
    axes.set_ylim(-6, 104)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    return figures.finish(figure)


def _line(axes, name: str, value: float) -> None:
    axes.axhline(100 * value, color="#767676", linewidth=0.8, linestyle=(0, (4, 3)))
    axes.annotate(name, (0, 100 * value), xytext=(4, 3), textcoords="offset points",
                  fontsize=8.5, color="#5F5F5F")
