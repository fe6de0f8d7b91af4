"""The ladder as pictures: how good against how dear, and what each layer added.

    place_plot({"support": Panel({"RAG": Dot(2.63, Estimate(0.31, ...), "rag")},
                                 {"oracle": 0.5}, "right (%)")}, x_label="USD for 1,000 answers")
    layer_plot({"support": {"closed book → RAG": (Estimate(0.30, ...), "rag")}})

Names stand at their dots; `labels.settle` finds them a place that is free.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_OTHER = "#333333"
_GREY = "#5F5F5F"
_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_EDGE = 1.6  # how many times the least x lies right of the axis' left end


@dataclass(frozen=True)
class Dot:
    """A rung: where it lies on the logarithmic axis, its share, and its method's colour.

    An `x` below the figure's `least` is drawn at the left edge, hollow.
    """

    x: float
    share: Estimate
    colour: str = ""


@dataclass(frozen=True)
class Panel:
    """One benchmark: its dots by name, levels as lines, and what counts as right."""

    dots: Mapping[str, Dot]
    lines: Mapping[str, float]
    y_label: str


def place_plot(shown: Mapping[str, Panel], *, x_label: str, least: float) -> Svg:
    """Draw a panel for each benchmark on one logarithmic axis; each has its own height."""
    dots = [dot for panel in shown.values() for dot in panel.dots.values()]
    if not dots or any(dot.share.value is None for dot in dots) or least <= 0:
        raise BookError("expected at least one dot, each with a share, and an axis that begins "
                        "above 0; leave out what could not be scored")
    figure, all_axes = figures.panels(list(shown), 2.05 * len(shown) + 0.4)
    left, right = least / _EDGE, 2.2 * max(dot.x for dot in dots)
    for axes, panel in zip(all_axes, shown.values(), strict=True):
        tops = [*(dot.share.high for dot in panel.dots.values()), *panel.lines.values()]
        axes.set_xscale("log")
        axes.set_xlim(left, right)
        axes.set_ylim(-16 * max(tops), 125 * max(tops))
        axes.set_ylabel(panel.y_label)
    ticks = [tick for tick in _TICKS if left <= tick <= right]
    all_axes[-1].set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    all_axes[-1].minorticks_off()
    all_axes[-1].set_xlabel(x_label)
    for axes, panel in zip(all_axes, shown.values(), strict=True):
        axes.minorticks_off()
        _fill(axes, panel, left, least)
    return figures.finish(figure)


def layer_plot(shown: Mapping[str, Mapping[str, tuple[Estimate, str]]]) -> Svg:
    """Draw what each layer added on the same questions, in points, with its interval."""
    rows = [row for panel in shown.values() for row in panel.values()]
    if not rows or any(one.value is None for one, _ in rows):
        raise BookError("expected at least one layer, each with a difference that has a value")
    height = 0.42 * len(rows) + 0.55 * len(shown) + 0.6
    figure, all_axes = figures.panels(list(shown), height, "x")
    all_axes[0].get_gridspec().set_height_ratios([len(panel) + 0.6 for panel in shown.values()])
    for axes, panel in zip(all_axes, shown.values(), strict=True):
        axes.axvline(0, color="#767676", linewidth=0.8)
        for place, (one, colour) in enumerate(panel.values()):
            hue = METHOD_COLOURS.get(colour, _OTHER)
            axes.plot([100 * one.low, 100 * one.high], [place, place], color=hue, linewidth=2)
            axes.plot([100 * one.value], [place], "o", color=hue, markersize=7,
                      markerfacecolor=hue if one.separated() else "white")
            axes.annotate(f"{100 * one.value:+.1f}".replace("-", "−"), (100 * one.value, place),
                          xytext=(0, 6), textcoords="offset points", ha="center", fontsize=9,
                          color=hue)
        axes.set_yticks(range(len(panel)), panel)
        axes.set_ylim(len(panel) - 0.45, -0.8)
        axes.tick_params(axis="y", length=0)
    all_axes[-1].set_xlabel("right answers added (points)")
    return figures.finish(figure)


def _fill(axes, panel: Panel, left: float, least: float) -> None:
    """Draw the lines and the dots of a panel, each with its name."""
    for name, value in panel.lines.items():
        axes.axhline(100 * value, color="#767676", linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(name, (1, 100 * value), xycoords=("axes fraction", "data"),
                      xytext=(0, 2), textcoords="offset points", ha="right", va="bottom",
                      fontsize=8.5, color=_GREY)
    for name, dot in panel.dots.items():
        x, hue = max(dot.x, left), _hue(dot)
        low, middle, high = ((x, 100 * end) for end in (dot.share.low, dot.share.value,
                                                        dot.share.high))
        axes.plot(*zip(low, high, strict=True), color=hue, linewidth=1.6, clip_on=False)
        axes.plot(*middle, "o", color=hue, markersize=6, clip_on=False,
                  markerfacecolor=hue if dot.x >= least else "white")
        axes.annotate(name, middle, xytext=(7, 0), textcoords="offset points", va="center",
                      fontsize=8.5, color=hue, annotation_clip=False, in_layout=False)


def _hue(dot: Dot) -> str:
    return METHOD_COLOURS.get(dot.colour, _OTHER)
