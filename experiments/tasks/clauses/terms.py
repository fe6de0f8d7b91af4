"""The terms that a clause of the benchmark `clauses` can hold, and how their values are drawn.

A real term, before any code:

    Value(text="six (6) weeks", fields={"notice_days": 42}, numbers=frozenset({6, 42}),
          converted=True)

FIELDS is the order of the answer. A provision states one field or two (a right to terminate and
its notice), and no provision states a field by leaving it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

from experiments.tasks.clauses.numbers import CURRENCIES, FORMS, duration, money, rate

SEED = "clauses"
STYLES = ("terse", "modern", "traditional", "baroque")
FIELDS = ("law", "courts", "termination", "notice_days", "renewal", "renewal_months", "cap",
          "secrecy_years", "assignment", "payment_days", "interest_percent", "warranty_months")

# Kind of provision -> its variants: the entry of the wording files and the fields that its words
# settle. Repeated variants are drawn more often. None stands for a party drawn for the clause.
KINDS: Mapping[str, Sequence[tuple[str, Mapping[str, object]]]] = {
    "law": [("law", {})],
    "courts": [("courts", {})],
    "ending": [("ending", {"termination": "either"}), ("ending", {"termination": "customer"}),
               ("ending", {"termination": "supplier"}), ("ending", {"termination": "customer"}),
               ("ending_at_once", {"termination": None, "notice_days": 0}),
               ("ending_none", {"termination": "none"})],
    "renewal": [("renewal_automatic", {"renewal": "automatic"}),
                ("renewal_automatic", {"renewal": "automatic"}),
                ("renewal_agreed", {"renewal": "agreed"}), ("renewal_none", {"renewal": "none"})],
    "cap": [("cap", {})],
    "secrecy": [("secrecy", {})],
    "assignment": [("assignment_free", {"assignment": "free"}),
                   ("assignment_consent", {"assignment": "consent"}),
                   ("assignment_prohibited", {"assignment": "prohibited"})],
    "payment": [("payment", {})],
    "interest": [("interest", {})],
    "warranty": [("warranty", {})],
}

# Field -> unit -> the counts to draw from. The field is written in the unit of its name.
SPANS = {
    "ending": ("notice_days", {
        "days": [10, 14, 15, 20, 21, 25, 28, 30, 35, 40, 45, 50, 60, 70, 75, 90, 100, 120, 180],
        "weeks": [2, 3, 4, 5, 6, 8, 10, 12, 16], "months": [2, 3, 4, 5, 6, 9]}),
    "renewal": ("renewal_months", {
        "months": [3, 4, 6, 8, 9, 10, 12, 15, 18, 24, 30, 36], "years": [1, 2, 3, 4, 5]}),
    "secrecy": ("secrecy_years", {
        "years": [2, 3, 4, 5, 6, 7, 8, 9, 10, 12], "months": [12, 24, 36, 48, 60, 84]}),
    "payment": ("payment_days", {
        "days": [7, 8, 10, 14, 15, 18, 20, 21, 25, 28, 30, 35, 40, 42, 45, 50, 55, 60, 75, 90],
        "weeks": [2, 3, 4, 5, 6, 8]}),
    "warranty": ("warranty_months", {
        "months": [3, 6, 9, 12, 15, 18, 20, 24, 30, 36, 42], "years": [1, 2, 3, 4, 5]}),
}
CONVERT = {"days": {"days": 1, "weeks": 7, "months": 30}, "months": {"months": 1, "years": 12},
           "years": {"years": 1, "months": 1 / 12}}
CONVERTED_SHARE = 0.35
RATES = {"year": [half / 2 for half in range(2, 31)], "month": [0.5, 1, 1.5, 2, 2.5]}
AMOUNTS = [mantissa * size for size in (1_000, 10_000, 100_000)
           for mantissa in (12, 15, 18, 20, 25, 28, 30, 35, 40, 45, 48, 55, 60, 65, 72, 75, 80)]
# How often a style writes digits, words, both.
FORM_WEIGHTS = {"terse": (8, 1, 1), "modern": (5, 3, 2), "traditional": (1, 4, 5),
                "baroque": (1, 5, 4)}
FULL_NAME_SHARE = {"terse": 0.1, "modern": 0.3, "traditional": 0.7, "baroque": 0.8}


@dataclass(frozen=True)
class Value:
    """A value as a clause writes it and as the answer does; `numbers` are those it makes known."""

    text: str
    fields: Mapping[str, object]
    numbers: frozenset[float] = frozenset()
    converted: bool = False

    @property
    def marks(self) -> set:
        """Return the numbers and names that no other value of the clause may share."""
        return {*self.numbers} | {v for v in self.fields.values() if isinstance(v, str)}


@cache
def wording() -> dict:
    """Read clauses_wording.yaml."""
    return _read("clauses_wording.yaml")


@cache
def provisions() -> dict:
    """Read the sentences of every kind of provision: entry -> style -> split -> sentences."""
    return _read("clauses_provisions.yaml") | _read("clauses_provisions_more.yaml")


def draw_form(rng: Random, style: str) -> str:
    """Draw how a style writes its next number: digits, words or both."""
    return rng.choices(FORMS, FORM_WEIGHTS[style])[0]


def draw_value(rng: Random, kind: str, style: str, *, form: str, used: set) -> Value:
    """Draw a value for a kind of provision; none of its numbers or names is in `used`."""
    while True:
        value = _draw(rng, kind, style, form)
        if not used & value.marks:
            return value


def _draw(rng: Random, kind: str, style: str, form: str) -> Value:
    if kind == "law":
        law = rng.choice(sorted(wording()["laws"]))
        short, full = wording()["laws"][law]
        return Value(full if rng.random() < FULL_NAME_SHARE[style] else short, {"law": law})
    if kind == "courts":
        city = rng.choice(wording()["cities"])
        return Value(city, {"courts": city})
    if kind == "cap":
        amount, currency = rng.choice(AMOUNTS), rng.choice(sorted(CURRENCIES))
        text = money(amount, currency, form, sign=rng.choice(["code", "symbol", "million"]))
        return Value(text, {"cap": {"amount": amount, "currency": currency}}, frozenset({amount}))
    if kind == "interest":
        period = "month" if rng.random() < CONVERTED_SHARE else "year"
        percent = rng.choice(RATES[period])
        yearly = percent * (12 if period == "month" else 1)
        return Value(rate(percent, period, form, style), {"interest_percent": _tidy(yearly)},
                     frozenset({percent, yearly}), period == "month")
    field, counts = SPANS[kind]
    own = field.rsplit("_", 1)[1]
    others = sorted(set(counts) - {own})
    unit = rng.choice(others) if rng.random() < CONVERTED_SHARE else own
    count = rng.choice(counts[unit])
    value = _tidy(count * CONVERT[own][unit])
    return Value(duration(count, unit, form), {field: value}, frozenset({count, value}),
                 unit != own)


def _tidy(number: float) -> float:
    """Write 6.0 as 6; conversions here give whole or half numbers."""
    number = round(number, 4)
    return int(number) if number == int(number) else number


def _read(name: str) -> dict:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
