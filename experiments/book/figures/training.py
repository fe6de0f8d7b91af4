"""What training does: its loss step by step, and its seeds apart from the noise of questions.

    seeds_plot({"routing": {"LoRA": Row(Estimate(value=0.61, ...), seeds=(0.60, 0.64, 0.59),
                                        colour="fine_tuned")}}, x_label="right (%)")
    loss_plot({"seed 0": [2.31, 1.90, ...], ...}, steps_an_epoch=36)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_OTHER = "#333333"
_GREY = "#5F5F5F"
_TICKS = (0.01, 0.1, 1, 10)
_LINES = ("-", "--", ":")  # tell the seeds apart without colour


@dataclass(frozen=True)
class Row:
    """One arm: its mean with the interval for question noise, and each seed's own mean.

    `colour` names a method of METHOD_COLOURS; one seed needs no dots of its own.
    """

    mean: Estimate
    seeds: Sequence[float] = ()
    colour: str = ""


def seeds_plot(panels: Mapping[str, Mapping[str, Row]], *, x_label: str,
               floors: Mapping[str, tuple[str, float]] | None = None) -> Svg:
    """Draw a panel for each task: mean and interval, the seeds as rings beneath.

    `floors` gives a panel's dummy by name and value, drawn as a thin line.
    """
    if not panels or any(row.mean.value is None for rows in panels.values()
                         for row in rows.values()):
        raise BookError("expected rows whose mean has a value: leave out what could not be scored")
    count = sum(len(rows) for rows in panels.values())
    figure, all_axes = figures.panels(list(panels), 0.5 * count + 0.55 * len(panels) + 0.6, "x")
    for axes, (panel, rows) in zip(all_axes, panels.items(), strict=True):
        for place, row in enumerate(rows.values()):
            _draw(axes, place, row)
        if floor := (floors or {}).get(panel):
            _floor(axes, *floor)
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.4, -0.75)
        axes.tick_params(axis="y", length=0)
    all_axes[-1].set_xlim(-2, 102)
    all_axes[-1].set_xlabel(x_label)
    return figures.finish(figure)


def loss_plot(logs: Mapping[str, Sequence[float]], *, steps_an_epoch: int) -> Svg:
    """Draw the losses of up to three runs by step, and the mean of all runs for each epoch.

    The axis of losses is logarithmic, so they must be above 0.
    """
    lengths = {len(losses) for losses in logs.values()}
    lowest = min((loss for losses in logs.values() for loss in losses), default=0)
    if len(lengths) != 1 or lowest <= 0 or len(logs) > len(_LINES):
        raise BookError(f"expected one to {len(_LINES)} runs of equal length with losses above 0, "
                        f"got {sorted(lengths)} steps of {len(logs)} runs, from {lowest:g} up")
    (steps,) = lengths
    colour = METHOD_COLOURS["fine_tuned"]
    figure, axes = figures.canvas(3.2)
    for (name, losses), line in zip(logs.items(), _LINES, strict=False):
        axes.plot(range(1, steps + 1), losses, line, color=colour, linewidth=0.9, alpha=0.75,
                  label=name)
    for start in range(0, steps, steps_an_epoch):
        stop = min(start + steps_an_epoch, steps)
        level = fmean(loss for losses in logs.values() for loss in losses[start:stop])
        axes.plot([start + 1, stop], [level, level], color=_OTHER, linewidth=2)
        axes.annotate(f"{level:.2f}", ((start + 1 + stop) / 2, level), xytext=(0, 14),
                      textcoords="offset points", ha="center", fontsize=10, color=_OTHER)
    axes.legend(frameon=False, fontsize=9, labelcolor=colour)
    axes.set_yscale("log")
    axes.set_yticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_xlabel("optimiser step")
    axes.set_ylabel("loss on the replies (nats a token)")
    return figures.finish(figure)


def _draw(axes, place: int, row: Row) -> None:
    colour, one = METHOD_COLOURS.get(row.colour, _OTHER), row.mean
    axes.plot([100 * one.low, 100 * one.high], [place, place], color=colour, linewidth=2)
    axes.plot([100 * one.value], [place], "o", color=colour, markersize=7)
    axes.annotate(f"{100 * one.value:.1f}", (100 * one.value, place), xytext=(0, 7),
                  textcoords="offset points", ha="center", fontsize=9, color=colour)
    axes.plot([100 * value for value in row.seeds], [place + 0.24] * len(row.seeds), "o",
              color=colour, markersize=4.5, fillstyle="none", markeredgewidth=1.1)


def _floor(axes, name: str, value: float) -> None:
    axes.axvline(100 * value, color="#767676", linewidth=0.8, linestyle=(0, (4, 3)))
    axes.annotate(name, (100 * value, 1), xycoords=("data", "axes fraction"), xytext=(3, 0),
                  textcoords="offset points", ha="left", va="top", fontsize=8.5, color=_GREY)
