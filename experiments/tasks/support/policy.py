"""The benchmark `support-policy`: what the help centre kept silent about, and then publishes.

A question of questions.jsonl on both days, and the third kind of question, before any code:

    {"id": "aldra-440-returns-day-0", "question": "Up to what day can I return the Aldra 440?",
     "answers": [], "evidence": [], "split": "test", "group": "aldra-440"}
    {"id": "aldra-440-returns-day-1", "question": "Up to what day can I return the Aldra 440?",
     "answers": ["53 days", "53"], "evidence": ["day-1/aldra-440"], ...}
    {"id": "aldra-440-light-day-1", ...}          a fact that the page held all along

On day 0 the pages are those of `support`, so a reader that was trained there was trained on day
0. On day 1 a page of each product of the test split holds one sentence more. Days and feed are as
in `support-feed`. `python -m experiments.tasks.support.policy` writes the task again.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from random import Random

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.support import generate as support
from experiments.tasks.support.common import fill_card
from experiments.tasks.support.feed import FEED, Event
from experiments.tasks.support.policy_card import LIMITS, MAKING, PURPOSE
from experiments.tasks.support.products import Product, bare, draw, first_edition, wording

NAME = "support-policy"
SEED = NAME
HEAD = 2  # the title and the opening of a page, behind which a new paragraph may stand


@dataclass(frozen=True)
class Published:
    """A product with the fact that its page gains on day 1, and its two rows in `support`."""

    product: Product
    kind: str
    asked: dict
    always: dict

    @property
    def page(self) -> str:
        """Write the page of day 1: that of day 0 with one paragraph more."""
        rng = Random(f"{SEED} page {self.product.slug}")
        parts = support.article(self._before).strip().split("\n\n")
        parts.insert(rng.randint(HEAD, len(parts)),
                     support.fact_paragraph(rng, self.product, [self.kind]))
        return "\n\n".join(parts) + "\n"

    @property
    def _before(self) -> Product:
        values = {kind: v for kind, v in self.product.values.items() if kind != self.kind}
        return replace(self.product, values=values)


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    files = {f"documents/day-0/{p.slug}.md": support.article(p) for p in everything()}
    files |= {f"documents/day-1/{one.product.slug}.md": one.page for one in published()}
    files["questions.jsonl"] = json_lines([*worked_examples(), *questions()])
    files[FEED] = json_lines(asdict(event) for event in feed())
    files["card.md"] = fill_card(
        NAME, files, purpose=PURPOSE, making=MAKING, limits=LIMITS,
        counts={"pages on day 0": len(everything()), "pages rewritten": len(published())})
    return files


@cache
def everything() -> tuple[Product, ...]:
    """Return the products of the first edition, drawn once."""
    return tuple(first_edition())


@cache
def published() -> tuple[Published, ...]:
    """Choose, for each test product, the fact that `support` asks for and its page lacks.

    A part number needs the letters of its family; a family without them publishes none.
    """
    products = {p.slug: p for p in everything() if p.split == "test"}
    rows = [row for row in support.questions(everything()) if row["group"] in products]
    always: dict[str, list[dict]] = {}
    for row in rows:
        if row["answers"]:
            always.setdefault(row["group"], []).append(row)
    found, used = [], {}
    for one in everything():
        used.setdefault(one.family, set()).update(
            {str(one.number), *map(bare, one.values.values())})
    for row in rows:
        product, kind = products[row["group"]], kind_of(row)
        lettered = "code" in wording()["families"][product.family]
        if row["answers"] or (kind == "filter" and not lettered):
            continue
        rng = Random(f"{SEED} value {product.slug}")
        values = {**product.values, kind: draw(rng, kind, used[product.family])}
        found.append(Published(replace(product, values=values), kind, row,
                               rng.choice(always[product.slug])))
    return tuple(found)


def kind_of(row: dict) -> str:
    """Return the kind of fact that a row of `support` asks for."""
    return row["id"].removeprefix(f"{row['group']}-").partition(f"-{row['split']}-")[0]


def feed() -> list[Event]:
    """List what happens: every page is there on day 0, some are rewritten on day 1."""
    return [*(Event(0, "added", product.slug) for product in everything()),
            *(Event(1, "rewritten", one.product.slug) for one in published())]


def worked_examples() -> Iterator[dict]:
    """Yield the train questions of `support`, all of them, with the pages of day 0."""
    for row in support.questions(everything()):
        if row["split"] == "train":
            yield {**row, "evidence": [f"day-0/{name}" for name in row["evidence"]]}


def questions() -> Iterator[dict]:
    """Ask for each published fact on both days, and on day 1 for one that was always there."""
    for one in published():
        slug, kind = one.product.slug, kind_of(one.always)
        now = [f"day-1/{slug}"]
        yield {**one.asked, "id": f"{slug}-{one.kind}-day-0"}
        yield {**one.asked, "id": f"{slug}-{one.kind}-day-1", "evidence": now,
               "answers": one.product.answers(one.kind)}
        yield {**one.always, "id": f"{slug}-{kind}-day-1", "evidence": now}


if __name__ == "__main__":
    write_files(paths.TASKS / NAME, generate())
    print(f"wrote {paths.TASKS / NAME}")
