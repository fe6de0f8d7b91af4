"""Scenarios for the tests: round prices, and random draws from the fields' own ranges."""

import random
from dataclasses import replace

from experiments.costs.prices import Price
from experiments.costs.scenario import GROUPS, SLOTS, Product, Rates, Scenario, limits

ROUND = {"input": 2.0, "cached_input": 0.2, "output": 8.0, "embedding": 0.02, "training": 25.0,
         "vector_reads": 16.0, "vector_writes": 4.0, "vector_storage": 0.3, "gpu": 3.6,
         "labour": 100.0}


def price(usd: float, per: str) -> Price:
    return Price("p", "a price", usd, per, "test", None)


def rates(**usd: float) -> Rates:
    """Round prices, some of them replaced."""
    return Rates(**{slot: price((ROUND | usd)[slot], per) for slot, per in SLOTS.items()})


def scenario(product: dict | None = None, retrieval: dict | None = None,
             tuning: dict | None = None, **usd: float) -> Scenario:
    """A thousand queries of 100 question tokens and 10 output tokens, and what is given."""
    given = {"product": {"queries_per_month": 1000, "question_tokens": 100, "output_tokens": 10,
                         **(product or {})},
             "retrieval": {"read_units_per_query": 0, **(retrieval or {})},
             "tuning": tuning or {}}
    return Scenario(rates=rates(**usd),
                    **{group: GROUPS[group](**values) for group, values in given.items()})


def random_scenario(seed: str) -> Scenario:
    """Draw every number: mostly of its field's size, a fifth of the time zero or its bottom."""
    drawn = random.Random(seed)
    groups = {group: {} for group in GROUPS}
    for group, name, limit in limits():
        top = min(limit["highest"], 10 ** drawn.uniform(0, 6))
        value = drawn.uniform(limit["lowest"], max(top, limit["lowest"]))
        groups[group][name] = limit["lowest"] if drawn.random() < 0.2 else value
    prices = {slot: price(10 ** drawn.uniform(-3, 3), per) for slot, per in SLOTS.items()}
    return Scenario(rates=Rates(**prices),
                    **{group: GROUPS[group](**values) for group, values in groups.items()})


def with_product(one: Scenario, **changes: float) -> Scenario:
    """The same scenario with some fields of its product changed."""
    return replace(one, product=Product(**{**vars(one.product), **changes}))
