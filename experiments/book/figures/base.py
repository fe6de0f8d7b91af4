"""Figures: dots with intervals, labels at the dots, one colour for a method in the whole book.

A figure is an SVG with a transparent background and dark text; in dark mode the style
sheet inverts it and turns the hues back, so that it is readable in both. Equal input
gives equal bytes.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.book.figures import labels
from experiments.book.names import CEILING, FLOOR, METRIC_TITLES, bracket, method_name
from experiments.core import BookError

# Hues of Okabe and Ito, which colour-blind readers tell apart, darkened until a label in
# them has a contrast of 4.5 to white. Floor and ceiling are grey: they are no methods.
METHOD_COLOURS = {
    "closed_book": "#C04F00", "few_shot": "#A3337A", "long_context": "#00805C",
    "rag": "#0072B2", "fine_tuned": "#857000", "raft": "#5B3FA0",
    FLOOR: "#767676", CEILING: "#767676",
}
_OTHER = "#333333"
_INK = "#333333"
WIDTH_INCHES = 5.4  # on a 400 pixel page the labels are then still 9 pixels high
STYLE = {
    "svg.hashsalt": "know-or-behave", "svg.fonttype": "path", "font.size": 10,
    "font.family": "DejaVu Sans", "text.color": _INK, "axes.labelcolor": _INK,
    "xtick.color": _INK, "ytick.color": _INK, "axes.edgecolor": "#767676",
}


@dataclass(frozen=True)
class Svg:
    """A drawing that notebooks show."""

    text: str

    def _repr_svg_(self) -> str:
        return self.text


def dot_plot(results, metric: str, arms: Sequence[str] | None = None) -> Svg:
    """Draw one metric: a dot with its 95 % interval for each arm, thin lines for the brackets.

    The dummy and the oracle of the study are lines, not dots; `arms` is in drawing order
    from the top and by default all that are no brackets.
    """
    recipes = results.study.arms
    shown = arms or [arm for arm in recipes if bracket(recipes[arm]) is None]
    estimates = {arm: _scored(results, arm, metric) for arm in shown}
    figure, axes = canvas(0.42 * len(shown) + 1.15, grid="x")
    for place, arm in enumerate(shown):
        one, colour = estimates[arm], colour_of(recipes[arm])
        axes.plot([100 * one.low, 100 * one.high], [place, place], color=colour, linewidth=2)
        axes.plot([100 * one.value], [place], "o", color=colour, markersize=7)
        axes.annotate(f"{100 * one.value:.1f}", (100 * one.value, place), xytext=(0, 7),
                      textcoords="offset points", ha="center", fontsize=9, color=colour)
    for arm, recipe in recipes.items():
        if bracket(recipe) and arm not in shown:
            _reference_line(axes, 100 * _scored(results, arm, metric).value, arm)
    axes.set_yticks(range(len(shown)), shown)
    axes.set_ylim(len(shown) - 0.4, -0.75)
    axes.set_xlim(-2, 102)
    axes.set_xlabel(f"{METRIC_TITLES[metric]} (% of {estimates[shown[0]].questions} questions)")
    axes.tick_params(axis="y", length=0)
    return finish(figure)


def line_plot(x: Sequence[float], series: Mapping[str, Sequence], *, x_label: str, y_label: str,
              colours: Mapping[str, str] | None = None) -> Svg:
    """Draw named series of Estimates over `x`, each with its 95 % band and its name at the end.

    `colours` maps a series to a method of METHOD_COLOURS; by default its own name does.
    """
    figure, axes = canvas(3.2)
    for name, estimates in series.items():
        if len(estimates) != len(x):
            raise BookError(f"series {name!r} has {len(estimates)} values for {len(x)} places")
        colour = METHOD_COLOURS.get((colours or {}).get(name, name), _OTHER)
        values, low, high = ([100 * getattr(one, part) for one in estimates]
                             for part in ("value", "low", "high"))
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(x, values, "o-", color=colour, markersize=4)
        _name_at_end(axes, name, x[-1], values[-1], colour)
    axes.set_xticks(x, [f"{place:g}" for place in x])
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    return finish(figure)


def risk_coverage(results, arms: Sequence[str]) -> Svg:
    """Draw the share of wrong answers against the share of questions answered.

    Questions are answered in the order of their best passage's score. A refusal is no
    answer; an answer to an unanswerable question is wrong.
    """
    figure, axes = canvas(3.2)
    for arm in arms:
        coverage, risk = risk_curve(results, arm)
        colour = colour_of(results.study.arms[arm])
        axes.plot([100 * c for c in coverage], [100 * r for r in risk], color=colour)
        _name_at_end(axes, arm, 100 * coverage[-1], 100 * risk[-1], colour)
    axes.set_xlim(0, 102)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"questions answered (% of {len(results.examples)}, surest first)")
    axes.set_ylabel("wrong among the answered (%)")
    return finish(figure)


def risk_curve(results, arm: str) -> tuple[list[float], list[float]]:
    """Return coverage and risk after each answer, the surest first; see `risk_coverage`."""
    refused, right = results.values(arm, "refused"), results.values(arm, "contains")
    given = [(answer.hits[0].score, answer.example_id) for answer in results.answers(arm)
             if answer.hits and not refused[answer.example_id]]
    if not given:
        raise BookError(f"arm {arm!r} gave no answer with a passage: no score to sort by")
    coverage, risk, wrong = [], [], 0.0
    for count, (_, name) in enumerate(sorted(given, key=lambda pair: (-pair[0], pair[1])), 1):
        wrong += 1 - (right[name] or 0)
        coverage.append(count / len(results.examples))
        risk.append(wrong / count)
    return coverage, risk


def colour_of(recipe) -> str:
    """Return the book's colour of a recipe's method."""
    return METHOD_COLOURS.get(bracket(recipe) or method_name(recipe), _OTHER)


def _scored(results, arm: str, metric: str):
    one = results.estimate(arm, metric)
    if one.value is None:
        raise BookError(f"{metric} of arm {arm!r} scored no question, so there is no dot to draw; "
                        "choose another metric or leave the arm out")
    return one


def canvas(height_inches: float, grid: str = "both"):
    """Open a drawing; no pyplot, which keeps figures in memory and picks a backend."""
    figure, (axes,) = panels([""], height_inches, grid)
    return figure, axes


def panels(titles: Sequence[str], height_inches: float, grid: str = "both"):
    """Open a drawing of panels one above the other, each with its title, on one x axis."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        rows = figure.subplots(len(titles), sharex=True, squeeze=False)[:, 0]
    for axes, title in zip(rows, titles, strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis=grid, color="#767676", alpha=0.2, linewidth=0.6)
        if title:
            axes.set_title(title, loc="left", fontsize=10, color="#333333")
    return figure, rows


def _reference_line(axes, value: float, name: str) -> None:
    """Draw a thin line with its name above the dots."""
    axes.axvline(value, color="#767676", linewidth=0.8, linestyle=(0, (4, 3)))
    axes.annotate(name, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                  textcoords="offset points", ha="center", fontsize=8.5, color="#5F5F5F")


def _name_at_end(axes, name: str, x: float, y: float, colour: str) -> None:
    axes.annotate(name, (x, y), xytext=(6, 0), textcoords="offset points", va="center",
                  color=colour, fontsize=9, annotation_clip=False)


def finish(figure) -> Svg:
    """Set the names apart and write the drawing as SVG, without dates or random ids.

    Raises BookError when two texts still overlap.
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        labels.settle(figure)
    if found := labels.clashes(figure):
        raise BookError(f"texts of a figure overlap: {found}; give it more room or fewer names")
    stream = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return Svg(stream.getvalue())
