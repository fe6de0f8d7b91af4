"""The benchmark `support-two-hop`: questions that take two articles of the help centre.

Two real questions, a bridge and a comparison, before any code:

    {"id": "dibix-descaling-set-extension-train", "question": "Which extension do I call for help
     with the appliance the Dibix descaling set is made for?", "answers": ["7400",
     "extension 7400"], "evidence": ["dibix-descaling-set", "aldra-480"], "split": "train",
     "group": "aldra-480+fenso-610"}
    {"id": "aldra-480-fenso-610-tank-train", "question": "Which holds fewer litres, the Aldra 480
     or the Fenso 610?", "answers": ["Fenso 610"], "evidence": ["aldra-480", "fenso-610"],
     "split": "train", "group": "aldra-480+fenso-610"}

A bridge never names the product: only the accessory's article does, and only the product's
article holds the value. `python -m experiments.tasks.support.two_hop` writes the task again.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from experiments.core import BookError, paths
from experiments.core.nouns import SPLITS
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.support.common import fill_card
from experiments.tasks.support.generate import article
from experiments.tasks.support.products import Product, first_edition
from experiments.tasks.support.products import wording as support_wording
from experiments.tasks.support.two_hop_accessories import (
    SEED,
    Accessory,
    accessories,
    accessory_article,
    wording,
)
from experiments.tasks.support.two_hop_card import LIMITS, MAKING, PURPOSE

NAME = "support-two-hop"
COMPARISONS = 2  # a pair
UNANSWERABLE_EVERY = 3  # accessories
# A phrasing of `support` that reads well with a relative clause for the name: the name ends it.
TAKES_A_CLAUSE = re.compile(r"\bthe \{name\}[?:]")

Pair = tuple[Product, Product]


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    files = {f"documents/{product.slug}.md": article(product) for product in first_edition()}
    files |= {f"documents/{part.slug}.md": accessory_article(part) for part in accessories()}
    rows = list(questions())
    files["questions.jsonl"] = json_lines(rows)
    kinds = Counter("comparison" if is_comparison(row) else "bridge"
                    for row in rows if row["split"] == "test" and row["answers"])
    files["card.md"] = fill_card(
        NAME, files, purpose=PURPOSE, making=MAKING, limits=LIMITS,
        counts={"products": len(first_edition()), "accessories": len(accessories()),
                **{f"of the answerable test questions, {kind}s": count
                   for kind, count in sorted(kinds.items())}})
    return files


def is_comparison(row: dict) -> bool:
    """Return whether a row of questions.jsonl compares two products: it names its own answer."""
    return bool(row["answers"]) and row["answers"][0] in row["question"]


def questions() -> Iterator[dict]:
    """Ask what each split asks for: bridges, then comparisons."""
    for split in SPLITS:
        couples = pairs([product for product in first_edition() if product.split == split])
        group = {product.slug: pair_id(couple) for couple in couples for product in couple}
        members = [part for part in accessories() if part.product.split == split]
        for number, part in enumerate(members):
            rng = Random(f"{SEED} bridge {part.slug}")
            yield bridge(rng, part, rng.choice(sorted(part.product.values)),
                         group[part.product.slug])
            if number % UNANSWERABLE_EVERY == 0:
                yield bridge(rng, part, rng.choice(part.product.category["absent"]),
                             group[part.product.slug])
        number = 0
        for couple in couples:
            rng = Random(f"{SEED} compare {pair_id(couple)}")
            for kind in sorted(rng.sample(comparable(couple), COMPARISONS)):
                yield comparison(rng, couple, kind, answer_first=number % 2 == 0)
                number += 1


def bridge(rng: Random, part: Accessory, kind: str, group: str) -> dict:
    """Ask for a fact of the product that an accessory fits, without naming the product."""
    product = part.product
    named = rng.choice(wording()["bridges"][product.split]).format(
        accessory=part.name, thing=rng.choice([product.category["thing"], "appliance"]))
    known = kind in product.values
    return {
        "id": f"{part.slug}-{kind}-{product.split}",
        "question": rng.choice(phrasings(kind, product.split)).format(
            it=f"the {named}", part=product.category.get("part")),
        "answers": product.answers(kind) if known else [],
        "evidence": [part.slug, product.slug] if known else [],
        "split": product.split,
        "group": group,
    }


def phrasings(kind: str, split: str) -> list[str]:
    """List the question phrasings of a kind that end in {it}."""
    borrowed = [TAKES_A_CLAUSE.sub(lambda found: "{it}" + found[0][-1], phrasing)
                for phrasing in support_wording()["kinds"][kind][split]
                if TAKES_A_CLAUSE.search(phrasing)]
    return borrowed + wording()["ends_in_it"][kind].get(split, [])


def comparison(rng: Random, couple: Pair, kind: str, *, answer_first: bool) -> dict:
    """Ask which of two products has more, or less, of a kind; the answer is a name."""
    wanted = rng.choice(["most", "least"])
    least, most = sorted(couple, key=lambda product: float(product.values[kind]))
    right, wrong = (most, least) if wanted == "most" else (least, most)
    first, second = (right, wrong) if answer_first else (wrong, right)
    return {
        "id": f"{first.slug}-{second.slug}-{kind}-{right.split}",
        "question": rng.choice(wording()["comparisons"][kind][right.split][wanted]).format(
            a=first.name, b=second.name),
        "answers": [right.name],
        "evidence": [first.slug, second.slug],
        "split": right.split,
        "group": pair_id(couple),
    }


def pairs(members: Sequence[Product]) -> list[Pair]:
    """Pair off the products of a split; every product is in one pair, with kinds to compare.

    A pair is a group: its products occur in no other group's questions.
    """
    for attempt in range(100):
        left = list(members)
        Random(f"{SEED} pairs {members[0].split} {attempt}").shuffle(left)
        found = []
        while left:
            one = left.pop()
            other = next((p for p in left if len(comparable((one, p))) >= COMPARISONS), None)
            if other is None:
                break
            left.remove(other)
            found.append((one, other))
        else:
            return found
    raise BookError(f"expected to pair off {len(members)} products with {COMPARISONS} kinds of "
                    "fact in common; no order of 100 works: use fewer comparisons a pair")


def comparable(couple: Pair) -> list[str]:
    """List the kinds of fact that both products have, with different values."""
    one, other = couple
    return [kind for kind in wording()["comparisons"]
            if kind in one.values and kind in other.values
            and one.values[kind] != other.values[kind]]


def pair_id(couple: Pair) -> str:
    """Name a pair, whichever product comes first."""
    return "+".join(sorted(product.slug for product in couple))


if __name__ == "__main__":
    write_files(paths.TASKS / NAME, generate())
    print(f"wrote {paths.TASKS / NAME}")
