"""The benchmark `support`: the help centre of a company that does not exist.

No model can know its products, so a right answer was read in an article or learnt from one. The
middle of a real article, and a question about it, before any code:

    Should something break, the warranty on the Aldra 480 runs for 14 months after purchase. The
    kettle has a mains cable of 102 cm, which can be wound up underneath. Anything about the
    Aldra 480 that this page leaves open can be settled at extension 7400.

    {"id": "aldra-480-cable-train-3", "question": "What is the cord length of the Aldra 480?",
     "answers": ["102 cm", "102", ...], "evidence": ["aldra-480"], "split": "train",
     "group": "aldra-480"}

Families of six siblings share a name, a category and their kinds of fact, and differ in every
value: the wrong sibling is a tempting answer. All wording is in support_phrases.yaml, and
products.py draws the facts. `python -m experiments.tasks.support.generate` writes both editions.
"""

from collections.abc import Iterator, Sequence
from random import Random

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.support.card import write_card
from experiments.tasks.support.products import (
    FACTS,
    SEED,
    Product,
    first_edition,
    second_edition,
    wording,
)

FOLDERS = {1: "support", 2: "support-second-edition"}
# Answerable questions a split; None asks for every fact. One unanswerable a product comes on top.
ANSWERABLE = {"train": None, "dev": 60, "test": 200}
MOST_WORDS = 175  # of the paragraphs, so that an article with its title stays within 180


def generate(edition: int = 1) -> dict[str, str]:
    """Make all files of an edition: relative path -> content, the same at every call.

    Edition 2 has the same articles and questions; one fact in ten has another value.
    """
    if edition not in FOLDERS:
        raise ValueError(f"edition is one of {sorted(FOLDERS)}, not {edition!r}")
    products = first_edition() if edition == 1 else second_edition()
    files = {f"documents/{product.slug}.md": article(product) for product in products}
    files["questions.jsonl"] = json_lines(questions(products))
    files["card.md"] = write_card(FOLDERS[edition], edition, files)
    return files


def article(product: Product) -> str:
    """Write the help page of a product in Markdown; its layout ignores the values."""
    rng = Random(f"{SEED} article {product.slug}")
    thing = product.category["thing"]
    slots = {"name": product.name, "thing": thing, "family": product.family,
             "a_thing": f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}",
             "company": wording()["company"]}
    opening = rng.choice(wording()["openings"]).format(**slots)
    body = [fact_paragraph(rng, product, kinds) for kinds in deal(rng, list(product.values))]
    for filler in rng.sample(wording()["fillers"], rng.choice([1, 1, 1, 2])):
        if len(" ".join([opening, *body, filler]).split()) <= MOST_WORDS:
            body.insert(rng.randint(0, len(body)), filler)
    return "\n\n".join([f"# {product.name} {thing}", opening, *body]) + "\n"


def deal(rng: Random, kinds: list[str]) -> list[list[str]]:
    """Shuffle six kinds and deal them into two or three paragraphs."""
    rng.shuffle(kinds)
    sizes = rng.choice([(3, 3), (2, 4), (4, 2), (2, 2, 2), (1, 3, 2), (3, 2, 1)])
    return [[kinds.pop() for _ in range(size)] for size in sizes]


def fact_paragraph(rng: Random, product: Product, kinds: Sequence[str]) -> str:
    """Write one paragraph; its first sentence names the product in full."""
    name, thing = f"the {product.name}", product.category["thing"]
    sentences = []
    for place, kind in enumerate(kinds):
        it = name if place == 0 else rng.choice([name, f"the {thing}", f"this {thing}"])
        sentences.append(rng.choice(wording()["kinds"][kind]["articles"]).format(
            it=it, It=it[0].upper() + it[1:], v=product.answers(kind)[0],
            part=product.category.get("part")))
    return " ".join(sentences)


def questions(products: Sequence[Product]) -> Iterator[dict]:
    """Ask what each split asks for, split by split, in the order of the products."""
    for split, wanted in ANSWERABLE.items():
        rng = Random(f"{SEED} questions {split}")
        members = [product for product in products if product.split == split]
        for product, count in zip(members, shares(rng, len(members), wanted), strict=True):
            for kind in sorted(rng.sample(sorted(product.values), count)):
                yield ask(rng, product, kind)
            yield ask(rng, product, rng.choice(product.category["absent"]))


def shares(rng: Random, members: int, wanted: int | None) -> list[int]:
    """Share `wanted` questions among the products as evenly as can be; None asks for all."""
    if wanted is None:
        return [FACTS] * members
    least, left = divmod(wanted, members)
    counts = [least + 1] * left + [least] * (members - left)
    rng.shuffle(counts)
    return counts


def ask(rng: Random, product: Product, kind: str) -> dict:
    """Ask one product for one kind of fact, in a phrasing of the product's split."""
    phrasings = wording()["kinds"][kind][product.split]
    choice = rng.randrange(len(phrasings))
    known = kind in product.values
    return {
        "id": f"{product.slug}-{kind}-{product.split}-{choice + 1}",
        "question": phrasings[choice].format(name=product.name, part=product.category.get("part")),
        "answers": product.answers(kind) if known else [],
        "evidence": [product.slug] if known else [],
        "split": product.split,
        "group": product.slug,
    }


if __name__ == "__main__":
    for number, folder_name in FOLDERS.items():
        write_files(paths.TASKS / folder_name, generate(number))
        print(f"wrote {paths.TASKS / folder_name}")
