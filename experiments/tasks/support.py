"""The benchmark `support`: the help centre of a company that does not exist.

No model can know its products, so a right answer was read in an article or learnt from one. A
real article and a question about it, before any code:

    # Aldra 220 kettle

    The Aldra 220 is a kettle from Orvanta. This page gathers what owners ask us most often.

    The power cable of the Aldra 220 is 127 cm long. When something is wrong, the light on this
    kettle turns violet. ...

    {"id": "aldra-220-cable-test-2", "question": "What does the cable of the Aldra 220 measure
     from end to end?", "answers": ["127 cm", "127", ...], "evidence": ["aldra-220"],
     "split": "test", "group": "aldra-220"}

Families of six siblings share a name, a category and their kinds of fact, and differ in every
value: the wrong sibling is a tempting answer. All wording is in support_phrases.yaml. Run
`python -m experiments.tasks.support` to write both editions again.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import yaml

from experiments.core import paths
from experiments.tasks.support_card import write_card

FOLDERS = {1: "support", 2: "support-second-edition"}
SEED = "support"
SIBLINGS = FACTS = 6
CHANGED_SHARE = 0.10
MOST_WORDS = 175  # of the paragraphs, so that an article with its title stays under 180
# Of the 28 families, 4 give three products to test and the others two; 20 of these others give
# one to dev. That is 60 test, 20 dev, 88 train, and three or more train siblings everywhere.
FAMILIES_WITH_EXTRA_TEST, FAMILIES_WITH_DEV = 4, 20
TEST_ANSWERABLE, DEV_ANSWERABLE = 200, 60


@dataclass(frozen=True)
class Product:
    """A product with its facts; `values` maps each kind to the bare value, say "27"."""

    family: str
    number: int
    split: str
    values: dict[str, str]

    @property
    def name(self) -> str:
        """Give the full name, say "Aldra 220"."""
        return f"{self.family} {self.number}"

    @property
    def slug(self) -> str:
        """Give the document id, say "aldra-220"."""
        return f"{self.family.lower()}-{self.number}"

    @property
    def category(self) -> dict:
        """Give the category's entry in the wording file."""
        return wording()["categories"][wording()["families"][self.family]["category"]]

    def write(self, template: str, kind: str) -> str:
        """Write a value after a template such as "{n} months"."""
        code = wording()["families"][self.family].get("code")
        return template.format(n=self.values[kind], code=code)

    def answers(self, kind: str) -> list[str]:
        """List the accepted answers, the one that the article holds first."""
        entry = wording()["kinds"][kind]
        return [self.write(form, kind) for form in (entry["written"], *entry["accepted"])]


@cache
def wording() -> dict:
    """Read support_phrases.yaml."""
    text = Path(__file__).with_name("support_phrases.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def generate(edition: int = 1) -> dict[str, str]:
    """Make all files of an edition: relative path -> content, the same at every call.

    Edition 2 has the same articles and questions; one fact in ten has another value.
    """
    if edition not in FOLDERS:
        raise ValueError(f"edition is one of {sorted(FOLDERS)}, not {edition!r}")
    catalogue = products()
    if edition == 2:
        catalogue = change_facts(catalogue)
    files = {f"documents/{p.slug}.md": article(p) for p in catalogue}
    rows = [json.dumps(row, ensure_ascii=False) for row in questions(catalogue)]
    files["questions.jsonl"] = "\n".join(rows) + "\n"
    files["card.md"] = write_card(FOLDERS[edition], edition, files, len(wording()["kinds"]))
    return files


def write(folder: Path, edition: int = 1) -> None:
    """Write an edition to a folder; articles that it no longer has are deleted."""
    files = generate(edition)
    for stale in set((folder / "documents").glob("*.md")) - {folder / path for path in files}:
        stale.unlink()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8", newline="\n")


def products() -> list[Product]:
    """Draw all products of the first edition, family by family."""
    families = list(wording()["families"])
    shuffled = Random(f"{SEED} splits").sample(families, len(families))
    extra = shuffled[:FAMILIES_WITH_EXTRA_TEST]
    with_dev = shuffled[FAMILIES_WITH_EXTRA_TEST:][:FAMILIES_WITH_DEV]
    found = []
    for family in families:
        tests = 3 if family in extra else 2
        devs = 1 if family in with_dev else 0
        splits = ["test"] * tests + ["dev"] * devs + ["train"] * (SIBLINGS - tests - devs)
        found += draw_family(family, splits)
    return found


def draw_family(family: str, splits: list[str]) -> list[Product]:
    """Draw six siblings. No value, read without punctuation, occurs twice in a family."""
    rng = Random(f"{SEED} family {family}")
    base = 100 * rng.randint(1, 9)
    numbers = sorted(base + 10 * step for step in rng.sample(range(1, 10), SIBLINGS))
    rng.shuffle(splits)
    siblings = [Product(family, n, s, {}) for n, s in zip(numbers, splits, strict=True)]
    used = {str(number) for number in numbers}
    # The kinds with the fewest values draw first: the others can step aside more easily.
    for kind in sorted(siblings[0].category["facts"], key=lambda k: len(pool(k))):
        for sibling in siblings:
            sibling.values[kind] = draw(rng, kind, used)
    return siblings


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


def change_facts(catalogue: list[Product]) -> list[Product]:
    """Give one fact in ten a value that nobody in its family has had."""
    rng = Random(f"{SEED} second edition")
    facts = [(product, kind) for product in catalogue for kind in product.values]
    changed = [replace(product, values=dict(product.values)) for product in catalogue]
    by_slug = {product.slug: product for product in changed}
    used: dict[str, set[str]] = {}
    for product in catalogue:
        used.setdefault(product.family, set()).update(
            {str(product.number), *map(bare, product.values.values())})
    for product, kind in rng.sample(facts, round(CHANGED_SHARE * len(facts))):
        by_slug[product.slug].values[kind] = draw(rng, kind, used[product.family])
    return changed


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


def fact_paragraph(rng: Random, product: Product, kinds: list[str]) -> str:
    """Write one paragraph; its first sentence names the product in full."""
    name, thing = f"the {product.name}", product.category["thing"]
    sentences = []
    for place, kind in enumerate(kinds):
        entry = wording()["kinds"][kind]
        it = name if place == 0 else rng.choice([name, f"the {thing}", f"this {thing}"])
        sentences.append(rng.choice(entry["articles"]).format(
            it=it, It=it[0].upper() + it[1:], thing=thing, v=product.write(entry["written"], kind),
            part=product.category.get("part")))
    return " ".join(sentences)


def questions(catalogue: list[Product]) -> Iterator[dict]:
    """Ask what each split asks for; the rows keep the order of the products."""
    asked = {"train": None, "dev": DEV_ANSWERABLE, "test": TEST_ANSWERABLE}
    for split, wanted in asked.items():
        rng = Random(f"{SEED} questions {split}")
        members = [product for product in catalogue if product.split == split]
        for product, count in zip(members, shares(rng, len(members), wanted), strict=True):
            kinds = sorted(product.values)
            for kind in sorted(rng.sample(kinds, count)):
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
        write(paths.TASKS / folder_name, number)
        print(f"wrote {paths.TASKS / folder_name}")
