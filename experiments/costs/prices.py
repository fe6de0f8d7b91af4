"""Dated prices, and the two sums every chapter needs.

    - id: hosted_input_million
      what: one million input tokens of a hosted frontier model
      usd: 1.75
      per: million tokens
      source: Should You Use RAG or Fine-Tune Your LLM? (Actian)
      date: 2026-11-21
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.core import BookError
from experiments.core.paths import DATA

UNITS = ("hour", "million tokens")


@dataclass(frozen=True)
class Price:
    """A price in US dollars per unit, with where it comes from and when it was read."""

    id: str
    what: str
    usd: float
    per: str
    source: str
    date: datetime.date
    assumed: bool = False


def load_prices(path: Path = DATA / "prices.yaml") -> dict[str, Price]:
    """Read all prices by id. Raises BookError for a missing field, a double id or a bad unit."""
    prices: dict[str, Price] = {}
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        try:
            price = Price(**row)
        except TypeError as error:
            raise BookError(f"{path.name}: a price has the fields of Price; {error}") from None
        if price.per not in UNITS:
            raise BookError(f"{path.name}: {price.id} is per {price.per!r}; known: {UNITS}")
        if price.id in prices or price.usd < 0:
            raise BookError(f"{path.name}: {price.id} is given twice or is below zero")
        prices[price.id] = price
    return prices


def machine_usd(seconds: float, price: Price) -> float:
    """Price `seconds` of a machine that is rented by the hour."""
    _expect(price, "hour")
    return seconds / 3600 * price.usd


def token_usd(tokens: float, price: Price) -> float:
    """Price `tokens` of a model that is paid by the million tokens."""
    _expect(price, "million tokens")
    return tokens / 1_000_000 * price.usd


def _expect(price: Price, unit: str) -> None:
    if price.per != unit:
        raise BookError(f"{price.id} is priced per {price.per}, but a price per {unit} is needed")
