"""What became of the answers, as one stacked bar for each set of questions.

    cause_plot({"support": {"right": Estimate(0.18, ...), "reading": Estimate(0.82, ...)}},
               x_label="answers (%)")

A stack shows shares of a whole; their intervals stand in `cause_table`.
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import Svg
from experiments.book.figures.searches import percent
from experiments.book.tables import Table
from experiments.core import BookError
from experiments.evidence.analysis.attribution import CAUSES
from experiments.evidence.stats.statistics import Estimate

Shares = Mapping[str, Estimate]
# Fill and writing: dark and light alternate, so that neighbours differ without colour too.
_COLOURS = {"right": ("#0072B2", "white"), "format": ("#9BD3F5", "black"),
            "chunking": ("#5B3FA0", "white"), "retrieval": ("#F2B84B", "black"),
            "reading": ("#A83F00", "white")}
_ROOM = 0.05  # a share below this has no room for its number
_ROOM_FOR_NAME = 0.21


def cause_plot(rows: Mapping[str, Shares], *, x_label: str) -> Svg:
    """Draw a bar for each row, its causes in the order of CAUSES, each named where it fits."""
    _check(rows)
    figure, axes = figures.canvas(0.5 * len(rows) + 1.25, grid="x")
    for place, shares in enumerate(rows.values()):
        start = 0.0
        for cause, (fill, ink) in _COLOURS.items():
            share = shares[cause].value
            axes.barh(place, 100 * share, left=100 * start, height=0.68, color=fill,
                      edgecolor="white", linewidth=0.8, label=cause if place == 0 else None)
            if share >= _ROOM:
                name = f"{cause} " if share >= _ROOM_FOR_NAME else ""
                axes.text(100 * (start + share / 2), place, f"{name}{100 * share:.0f}",
                          ha="center", va="center", fontsize=9, color=ink)
            start += share
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_axisbelow(True)
    axes.set_xlabel(x_label)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(_COLOURS), fontsize=8.5,
                frameon=False, handlelength=0.9, columnspacing=1.0, handletextpad=0.4)
    return figures.finish(figure)


def cause_table(rows: Mapping[str, Shares], title: str, *notes: str) -> Table:
    """Lay out the same shares with their intervals: one row a set of questions."""
    _check(rows)
    body = tuple(
        (f"{name} (n = {shares['right'].questions})", *(percent(shares[c]) for c in CAUSES))
        for name, shares in rows.items())
    return Table(("questions", *(f"{cause}, %" for cause in CAUSES)), body, title,
                 ("In brackets: 95 % interval, drawn by groups of questions.", *notes))


def _check(rows: Mapping[str, Shares]) -> None:
    for name, shares in rows.items():
        if tuple(shares) != CAUSES or any(one.value is None for one in shares.values()):
            raise BookError(f"{name}: expected a share for each of {', '.join(CAUSES)}, got "
                            f"{', '.join(shares)}; cause_shares gives them")
    if not rows:
        raise BookError("expected at least one set of attributed answers, got none")
