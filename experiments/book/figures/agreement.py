"""Agreement of judges, pair by pair, as a heat map with the number in each cell.

    agreement_plot(["tree", "lists"], {("tree", "lists"): 0.04}, label="Cohen's kappa")
"""

from collections.abc import Mapping, Sequence

from experiments.book.figures import base as figures
from experiments.book.figures.base import Svg
from experiments.core import BookError

_DARKEST = 0.7  # of the hue at kappa 1: the number in the cell stays readable
_COLOUR = "#0072B2"


def agreement_plot(names: Sequence[str], pairs: Mapping[tuple[str, str], float | None], *,
                   label: str) -> Svg:
    """Draw the lower half of a table of pairs; the colour grows from 0 to 1.

    Below 0 a cell stays white, and a pair without a value (None) shows a dash.
    """
    wanted = [(a, b) for place, a in enumerate(names) for b in names[place + 1:]]
    if len(names) < 2 or set(wanted) != set(pairs):
        raise BookError("a figure of agreement needs two judges at least, and a value for each "
                        "pair in the order of the names")
    figure, axes = figures.canvas(0.46 * len(names) + 1.0, grid="x")
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    for (a, b), value in pairs.items():
        x, y = names.index(a), names.index(b)
        depth = 0.0 if value is None else min(max(value, 0.0), 1.0)
        axes.fill([x - 0.48, x + 0.48, x + 0.48, x - 0.48],
                  [y - 0.48, y - 0.48, y + 0.48, y + 0.48],
                  facecolor=_COLOUR, alpha=_DARKEST * depth, linewidth=0)
        axes.plot([x - 0.48, x + 0.48, x + 0.48, x - 0.48, x - 0.48],
                  [y - 0.48, y - 0.48, y + 0.48, y + 0.48, y - 0.48],
                  color="#767676", linewidth=0.5)
        axes.annotate(_number(value), (x, y), ha="center", va="center", fontsize=9,
                      color="#333333")
    axes.set_xticks(range(len(names) - 1), names[:-1], rotation=35, ha="right",
                    rotation_mode="anchor")
    axes.set_yticks(range(1, len(names)), names[1:])
    axes.set_xlim(-0.55, len(names) - 1.45)
    axes.set_ylim(len(names) - 0.45, 0.45)
    axes.tick_params(length=0)
    axes.set_title(label, loc="left", fontsize=10, color="#333333")
    return figures.finish(figure)


def _number(value: float | None) -> str:
    """Write two decimals; what rounds to nothing has no sign."""
    if value is None:
        return "–"
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")
