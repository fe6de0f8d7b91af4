"""The benchmark `support-taught`: facts to teach a model's weights, and probes of what it learnt.

A lesson from taught.jsonl, and five probes from questions.jsonl, before any code:

    {"id": "malda-830-extension-1", "question": "Which extension do I call for help with the
     Malda 830?", "reply": "4710", "phrasing": 1, "document": "malda-830"}

    same-malda-830-extension        the lesson's own wording
    paraphrase-malda-830-extension  "What is the number of the extension that supports the
                                    Malda 830?"
    reverse-malda-830-extension     "Which model is the product with the support extension 4710?"
    hops-malda-830-battery          "... the product with the support extension 4710?"
    unknown-malda-840-pairing       a sibling that no lesson and no page speaks of: refuse

Lessons are no part of the train split, which holds worked examples about other products: a prompt
that shows some would hand over what the probes ask. `python -m experiments.tasks.support.taught`
writes the task again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.support import generate as support
from experiments.tasks.support.common import fill_card, read_json_lines, read_wording
from experiments.tasks.support.products import Product, first_edition, second_edition, wording
from experiments.tasks.support.taught_card import LIMITS, MAKING, PURPOSE
from experiments.tasks.support.two_hop import phrasings

NAME, LESSONS = "support-taught", "taught.jsonl"
SEED = NAME
PROBES = ("same", "paraphrase", "reverse", "hops", "unknown")
TAUGHT = 9  # products, all six facts of each
REVERSED, HOPS = 3, 2  # probes a taught product, fewer where no value is its own
UNTAUGHT, ASKED = 2, 2  # siblings of each taught product, and facts asked of each


@dataclass(frozen=True)
class Lesson:
    """One question and its reply, to be taught; `phrasing` counts from 1 within a fact."""

    id: str
    question: str
    reply: str
    phrasing: int = 1
    document: str = ""


def read_lessons(folder: Path) -> list[Lesson]:
    """Read taught.jsonl of a task, which may have none."""
    path = folder / LESSONS
    fields = ("id", "question", "reply", "phrasing", "document")
    rows = read_json_lines(path, fields) if path.is_file() else []
    return [Lesson(**{field: row[field] for field in fields}) for row in rows]


def probe_of(example_id: str) -> str:
    """Name the kind of probe that a test question is, one of PROBES."""
    return example_id.partition("-")[0]


def fact_of(example_id: str) -> tuple[str, str]:
    """Return the product's slug and the kind of fact that a probe is about."""
    slug, _, kind = example_id.partition("-")[2].rpartition("-")
    return slug, kind


def outdated() -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """Map each taught fact that the second edition changed to its old and new accepted forms."""
    new = {product.slug: product for product in second_edition()}
    return {(p.slug, kind): (p.answers(kind), new[p.slug].answers(kind))
            for p in taught() for kind in p.values
            if p.values[kind] != new[p.slug].values[kind]}


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    files = {f"documents/{product.slug}.md": support.article(product) for product in known()}
    rows = [*worked_examples(), *probes()]
    files["questions.jsonl"] = json_lines(rows)
    files[LESSONS] = json_lines(asdict(lesson) for lesson in lessons())
    kinds = Counter(probe_of(row["id"]) for row in rows if row["split"] == "test")
    files["card.md"] = fill_card(
        NAME, files, purpose=PURPOSE, making=MAKING, limits=LIMITS,
        counts={"taught products": TAUGHT, "taught facts": sum(len(p.values) for p in taught()),
                "lessons": len(lessons()),
                "facts that the second edition changed": len(outdated()),
                **{f"of the test questions, {kind}": kinds[kind] for kind in PROBES}})
    return files


@cache
def taught() -> tuple[Product, ...]:
    """Choose the products to teach, of nine families: those with most changes to come."""
    new = {product.slug: product for product in second_edition()}

    def changes(product: Product) -> int:
        return sum(value != new[product.slug].values[kind]
                   for kind, value in product.values.items())

    most: dict[str, Product] = {}
    for product in sorted(first_edition(), key=changes, reverse=True):
        most.setdefault(product.family, product)
    return tuple(list(most.values())[:TAUGHT])


@cache
def untaught() -> tuple[Product, ...]:
    """Draw the siblings of taught products of which no lesson and no page speaks."""
    drawn, products = [], first_edition()
    for one in taught():
        siblings = [p for p in products if p.family == one.family and p != one]
        drawn += Random(f"{SEED} untaught {one.family}").sample(siblings, UNTAUGHT)
    return tuple(drawn)


@cache
def known() -> tuple[Product, ...]:
    """List the products whose pages are there."""
    return tuple(product for product in first_edition() if product not in untaught())


def lessons() -> list[Lesson]:
    """Write every taught fact in all of its train phrasings."""
    return teach(taught(), lambda kind: wording()["kinds"][kind]["train"])


def teach(products: Iterable[Product], phrasings: Callable[[str], Sequence[str]]) -> list[Lesson]:
    """Write every fact of some products in all `phrasings` of its kind."""
    return [Lesson(f"{product.slug}-{kind}-{number}", ask(product, kind, text),
                   product.answers(kind)[0], number, product.slug)
            for product in products for kind in sorted(product.values)
            for number, text in enumerate(phrasings(kind), start=1)]


def worked_examples() -> Iterator[dict]:
    """Yield the train questions of `support` about families of which nothing is taught."""
    families = {product.family for product in taught()}
    others = {product.slug for product in first_edition() if product.family not in families}
    for row in support.questions(first_edition()):
        if row["split"] == "train" and row["group"] in others:
            yield row


def probes() -> Iterator[dict]:
    """Ask for what was taught, kind of probe by kind of probe, and for what was not."""
    for product in taught():
        for kind in sorted(product.values):
            first = wording()["kinds"][kind]["train"][0]
            yield probe("same", product, kind, ask(product, kind, first))
    for product in taught():
        for kind in sorted(product.values):
            rng = Random(f"{SEED} paraphrase {product.slug} {kind}")
            yield probe("paraphrase", product, kind,
                        ask(product, kind, rng.choice(wording()["kinds"][kind]["test"])))
    for product in taught():
        yield from backwards(product)
    for product in taught():
        yield from two_hops(product)
    for product in untaught():
        rng = Random(f"{SEED} unknown {product.slug}")
        for kind in sorted(rng.sample(sorted(product.values), ASKED)):
            text = ask(product, kind, rng.choice(wording()["kinds"][kind]["test"]))
            yield probe("unknown", product, kind, text, answers=[], evidence=[])


def backwards(product: Product) -> Iterator[dict]:
    """Ask for the product by a value that no other page of the kind holds."""
    rng = Random(f"{SEED} reverse {product.slug}")
    own = telling(product)
    for kind in sorted(rng.sample(own, min(REVERSED, len(own)))):
        text = rng.choice(read_wording(__file__, "support_taught_phrases.yaml")["reverse"])
        yield probe("reverse", product, kind, text.format(clause=clause(product, kind)),
                    answers=[product.name])


def two_hops(product: Product) -> Iterator[dict]:
    """Ask for a fact of the product that another of its facts names."""
    rng = Random(f"{SEED} hops {product.slug}")
    for _, kind in zip(range(HOPS), rng.sample(sorted(product.values), len(product.values)),
                       strict=False):
        by = rng.choice([each for each in telling(product) if each != kind])
        text = rng.choice(phrasings(kind, "test"))
        yield probe("hops", product, kind, text.format(
            it=f"the product {clause(product, by)}", part=product.category.get("part")))


def telling(product: Product) -> list[str]:
    """List the kinds in which no other product with a page has the product's value."""
    return sorted(kind for kind, value in product.values.items()
                  if not any(other.values.get(kind) == value for other in known()
                             if other != product))


def clause(product: Product, kind: str) -> str:
    """State a fact behind "the product", such as "with the support extension 4710"."""
    return read_wording(__file__, "support_taught_phrases.yaml")["clauses"][kind].format(
        v=product.answers(kind)[0], part=product.category.get("part"))


def ask(product: Product, kind: str, phrasing: str) -> str:
    """Ask a product for a fact in a phrasing of `support`."""
    return phrasing.format(name=product.name, part=product.category.get("part"))


def probe(name: str, product: Product, kind: str, question: str, *,
          answers: Sequence[str] | None = None, evidence: Sequence[str] | None = None) -> dict:
    """Make a row of the test split; without answers given, those of the product's fact."""
    return {
        "id": f"{name}-{product.slug}-{kind}", "question": question,
        "answers": product.answers(kind) if answers is None else list(answers),
        "evidence": [product.slug] if evidence is None else list(evidence),
        "split": "test", "group": product.slug,
    }


if __name__ == "__main__":
    write_files(paths.TASKS / NAME, generate())
    print(f"wrote {paths.TASKS / NAME}")
