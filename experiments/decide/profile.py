"""A project, as the answers to the questions that all the procedures ask together.

    fault: facts                   # what is wrong with the answers of a plain prompt
    changes: weekly                # how often the facts change
    queries_per_month: 200000
    needs_citations: true

Each field carries its question, its help and the answers of the grid. A number stands in the
grid by one value on each side of every threshold that a procedure knows, so the grid misses
no case: a test draws other values and compares.
"""

import dataclasses
import difflib
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.core import BookError, shown

CHANGES = ("daily", "weekly", "monthly", "quarterly", "yearly")
USE_CASES = ("website chatbot", "extraction", "classification", "tool agent", "code",
             "one document", "other")
LARGEST = 1_000_000_000_000
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


def _choice(default: str, answers: Sequence[str], question: str,
            hint: str) -> Any:
    return field(default=default, metadata={"question": question, "hint": hint,
                                            "answers": tuple(answers), "unit": None})


def _truth(default: bool, question: str, hint: str) -> Any:
    return field(default=default, metadata={"question": question, "hint": hint,
                                            "answers": (False, True), "unit": None})


def _number(default: int, answers: Sequence[int], unit: str, question: str,
            hint: str) -> Any:
    return field(default=default, metadata={"question": question, "hint": hint,
                                            "answers": tuple(answers), "unit": unit})


@dataclass(frozen=True)
class Profile:
    """One project. Defaults are those of a team that has only begun."""

    fault: str = _choice("unknown", ("facts", "behaviour", "unknown"),
                         "What is wrong with the answers you get from a plain prompt?",
                         "facts: it does not know, or knows yesterday's. behaviour: it knows, but "
                         "form, tone or skill are wrong. unknown: nobody has looked yet.")
    other_fault: bool = _truth(False, "Is the other of the two wrong as well?",
                               "Facts and behaviour, both at once.")
    use_case: str = _choice("other", USE_CASES, "What kind of work is it?",
                            "one document: every question is about a single document.")
    changes: str = _choice("monthly", CHANGES, "How often do the facts change?",
                           "The facts that answers depend on, not the wording of pages.")
    corpus_tokens: int = _number(2_000_000, (500, 50_000, 2_000_000), "tokens",
                                 "How long are all your documents together?",
                                 "A page is about 500 tokens. 0 if there are none.")
    window_tokens: int = _number(0, (0,), "tokens", "How much does your model's window hold?",
                                 "As its provider states it. 0 if you do not know.")
    private_documents: bool = _truth(True, "Are the answers in documents that are not public?",
                                     "Manuals, tickets, contracts, anything no model was fed.")
    needs_citations: bool = _truth(False, "Must an answer show where it comes from?",
                                   "A link or a passage that a reader or an auditor can check.")
    access_rules: bool = _truth(False, "May some users not see some documents, or must records "
                                "be deleted on request?", "Tenants, roles, the right to erasure.")
    known_questions: bool = _truth(False, "Do you know what will be asked?",
                                   "From logs of a running product, not from a guess.")
    strict_format: bool = _truth(False, "Does a program read the answers?",
                                 "JSON under a schema, SQL, code: a malformed answer is an error.")
    deep_reasoning: bool = _truth(False, "Does the work need a specialist's way of reasoning?",
                                  "Rules of a trade or private terms, beyond facts and format.")
    settled_behaviour: bool = _truth(True, "Is it settled how answers should look and sound?",
                                     "And will it stay so for some months.")
    queries_per_month: int = _number(
        100_000, (10_000, 100_000, 5_000_000, 20_000_000, 70_000_000, 200_000_000),
        "queries a month", "How many questions come in a month?", "Your forecast for this year.")
    latency_ms: int = _number(2_000, (80, 2_000), "milliseconds",
                              "How long may the first word of an answer take?",
                              "80 for a keystroke, 500 for speech, 2000 for chat.")
    instruction_tokens: int = _number(600, (600, 4_000), "tokens a query",
                                      "How long are your instructions and examples?",
                                      "What stands in every prompt beside question and passages.")
    prompt_usd_per_month: int = _number(50, (50, 1_000), "USD a month",
                                        "What do those instructions cost you in a month?",
                                        "Their tokens times the price of input tokens.")
    labelled_examples: int = _number(
        0, (0, 250, 400, 2_000), "examples", "How many labelled examples have you?",
        "Questions with an answer that an expert has approved, and the document that holds it.")
    prompted_hard: bool = _truth(False, "Have you worked seriously on the prompt, with examples "
                                 "in it, and was it not enough?", "Days of it, with a score.")
    measured_retrieval: bool = _truth(False, "Have you built retrieval and measured it?",
                                      "A score on your own questions.")
    held_out_set: bool = _truth(False, "Have you a fixed set of questions for testing only?",
                                "With approved answers, and never trained on.")
    can_retrain: bool = _truth(False, "Can you afford to train again every three to six months?",
                               "Base models retire, products and policies change.")
    product_fit: bool = _truth(False, "Is the product past its first version, with steady use?",
                               "What it must do no longer changes every month.")
    runs_search: bool = _truth(False, "Does your team run a search index in production?",
                               "Ingestion, updates, monitoring.")
    runs_training: bool = _truth(False, "Does your team train and serve models in production?",
                                 "Data pipelines, GPUs or a provider, versions, rollback.")
    labour_hours: int = _number(65, (65,), "hours",
                                "How many hours of work does one training run take you?",
                                "Labelling, evaluation and rollback; not the machine's hours.")


QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    one.name: one.metadata | {"default": one.default} for one in dataclasses.fields(Profile)}


def grid_size(names: Sequence[str] = tuple(QUESTIONS)) -> int:
    """Count the combinations of answers to the named questions."""
    return math.prod(len(QUESTIONS[name]["answers"]) for name in names)


def grid(names: Sequence[str]) -> Iterator[Profile]:
    """Yield a profile for every combination of answers to `names`; the last varies fastest."""
    for values in itertools.product(*(QUESTIONS[name]["answers"] for name in names)):
        yield Profile(**dict(zip(names, values, strict=True)))


def read_answer(name: str, given: Any) -> Any:
    """Check one answer, or read it from text; raise BookError that says what is expected."""
    asked = QUESTIONS[name]
    text = given.strip().lower() if isinstance(given, str) else given
    if asked["unit"]:
        value = _read_number(text)
        if value is None:
            raise BookError(f"{name}: expected a whole number of {asked['unit']}, 0 to "
                            f"{LARGEST:,}, got {shown(given)}")
        return value
    if isinstance(asked["default"], bool):
        known = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
        value = text if isinstance(text, bool) else known.get(str(text))
        if value is None:
            raise BookError(f"{name}: expected yes or no, got {shown(given)}")
        return value
    if text not in asked["answers"]:
        raise BookError(f"{name}: expected one of {', '.join(asked['answers'])}; "
                        f"got {shown(given)}")
    return text


def _read_number(given: Any) -> int | None:
    """Read a whole number such as 8,000 or 10k; None when it is none."""
    if isinstance(given, str):
        found = re.fullmatch(r"([0-9]+)([km]?)", re.sub("[,_ ]", "", given))
        given = int(found[1]) * _TIMES[found[2]] if found else None
    whole = isinstance(given, int) and not isinstance(given, bool)
    return given if whole and 0 <= given <= LARGEST else None


def read_profile(rows: Any) -> Profile:
    """Make a profile of a mapping of answers; what is not answered has its default."""
    if not isinstance(rows, Mapping):
        raise BookError("expected questions with answers, such as `fault: facts`, got "
                        f"{shown(rows)}")
    for name in rows:
        if name not in QUESTIONS:
            near = difflib.get_close_matches(str(name), QUESTIONS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(QUESTIONS)}"
            raise BookError(f"unknown question {shown(name)}; {hint}")
    return Profile(**{name: read_answer(name, value) for name, value in rows.items()})


def load_profile(path: Path) -> tuple[Profile, tuple[str, ...]]:
    """Read a YAML file; give the profile and the questions that it leaves to their defaults."""
    from experiments.costs.config import read_file

    def read(rows: Any) -> tuple[Profile, tuple[str, ...]]:
        return read_profile(rows), tuple(name for name in QUESTIONS if name not in rows)

    return read_file(path, read, "a readable YAML file of answers, such as "
                                 "data/profile_example.yaml")
