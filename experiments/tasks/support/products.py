"""The products of the benchmark `support` and the facts that are true of them.

A real product, before any code:

    Product(family="Aldra", number=480, split="train",
            values={"light": "orange", "tank": "3.6", "warranty": "14", "cable": "102",
                    "price": "218", "extension": "7400"})

and Product.answers("cable") is ["102 cm", "102", "102 centimetres", ...].
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import yaml

SEED = "support"
SIBLINGS = FACTS = 6
CHANGED_SHARE = 0.10
# Of the 28 families, 4 give three products to test and the others two; 20 of these others give
# one to dev. That is 60 test, 20 dev, 88 train, and three or more train siblings everywhere.
FAMILIES_WITH_EXTRA_TEST, FAMILIES_WITH_DEV = 4, 20


@dataclass(frozen=True)
class Product:
    """A product with its facts; `values` maps each kind to the bare value, say "27"."""

    family: str
    number: int
    split: str
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the full name, say "Aldra 480"."""
        return f"{self.family} {self.number}"

    @property
    def slug(self) -> str:
        """Return the document id, say "aldra-480"."""
        return f"{self.family.lower()}-{self.number}"

    @property
    def category(self) -> dict:
        """Return the category's entry in the wording file."""
        return category_of(self.family)

    def answers(self, kind: str) -> list[str]:
        """List the accepted answers, the one that the article holds first."""
        entry = wording()["kinds"][kind]
        code = wording()["families"][self.family].get("code")
        return [form.format(n=self.values[kind], code=code)
                for form in (entry["written"], *entry["accepted"])]


@cache
def wording() -> dict:
    """Read support_phrases.yaml."""
    text = Path(__file__).with_name("support_phrases.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def category_of(family: str) -> dict:
    """Return the category's entry in the wording file."""
    return wording()["categories"][wording()["families"][family]["category"]]


def first_edition() -> list[Product]:
    """Draw all products with their splits, family by family."""
    families = list(wording()["families"])
    shuffled = Random(f"{SEED} splits").sample(families, len(families))
    extra = shuffled[:FAMILIES_WITH_EXTRA_TEST]
    with_dev = shuffled[FAMILIES_WITH_EXTRA_TEST:][:FAMILIES_WITH_DEV]
    products = []
    for family in families:
        tests = 3 if family in extra else 2
        devs = 1 if family in with_dev else 0
        splits = ["test"] * tests + ["dev"] * devs + ["train"] * (SIBLINGS - tests - devs)
        products += draw_family(family, splits)
    return products


def second_edition() -> list[Product]:
    """Return one fact in ten a value that nobody in its family had before."""
    products = first_edition()
    rng = Random(f"{SEED} second edition")
    used: dict[str, set[str]] = {}
    for product in products:
        taken = {str(product.number), *map(bare, product.values.values())}
        used.setdefault(product.family, set()).update(taken)
    facts = [(product, kind) for product in products for kind in product.values]
    changes: dict[str, dict[str, str]] = {}
    for product, kind in rng.sample(facts, round(CHANGED_SHARE * len(facts))):
        changes.setdefault(product.slug, {})[kind] = draw(rng, kind, used[product.family])
    return [replace(p, values={**p.values, **changes.get(p.slug, {})}) for p in products]


def draw_family(family: str, splits: list[str]) -> list[Product]:
    """Draw six siblings. No value, read without punctuation, occurs twice in a family."""
    rng = Random(f"{SEED} family {family}")
    base = 100 * rng.randint(1, 9)
    numbers = sorted(base + 10 * step for step in rng.sample(range(1, 10), SIBLINGS))
    rng.shuffle(splits)
    used = {str(number) for number in numbers}
    values: dict[int, dict[str, str]] = {number: {} for number in numbers}
    # The kinds with the fewest values draw first: the others can step aside more easily.
    for kind in sorted(category_of(family)["facts"], key=lambda k: len(pool(k))):
        for number in numbers:
            values[number][kind] = draw(rng, kind, used)
    return [Product(family, number, split, values[number])
            for number, split in zip(numbers, splits, strict=True)]


def pool(kind: str) -> list[str]:
    """List the values that a kind of fact can take."""
    entry = wording()["kinds"][kind]
    if "choices" in entry:
        return entry["choices"]
    return [str(n) for n in range(entry["from"], entry["to"] + 1) if n not in entry["avoid"]]


def draw(rng: Random, kind: str, used: set[str]) -> str:
    """Draw a value that the family has not used, and note it as used."""
    value = rng.choice([v for v in pool(kind) if bare(v) not in used])
    used.add(bare(value))
    return value


def bare(value: str) -> str:
    """Drop punctuation, as scoring does: "1.7" and "17" would look the same there."""
    return re.sub(r"\W", "", value)
