"""Groups of dots on one axis: the same methods, asked in several ways.

    probe_plot({"in a lesson's wording": {"one phrasing": Estimate(value=0.96, ...), ...}, ...},
               {"one phrasing": "taught", "RAG": "rag"}, x_label="right (%)")

Every dot bears the name of its method, so that no legend has to be looked up.
"""

from collections.abc import Mapping

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

_ROW_INCHES, _GAP = 0.22, 0.9  # of a dot's row; between groups, in rows
_OTHER = "#333333"
_TURN = 0.5  # a dot right of here has its name on its left
_MARKS = ("o", "s", "D", "^")  # tell apart methods that share a colour


def probe_plot(groups: Mapping[str, Mapping[str, Estimate]], colours: Mapping[str, str], *,
               x_label: str) -> Svg:
    """Draw each method's share with its 95 % interval, group by group from the top.

    `colours` maps methods to names of METHOD_COLOURS.
    """
    unscored = [f"{group}: {name}" for group, rows in groups.items()
                for name, one in rows.items() if one.value is None]
    if unscored or not groups:
        raise BookError(f"expected groups of shares with a value, got {unscored or 'none'}: leave "
                        "out what could not be scored, and say so beside the figure")
    count = sum(len(rows) for rows in groups.values())
    height = (count + _GAP * len(groups)) * _ROW_INCHES
    figure, axes = figures.canvas(height + 0.6, grid="x")
    place, ticks = 0.0, {}
    for group, rows in groups.items():
        ticks[group] = place + (len(rows) - 1) / 2
        for name, one in rows.items():
            _draw(axes, place, name, one, colours.get(name, ""), _mark(name, rows, colours))
            place += 1
        place += _GAP
    axes.set_yticks(list(ticks.values()), list(ticks))
    axes.set_ylim(place - 0.6, -0.8)
    axes.set_xlim(-3, 104)
    axes.set_xlabel(x_label)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def _mark(name: str, rows: Mapping[str, Estimate], colours: Mapping[str, str]) -> str:
    """Return methods of one colour different marks, in the order of the rows."""
    alike = [other for other in rows if colours.get(other) == colours.get(name)]
    return _MARKS[alike.index(name) % len(_MARKS)]


def _draw(axes, place: float, name: str, one: Estimate, method: str, mark: str) -> None:
    colour = METHOD_COLOURS.get(method, _OTHER)
    value, low, high = (100 * number for number in (one.value, one.low, one.high))
    axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
    axes.plot([value], [place], mark, color=colour, markersize=5)
    left = one.value > _TURN
    axes.annotate(f"{name} {value:.0f}", (low if left else high, place),
                  xytext=(-5 if left else 5, 0), textcoords="offset points", va="center",
                  ha="right" if left else "left", fontsize=8.5, color=colour)
