"""Dated prices with their units, and the sums every chapter needs.

    - id: hosted_input_million
      what: one million input tokens of a hosted frontier model (GPT-5.2)
      usd: 1.75
      per: million tokens
      source: Should You Use RAG or Fine-Tune Your LLM? (Actian)
      date: 2026-11-21
      claim: cost-context-per-query
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.core.yaml_files import read_yaml

UNITS = ("hour", "GPU hour", "labour hour", "million tokens", "million read units",
         "million write units", "GB-month", "month", "run", "1000 queries")
# Units that a price is quoted for many at a time: quantities come in single ones.
_MANY = {"million tokens": 1e6, "million read units": 1e6, "million write units": 1e6,
         "1000 queries": 1e3}
AGEING_DAYS = 180


@dataclass(frozen=True)
class Price:
    """A price in US dollars per unit, or a span of prices, and where and when it was found.

    `old` and `winding_down` give the reason not to plan with it, `claim` the article's claim.
    """

    id: str
    what: str
    usd: float
    per: str
    source: str
    date: datetime.date | None
    usd_high: float | None = None
    assumed: bool = False
    checked: bool = True
    claim: str | None = None
    old: str | None = None
    winding_down: str | None = None

    def expect(self, unit: str) -> None:
        """Raise BookError when the price is per anything else than `unit`, or a span."""
        if self.per != unit:
            raise BookError(f"{self.id} is priced per {self.per}, but a price per {unit} is "
                            "needed; give a price of that unit")
        if self.usd_high is not None:
            raise BookError(f"{self.id} is a span, {self.usd:g} to {self.usd_high:g} USD; say "
                            "which end: price.low or price.high")

    @property
    def low(self) -> "Price":
        """The lower end of a span as a price of its own."""
        return replace(self, usd_high=None)

    @property
    def high(self) -> "Price":
        """The upper end of a span as a price of its own."""
        return replace(self, usd=self.usd if self.usd_high is None else self.usd_high,
                       usd_high=None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know before planning with the price."""
        return tuple(text for text, holds in (
            ("assumed", self.assumed), ("recalled, not looked up", not self.checked),
            (f"old: {self.old}", self.old), (f"winding down: {self.winding_down}",
                                             self.winding_down)) if holds)

    def age_days(self, on: datetime.date) -> int:
        """Return the days from the price's date to a day."""
        if self.date is None:
            raise BookError(f"{self.id}: expected a price with a date, got one without; give the "
                            "day on which it was found")
        return (on - self.date).days


def load_prices(path: Path = DATA / "prices.yaml") -> dict[str, Price]:
    """Read all prices by id. Raises BookError naming the price and the field at fault."""
    try:
        rows = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BookError(f"{path}: expected a YAML list of prices ({error})") from error
    if not isinstance(rows, list) or not rows:
        raise BookError(f"{path}: expected a YAML list of prices, got {type(rows).__name__}")
    prices: dict[str, Price] = {}
    for place, row in enumerate(rows, start=1):
        price = _price(row, f"{path.name}, price {place}")
        if price.id in prices:
            raise BookError(f"{path.name}: {price.id} is given twice")
        prices[price.id] = price
    return prices


def tuned_price(price: Price, known: Mapping[str, Price]) -> Price:
    """Return the listed price of a tuned model: `gpt41_tuned_input` for `gpt41_input`."""
    model, _, what = price.id.rpartition("_")
    if (name := f"{model}_tuned_{what}") not in known:
        raise BookError(f"no price {name} is known, so a tuned token cannot be priced; add it to "
                        "data/prices.yaml, or price by a model that has one, such as gpt41_input")
    return known[name]


def _price(row: Mapping, place: str) -> Price:
    """Check one row against the fields of Price."""
    known = {one.name: one for one in fields(Price)}
    if not isinstance(row, Mapping):
        raise BookError(f"{place}: expected fields such as id and usd, got {row!r}")
    if odd := sorted(set(row) - set(known)):
        raise BookError(f"{place}: unknown field {odd[0]!r}; known: {', '.join(known)}")
    if missing := [n for n in ("id", "what", "usd", "per", "source", "date") if n not in row]:
        raise BookError(f"{place} ({row.get('id', 'no id')}): {missing[0]} is missing")
    place = f"{place} ({row['id']})"
    for name, value in row.items():
        _check_field(name, value, place)
    if row["per"] not in UNITS:
        raise BookError(f"{place} is per {row['per']!r}; known: {', '.join(UNITS)}")
    if row["usd"] < 0 or row.get("usd_high", row["usd"]) < row["usd"]:
        raise BookError(f"{place}: expected 0 <= usd <= usd_high, got {row['usd']} and "
                        f"{row.get('usd_high')}")
    return Price(**row)


def _check_field(name: str, value: Any, place: str) -> None:
    """Refuse a value of another kind than its field's."""
    if name in ("usd", "usd_high"):
        # YAML's .inf and .nan are numbers too, but no prices.
        right = type(value) in (int, float) and abs(value) < 1e12
        wanted = "a number of dollars"
    elif name in ("assumed", "checked"):
        right, wanted = isinstance(value, bool), "true or false"
    elif name == "date":
        right, wanted = type(value) is datetime.date, "a day such as 2026-11-21"
    else:
        right, wanted = isinstance(value, str) and bool(value.strip()), "a text"
    if not right:
        raise BookError(f"{place}: {name} is {wanted}, got {value!r}")


def usd(quantity: float, price: Price) -> float:
    """Price a quantity of single tokens, read units, write units, queries, hours, months, runs."""
    return quantity / _MANY.get(price.per, 1) * price.usd


def machine_usd(seconds: float, price: Price) -> float:
    """Price `seconds` of a machine, or of a GPU, that is rented by the hour."""
    price.expect("GPU hour" if price.per == "GPU hour" else "hour")
    return usd(seconds / 3600, price)


def card_hour(prices: Mapping[str, Price], card: str) -> Price | None:
    """Find the price of an hour of a GPU by its name, such as "NVIDIA H100 80GB HBM3"."""
    for name, price in prices.items():
        kind, _, model = name.removesuffix("_hour").partition("_")
        if kind == "gpu" and model and price.per == "GPU hour" and model in card.casefold():
            return price
    return None


def token_usd(tokens: float, price: Price) -> float:
    """Price `tokens` of a model that is paid by the million tokens."""
    price.expect("million tokens")
    return usd(tokens, price)


def age_rows(prices: Mapping[str, Price], on: datetime.date) -> list[tuple[str, ...]]:
    """List id, price, unit, source, date, age in days on a day, and remarks; oldest first."""
    ordered = sorted(prices.values(), key=lambda price: (price.date, price.id))
    return [(price.id, _span(price), price.per, price.source, str(price.date),
             str(price.age_days(on)), "; ".join((*price.remarks, *_aged(price, on))))
            for price in ordered]


def _span(price: Price) -> str:
    high = "" if price.usd_high is None else f" to {price.usd_high:g}"
    return f"{price.usd:g}{high}"


def _aged(price: Price, on: datetime.date) -> list[str]:
    return [f"more than {AGEING_DAYS} days old"] if price.age_days(on) > AGEING_DAYS else []
