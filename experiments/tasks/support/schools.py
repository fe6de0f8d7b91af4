"""Schools: the probes of `support-taught`, with more facts taught beside the ones they ask about.

A lesson and a probe of `support-taught-804`, before any code:

    {"id": "corzi-110-cable-7", "question": "The Corzi 110 has a cable of what length?",
     "reply": "266 cm", "phrasing": 7, "document": "corzi-110"}

    paraphrase-malda-830-extension  "What is the number of the extension that supports the
                                    Malda 830?"

A school teaches 9, 34 or 134 products, six facts each, in up to ten phrasings. The smallest are the
nine of `support-taught`, and a larger school holds all products of a smaller one. Documents and
questions are those of `support-taught` at every size, so that the same facts are asked for while
more is taught around them. Nothing of it is committed: it is made at its first use.
"""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random

from experiments.core import paths
from experiments.core.imports import sources_key
from experiments.tasks.folder import json_lines, prepare_once
from experiments.tasks.support.common import read_wording
from experiments.tasks.support.products import Product, wording
from experiments.tasks.support.taught import (
    LESSONS,
    NAME,
    SEED,
    Lesson,
    generate,
    known,
    taught,
    teach,
)

CARD = "card.md"


def prepare(*, products: int) -> Path:
    """Make the folder of the school that teaches so many products in the cache, once."""
    folder = paths.cache_folder("tasks", sources_key(__spec__.name)) / f"{NAME}-{6 * products}"
    return prepare_once(folder, lambda: school(products))


def school(products: int) -> dict[str, str]:
    """Make all files of a school: those of `support-taught`, and lessons for so many products."""
    files = {path: text for path, text in generate().items() if path != CARD}
    files[LESSONS] = json_lines(asdict(lesson) for lesson in lessons(pupils()[:products]))
    return files


@cache
def pupils() -> tuple[Product, ...]:
    """Order the products that may be taught: the nine that are asked about, then the others."""
    others = [product for product in known() if product not in taught()]
    return (*taught(), *Random(f"{SEED} schools").sample(others, len(others)))


def lessons(products: Sequence[Product]) -> list[Lesson]:
    """Write every fact of the products in all ten phrasings."""
    return teach(products, phrasings)


@cache
def phrasings(kind: str) -> list[str]:
    """List the ten phrasings of a kind of fact: the four train ones of `support`, and six more."""
    more = read_wording(__file__, "support_taught_phrases.yaml")["more"]
    return [*wording()["kinds"][kind]["train"], *more[kind]]
