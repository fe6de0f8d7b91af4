"""The three pictures of the book's ladder, from its grids: price, latency, and layer by layer.

    price_plot({"support": ladder("support"), ...}, rates)
    layers_plot(grids, {"support": [("closed book", "RAG"), ("RAG", "tuned + RAG")]})
"""

from collections.abc import Callable, Mapping, Sequence

from experiments.book.figures.base import Svg
from experiments.book.ladder.plot import Dot, Panel, layer_plot, place_plot
from experiments.book.ladder.rows import BARE, BRACKETS, COLOURS, LADDERS
from experiments.book.ladder.table import ANSWERS, thousand_usd
from experiments.book.names import CEILING, METRIC_TITLES
from experiments.costs.scenario import Rates
from experiments.evidence.studies.grid import Grid

# Held to the labels, the trained model says what it says anyway: two dots would be one.
_TWINS = {"routing": ("tuned, held",), "clauses": ("tuned",)}
_NONE: Mapping[str, tuple[str, ...]] = {}
_LEAST_USD, _LEAST_SECONDS = 0.1, 0.03


def price_plot(grids: Mapping[str, Grid], rates: Rates) -> Svg:
    """Draw right answers against dollars for a thousand answers; no tokens: at the left edge.

    Where RAG was asked without worked examples, its dearer prompt with them is left out.
    """
    def price(task: str, rung: str) -> float:
        return thousand_usd(grids[task], rung, LADDERS[task].metric, rates)

    dear = {task: ("RAG",) for task, grid in grids.items() if BARE in grid.rows}
    return place_plot(_panels(grids, price, dear), x_label=f"US dollars for {ANSWERS:,} answers",
                      least=_LEAST_USD)


def latency_plot(grids: Mapping[str, Grid]) -> Svg:
    """Draw right answers against the median seconds of an answer."""
    return place_plot(_panels(grids, lambda task, rung: grids[task].seconds(rung)),
                      x_label="seconds for one answer, on two CPU cores (median)",
                      least=_LEAST_SECONDS)


def layers_plot(grids: Mapping[str, Grid], layers: Mapping[str, Sequence[tuple[str, str]]]) -> Svg:
    """Draw for each (lower, upper) pair of rungs what the upper one added."""
    return layer_plot({
        task: {f"{lower} → {upper}": (
            grids[task].difference(upper, lower, LADDERS[task].metric), COLOURS.get(upper, ""))
            for lower, upper in pairs}
        for task, pairs in layers.items()})


def _panels(grids: Mapping[str, Grid], place: Callable[[str, str], float],
            without: Mapping[str, tuple[str, ...]] = _NONE) -> dict[str, Panel]:
    """Chance is a line. The oracle is a dot: an untrained model, which a trained one may pass."""
    panels, (floor, ceiling) = {}, BRACKETS
    colours = COLOURS | {ceiling: CEILING}
    for task, grid in grids.items():
        metric, left_out = LADDERS[task].metric, (
            floor, *_TWINS.get(task, ()), *without.get(task, ()))
        panels[task] = Panel(
            {rung: Dot(place(task, rung), grid.estimate(rung, metric), colours.get(rung, ""))
             for rung in grid.rows if rung not in left_out},
            {floor: grid.estimate(floor, metric).value},
            f"{METRIC_TITLES[metric]} (%)")
    return panels
