"""Tables and figures of searches: how good their rankings are, measured in this build.

    search_table({"keywords": Rankings(...), "meaning": Rankings(...)}, "On dev")
    search_plot({"keywords": {"all": Estimate(...), "filtered": Estimate(...)}},
                x_label="right section first (%)")
"""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.book.tables import Table
from experiments.book.transcripts import Transcripts
from experiments.core import BookError, Example
from experiments.costs.prices import load_prices, machine_usd
from experiments.evidence.metrics.ranking import MEASURES, Rankings
from experiments.evidence.stats.statistics import Estimate

# The two marks of a row, from above: all searches are parts of one method, so of one colour.
_MARKS = (("full", 0.14), ("none", -0.14))
_COLOUR = METHOD_COLOURS["rag"]


def search_table(searches: Mapping[str, Rankings], title: str,
                 measures: Sequence[str] = MEASURES) -> Table:
    """Lay out searches over the same questions: one row each, percentages with intervals."""
    first = next(iter(searches.values()))
    if any(one.examples != first.examples for one in searches.values()):
        raise BookError("a table of searches compares them on the same questions; "
                        "give one table for each set")
    estimates = {name: [one.estimate(measure) for measure in measures]
                 for name, one in searches.items()}
    count, groups = (getattr(next(iter(estimates.values()))[0], part)
                     for part in ("questions", "groups"))
    rows = tuple((name, *map(percent, found)) for name, found in estimates.items())
    return Table(("search", *(f"{measure}, %" for measure in measures)), rows, title, (
        f"n = {count} answerable questions in {groups} groups. In brackets: 95 % interval, whole "
        "groups drawn anew. Live: computed in full in this build.",))


def graph_table(measured: Mapping[tuple[str, int], object], title: str) -> Table:
    """Lay out what `retrieval.approximate.measure` gave, by (index, number of vectors)."""
    rows = tuple(
        (index, f"{count:,}", f"{100 * one.recall:.1f}", f"{np.median(one.graph_ms):.2f}",
         f"{np.quantile(one.graph_ms, 0.99):.2f}", f"{np.median(one.exact_ms):.2f}",
         f"{one.graph_bytes / 1e6:.0f}", f"{one.exact_bytes / 1e6:.0f}",
         f"{one.build_seconds:.1f}")
        for (index, count), one in measured.items())
    return Table(("index", "vectors", "recall@10, %", "graph, ms", "graph p99, ms", "exact, ms",
                  "graph on disk, MB", "vectors alone, MB", "build, s"), rows, title,
                 ("Milliseconds: median and 99th percentile in this build, one query at a time.",))


def stage_table(stages: Mapping[str, Sequence[float]], *notes: str) -> Table:
    """Lay out the milliseconds of each stage, and what a thousand questions cost."""
    hour = load_prices()["cpu_hour"]
    rows = tuple(
        (name, f"{np.median(ms):.1f}", f"{np.quantile(ms, 0.95):.1f}",
         f"{machine_usd(np.median(ms), hour):.4f}")  # ms a question are seconds a thousand
        for name, ms in stages.items())
    price = f"{hour.what}: {hour.usd} USD ({hour.source}, {hour.date})."
    return Table(("stage", "median, ms", "95th percentile, ms", "USD for 1,000 questions"), rows,
                 "What a question costs, stage by stage", (price, *notes))


def search_transcripts(searches: Mapping[str, Rankings], picks: Mapping[str, Example],
                       shown: int = 3) -> Transcripts:
    """Show what each search put first for the picked questions: {"a success": example, ...}."""
    return Transcripts(tuple(
        (label, (("question", example.question), ("right", ", ".join(example.evidence)),
                 *((f"{name}, {rank}", _marked(found, example))
                   for name, one in searches.items()
                   for rank, found in enumerate(one.found[example.id][:shown], start=1))))
        for label, example in picks.items()))


def _marked(name: str, example: Example) -> str:
    return f"{name} (right)" if name in example.evidence else name


def percent(one: Estimate) -> str:
    """Write a share with its interval: "44.4 [33.3, 55.8]"."""
    return (f"{100 * one.value:.1f} [{100 * one.low:.1f},\N{NO-BREAK SPACE}"
            f"{100 * one.high:.1f}]")


def points(one: Estimate) -> str:
    """Write a difference with its interval: "+12.5 points [4.1, 20.9]"."""
    return f"{100 * one.value:+.1f} points [{100 * one.low:.1f}, {100 * one.high:.1f}]"


def search_plot(rows: Mapping[str, Mapping[str, Estimate]], *, x_label: str) -> Svg:
    """Draw one row a search with two marks, a full and a hollow dot, each with its interval.

    Every row names the same two, the hollow one first. The first row says which is which.
    """
    names = list(next(iter(rows.values()), ()))
    if len(names) != len(_MARKS) or any(list(row) != names for row in rows.values()):
        raise BookError(f"every row of the figure needs the same {len(_MARKS)} marks, "
                        f"got {[list(row) for row in rows.values()]}")
    figure, axes = figures.canvas(0.55 * len(rows) + 1.1, grid="x")
    for place, row in enumerate(rows.values()):
        for (fill, shift), (name, one) in zip(_MARKS[::-1], row.items(), strict=True):
            value, y = 100 * one.value, place + shift
            axes.plot([100 * one.low, 100 * one.high], [y, y], color=_COLOUR, linewidth=1.6)
            axes.plot([value], [y], "o", color=_COLOUR, fillstyle="full", markersize=7,
                      markerfacecolor=_COLOUR if fill == "full" else "white")
            label = f"{value:.1f} {name}" if place == 0 else f"{value:.1f}"
            axes.annotate(label, (100 * one.high, y), xytext=(5, 0), va="center", fontsize=9,
                          textcoords="offset points", color=_COLOUR)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(0, 102)
    axes.set_xlabel(x_label)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)
