"""The accessories of `support-two-hop`: each fits one product and has facts of its own.

A real accessory and its article, before any code:

    Accessory(name="Dibix descaling set", kind="descaling set", product=Product("Aldra", 480, ...),
              values={"weight": "384", "order": "65351", "warranty": "7"})

    # Dibix descaling set

    The Dibix descaling set is made in small numbers and sold through our spare parts shop.

    On the scales it comes to 384 g. Order it under item number 65351. We replace it free of
    charge for 7 months. It was made for one kettle, the Aldra 480, and does not go with its
    siblings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from experiments.tasks.support.common import forms, read_wording
from experiments.tasks.support.products import Product, bare, first_edition
from experiments.tasks.support.products import wording as support_wording

SEED = "support-two-hop"
OWN_FACTS = 3


@dataclass(frozen=True)
class Accessory:
    """A part that fits one product; `values` are its own facts, bare, say "23"."""

    name: str
    kind: str
    product: Product
    values: Mapping[str, str]

    @property
    def slug(self) -> str:
        """Return the document id, say "dibix-descaling-set"."""
        return self.name.lower().replace(" ", "-")


@cache
def wording() -> dict:
    """Read support_two_hop_phrases.yaml."""
    return read_wording(__file__, "support_two_hop_phrases.yaml")


@cache
def accessories() -> tuple[Accessory, ...]:
    """Draw one accessory for each product; no first word of a name is used twice."""
    products = first_edition()
    words = [start + end for start in wording()["starts"] for end in wording()["ends"]]
    chosen = Random(f"{SEED} names").sample(words, len(products))
    return tuple(draw_accessory(product, word)
                 for product, word in zip(products, chosen, strict=True))


def draw_accessory(product: Product, word: str) -> Accessory:
    """Draw kind and facts; no value is one of the product's own."""
    rng = Random(f"{SEED} accessory {product.slug}")
    kind = rng.choice(wording()["accessories"][
        support_wording()["families"][product.family]["category"]])
    taken = {str(product.number), *map(bare, product.values.values())}
    values = {}
    for name in rng.sample(sorted(wording()["facts"]), OWN_FACTS):
        entry = wording()["facts"][name]
        numbers = map(str, range(entry["from"], entry["to"] + 1))
        values[name] = rng.choice([number for number in numbers if number not in taken])
    return Accessory(f"{word} {kind}", kind, product, values)


def accessory_article(accessory: Accessory) -> str:
    """Write the page of an accessory; the link to its product stands among the facts."""
    rng = Random(f"{SEED} article {accessory.slug}")
    slots = {"accessory": accessory.name, "kind": accessory.kind, "name": accessory.product.name,
             "thing": accessory.product.category["thing"], "company": support_wording()["company"]}
    sentences = [
        rng.choice(entry["patterns"]).format(v=forms({**entry, "accepted": []}, value)[0])
        for entry, value in ((wording()["facts"][name], value)
                             for name, value in accessory.values.items())]
    link = rng.choice(wording()["links"]).format(**slots)
    sentences.insert(rng.randint(0, len(sentences)), link)
    opening = rng.choice(wording()["openings"]).format(**slots)
    return "\n\n".join([f"# {accessory.name}", opening, " ".join(sentences),
                        rng.choice(wording()["fillers"])]) + "\n"
