"""The ladder of one benchmark as a table: how good, how fast, how dear, and since when trained.

    ladder_table(LADDERS["support"], ladder("support"), rates)
    -> rung | contains ... | prompt tokens | seconds | trained on | USD, 1,000 answers | ...
"""

from dataclasses import replace
from statistics import fmean

from experiments.book.figures.searches import percent
from experiments.book.ladder.rows import BASE, TITLES, Ladder
from experiments.book.names import CEILING, FLOOR, METRIC_TITLES
from experiments.book.tables import Table
from experiments.costs.measured import Span, measure, usd_per_additional, usd_per_answer
from experiments.costs.prices import load_prices, tuned_price
from experiments.costs.scenario import Rates
from experiments.evidence.studies.grid import Grid

ANSWERS = 1000  # that dollars are stated for
_MARKS = {"chance": f"book-{FLOOR}", "oracle": f"book-{CEILING}"}
_DASH = "–"


def ladder_table(one: Ladder, grid: Grid, rates: Rates) -> Table:
    """Lay out every rung, recorded or not, with what it scored and what it took."""
    first, *others = (f"{METRIC_TITLES[metric]}, %" for metric in one.shown)
    header = ("rung", first, f"USD for {ANSWERS:,} answers", f"USD for {ANSWERS:,} further right",
              "prompt tokens", "seconds: median, 95th of 100", "trained on, tokens", *others,
              "study")
    rows = tuple(_row(one, grid, rates, rung) if rung in grid.rows
                 else (TITLES.get(rung, rung), one.lacking[rung], *[_DASH] * (len(header) - 2))
                 for rung in one.rungs)
    scored = grid.estimate(BASE, one.metric)
    title = (f"{one.task}: {one.asks} (n = {len(grid.examples)}; "
             f"{METRIC_TITLES[one.metric]}: {scored.questions})")
    return Table(header, rows, title, _notes(grid, rates),
                 tuple(_MARKS.get(rung, "") for rung in one.rungs))


def thousand_usd(grid: Grid, rung: str, metric: str, rates: Rates) -> float:
    """Dollars for a thousand of a rung's answers, a tuned model's at its own listed price."""
    charged = tuned_rates(rates) if grid.tuned(rung) else rates
    return ANSWERS * usd_per_answer(measure(grid, rung, metric), charged)


def tuned_rates(rates: Rates) -> Rates:
    """Return the same rates with the listed prices of the tuned model for input and output."""
    known = load_prices()
    return replace(rates, input=tuned_price(rates.input, known),
                   output=tuned_price(rates.output, known))


def further_usd(grid: Grid, rung: str, metric: str, rates: Rates) -> Span | None:
    """Dollars for a thousand right answers beyond the closed book's; None: not separated."""
    asked = [thousand_usd(grid, name, metric, rates) for name in (BASE, rung)]
    return usd_per_additional(*asked, grid.difference(rung, BASE, metric))


def _row(one: Ladder, grid: Grid, rates: Rates, rung: str) -> tuple[str, ...]:
    seeds, logs = len(grid.seeds(rung)), grid.training_logs(rung)
    name = TITLES.get(rung, rung)
    tokens = grid.tokens(rung)["prompt"]
    further = further_usd(grid, rung, one.metric, rates)
    results, _ = grid.rows[rung]
    first, *others = (_share(grid, rung, metric) for metric in one.shown)
    return (
        f"{name}, {seeds} seeds" if seeds > 1 else name, first,
        f"{thousand_usd(grid, rung, one.metric, rates):.2f}" if tokens else "no tokens",
        _span(further) if tokens and rung != BASE else _DASH,
        f"{tokens:,.0f}" if tokens else "no model",
        f"{grid.seconds(rung):.2f}, {grid.slow_seconds(rung):.2f}",
        f"{fmean(sum(log.step_tokens) for log in logs):,.0f}" if logs else _DASH,
        *others, results.study.name)


def _share(grid: Grid, rung: str, metric: str) -> str:
    found = grid.estimate(rung, metric)
    return _DASH if found.value is None else percent(found)


def _span(span: Span | None) -> str:
    if span is None:
        return "none separated"
    if span.value < 0:
        return "cheaper and better"
    return f"{span.value:.2f} [{span.low:.2f}, {span.high:.2f}]"


def _notes(grid: Grid, rates: Rates) -> tuple[str, ...]:
    studies = {results.study.name: results for results, _ in grid.rows.values()}
    hardware = "; ".join(sorted({results.hardware for results in studies.values()}))
    days = sorted(day for results in studies.values() for day in results.dates)
    when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    count = sum(len(grid.answers(rung)) for rung in grid.rows)
    tuned = tuned_rates(rates) if any(map(grid.tuned, grid.rows)) else None
    charged = tuned and (f", tuned {tuned.input.usd:g} and {tuned.output.usd:g} USD "
                         f"({tuned.input.source}, {tuned.input.date})") or ""
    return (
        "In brackets: 95 % interval for question noise, drawn by groups of questions, of the "
        f"mean over seeds. Dollars: {_price(rates.input)} and {_price(rates.output)}, no cache"
        f"{charged}. Further right: beyond the closed book's, where told apart. Seconds: of "
        "answers in batches, on a machine that had other work.",
        f"Recorded: {count:,} answers of {when} on {hardware}; the chapters that declare the "
        "studies of the last column give samples again.")


def _price(price) -> str:
    return f"{price.usd:g} USD for a {price.per} ({price.what}, {price.date})"

