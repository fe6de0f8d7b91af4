"""The bill of one approach: what a query, a month, a training run and the set-up cost.

    bill("rag", scenario).items[1]
    -> Item(name="question and passages", per="query", usd=0.000945,
            basis="540 tokens at 1.75 USD per million tokens")

The formulas stand in `model`; here each term is an item that can be shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from experiments.core import BookError
from experiments.costs.prices import Price, usd
from experiments.costs.scenario import Product, Scenario

APPROACHES = ("prompt", "long context", "rag", "tuned", "tuned rag")
HEAD = "linear head"
EVERY = (*APPROACHES, HEAD)  # a head labels messages; the others can answer as well
TUNED = frozenset({"tuned", "tuned rag"})
RETRIEVING = frozenset({"rag", "tuned rag"})
CADENCES = ("query", "month", "run", "once")
_BYTES_PER_NUMBER = 4


@dataclass(frozen=True)
class Item:
    """One line of a bill: US dollars per query, per month, per training run, or once."""

    name: str
    per: str
    usd: float
    basis: str
    labour: bool = False


@dataclass(frozen=True)
class Bill:
    """All items of an approach; runs and set-up are spread over the months they serve."""

    approach: str
    items: tuple[Item, ...]
    months_between_runs: float
    amortisation_months: float

    def usd(self, cadence: str) -> float:
        """Add the items of one cadence."""
        if cadence not in CADENCES:
            raise BookError(f"a cost is per {', '.join(CADENCES)}; got {cadence!r}")
        return sum_usd(item for item in self.items if item.per == cadence)

    def item_usd_per_month(self, item: Item, queries_per_month: float) -> float:
        """Spread one item over a month of so many queries."""
        times = {"query": queries_per_month, "month": 1.0, "run": 1 / self.months_between_runs,
                 "once": 1 / self.amortisation_months}
        return item.usd * times[item.per]

    @property
    def fixed_usd_per_month(self) -> float:
        """What a month costs before the first query."""
        return self.usd_per_month(0)

    def without_labour(self) -> "Bill":
        """The same bill as if nobody's hours were paid for."""
        return replace(self, items=tuple(item for item in self.items if not item.labour))

    def per_right(self, share: float) -> "Bill":
        """The bill of right answers: each of so many is paid for, and a `share` of them is right.

        Two such bills cross where a right answer costs the same.
        """
        if not 0 < share <= 1:
            raise BookError(f"a share of right answers is above 0 and at most 1; got {share!r}")
        return replace(self, items=tuple(replace(item, usd=item.usd / share)
                                         for item in self.items))

    def usd_per_month(self, queries_per_month: float) -> float:
        """What a month of so many queries costs: the sum of the items, spread."""
        return sum(self.item_usd_per_month(item, queries_per_month) for item in self.items)


def bills(scenario: Scenario, approaches: Sequence[str] = APPROACHES) -> dict[str, Bill]:
    """Itemise several approaches, by name."""
    return {approach: bill(approach, scenario) for approach in approaches}


def bill(approach: str, scenario: Scenario) -> Bill:
    """Itemise one approach; items of nothing are left out."""
    if approach not in EVERY:
        raise BookError(f"unknown approach {approach!r}; known: {', '.join(EVERY)}")
    items = [*(_head_items(scenario) if approach == HEAD else _prompt_items(approach, scenario))]
    if approach in RETRIEVING:
        items += _retrieval_items(scenario)
    if approach in TUNED:
        items += _tuning_items(scenario)
    return Bill(approach, tuple(item for item in items if item.usd),
                scenario.tuning.months_between_runs, scenario.product.amortisation_months)


def _prompt_items(approach: str, scenario: Scenario) -> Iterable[Item]:
    """Price the tokens of one query; every token of a tuned model bears the premium."""
    product, rates = scenario.product, scenario.rates
    tuned = approach in TUNED
    factor = 1 + scenario.tuning.premium_share if tuned else 1.0
    static, passages = prompt_tokens(approach, product)
    asked, hit = product.question_tokens + passages, product.cache_hit_share
    yield _item("unchanging prompt, from the cache", "query", static * hit, "tokens",
                rates.cached_input, factor)
    yield _item("unchanging prompt, read anew", "query", static * (1 - hit), "tokens",
                rates.input, factor)
    name = "question and passages" if passages else "question"
    yield _item(name, "query", asked, "tokens", rates.input, factor)
    yield _item("output", "query", product.output_tokens, "tokens", rates.output, factor)


def prompt_tokens(approach: str, product: Product) -> tuple[float, float]:
    """Return the unchanging tokens and the retrieved tokens in an approach's prompt."""
    if approach in TUNED:
        static, passages = product.tuned_instruction_tokens, product.tuned_context_tokens
    else:
        static, passages = product.instruction_tokens, product.context_tokens
    if approach == "long context":
        static += product.long_context_tokens
    return static, passages if approach in RETRIEVING else 0.0


def _retrieval_items(scenario: Scenario) -> Iterable[Item]:
    product, retrieval, rates = scenario.product, scenario.retrieval, scenario.rates
    chunks = product.corpus_tokens / retrieval.chunk_tokens
    units = chunks * retrieval.write_units_per_chunk
    changed = product.corpus_changed_per_month
    gigabytes = chunks * retrieval.dimensions * _BYTES_PER_NUMBER / 1e9
    yield _item("embedding the question", "query", product.question_tokens, "tokens",
                rates.embedding)
    yield _item("vector search", "query", retrieval.read_units_per_query, "read units",
                rates.vector_reads)
    yield _item("embedding changed documents", "month", product.corpus_tokens * changed,
                "tokens", rates.embedding)
    yield _item("writing changed vectors", "month", units * changed, "write units",
                rates.vector_writes)
    yield _item("vector storage", "month", gigabytes, "GB", rates.vector_storage)
    yield Item("vector store, fixed", "month", retrieval.store_usd_per_month, "a fixed price")
    yield _item("upkeep of the index", "month", retrieval.upkeep_hours_per_month, "hours",
                rates.labour)
    yield _item("embedding all documents", "once", product.corpus_tokens, "tokens",
                rates.embedding)
    yield _item("writing all vectors", "once", units, "write units", rates.vector_writes)
    yield _item("setting retrieval up", "once", retrieval.setup_hours, "hours", rates.labour)


def _tuning_items(scenario: Scenario) -> Iterable[Item]:
    tuning, rates = scenario.tuning, scenario.rates
    yield _item("GPU of the tuned model", "query", tuning.gpu_seconds_per_query / 3600, "hours",
                rates.gpu)
    yield _item("hosting the tuned model", "month", tuning.hosting_gpu_hours_per_month, "hours",
                rates.gpu)
    yield _item("upkeep of the tuned model", "month", tuning.upkeep_hours_per_month, "hours",
                rates.labour)
    yield _item("training, by the token", "run", tuning.training_tokens_per_run, "tokens",
                rates.training)
    yield _item("training, by the hour", "run", tuning.training_gpu_hours_per_run, "hours",
                rates.gpu)
    yield _item("labelling", "run", tuning.labelling_hours_per_run, "hours", rates.labour)
    yield _item("evaluation", "run", tuning.evaluation_hours_per_run, "hours", rates.labour)
    yield _item("setting training up", "once", tuning.setup_hours, "hours", rates.labour)


def _head_items(scenario: Scenario) -> Iterable[Item]:
    """Price a linear head: one embedding a message, and no token of a language model."""
    head, rates = scenario.head, scenario.rates
    yield _item("embedding the message", "query", scenario.product.question_tokens, "tokens",
                rates.embedding)
    yield _item("upkeep of the linear head", "month", head.upkeep_hours_per_month, "hours",
                rates.labour)
    yield Item("fitting, on a processor", "run", head.fitting_usd_per_run, "a fixed price")
    yield _item("labels and checks", "run", head.labour_hours_per_run, "hours", rates.labour)
    yield _item("setting the head up", "once", head.setup_hours, "hours", rates.labour)


def _item(name: str, per: str, quantity: float, unit: str, price: Price,
          factor: float = 1.0) -> Item:
    times = "" if factor == 1 else f" x {factor:g}"
    shown = f"{quantity:,.0f}" if quantity >= 1000 else f"{quantity:.4g}"
    basis = f"{shown} {unit} at {price.usd:g} USD per {price.per}{times}"
    return Item(name, per, factor * usd(quantity, price), basis, price.per == "labour hour")


def sum_usd(items: Iterable[Item]) -> float:
    """Add items of one cadence; dollars per query and dollars per month are not added."""
    found = list(items)
    cadences = sorted({item.per for item in found})
    if len(cadences) > 1:
        raise BookError(f"costs per {' and per '.join(cadences)} cannot be added; spread them "
                        "over a month first (Bill.usd_per_month)")
    return float(sum(item.usd for item in found))
