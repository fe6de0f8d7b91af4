"""The calculator page: its fields, prices and measured accuracies, put in by the build.

    calculator_data(DATA)["fields"][0]
    -> {"key": "product.queries_per_month", "label": "queries", "unit": "queries a month",
        "lowest": 0.0, "highest": 1e15, "default": 100000}

Nothing that the page shows is typed a second time: ranges and units come from the cost model,
numbers from data/cost_example.yaml, prices from data/prices.yaml, accuracies from
data/published.yaml. The page's scripts lie in _extra/calculator.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlencode

from experiments.book.figures.costs import APPROACH_COLOURS, LABELS
from experiments.core import BookError, fingerprint
from experiments.costs.bill import HEAD
from experiments.costs.config import load_scenario
from experiments.costs.prices import Price, load_prices
from experiments.costs.scenario import SLOTS, Scenario, limits
from experiments.evidence.checks.published import Published, read_published

PAGE, MARK = "calculator", "<!-- the calculator: put in by the build -->"
# An approach of the cost model is as right as the rung of the ladder that it prices. A rung
# that is not published yet has no default, and the page says so.
RUNGS = {"prompt": "ladder-few-shot", "rag": "ladder-rag", "tuned": "ladder-fine-tuned",
         "tuned rag": "ladder-raft"}
# What was measured and says nothing about the example: shown beside the field, and not filled in.
_ELSEWHERE = {
    "long context": ("ladder-long-context", "prompt-coverage", "{0:g} % in this book, where the "
                     "documents shown held the answer to {1:g} % of the questions: no measure of "
                     "documents that fit. Put in your own figure"),
    HEAD: ("tuned-routing-linear", "tuned-routing-nearest", "a linear head labels messages and "
           "cannot answer. On this book's ticket routing it is right {0:g} % of the time, a "
           "prompt with the nearest examples {1:g} %. Put in your own figure if you label"),
}
# Where an approach is explained: the chapter's file and title.
CHAPTERS = {"prompt": ("02_shape", "How good can a prompt get?"),
            "long context": ("02_prompt", "How far does a prompt go?"),
            "rag": ("03_retrieval", "What does retrieval add?"),
            "tuned": ("09_training", "What does fine-tuning change?"),
            "tuned rag": ("16_raft", "What makes RAFT work?"),
            HEAD: ("11_data", "How much data, how clean?")}
_NO_GOAL = 50  # where nothing was measured
# The routing of this book as a start: what is not said here is published.
_ROUTING = {"product.queries_per_month": "5000", "product.question_tokens": "tuned-short-tokens",
            "product.output_tokens": "5", "product.tuned_instruction_tokens": "0",
            "product.instruction_tokens": ("tuned-nearest-tokens", "tuned-short-tokens"),
            "product.cache_hit_share": "0", "accuracy.needed": "50",
            "accuracy.prompt": "tuned-routing-nearest", "accuracy.rag": "",
            "accuracy.tuned": "tuned-routing-lora", "accuracy.tuned rag": "",
            f"accuracy.{HEAD}": "tuned-routing-linear"}
_HIGHEST_USD = 1e12  # the bound of a price in data/prices.yaml

# Which prices are offered for which slot, by id; those of a tuned model are a premium instead.
_OFFERED = {
    "input": r"^(?!.*tuned).*_input(_million)?$", "cached_input": r"_cached$",
    "output": r"^(?!.*tuned).*_output$", "embedding": r"^embedding_",
    "training": r"_training(_|$)",
    "vector_reads": r"vector_reads$", "vector_writes": r"vector_writes$",
    "vector_storage": r"vector_storage$", "gpu": r"^(s0_)?gpu_", "labour": r"^labour_hour$",
}
_LABELS = {
    "product": {
        "queries_per_month": "queries", "question_tokens": "question",
        "instruction_tokens": "instructions and examples", "context_tokens": "retrieved passages",
        "output_tokens": "output", "long_context_tokens": "documents in every prompt",
        "tuned_instruction_tokens": "instructions that stay when tuned",
        "tuned_context_tokens": "passages that stay when tuned",
        "cache_hit_share": "served from the prompt cache", "corpus_tokens": "all documents",
        "corpus_changed_per_month": "documents that change",
        "amortisation_months": "a set-up is spread over",
    },
    "retrieval": {
        "chunk_tokens": "length of a chunk", "dimensions": "length of a vector",
        "read_units_per_query": "reads", "write_units_per_chunk": "writes",
        "store_usd_per_month": "vector store, fixed", "setup_hours": "setting retrieval up",
        "upkeep_hours_per_month": "upkeep of the index",
    },
    "tuning": {
        "premium_share": "surcharge on tuned tokens", "gpu_seconds_per_query": "GPU, by the query",
        "hosting_gpu_hours_per_month": "hosting", "training_tokens_per_run": "training tokens",
        "training_gpu_hours_per_run": "training, by the hour",
        "labelling_hours_per_run": "labelling", "evaluation_hours_per_run": "evaluation",
        "months_between_runs": "between two training runs", "setup_hours": "setting training up",
        "upkeep_hours_per_month": "upkeep of the tuned model",
    },
    "head": {
        "fitting_usd_per_run": "fitting, on a processor", "labour_hours_per_run": "labels, checks",
        "setup_hours": "setting the head up", "upkeep_hours_per_month": "upkeep of the head",
    },
}
# Field by field; the rest of a group of fields is folded away below.
_SECTIONS = (
    ("Volume and tokens", True, ("product.queries_per_month", "product.question_tokens",
                                 "product.instruction_tokens", "product.context_tokens",
                                 "product.output_tokens", "product.long_context_tokens")),
    ("What changes", True, ("product.corpus_tokens", "product.corpus_changed_per_month",
                            "tuning.months_between_runs")),
    ("How often answers are right", True, ("accuracy.",)),
    ("Prices", False, ("price.",)),
    ("The prompt of a tuned model, cache and set-up", False, ("product.",)),
    ("Retrieval in detail", False, ("retrieval.",)),
    ("Training in detail", False, ("tuning.",)),
    ("The linear head in detail", False, ("head.",)),
)


def fill_page(text: str, data: Path) -> str:
    """Put the calculator in the place of its mark in the page's Markdown."""
    if text.count(MARK) != 1:
        raise BookError(f"{PAGE}.md: expected the mark {MARK} once, found {text.count(MARK)}")
    return text.replace(MARK, f"```{{raw}} html\n{calculator_html(data)}\n```")


def calculator_html(data: Path) -> str:
    """Write the element that the scripts fill, and what they fill it from."""
    # "</script>" in a price's name would end the element, so no "<" is left in the text.
    found = json.dumps(calculator_data(data), ensure_ascii=True).replace("<", "\\u003c")
    scripts = "\n".join(f'<script defer src="calculator/{name}.js"></script>'
                        for name in ("model", "chart", "results", "page"))
    routing = html.escape(routing_address(data), quote=True)
    return (f'<link rel="stylesheet" href="calculator/calculator.css">\n'
            f'<p>Start with the help desk that stands there, or with <a href="{routing}">ticket '
            "routing, as this book measured it</a>.</p>\n"
            '<div id="calculator"><noscript>The calculator needs JavaScript; it runs in this '
            "page and sends nothing anywhere. Without it: python -m experiments cost --config "
            "data/cost_example.yaml</noscript></div>\n"
            f'<script type="application/json" id="calculator-data">{found}</script>\n{scripts}')


def routing_address(data: Path) -> str:
    """Return the address of the page with the numbers of the book's ticket routing."""
    published = {entry.id: entry.value for entry in read_published(data / "published.yaml")}

    def number(given: str | tuple[str, str]) -> str:
        if isinstance(given, tuple):
            found = [published.get(name) for name in given]
            return "" if None in found else f"{found[0] - found[1]:.1f}"
        value = published.get(given, given)
        return "" if value is None else str(value)

    return "#" + urlencode({key: number(given) for key, given in _ROUTING.items()})


def calculator_data(data: Path) -> dict:
    """Return fields, sections, approaches and an edition that changes with any of them."""
    example, prices = load_scenario(data / "cost_example.yaml"), load_prices(data / "prices.yaml")
    published = {entry.id: entry for entry in read_published(data / "published.yaml")}
    fields = [*_number_fields(example), *_price_fields(example, prices),
              *_accuracy_fields(published)]
    found = {
        "fields": fields, "sections": _sections([field["key"] for field in fields]),
        "approaches": {name: {"label": LABELS.get(name, name), "colour": colour,
                              "page": f"chapters/{CHAPTERS[name][0]}.html",
                              "chapter": CHAPTERS[name][1]}
                       for name, colour in APPROACH_COLOURS.items()},
    }
    return {"edition": fingerprint(found)[:8], **found}


def _number_fields(example: Scenario) -> Iterable[dict]:
    for group, name, limit in limits():
        # What follows the colon of a unit says what the label says.
        unit = limit["unit"].split(":")[0]
        yield {"key": f"{group}.{name}", "label": _LABELS[group][name], "unit": unit,
               "lowest": limit["lowest"], "highest": limit["highest"],
               "percent": 0.01 if unit.startswith(("share", "times")) else None,
               "default": getattr(getattr(example, group), name)}


def _price_fields(example: Scenario, prices: Mapping[str, Price]) -> Iterable[dict]:
    for slot, unit in SLOTS.items():
        chosen = getattr(example.rates, slot)
        offers = [offer for price in prices.values() if price.per == unit
                  and re.search(_OFFERED[slot], price.id) for offer in _offers(price)]
        # A price that the example gives itself has its slot's name for an id.
        taken = [offer["id"] for offer in offers if offer["usd"] == chosen.usd
                 and chosen.id in (slot, offer["id"].split(" ")[0])]
        label = slot.replace("_", " ").replace("gpu", "GPU")
        yield {"key": f"price.{slot}", "label": label, "unit": f"USD per {unit}",
               "lowest": 0, "highest": _HIGHEST_USD, "default": chosen.usd, "offers": offers,
               "taken": taken[0] if taken else None}


def _offers(price: Price) -> Iterable[dict]:
    """Yield a price, or both ends of a span by the names that a cost file has for them."""
    ends = {f"{price.id} low": price.low, f"{price.id} high": price.high}
    for name, one in ({price.id: price} if price.usd_high is None else ends).items():
        yield {"id": name, "what": one.what, "usd": one.usd, "source": one.source,
               "date": str(one.date), "remarks": list(one.remarks)}


def _accuracy_fields(published: Mapping[str, Published]) -> Iterable[dict]:
    limit = {"unit": "% of answers are right", "lowest": 0, "highest": 100, "percent": 1}
    known = {name: published[rung] for name, rung in RUNGS.items()
             if rung in published and published[rung].value is not None}
    yield {"key": "accuracy.needed", "label": "needed", "default": _goal(known.values()), **limit}
    for approach in APPROACH_COLOURS:
        entry = known.get(approach)
        measured = None if entry is None else {
            "value": entry.value, "low": entry.interval[0], "high": entry.interval[1]}
        yield {"key": f"accuracy.{approach}", "label": LABELS.get(approach, approach), **limit,
               "optional": True, "measured": measured, "elsewhere": _elsewhere(approach, published),
               "default": measured["value"] if measured else None}


def _goal(known: Iterable[Published]) -> int:
    """Return the highest ten that the best approach here reaches with its whole interval."""
    best = max(known, key=lambda entry: entry.value, default=None)
    return _NO_GOAL if best is None else int(best.interval[0] // 10 * 10)


def _elsewhere(approach: str, published: Mapping[str, Published]) -> str | None:
    """Describe what was measured under other conditions than the example's, if anything."""
    if approach not in _ELSEWHERE:
        return None
    *names, text = _ELSEWHERE[approach]
    found = [published[name].value for name in names if name in published]
    return text.format(*found) if len(found) == len(names) and None not in found else None


def _sections(keys: list[str]) -> list[dict]:
    """Deal every field to the first section that names it, or its group."""
    named = {key for _, _, wanted in _SECTIONS for key in wanted}
    found = [{"title": title, "open": opened, "keys": [
        key for want in wanted for key in keys
        if key == want or (want.endswith(".") and key.startswith(want) and key not in named)]}
        for title, opened, wanted in _SECTIONS]
    if dealt := sorted(set(keys) ^ {key for section in found for key in section["keys"]}):
        raise BookError(f"the calculator has no section for the field {dealt[0]}")
    return found
