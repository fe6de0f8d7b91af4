"""Waits as tables and figures: recorded milliseconds, the percentiles computed in this build.

    wait_table(timings, ("closed book", "RAG, 1 passage"))
    wait_plot(timings, ("closed book", "RAG, 1 passage"))
    reading_plot({64: [61.0, 60.2], 128: [...]}, {"RAG, 1 passage": (274.0, 330.1)}, law)

The first token comes after every stage but `write`; the whole answer after all of them.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from experiments.book.chapter import leave_provenance
from experiments.book.figures import base as figures
from experiments.book.figures.base import METHOD_COLOURS, Svg
from experiments.book.tables import Table
from experiments.core import BookError
from experiments.evidence.timing.timings import Timings

BUDGETS = (100, 500, 1000)  # ms
ENOUGH = 50  # questions for a 95th percentile
WRITE = "write"
_GREY = "#5F5F5F"
_METHODS = {"closed": "closed_book", "four": "few_shot", "tuned": "fine_tuned", "RAG": "rag",
            "RAFT": "raft", "long": "long_context"}


def first_token(timings: Timings, arm: str) -> np.ndarray:
    """Return the milliseconds to the first token of each question, in order."""
    return np.sum([timings.ms(arm, stage) for stage in timings.stages(arm) if stage != WRITE],
                  axis=0)


def whole_answer(timings: Timings, arm: str) -> np.ndarray:
    """Return the milliseconds to the last token of each question, in order."""
    return first_token(timings, arm) + timings.ms(arm, WRITE)


def wait_table(timings: Timings, arms: Sequence[str]) -> Table:
    """Lay out what each arm waits, and which budgets its first token keeps."""
    rows = []
    for arm in arms:
        first, whole = first_token(timings, arm), whole_answer(timings, arm)
        rows.append((arm, f"{timings.count(arm, 'prompt tokens'):,.0f}", *_pair(first),
                     f"{np.median(whole):,.0f}", str(len(first)),
                     *(kept(first, budget) for budget in BUDGETS)))
    return Table(
        ("arm", "prompt tokens", "first token, p50, ms", "p95, ms", "whole answer, p50, ms",
         "questions", *(f"within {budget:,} ms" for budget in BUDGETS)), tuple(rows),
        "What a question waits for", (
            "The first token, one question at a time. Within: the median keeps the budget, and "
            f"the 95th percentile too; that is stated from {ENOUGH} questions on.",
            timings.tier_line()))


def kept(first: Sequence[float], budget: float) -> str:
    """Return whether a budget (ms) is kept: "no", "median", "p95 too"."""
    if np.median(first) > budget:
        return "no"
    if len(first) < ENOUGH:
        return "median"
    return "p95 too" if np.quantile(first, 0.95) <= budget else "median only"


def stages_table(timings: Timings, arms: Sequence[str]) -> Table:
    """Lay out the median of every stage of some arms, a dash where an arm has none."""
    stages = list(dict.fromkeys(s for arm in arms for s in timings.stages(arm)))
    stages.sort(key=lambda stage: (stage == WRITE, stage == "read"))
    rows = []
    for arm in arms:
        had = timings.settings[arm]["ms"]
        before = sum(np.median(had[s]) for s in had if s not in ("read", WRITE))
        rows.append((arm, *(f"{np.median(had[s]):,.1f}" if s in had else "–" for s in stages),
                     f"{before / np.median(first_token(timings, arm)):.0%}"))
    return Table(("arm", *(f"{stage}, ms" for stage in stages), "before reading"), tuple(rows),
                 "Where the time goes, medians", (
                     "Before reading: that share of the wait for the first token.",
                     timings.tier_line()))


def wait_plot(timings: Timings, arms: Sequence[str]) -> Svg:
    """Draw each arm's median wait: a full dot for the first token, a hollow one for the last.

    The line at the full dot runs from the 5th to the 95th percentile, or over all questions
    where they are too few. The axis is logarithmic; budgets are thin lines.
    """
    figure, axes = figures.canvas(0.5 * len(arms) + 1.2, grid="x")
    for place, arm in enumerate(arms):
        first, whole = first_token(timings, arm), whole_answer(timings, arm)
        ends = (0.05, 0.95) if len(first) >= ENOUGH else (0, 1)
        colour = colour_of(arm)
        axes.plot(np.quantile(first, ends), [place, place], color=colour, linewidth=2)
        for value, fill, up in ((np.median(first), colour, True),
                                (np.median(whole), "white", False)):
            axes.plot([value], [place], "o", color=colour, markerfacecolor=fill, markersize=7)
            axes.annotate(wait_text(value), (value, place), xytext=(0, 7 if up else -8),
                          textcoords="offset points", ha="center", fontsize=9, color=colour,
                          va="bottom" if up else "top")
    for budget in BUDGETS:
        axes.axvline(budget, color=_GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xscale("log")
    ticks = (100, 500, 2000, 10_000)
    axes.set_xticks(ticks, [wait_text(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(arms)), arms)
    axes.set_ylim(len(arms) - 0.3, -0.75)
    axes.set_xlabel("median wait (full: first token, hollow: last)")
    axes.tick_params(axis="y", length=0)
    return figures.finish(figure)


def reading_plot(lengths: Mapping[int, Sequence[float]], arms: Mapping[str, tuple[float, float]],
                 law: Callable[[np.ndarray], np.ndarray]) -> Svg:
    """Draw milliseconds of reading against tokens, both logarithmic, with the fitted law.

    `lengths` maps tokens to repetitions (dots); `arms` maps a name to (tokens, milliseconds),
    drawn as a ring in the colour of its method.
    """
    if len(lengths) < 3:
        raise BookError(f"expected at least three lengths for a curve, got {len(lengths)}")
    figure, axes = figures.canvas(3.7)
    tokens = np.array(sorted(lengths))
    smooth = np.geomspace(tokens[0], tokens[-1], 60)
    axes.plot(smooth, law(smooth), color=_GREY, linewidth=1)
    for count in tokens:
        axes.plot([count] * len(lengths[count]), lengths[count], "o", color="#333333",
                  markersize=4)
    for arm, (count, wait) in arms.items():
        axes.plot([count], [wait], "o", color=colour_of(arm), fillstyle="none", markersize=9,
                  markeredgewidth=1.6)
        axes.annotate(arm, (count, wait), xytext=(8, -4), textcoords="offset points", va="top",
                      fontsize=9, color=colour_of(arm))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    named = [n for n in tokens if n == tokens[-1] or 1.9 * n < tokens[-1]]  # labels keep apart
    axes.set_xticks(named, [f"{count:,}" for count in named])
    ticks = [tick for tick in (50, 100, 500, 1000, 5000, 20000)
             if tick >= 0.5 * min(map(min, lengths.values()))]
    axes.set_yticks(ticks, [wait_text(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("tokens of the prompt")
    axes.set_ylabel("reading, to the first token")
    return figures.finish(figure)


def fit_reading(lengths: Mapping[int, Sequence[float]]) -> tuple[float, float, float]:
    """Fit ms = a + b n + c n² to the medians, each weighed by its own size; give (a, b, c)."""
    tokens = np.array(sorted(lengths), dtype=float)
    waits = np.array([np.median(lengths[int(n)]) for n in tokens])
    terms = np.stack([np.ones_like(tokens), tokens, tokens**2], axis=1)
    found, *_ = np.linalg.lstsq(terms / waits[:, None], np.ones_like(waits), rcond=None)
    return tuple(float(one) for one in found)


def wait_text(milliseconds: float) -> str:
    """Write a wait for people: "83 ms", "1.4 s", "20 s"."""
    if milliseconds < 995:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 9.95 and seconds % 1 else f"{seconds:.0f} s"


def colour_of(arm: str) -> str:
    """Return the book's colour of an arm, by the first word of its name."""
    return METHOD_COLOURS.get(_METHODS.get(arm.split()[0].strip(","), ""), "#333333")


def leave_timings(timings: Timings) -> None:
    """Leave a set's provenance for the status page, as data that no page shows.

    What is measured again in a build is compared in the chapter and never replaces a record.
    """
    rows = timings.settings.values()
    dates = sorted(row["machine"]["date"][:10] for row in rows)
    leave_provenance({
        "study": f"timings: {timings.name}", "model": "smollm2-135m",
        "tier": "recorded", "audited": 0, "identical": 0, "near_tie": 0,
        "records": sum(len(each) for row in rows for each in row["ms"].values()),
        "hardware": "; ".join(sorted({row["machine"]["hardware"] for row in rows})),
        "dates": [dates[0], dates[-1]],
    })


def _pair(values: Sequence[float]) -> tuple[str, str]:
    """Write the median and, where the values suffice, the 95th percentile."""
    high = f"{np.quantile(values, 0.95):,.0f}" if len(values) >= ENOUGH else "–"
    return f"{np.median(values):,.0f}", high
