"""Figures of money: monthly curves, where two approaches cross, tornadoes, two years.

    cost_curves(bills, volumes(1e4, 1e8), crossings=[break_even(rag, tuned)])
    span_plot([("Actian: RAG is cheaper below", 1e7, 1e7, "stated"),
               ("Actian's own prices", 571_429, 571_429, "computed")], x_label="queries a month")

Axes of dollars and of volumes are logarithmic: the numbers span five powers of ten.
"""

import math
from collections.abc import Mapping, Sequence

from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.core import BookError

# An approach of the cost model has the colour of the method that it prices.
APPROACH_COLOURS = {
    "prompt": METHOD_COLOURS["few_shot"], "long context": METHOD_COLOURS["long_context"],
    "rag": METHOD_COLOURS["rag"], "tuned": METHOD_COLOURS["fine_tuned"],
    "tuned rag": METHOD_COLOURS["raft"], "linear head": "#333333",
}
# What a tornado calls the numbers of a scenario; the others by their own names.
NUMBERS = {
    "price.labour": "price of an hour", "price.input": "price of input",
    "price.cached_input": "price of cached input", "price.output": "price of output",
    "product.instruction_tokens": "tokens of the examples",
    "product.context_tokens": "tokens of the article",
    "product.question_tokens": "tokens of the question",
    "product.output_tokens": "tokens of the answer",
    "product.cache_hit_share": "share from the cache",
    "product.amortisation_months": "months a set-up serves",
    "tuning.premium_share": "surcharge of tuned tokens",
    "tuning.months_between_runs": "months between runs",
    "tuning.labelling_hours_per_run": "hours of labelling",
    "tuning.evaluation_hours_per_run": "hours of evaluation",
    "tuning.upkeep_hours_per_month": "upkeep of the model",
    "tuning.setup_hours": "set-up of training",
    "retrieval.upkeep_hours_per_month": "upkeep of the index",
    "retrieval.setup_hours": "set-up of retrieval",
}
LABELS = {"rag": "RAG", "tuned rag": "tuned, with RAG"}  # others are called as they are
_STATED, _COMPUTED = "#767676", METHOD_COLOURS["rag"]
_INK, _NEVER = "#333333", "never"


def cost_curves(bills: Mapping, volumes: Sequence[float], crossings: Sequence = (),
                useless: Sequence[str] = ()) -> Svg:
    """Draw dollars a month against queries a month; a ring where two approaches cross.

    `useless` names approaches that are hardly ever right: their lines are grey and dashed.
    """
    figure, axes = figures.canvas(3.6)
    ends = {}
    for name, one in bills.items():
        totals = [one.usd_per_month(queries) for queries in volumes]
        style = (_STATED, (0, (4, 3))) if name in useless else (APPROACH_COLOURS[name], "-")
        axes.plot(volumes, totals, color=style[0], linestyle=style[1], linewidth=1.8)
        ends[name] = totals[-1]
    for crossing in filter(None, crossings):
        queries = crossing.queries_per_month
        height = bills[crossing.cheaper_above].usd_per_month(queries)
        axes.plot([queries], [height], "o", markersize=8, markerfacecolor="white",
                  markeredgecolor=_INK, zorder=5)
    _logarithmic(axes, "x", "queries a month")
    _logarithmic(axes, "y", "US dollars a month")
    _name_lines(axes, volumes[-1], ends, dict.fromkeys(useless, "useless"))
    return figures.finish(figure)


def span_plot(rows: Sequence[tuple[str, float, float, str]], *, x_label: str) -> Svg:
    """Draw one row a span of volumes: (name, low, high, "stated" or "computed").

    Stated ones are grey squares, computed ones dots. Equal ends give one mark, an infinite
    end an arrow.
    """
    if odd := {kind for *_, kind in rows} - {"stated", "computed"}:
        raise BookError(f"a row is stated or computed, not {min(odd)}")
    figure, axes = figures.canvas(0.34 * len(rows) + 0.9, grid="x")
    ends = [end for _, low, high, _ in rows for end in (low, high) if math.isfinite(end)]
    edge = max(ends) * 8
    for place, (_, low, high, kind) in enumerate(rows):
        colour, mark = (_STATED, "s") if kind == "stated" else (_COMPUTED, "o")
        left, right = (end if math.isfinite(end) else edge for end in (low, high))
        axes.plot([left, right], [place, place], color=colour, linewidth=2)
        axes.plot([left], [place], mark if math.isfinite(low) else ">", color=colour,
                  markersize=6)
        axes.plot([right], [place], mark if math.isfinite(high) else ">", color=colour,
                  markersize=6)
        axes.annotate(_label(low, high), (right, place), xytext=(7, 0), va="center", fontsize=8.5,
                      textcoords="offset points", color=colour, annotation_clip=False)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _logarithmic(axes, "x", x_label)
    axes.set_xlim(min(ends) / 2, edge * 12)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def tornado_plot(swings: Sequence, base: float, *, x_label: str) -> Svg:
    """Draw a result at half (hollow) and at twice (full) of each number, the widest on top."""
    figure, axes = figures.canvas(0.34 * len(swings) + 1.0, grid="x")
    finite = [end for one in swings for end in (one.at_low, one.at_high) if math.isfinite(end)]
    edge = max([*finite, base]) * 3
    for place, one in enumerate(swings):
        ends = [min(end, edge) for end in (one.at_low, one.at_high)]
        axes.plot(ends, [place, place], color=_COMPUTED, linewidth=2, zorder=2)
        for end, at, fill in zip(ends, (one.at_low, one.at_high), ("white", _COMPUTED),
                                 strict=True):
            axes.plot([end], [place], "o" if math.isfinite(at) else ">", color=_COMPUTED,
                      markerfacecolor=fill, markersize=7, zorder=3)
            side = 1 if end == max(ends) else -1
            axes.annotate(_label(at, at), (end, place), xytext=(8 * side, 0), va="center",
                          ha="left" if side > 0 else "right", fontsize=8.5,
                          textcoords="offset points", color=_COMPUTED, annotation_clip=False)
    axes.axvline(base, color=_STATED, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.annotate("as it is", (base, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                  textcoords="offset points", ha="center", fontsize=8.5, color="#5F5F5F")
    axes.set_yticks(range(len(swings)), [NUMBERS.get(one.name, one.name) for one in swings])
    axes.set_ylim(len(swings) - 0.5, -0.6)
    _logarithmic(axes, "x", x_label, ticks=(1, 2, 5))
    right = max(min(max(one.at_low, one.at_high), edge) for one in swings)
    axes.set_xlim(min([*finite, base]) / 2, 2 * right)
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def lifetime_plot(lines: Mapping[str, Sequence[float]], approaches: Mapping[str, str]) -> Svg:
    """Draw dollars spent by the end of each month; a second plan of an approach is dashed.

    `approaches` maps the plans to approaches, which give the colours.
    """
    figure, axes = figures.canvas(3.4)
    ends, drawn, months = {}, set(), []
    for name, spent in lines.items():
        months = range(1, len(spent) + 1)
        axes.plot(months, [usd / 1000 for usd in spent], color=APPROACH_COLOURS[approaches[name]],
                  linewidth=1.8, linestyle="-" if approaches[name] not in drawn else (0, (4, 2)))
        drawn.add(approaches[name])
        ends[name] = spent[-1] / 1000
    axes.set_xticks(range(0, len(months) + 1, 6))
    axes.set_xlabel("months")
    axes.set_ylabel("thousand US dollars spent")
    axes.set_ylim(bottom=0)
    _name_lines(axes, len(months), ends, approaches)
    return figures.finish(figure)


def right_plot(spans: Mapping[str, tuple], colours: Mapping[str, str], *, x_label: str) -> Svg:
    """Draw dollars for a thousand right answers, a dot with its 95 % interval an arm.

    `spans` maps an arm to its Span of dollars for one right answer.
    """
    figure, axes = figures.canvas(0.42 * len(spans) + 1.0, grid="x")
    known = [1000 * end for one in spans.values() for end in (one.value, one.high, one.low)
             if math.isfinite(end)]
    edge = max(known) * 3
    for place, (name, one) in enumerate(spans.items()):
        colour = METHOD_COLOURS[colours[name]]
        low, value, high = (min(1000 * end, edge) for end in (one.low, one.value, one.high))
        axes.plot([low, high], [place, place], color=colour, linewidth=2)
        if math.isfinite(one.value):
            axes.plot([value], [place], "o", color=colour, markersize=7)
        if not math.isfinite(one.high):
            axes.plot([edge], [place], ">", color=colour, markersize=6)
        label = f"{value:,.2f}" if math.isfinite(one.value) else "no right answer"
        axes.annotate(label, (min(value, edge), place), xytext=(0, 7), ha="center", fontsize=9,
                      textcoords="offset points", color=colour)
    axes.set_yticks(range(len(spans)), list(spans))
    axes.set_ylim(len(spans) - 0.4, -0.75)
    _logarithmic(axes, "x", x_label, ticks=(1, 2, 5))
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def _logarithmic(axes, side: str, label: str, ticks: Sequence[float] = (1,)) -> None:
    """Make an axis logarithmic, with ticks such as 10k and 1M; `ticks` are those of a decade."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    getattr(axes, f"set_{side}scale")("log")
    axis = getattr(axes, f"{side}axis")
    axis.set_major_locator(LogLocator(base=10, subs=ticks, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_tick_params(which="minor", length=0)
    getattr(axes, f"set_{side}label")(label)


def short(number: float) -> str:
    """Write a number as an axis does: 250, 10k, 571k, 1.5M, 2B."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= size * 0.9995:  # 999.6 thousand is written as 1M
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"


def _label(low: float, high: float) -> str:
    if low == high:
        return short(low) if math.isfinite(low) else _NEVER
    return f"{short(low)} to {short(high) if math.isfinite(high) else _NEVER}"


def _name_lines(axes, x: float, ends: Mapping[str, float],
                approaches: Mapping[str, str] | None = None) -> None:
    """Name lines at their ends."""
    for name, end in ends.items():
        colour = APPROACH_COLOURS.get((approaches or {}).get(name, name), _STATED)
        axes.annotate(LABELS.get(name, name), (x, end), va="center", fontsize=9, xytext=(6, 0),
                      textcoords="offset points", color=colour, annotation_clip=False)
