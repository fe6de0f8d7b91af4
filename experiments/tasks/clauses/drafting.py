"""Draft one clause of the benchmark `clauses`: sentences in an order, and what they settle.

A real clause (agreement-0369-1, terse) and what it settles, before any code:

    Settle each invoice no later than 8 weeks after its date. Staff swaps: tell the Customer
    eighteen days ahead. Test run: 94 days, then sign-off. Initial term 24 months, start 27
    February 2019. Transfer of the contract to third parties: allowed, no approval required. One
    term only, never prolonged. Rider 1: “3 weeks” supersedes “8 weeks”.

    fields    payment_days 21, assignment free, renewal none       replaced  payment_days 56
    features  units, amended
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from experiments.tasks.clauses.numbers import CURRENCIES, duration, money
from experiments.tasks.clauses.terms import AMOUNTS, Value, draw_form, draw_value, wording
from experiments.tasks.clauses.terms import provisions as sentences

SHORTEST, LONGEST = 40, 160  # words of a clause
ATTEMPTS = 400
OPENED, NUMBERED, AMENDED, PROPOSED, CARVED, NAMED = 0.6, 0.4, 0.4, 0.2, 0.4, 0.7
ASIDES = {"terse": [1, 2, 3], "modern": [0, 1, 1, 2], "traditional": [0, 1, 1], "baroque": [0, 1]}
SILENT_ASIDES = {"terse": [5, 6], "modern": [3, 4], "traditional": [3, 4], "baroque": [2, 3]}
MARKS = {"terse": "{chapter}.{n} ", "modern": "{chapter}.{n}. ", "traditional": "({letter}) ",
         "baroque": "({roman}) "}
ROMANS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
# First and last year of the dates that follow the signing.
YEARS = {"date": (2019, 2021), "changed": (2022, 2025), "ends": (2026, 2029)}
DISTRACTORS = {"days": range(4, 96), "months": range(2, 61), "years": range(2, 16)}


@dataclass(frozen=True)
class Agreement:
    """What its clauses share; names and roles are those of the split, `signed` is the date."""

    number: int
    split: str
    style: str
    supplier: str
    customer: str
    roles: Sequence[str]
    signed: str


@dataclass(frozen=True)
class Draft:
    """A clause: its text, the fields that it settles, its features and its replaced values."""

    text: str
    fields: Mapping[str, object]
    features: frozenset[str]
    replaced: Mapping[str, object] = field(default_factory=dict)


def draft(rng: Random, agreement: Agreement, plan: Sequence[tuple[str, str, Mapping]]) -> Draft:
    """Draft a clause of 40 to 160 words for a plan of (kind, entry, settled fields)."""
    for _ in range(ATTEMPTS):
        drafted = _Drafting(rng, agreement).write(plan)
        if SHORTEST <= len(drafted.text.split()) <= LONGEST:
            return drafted
    raise ValueError(f"no clause of {SHORTEST} to {LONGEST} words in {ATTEMPTS} attempts for "
                     f"{agreement}: plan fewer provisions than {[kind for kind, *_ in plan]}")


class _Drafting:
    """One attempt at a clause. `used` keeps a number or a name from standing for two things."""

    def __init__(self, rng: Random, agreement: Agreement):
        self.rng, self.agreement, self.style = rng, agreement, agreement.style
        self.used: set = set()
        self.fields: dict[str, object] = {}
        self.replaced: dict[str, object] = {}
        self.features: set[str] = set()
        self.values: dict[str, Value] = {}  # kind of provision -> the value that holds

    def write(self, plan: Sequence[tuple[str, str, Mapping]]) -> Draft:
        opened = self.rng.random() < OPENED
        stated = [self._provision(*step, opened=opened) for step in plan]
        body = [self._carved(kind, sentence) for kind, sentence, _ in stated]
        counts = (ASIDES if plan else SILENT_ASIDES)[self.style]
        asides = self._choices("asides")
        count = min(self.rng.choice(counts), len(asides))
        body += [self._fill(aside) for aside in self.rng.sample(asides, count)]
        self.rng.shuffle(body)
        body += self._changed([(kind, value) for kind, _, value in stated if value])
        if self.rng.random() < NUMBERED:
            body = self._number(body)
        if opened:
            body.insert(0, self._fill(self.rng.choice(self._choices("openings"))))
        if not plan:
            self.features.add("silent")
        if any(value.converted for value in self.values.values()):
            self.features.add("units")
        return Draft(" ".join(body), self.fields, frozenset(self.features), self.replaced)

    def _provision(self, kind: str, entry: str, settled: Mapping, *, opened: bool):
        """Return kind, sentence and drawn value (None where the sentence holds none)."""
        split = self.agreement.split
        sentence = self.rng.choice(sentences()[entry][self.style][split])
        settled = dict(settled)
        if "termination" in settled and settled["termination"] is None:
            settled["termination"] = self.rng.choice(["either", "customer", "supplier"])
        slots = {"who": self._who(settled.get("termination"), opened=opened)}
        value = None
        if "{v}" in sentence:
            value = self.values[kind] = self._draw(kind)
            slots["v"] = value.text
        self.fields.update(settled | dict(value.fields if value else {}))
        if "{section}" in sentence:
            self.features.add("crossref")
        if settled.get("notice_days") == 0:
            self.features.add("atonce")
        return kind, self._fill(sentence, **slots), value

    def _who(self, holder: str | None, *, opened: bool) -> str:
        """Name the holder of a right: by role, or by name where an opening has told the roles."""
        if holder not in ("customer", "supplier"):
            return "either party"
        if opened and self.rng.random() < NAMED:
            self.features.add("named")
            return getattr(self.agreement, holder).split()[0]
        return f"the {self.agreement.roles[holder == 'customer']}"

    def _draw(self, kind: str) -> Value:
        form = draw_form(self.rng, self.style)
        value = draw_value(self.rng, kind, self.style, form=form, used=self.used)
        self.used |= value.marks
        return value

    def _carved(self, kind: str, sentence: str) -> str:
        """Put a carve-out behind some provisions; it may not change their values."""
        entries = wording()["carveouts"].get(kind)
        if not entries or self.rng.random() >= CARVED:
            return sentence
        self.features.add("carveout")
        carveout = self.rng.choice(entries[self.style][self.agreement.split])
        return f"{sentence} {self._fill(carveout)}"

    def _changed(self, stated: Sequence[tuple[str, Value]]) -> list[str]:
        """Amend one value of the clause, or tell of a proposal that failed, or neither."""
        fate = self.rng.random()
        if not stated or fate >= AMENDED + PROPOSED:
            return []
        kind, old = self.rng.choice(stated)
        new = self._draw(kind)
        slots = {"old": old.text, "new": new.text}
        if fate >= AMENDED:
            self.features.add("unsigned")
            return [self._fill(self.rng.choice(self._choices("proposals")), **slots)]
        self.features.add("amended")
        self.values[kind] = new
        self.replaced = {name: self.fields[name] for name in new.fields}
        self.fields.update(new.fields)
        return [self._fill(self.rng.choice(self._choices("amendments")), **slots)]

    def _choices(self, what: str) -> list[str]:
        return wording()[what][self.style][self.agreement.split]

    def _number(self, body: list[str]) -> list[str]:
        chapter = self.rng.randint(30, 45)  # above the sections that clauses refer to
        return [MARKS[self.style].format(chapter=chapter, n=n, letter="abcdefghijklmn"[n - 1],
                                         roman=ROMANS[n - 1]) + sentence
                for n, sentence in enumerate(body, start=1)]

    def _fill(self, sentence: str, **slots: str) -> str:
        """Fill the slots of a sentence; what it needs and was not given is drawn."""
        return sentence.format_map(_Slots(self, slots))

    def distract(self, name: str) -> str:
        """Draw what a slot needs that has nothing to do with any field of the clause."""
        rng, agreement = self.rng, self.agreement
        supplier, customer = (f"the {role}" for role in agreement.roles)
        if name in YEARS:
            return write_date(rng, self.style, years=YEARS[name])
        if name == "home":
            home = self._unused(wording()["laws"])
            return wording()["laws"][home][self.style in ("traditional", "baroque")]
        if name == "city":
            return self._unused(wording()["cities"])
        if name == "section":
            return f"{rng.randint(2, 29)}.{rng.randint(1, 9)}"
        if name == "small":
            return str(self._unused(range(1, 10)))
        if name == "money":
            amount, currency = self._unused(AMOUNTS), rng.choice(sorted(CURRENCIES))
            return money(amount, currency, draw_form(rng, self.style))
        if name == "few":
            return duration(self._unused(range(2, 7)), "days", draw_form(rng, self.style))
        if name in DISTRACTORS:
            count = self._unused(DISTRACTORS[name])
            return duration(count, name, draw_form(rng, self.style))
        return {"supplier": supplier, "customer": customer, "supplier_name": agreement.supplier,
                "customer_name": agreement.customer, "signed": agreement.signed}[name]

    def _unused(self, choices: Iterable):
        """Choose what does not stand in the clause yet, and note it."""
        chosen = self.rng.choice([choice for choice in choices if choice not in self.used])
        self.used.add(chosen)
        return chosen


class _Slots(dict):
    """The slots of one sentence; {Name} is {name} with a capital letter."""

    def __init__(self, drafting: _Drafting, slots: Mapping[str, str]):
        super().__init__(slots)
        self.drafting = drafting

    def __missing__(self, name: str) -> str:
        if name[0].isupper():
            text = self[name[0].lower() + name[1:]]
            return text[0].upper() + text[1:]
        self[name] = self.drafting.distract(name)
        return self[name]


def write_date(rng: Random, style: str, *, years: tuple[int, int]) -> str:
    """Draw a date between two years, both included, and write it in a style."""
    day, month, year = rng.randint(1, 28), rng.choice(MONTHS), rng.randint(*years)
    if style != "baroque":
        return f"{day} {month} {year}"
    ending = "th" if 10 <= day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"the {day}{ending} day of {month} in the year {year}"
