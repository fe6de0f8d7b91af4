"""Risk against coverage: what is wrong among the answered, for every share answered.

    risk_plot({"support": [Line("similarity", shares=(0.1, 0.2, ...), risks=[Estimate(...), ...],
                                colour="rag")]})

One panel a task, one above the other. The names stand at the left, where the lines part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_OTHER = "#333333"
_NAMES = -36  # where the axis begins, so that there is room for the names
_GREY = "#5F5F5F"


@dataclass(frozen=True)
class Line:
    """A named curve: Estimates of the risk at shares answered (0 to 1, rising)."""

    name: str
    shares: Sequence[float]
    risks: Sequence[Estimate]
    colour: str = ""
    band: bool = False
    thin: bool = False


def risk_plot(panels: Mapping[str, Sequence[Line]]) -> Svg:
    """Draw the curves of each task; `band` adds the 95 % interval, `thin` marks a bracket."""
    if not panels or any(not lines for lines in panels.values()):
        raise BookError("expected at least one line a panel")
    figure, rows = figures.panels(list(panels), 3.1 * len(panels) + 0.3)
    for axes, lines in zip(rows, panels.values(), strict=True):
        axes.spines["bottom"].set_bounds(0, 100)
        for line in lines:
            _draw(axes, line)
            axes.annotate(line.name, (100 * line.shares[0], 100 * line.risks[0].value),
                          xytext=(-6, 0), ha="right", va="center", textcoords="offset points",
                          fontsize=9, color=_colour(line))
        axes.set_xlim(_NAMES, 101)
        axes.set_ylim(-3, 103)
        axes.set_xticks(range(0, 101, 20))
        axes.set_ylabel("wrong among the answered (%)")
    rows[-1].set_xlabel("questions answered (%, the surest first)")
    return figures.finish(figure)


def _draw(axes, line: Line) -> None:
    colour, places = _colour(line), [100 * share for share in line.shares]
    if line.band:
        axes.fill_between(places, [100 * one.low for one in line.risks],
                          [100 * one.high for one in line.risks], color=colour, alpha=0.15,
                          linewidth=0)
    style = {"linewidth": 0.9, "linestyle": (0, (4, 3))} if line.thin else {"linewidth": 1.8}
    axes.plot(places, [100 * one.value for one in line.risks], color=colour, **style)


def _colour(line: Line) -> str:
    return _GREY if line.thin else METHOD_COLOURS.get(line.colour, _OTHER)
