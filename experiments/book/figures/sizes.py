"""One measure against chunk size, for several corpora, in panels one above the other.

    size_plot({"budget: 512 tokens": {"long pages": {64: Estimate(...), 128: ...}}},
              y_label="answer's words read (%)")

Sizes double from one to the next, so the axis does too.
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

Series = Mapping[int, Estimate]
# All series are retrieval, so all are blue; marks and lines tell them apart without colour.
_MARKS = (("o", "full", "-"), ("s", "none", "--"), ("D", "none", ":"))
_SIDE_STEP = 1.035  # neighbours stand this much apart, so that no interval hides another


def size_plot(panels: Mapping[str, Mapping[str, Series]], *, y_label: str) -> Svg:
    """Draw a panel for each budget: a dot with its 95 % interval a size, a name at each end.

    A panel maps the name of a corpus to Estimates by chunk size; at most three corpora.
    """
    sizes = sorted({size for series in panels.values() for one in series.values() for size in one})
    if not sizes or any(len(series) > len(_MARKS) for series in panels.values()):
        raise BookError(f"expected estimates by size for at most {len(_MARKS)} corpora a panel")
    figure, rows = figures.panels(list(panels), 2.5 * len(panels) + 0.3)
    for axes, series in zip(rows, panels.values(), strict=True):
        for place, (name, estimates) in enumerate(series.items()):
            _draw(axes, name, estimates, place)
        axes.set_ylim(-3, 106)
        axes.set_ylabel(y_label)
    rows[-1].set_xscale("log", base=2)
    rows[-1].set_xticks(sizes, [f"{size:,}" for size in sizes])
    rows[-1].minorticks_off()
    rows[-1].set_xlabel("tokens in a cut")
    return figures.finish(figure)


def _draw(axes, name: str, estimates: Series, place: int) -> None:
    """Draw one corpus, a little beside those drawn before."""
    colour = METHOD_COLOURS["rag"]
    mark, fill, line = _MARKS[place]
    places = [size * _SIDE_STEP ** place for size in estimates]
    values = [100 * one.value for one in estimates.values()]
    for x, one in zip(places, estimates.values(), strict=True):
        axes.plot([x, x], [100 * one.low, 100 * one.high], color=colour, linewidth=1.4, alpha=0.6)
    axes.plot(places, values, marker=mark, fillstyle=fill, linestyle=line, color=colour,
              markersize=5.5, linewidth=1.1)
    axes.annotate(name, (places[-1], values[-1]), xytext=(8, 0), textcoords="offset points",
                  va="center", color=colour, fontsize=9, annotation_clip=False)
