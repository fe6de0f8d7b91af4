"""What is true at each tenant of `support-access`: terms, old terms, notes and delivery.

A real offer, before any code:

    Offer(product=Product("Olsta", 110, ...), measured=("light", "tank"),
          terms={"sundal-stores": {"warranty": "34", "price": "290", "extension": "5864"},
                 "halden-direct": {"warranty": "39", "price": "82", "extension": "2186"}},
          dropped="workshop", retired_tenant="halden-direct",
          old={"warranty": "43", "price": "157", "extension": "8135", "workshop": "Basel"},
          note=Note("halden-direct", "cost", "103", audience="managers"))

No value occurs twice among the siblings of a family, whichever tenant says it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from experiments.tasks.support.common import read_wording
from experiments.tasks.support.products import Product, bare, draw, first_edition
from experiments.tasks.support.products import wording as support_wording
from experiments.tasks.support_access.rules import User

SEED = "support-access"
# A dealer sets these; the other kinds of fact are measured and equal at both tenants.
TERM_KINDS = ("warranty", "price", "returns", "extension", "workshop")
TERMS = 3
MEASURED = 2
# Delivery pages of a category serve one split.
DELIVERY_SPLITS = ["test"] * 7 + ["dev"] * 3 + ["train"] * 4
# Old, in force on the day of the questions, not yet in force: one date is drawn from each.
DELIVERY_DATES = (
    ("2025-02-01", "2025-05-01", "2025-09-15", "2025-11-01"),
    ("2026-01-15", "2026-03-01", "2026-04-01", "2026-06-01"),
    ("2026-07-01", "2026-09-01", "2026-10-15", "2027-01-01"),
)


@dataclass(frozen=True)
class Note:
    """An internal note: one value of one kind for the eyes of its audience."""

    tenant: str
    kind: str
    value: str
    audience: str


@dataclass(frozen=True)
class Offer:
    """One product as both tenants sell it; all values are bare, say "27"."""

    product: Product
    measured: tuple[str, ...]
    terms: Mapping[str, Mapping[str, str]]
    dropped: str
    retired_tenant: str
    old: Mapping[str, str]
    note: Note


@dataclass(frozen=True)
class Delivery:
    """One version of a tenant's delivery page for a category; values are bare."""

    tenant: str
    category: str
    split: str
    date: str
    values: Mapping[str, str]

    @property
    def topic(self) -> str:
        """Name what the page is about, say "kettle-delivery"."""
        return f"{self.category}-delivery"

    @property
    def things(self) -> str:
        """Return the plural of the category, say "kettles"."""
        return wording()["plurals"][self.category]


@cache
def wording() -> dict:
    """Read support_access_phrases.yaml."""
    return read_wording(__file__, "support_access_phrases.yaml")


def tenants() -> dict[str, str]:
    """Map a tenant's id to its name as written."""
    return wording()["tenants"]


def category(product: Product) -> str:
    """Name the category of a product, say "kettle"."""
    return support_wording()["families"][product.family]["category"]


@cache
def users() -> tuple[User, ...]:
    """List the users of both tenants in the order of their names."""
    roles = [tuple(role["groups"]) for role in wording()["roles"] for _ in range(role["users"])]
    return tuple(User(f"{name}-{tenant.split('-')[0]}", tenant, groups)
                 for tenant, names in wording()["names"].items()
                 for name, groups in zip(names, roles, strict=True))


@cache
def offers() -> tuple[Offer, ...]:
    """Draw the offers of the newer family of each category, product by product."""
    products = first_edition()
    newest = {category(product): product.family for product in products}
    used: dict[str, set[str]] = {}
    for product in products:
        taken = {str(product.number), *map(bare, product.values.values())}
        used.setdefault(product.family, set()).update(taken)
    chosen = [product for product in products if newest[category(product)] == product.family]
    return tuple(draw_offer(number, product, used[product.family])
                 for number, product in enumerate(chosen))


def draw_offer(number: int, product: Product, used: set[str]) -> Offer:
    """Draw the terms of a product; `used` holds and collects the values of its family."""
    rng = Random(f"{SEED} offer {product.slug}")
    *terms, dropped = rng.sample(TERM_KINDS, TERMS + 1)
    measured = [kind for kind in product.category["facts"] if kind not in TERM_KINDS]
    retired, holder = rng.choice(list(tenants())), rng.choice(list(tenants()))
    return Offer(
        product=product,
        measured=tuple(rng.sample(measured, MEASURED)),
        terms={tenant: {kind: draw(rng, kind, used) for kind in terms} for tenant in tenants()},
        dropped=dropped,
        retired_tenant=retired,
        old={kind: draw(rng, kind, used) for kind in (*terms, dropped)},
        note=draw_note(rng, number, tenant=holder, used=used))


def draw_note(rng: Random, number: int, *, tenant: str, used: set[str]) -> Note:
    """Draw a note; kinds take turns, and every fourth note is for a single user."""
    kinds = list(wording()["notes"])
    kind = kinds[number % len(kinds)]
    audience = wording()["notes"][kind]["readers"]
    if number % 4 == 3:
        audience = rng.choice([user.id for user in users()
                               if user.tenant == tenant and audience in user.groups])
    elif audience == "engineers":
        audience = rng.choice(["engineers", "engineers, managers"])
    return Note(tenant, kind, draw_from(rng, wording()["notes"][kind], used), audience)


@cache
def deliveries() -> tuple[Delivery, ...]:
    """Draw three versions of the delivery page of each category at each tenant."""
    splits = list(DELIVERY_SPLITS)
    Random(f"{SEED} delivery splits").shuffle(splits)
    pages = []
    for name, split in zip(wording()["plurals"], splits, strict=True):
        rng = Random(f"{SEED} delivery {name}")
        used: set[str] = set()
        for tenant in tenants():
            for dates in DELIVERY_DATES:
                values = {kind: draw_from(rng, entry, used)
                          for kind, entry in wording()["delivery"].items()}
                pages.append(Delivery(tenant, name, split, rng.choice(dates), values))
    return tuple(pages)


def draw_from(rng: Random, entry: Mapping, used: set[str]) -> str:
    """Draw a number of an entry that `used` does not hold, and add it there."""
    free = [str(n) for n in range(entry["from"], entry["to"] + 1)
            if n not in entry["avoid"] and str(n) not in used]
    value = rng.choice(free)
    used.add(value)
    return value
