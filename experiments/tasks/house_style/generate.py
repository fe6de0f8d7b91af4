"""The benchmark `house-style`: the facts are given, and the reply must sound like the house.

A real question, its lines as the model sees them, and the reply to learn from:

    [1] Draft page, Aldra 480 kettle: We just give 14months of warranty on it, sorry. ... We
        measured 102 cm of cable on the kettle! I still have to check this page asap!
    Customer: For how long does the guarantee of the Aldra 480 hold?

    For your Aldra 480, the page gives 14 months [1]. Orvanta Care

    {"id": "aldra-480-warranty-train", "question": "[1] Draft page, ...",
     "answers": ["For your Aldra 480, ...", "14 months"], "evidence": ["style-guide"], ...}

The first answer is a whole reply in house style, the others are the forms of the value. A draft
holds a second value, which nobody asked for, and breaks the rules wherever it can: a reply that
copies it is refused by the graders of content and of style alike. Products, values and questions
are those of `support`. `python -m experiments.tasks.house_style.generate` writes the files again.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import yaml

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.house_style.card import write_card, write_guide, write_settings
from experiments.tasks.house_style.rules import style_reply
from experiments.tasks.support.products import Product, first_edition
from experiments.tasks.support.products import wording as support_wording

FOLDER = paths.TASKS / "house-style"
SEED = "house style"
GUIDE_ID = "style-guide"
# Questions that each product of a split is asked.
ASKED = {"train": 4, "dev": 2, "test": 2}
ASIDES = 3
GLUED_SHARE = AMERICAN_SHARE = 0.5


@cache
def wording() -> dict:
    """Read house_style_phrases.yaml."""
    text = Path(__file__).with_name("house_style_phrases.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def generate() -> dict[str, str]:
    """Make all files of the task: relative path -> content, the same at every call."""
    files = {f"documents/{GUIDE_ID}.md": write_guide(), "task.yaml": write_settings()}
    rows = list(questions(first_edition()))
    files["questions.jsonl"] = json_lines(rows)
    sentences = sum(map(len, wording()["facts"].values())) + len(wording()["asides"])
    files["card.md"] = write_card(files, rows, sentences=sentences, asides=ASIDES)
    return files


def questions(products: Sequence[Product]) -> Iterator[dict]:
    """Ask every product for some of its values, split by split, in the order of the products."""
    for split, count in ASKED.items():
        rng = Random(f"{SEED} {split}")
        for product in (each for each in products if each.split == split):
            kinds = [kind for kind in product.values if kind in wording()["facts"]]
            for kind in sorted(rng.sample(kinds, count)):
                other = rng.choice([each for each in kinds if each != kind])
                yield ask(rng, product, kind, other)


def ask(rng: Random, product: Product, kind: str, other: str) -> dict:
    """Ask for the value of `kind` beside a draft that holds it, and the value of `other`."""
    phrasing = rng.choice(support_wording()["kinds"][kind][product.split])
    asked = phrasing.format(name=product.name, part=product.category.get("part"))
    thing = product.category["thing"]
    page = draft(rng, product, (kind, other))
    return {
        "id": f"{product.slug}-{kind}-{product.split}",
        "question": f"[1] Draft page, {product.name} {thing}: {page}\nCustomer: {asked}",
        "answers": [style_reply(asked, product.answers(kind)[0], number=1, rng=rng),
                    *forms(product, kind)],
        "evidence": [GUIDE_ID],
        "split": product.split,
        "group": product.slug,
    }


def forms(product: Product, kind: str) -> list[str]:
    """List the forms of a value that count: with its unit, if it has one."""
    written, *accepted = product.answers(kind)
    return [written, *(form for form in accepted if form != product.values[kind])]


def draft(rng: Random, product: Product, kinds: Sequence[str]) -> str:
    """Write a draft page on one line: a sentence a kind, and asides, in any order."""
    sentences = [fact_sentence(rng, product, kind) for kind in kinds]
    sentences += rng.sample(wording()["asides"], ASIDES)
    rng.shuffle(sentences)
    return " ".join(sentences)


def fact_sentence(rng: Random, product: Product, kind: str) -> str:
    """Write one value as a colleague in a hurry does."""
    value = product.answers(kind)[0]
    if kind == "tank" and rng.random() < AMERICAN_SHARE:
        value = value.replace("litres", "liters")
    if rng.random() < GLUED_SHARE:
        value = value.replace(" ", "")
    thing = product.category["thing"]
    it = rng.choice(["it", f"the {thing}"])
    return rng.choice(wording()["facts"][kind]).format(
        it=it, It=it[0].upper() + it[1:], thing=thing, v=value,
        part=product.category.get("part"))


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
