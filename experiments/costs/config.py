"""A scenario from a YAML file, and its itemised table: `python -m experiments cost`.

    product: {queries_per_month: 100000, question_tokens: 40, output_tokens: 60}
    prices:
      input: gpt52_input                        # an id of data/prices.yaml
      vector_reads: vector_reads high           # of a price with a span: which end
      labour: {usd: 80, per: labour hour}       # or a price of your own
    retrieval: {store_usd_per_month: 50}
    tuning: {months_between_runs: 6}
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from experiments.core import BookError, shown
from experiments.core.yaml_files import read_yaml
from experiments.costs.bill import EVERY, Bill, bills
from experiments.costs.model import break_even
from experiments.costs.prices import Price, load_prices
from experiments.costs.scenario import GROUPS, SLOTS, Rates, Scenario, check_number

_OWN = "given in the file"


def load_scenario(path: Path) -> Scenario:
    """Read a scenario from a YAML file; every BookError names the file and the place."""
    return read_file(path, read_scenario, "a YAML file such as data/cost_example.yaml")


def read_file(path: Path, read: Callable[[Any], Any], expected: str) -> Any:
    """Return what `read` makes of a YAML file; `expected` names such a file for the errors."""
    try:
        rows = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BookError(f"{path}: expected {expected} ({error})") from error
    try:
        return read(rows)
    except BookError as error:
        raise BookError(f"{path}: {error}") from error


def read_scenario(rows: Any, prices: Mapping[str, Price] | None = None) -> Scenario:
    """Make a scenario of plain mappings; `prices` are those that ids stand for."""
    rows = _mapping(rows, "a cost file", {*GROUPS, "prices"}, {"product", "prices"})
    found = {}
    for group, cls in GROUPS.items():
        required = {one.name for one in fields(cls) if one.default is MISSING}
        given = _mapping(rows.get(group, {}), group, {one.name for one in fields(cls)}, required)
        for one in fields(cls):
            if one.name in given:
                check_number(f"{group}.{one.name}", given[one.name], one.metadata)
        found[group] = cls(**given)
    known = load_prices() if prices is None else prices
    slots = _mapping(rows["prices"], "prices", set(SLOTS), set(SLOTS))
    rates = Rates(**{slot: _price(slot, slots[slot], known) for slot in SLOTS})
    return Scenario(rates=rates, **found)


def _price(slot: str, value: Any, known: Mapping[str, Price]) -> Price:
    """Take a price by its id, by its id and an end, or as {usd, per}."""
    place = f"prices.{slot}"
    if isinstance(value, Mapping):
        given = _mapping(value, place, {"usd", "per"}, {"usd", "per"})
        check_number(f"{place}.usd", given["usd"], {"unit": "USD", "lowest": 0, "highest": 1e12})
        price = Price(slot, slot, given["usd"], given["per"], _OWN, None)
    elif isinstance(value, str) and value:
        name, _, end = value.partition(" ")
        if name not in known or end not in ("", "low", "high"):
            raise BookError(f"{place}: {shown(value)} is no price of data/prices.yaml"
                            f"{_nearest(name, known)}; write an id, an id with low or high, "
                            f"or {{usd: 1.5, per: {SLOTS[slot]}}}")
        price = getattr(known[name], end) if end else known[name]
    else:
        raise BookError(f"{place}: expected the id of a price or {{usd: 1.5, per: "
                        f"{SLOTS[slot]}}}, got {shown(value)}")
    try:
        price.expect(SLOTS[slot])
    except BookError as error:
        raise BookError(f"{place}: {error}") from None
    return price


def _mapping(value: Any, place: str, known: set[str], required: set[str]) -> Mapping:
    """Refuse what is no mapping, unknown keys and missing ones, naming the nearest."""
    if not isinstance(value, Mapping):
        raise BookError(f"{place}: expected names with values, got {shown(value)}")
    for key in value:
        if key not in known:
            raise BookError(f"{place}: unknown key {shown(key)}{_nearest(key, known)}; known: "
                            f"{', '.join(sorted(known))}")
    if missing := sorted(required - set(value)):
        raise BookError(f"{place}: {missing[0]} is missing; needed: {', '.join(sorted(required))}")
    return value


def _nearest(name: Any, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(name)[:100], known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def describe(scenario: Scenario) -> str:
    """Write the items of all approaches, their totals, and where they cross."""
    queries = scenario.product.queries_per_month
    found = bills(scenario, EVERY)
    lines = [f"A month of {queries:,.0f} queries, in US dollars"]
    for name in EVERY:
        lines += ["", name.upper(), *_item_lines(found[name], queries)]
    heads = "".join(f"{head:>16s}" for head in ("a month", "1,000 queries", "fixed"))
    lines += ["", "TOTALS", " " * 16 + heads]
    for name, one in found.items():
        total = one.usd_per_month(queries)
        each = f"{1000 * total / queries:,.4f}" if queries else "-"
        lines.append(f"  {name:14s}{total:16,.2f}{each:>16s}{one.fixed_usd_per_month:16,.2f}")
    lines += ["", "WHERE TWO COST THE SAME", *_crossing_lines(found)]
    lines += ["", "PRICES", *(_price_line(slot, getattr(scenario.rates, slot)) for slot in SLOTS)]
    return "\n".join(lines)


def _item_lines(one: Bill, queries: float) -> list[str]:
    lines = []
    for item in one.items:
        often = "once" if item.per == "once" else f"per {item.per}"
        lines.append(f"  {item.name:36s}{one.item_usd_per_month(item, queries):14,.2f}  "
                     f"{often}: {item.usd:,.6g}, {item.basis}")
    return lines or ["  nothing is paid for"]


def _crossing_lines(found: Mapping[str, Bill]) -> list[str]:
    lines = []
    for place, a in enumerate(EVERY):
        for b in EVERY[place + 1:]:
            crossing = break_even(found[a], found[b])
            if crossing is None:
                lines.append(f"  {a} and {b}: at no volume")
            else:
                lines.append(f"  {a} and {b}: {crossing.queries_per_month:,.0f} queries a month; "
                             f"above it {crossing.cheaper_above} is the cheaper one")
    return lines


def _price_line(slot: str, price: Price) -> str:
    """Describe what a price is, where it comes from, and what speaks against planning with it."""
    where = price.source + (f", {price.date}" if price.date else "")
    remarks = "".join(f"; {text}" for text in price.remarks)
    return f"  {slot:15s}{price.usd:g} USD per {price.per} ({where}{remarks})"
