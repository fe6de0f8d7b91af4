"""What each reader does in each context: one line a reader, a place on the axis a context.

    interaction_plot(["none", "retrieved"],
                     {"answers rightly": {"RAFT": [Estimate(...), Estimate(...)], ...}},
                     colours={"RAFT": "raft"}, x_label="passages given")

Parallel lines say that reader and context add up. Lines that cross or part say that what
training is worth depends on what the reader is given.
"""

from collections.abc import Mapping, Sequence

from experiments.book import figures
from experiments.book.figures import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.statistics import Estimate

Lines = Mapping[str, Sequence[Estimate]]
_SIDE_STEP = 0.06  # of the way to the next context, so that no interval hides another


def interaction_plot(contexts: Sequence[str], panels: Mapping[str, Lines], *,
                     colours: Mapping[str, str], x_label: str) -> Svg:
    """Draw a panel a measure: for each reader a dot with its 95 % interval in every context.

    `colours` maps a reader to a method of METHOD_COLOURS. Readers are named at the right end.
    """
    for lines in panels.values():
        for name, estimates in lines.items():
            if len(estimates) != len(contexts):
                raise BookError(f"{name!r} has {len(estimates)} estimates for {len(contexts)} "
                                "contexts")
    figure, rows = figures.panels(list(panels), 2.6 * len(panels) + 0.4)
    for axes, lines in zip(rows, panels.values(), strict=True):
        for place, (name, estimates) in enumerate(lines.items()):
            _draw(axes, estimates, place - (len(lines) - 1) / 2, METHOD_COLOURS[colours[name]])
        for name, estimates in lines.items():
            axes.annotate(name, (len(contexts) - 1, 100 * estimates[-1].value), xytext=(14, 0),
                          va="center", textcoords="offset points", fontsize=9,
                          color=METHOD_COLOURS[colours[name]], annotation_clip=False)
        axes.set_ylim(-4, 104)
        axes.set_ylabel("% of questions")
    rows[-1].set_xticks(range(len(contexts)), contexts)
    rows[-1].set_xlim(-0.3, len(contexts) - 0.7)
    rows[-1].set_xlabel(x_label)
    return figures.finish(figure)


def _draw(axes, estimates: Sequence[Estimate], side: float, colour: str) -> None:
    """Draw one reader's line, a little beside those of the others."""
    places = [place + side * _SIDE_STEP for place in range(len(estimates))]
    for x, one in zip(places, estimates, strict=True):
        axes.plot([x, x], [100 * one.low, 100 * one.high], color=colour, linewidth=2)
    axes.plot(places, [100 * one.value for one in estimates], "o-", color=colour, markersize=6,
              linewidth=1.1)
