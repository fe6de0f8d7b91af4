"""What more data buys: one measure of several methods over the number of examples.

    curve_plot({"LoRA": {10: Estimate(value=0.31, ...), 284: ...},
                "linear head": {10: Estimate(...), 284: ...}},
               colours={"LoRA": "fine_tuned"}, x_label="train messages", y_label="right (%)")

Each ten examples more count for less, so the axis of examples is logarithmic; that of shares,
such as the share of wrong labels, is not.
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_OTHER = "#333333"
# Marks and lines tell methods apart without colour, also two of one colour.
_STYLES = (("o", "full", "-"), ("s", "none", "--"), ("D", "full", ":"), ("^", "none", "-."),
           ("v", "full", "-"))
_SIDE = 0.012  # of the axis: neighbours stand this much apart, so that no interval hides another


def curve_plot(series: Mapping[str, Mapping[float, Estimate]], *, x_label: str, y_label: str,
               colours: Mapping[str, str], logarithmic: bool = True) -> Svg:
    """Draw up to five methods: a mark with its 95 % interval a place, the name at the last.

    `colours` maps a name to a method of METHOD_COLOURS; a name without one is drawn dark.
    """
    if not series or len(series) > len(_STYLES) or not all(series.values()):
        raise BookError(f"expected one to {len(_STYLES)} series that hold an estimate each, got "
                        f"{list(series)}")
    places = sorted({x for one in series.values() for x in one})
    figure, axes = figures.canvas(3.7)
    outmost = _SIDE * (len(series) - 1) / 2
    for number, (name, estimates) in enumerate(series.items()):
        colour = METHOD_COLOURS.get(colours.get(name, ""), _OTHER)
        shift = _SIDE * (number - (len(series) - 1) / 2)
        _draw(axes, {_beside(x, shift, places, logarithmic): one for x, one in estimates.items()},
              colour, _STYLES[number])
        end = max(estimates)
        last = _beside(end, outmost, places, logarithmic), 100 * estimates[end].value
        axes.annotate(name, last, xytext=(8, 0), textcoords="offset points", va="center",
                      color=colour, fontsize=9, annotation_clip=False)
    if logarithmic:
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xticks(places, [f"{x:g}" for x in places])
    axes.set_ylim(-2, 102)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    return figures.finish(figure)


def _draw(axes, estimates: Mapping[float, Estimate], colour: str, style: tuple) -> None:
    mark, fill, line = style
    for x, one in estimates.items():
        axes.plot([x, x], [100 * one.low, 100 * one.high], color=colour, linewidth=1.4, alpha=0.6)
    axes.plot(list(estimates), [100 * one.value for one in estimates.values()], marker=mark,
              fillstyle=fill, linestyle=line, color=colour, markersize=5.5, linewidth=1.1)


def _beside(x: float, shift: float, places: list[float], logarithmic: bool) -> float:
    """Move a place by a share of the axis."""
    if logarithmic:
        return x * (places[-1] / places[0]) ** shift
    return x + shift * (places[-1] - places[0])
