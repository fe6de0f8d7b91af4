"""Tables of money: bills, recomputed figures, and how old the prices are.

    bill_table(bills, 100_000)          # one row an item, one column an approach
    volume_table(bills, [1e4, 1e6])     # one row an approach, one column a volume
    recomputed_table(recompute())       # the articles' figures, cell by cell
"""

import datetime
from collections.abc import Mapping, Sequence

from experiments.book.figures.costs import LABELS, short
from experiments.book.tables import Table
from experiments.costs.prices import Price, age_rows
from experiments.costs.recomputed import AGREES, DIFFERS, UNKNOWN, Cell

_CADENCE = {"query": "per query", "month": "per month", "run": "per run", "once": "once"}


def bill_table(bills: Mapping, queries_per_month: float) -> Table:
    """Lay out every item of every approach, spread over a month, with the totals beneath."""
    names = list(dict.fromkeys((item.name, item.per) for one in bills.values()
                               for item in one.items))
    rows = [(f"{name} ({_CADENCE[per]})", *(_amount(one, name, queries_per_month)
                                            for one in bills.values())) for name, per in names]
    rows.append(("total", *(f"{one.usd_per_month(queries_per_month):,.2f}"
                            for one in bills.values())))
    rows.append(("total without labour",
                 *(f"{one.without_labour().usd_per_month(queries_per_month):,.2f}"
                   for one in bills.values())))
    return Table(("item", *(LABELS.get(name, name) for name in bills)), tuple(rows),
                 f"A month of {queries_per_month:,.0f} queries, in US dollars",
                 ("Live. Runs and set-ups are spread over the months they serve.",))


def _amount(one, name: str, queries: float) -> str:
    found = [one.item_usd_per_month(item, queries) for item in one.items if item.name == name]
    if not found:
        return "–"
    return "under 0.01" if 0 < sum(found) < 0.005 else f"{sum(found):,.2f}"


def volume_table(bills: Mapping, volumes: Sequence[float]) -> Table:
    """Lay out dollars a month, and for a thousand queries, at several volumes."""
    rows = tuple(
        (LABELS.get(name, name), *(_with_thousand(one.usd_per_month(n), n) for n in volumes))
        for name, one in bills.items())
    return Table(("approach", *(f"{short(n)} a month" for n in volumes)),
                 rows, "US dollars a month, by volume",
                 ("In brackets: for 1,000 queries. Live.",))


def _with_thousand(usd: float, queries: float) -> str:
    return f"{usd:,.0f} ({1000 * usd / queries:,.2f})"


def recomputed_table(cells: Sequence[Cell], title: str = "The articles' figures, recomputed"
                     ) -> Table:
    """Lay out recomputed cells: what is stated, what comes out, the verdict, and the sum."""
    rows = tuple(
        (f"{cell.claim}: {cell.figure}", _span(cell.stated, cell.unit),
         _span(cell.recomputed) if cell.recomputed else "–", cell.verdict, _explained(cell))
        for cell in cells)
    header = ("figure", "stated", "recomputed", "verdict", "computation, whose numbers, remark")
    return Table(header, rows, title, ("Live: computed in full in this build.",))


def _explained(cell: Cell) -> str:
    remark = "; ".join(filter(None, (cell.why, cell.contradiction)))
    return f"{cell.shown or 'nothing to compute'} ({cell.by}): {remark}"


def verdict_table(cells: Sequence[Cell], titles: Mapping[str, str]) -> Table:
    """Count the verdicts by article; `titles` maps their titles to short names."""
    verdicts = (AGREES, DIFFERS, UNKNOWN)
    groups = {name: [c for c in cells if titles[c.article] == name] for name in titles.values()}
    rows = tuple((name, *(str(sum(c.verdict == one for c in group)) for one in verdicts))
                 for name, group in (*groups.items(), ("all", list(cells))))
    return Table(("article", *verdicts), rows, "Recomputations by article and verdict",
                 ("Live. A figure may be recomputed more than once, from different numbers.",))


def _span(ends: tuple[float, float], unit: str = "") -> str:
    low, high = (_plain(end) for end in ends)
    text = low if low == high else f"{low} to {high}"
    return f"{text} {unit}".strip()


def _plain(value: float) -> str:
    """Write a number with at most four figures that count, and commas."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def price_table(prices: Mapping[str, Price], on: datetime.date) -> Table:
    """Lay out all prices with their ages on a day, the oldest first."""
    rows = tuple((name, f"{usd} per {per}", f"{source}, {date}", days, remarks or "–")
                 for name, usd, per, source, date, days, remarks in age_rows(prices, on))
    return Table(("price", "US dollars", "source", "days old", "remarks"), rows,
                 f"Prices and their ages on {on}")


def source_table(prices: Mapping[str, Price], on: datetime.date) -> Table:
    """Lay out where the prices come from: how many, how old, and how many with a remark."""
    groups: dict[tuple, list[Price]] = {}
    for price in sorted(prices.values(), key=lambda one: (one.date, one.source)):
        groups.setdefault((price.source, price.date), []).append(price)
    rows = tuple(
        (source, str(date), str(group[0].age_days(on)), str(len(group)),
         str(sum(bool(one.old) for one in group)),
         str(sum(bool(one.winding_down) for one in group)),
         str(sum(not one.checked or one.assumed for one in group)))
        for (source, date), group in groups.items())
    return Table(("source", "date", "days old", "prices", "old", "winding down",
                  "not looked up"), rows, f"Sources of prices and their ages on {on}")
