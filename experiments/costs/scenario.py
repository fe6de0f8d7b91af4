"""What a cost depends on: a product, its retrieval, its training, and the prices of both.

    Product(queries_per_month=1_000_000, question_tokens=40, output_tokens=100,
            instruction_tokens=200, context_tokens=500)
    Tuning(premium_share=0.5, training_tokens_per_run=20_000_000, months_between_runs=3)

Every field says its unit in its name and in `number(...)`, with the range it is allowed.
A price is a Price, and `Rates` refuses one that is per anything else than its slot needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from experiments.core import BookError, shown
from experiments.costs.prices import Price

LARGEST = 1e15  # of any number: what lies above it is a slip of the keyboard


def number(unit: str, *, default: Any = None, lowest: float = 0.0, highest: float = LARGEST) -> Any:
    """Declare a numeric field with its unit and its range; without a default it is required."""
    limits = {"unit": unit, "lowest": lowest, "highest": highest}
    return field(metadata=limits) if default is None else field(default=default, metadata=limits)


def check_number(place: str, value: Any, limit: Mapping) -> None:
    """Refuse texts, truth values, NaN and what lies outside the range."""
    low, high = limit["lowest"], limit["highest"]
    number_given = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number_given or not low <= value <= high:  # NaN is in no range
        span = f"{low:g} or more" if high == LARGEST else f"{low:g} to {high:g}"
        raise BookError(f"{place} is a number ({limit['unit']}), {span}; got {shown(value)}")


@dataclass(frozen=True)
class Checked:
    """Refuses what is no finite number in its field's range."""

    def __post_init__(self):
        for one in (each for each in fields(self) if each.metadata):
            check_number(f"{type(self).__name__}.{one.name}", getattr(self, one.name),
                          one.metadata)


@dataclass(frozen=True)
class Product(Checked):
    """What is asked, and what stands in the prompt of the untuned and the tuned model."""

    queries_per_month: float = number("queries a month")
    question_tokens: float = number("tokens a query")
    output_tokens: float = number("tokens a query")
    instruction_tokens: float = number("tokens a query: instructions and examples", default=0.0)
    context_tokens: float = number("tokens a query: retrieved passages", default=0.0)
    long_context_tokens: float = number("tokens a query: documents, always the same", default=0.0)
    tuned_instruction_tokens: float = number("tokens a query, when tuned", default=0.0)
    tuned_context_tokens: float = number("tokens a query: passages, when tuned", default=0.0)
    cache_hit_share: float = number("share of the unchanging tokens", default=0.0, highest=1.0)
    corpus_tokens: float = number("tokens in all documents", default=0.0)
    corpus_changed_per_month: float = number("times the corpus a month", default=0.0)
    amortisation_months: float = number("months that bear a set-up", default=12.0, lowest=0.1)


@dataclass(frozen=True)
class Retrieval(Checked):
    """What finding passages takes; a vector is stored as `dimensions` numbers of 4 bytes."""

    chunk_tokens: float = number("tokens a chunk", default=256.0, lowest=1.0)
    dimensions: float = number("numbers a vector", default=384.0, lowest=1.0)
    read_units_per_query: float = number("read units a query", default=1.0)
    write_units_per_chunk: float = number("write units a chunk", default=1.0)
    store_usd_per_month: float = number("USD a month, whatever the traffic", default=0.0)
    setup_hours: float = number("labour hours, once", default=0.0)
    upkeep_hours_per_month: float = number("labour hours a month", default=0.0)


@dataclass(frozen=True)
class Tuning(Checked):
    """What a training run takes, how often it is needed, and what the result costs to serve.

    `premium_share` is what a token of the tuned model costs more than one of the base
    model: 0.5 is half as much again, -0.95 a small model at a twentieth of the price.
    """

    premium_share: float = number("share of the base price", default=0.0, lowest=-1.0)
    gpu_seconds_per_query: float = number("GPU seconds a query", default=0.0)
    hosting_gpu_hours_per_month: float = number("GPU hours a month", default=0.0)
    training_tokens_per_run: float = number("tokens times epochs", default=0.0)
    training_gpu_hours_per_run: float = number("GPU hours a run", default=0.0)
    labelling_hours_per_run: float = number("labour hours a run", default=0.0)
    evaluation_hours_per_run: float = number("labour hours a run", default=0.0)
    months_between_runs: float = number("months", default=12.0, lowest=0.01)
    setup_hours: float = number("labour hours, once, with the first examples", default=0.0)
    upkeep_hours_per_month: float = number("labour hours a month", default=0.0)


@dataclass(frozen=True)
class Head(Checked):
    """What a linear head over embeddings takes: it labels messages, and reads no prompt.

    It is fitted as often as a model would be trained, on a processor and not on a GPU.
    """

    fitting_usd_per_run: float = number("USD a run: an hour of a processor", default=0.0)
    labour_hours_per_run: float = number("labour hours a run: labels and checks", default=0.0)
    setup_hours: float = number("labour hours, once", default=0.0)
    upkeep_hours_per_month: float = number("labour hours a month", default=0.0)


# What every slot of Rates is priced per.
SLOTS = {
    "input": "million tokens", "cached_input": "million tokens", "output": "million tokens",
    "embedding": "million tokens", "training": "million tokens",
    "vector_reads": "million read units", "vector_writes": "million write units",
    "vector_storage": "GB-month", "gpu": "GPU hour", "labour": "labour hour",
}


@dataclass(frozen=True)
class Rates:
    """One price for each thing that is paid for; a price per another unit is refused."""

    input: Price
    cached_input: Price
    output: Price
    embedding: Price
    training: Price
    vector_reads: Price
    vector_writes: Price
    vector_storage: Price
    gpu: Price
    labour: Price

    def __post_init__(self):
        for slot, unit in SLOTS.items():
            price = getattr(self, slot)
            if not isinstance(price, Price):
                raise BookError(f"Rates.{slot} is a Price per {unit}, got {price!r}; "
                                "take one from load_prices() or write Price(...)")
            price.expect(unit)


@dataclass(frozen=True)
class Scenario:
    """Everything that a bill is computed from."""

    product: Product
    rates: Rates
    retrieval: Retrieval = Retrieval()
    tuning: Tuning = Tuning()
    head: Head = Head()


GROUPS = {"product": Product, "retrieval": Retrieval, "tuning": Tuning, "head": Head}


def limits() -> Iterator[tuple[str, str, dict]]:
    """List every number of a scenario as (group, field, {unit, lowest, highest, default})."""
    for group, cls in GROUPS.items():
        for one in fields(cls):
            default = None if one.default is MISSING else one.default
            yield group, one.name, {**one.metadata, "default": default}
