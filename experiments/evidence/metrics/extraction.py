"""Scores of an extraction: one JSON object against the gold object, field by field.

A real instance (shortened to three fields), before any code:

    gold    {"law":"Ontario","notice_days":42,"cap":null}
    answer  Here it is: {"law": "ontario", "notice_days": "42", "cap": {"amount": 5}}
    scores  valid_json 0 (text around it), readable_json 1, schema_compliance 0 (a text for a
            number), field_accuracy 2/3, present_field_accuracy 1, invented_fields 1

Form and value are graded apart: "42" for 42 breaks the schema and is the right value. Two readings
of a text: strict, the whole text is one JSON object; lenient, the first object in it counts, with
prose, a code fence or brackets around it. Nothing is repaired: a trailing comma, NaN, or an
object that is cut off cannot be read. A key that is absent reads as null, and the schema
notices it; a key that is not in the schema costs compliance only.
"""

import json
import math
import re
from collections.abc import Callable, Mapping

from experiments.core import Answer, BookError, Example, Score
from experiments.tasks.schemas import validator

# A string takes its braces with it; one that never closes takes the rest of the text.
_BRACE_OR_STRING = re.compile(r'[{}]|"(?:[^"\\]|\\.)*(?:"|$)', re.DOTALL)
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


class _Contradiction:
    """What a key holds that an object gives twice with two values: no type, equal to nothing."""


def parse_object(text: str) -> dict | None:
    """Read a text that is one JSON object and no more; None for anything else.

    NaN and Infinity are not JSON. A key given twice makes the object invalid: the standard
    leaves open which value is meant.
    """
    found, repeated = _parse(text.strip())
    return None if repeated else found


def find_object(text: str) -> dict | None:
    """Read the first JSON object in a text; None when there is none.

    A run of braces that closes and is no JSON, such as {this}, is skipped. One that never
    closes ends the search: what stands inside it are parts of an answer that was cut off. A
    key given twice with two values holds a value that is never right.
    """
    start = text.find("{")
    while start >= 0:
        end = _closing_brace(text, start)
        if end is None:
            return None
        found, _ = _parse(text[start:end + 1])
        if found is not None:
            return found
        start = text.find("{", end + 1)
    return None


def valid_json(example: Example, answer: Answer, schema: Mapping) -> Score:
    """1 when the whole text is one JSON object, each key once."""
    return Score("valid_json", float(parse_object(answer.text) is not None))


def readable_json(example: Example, answer: Answer, schema: Mapping) -> Score:
    """1 when the text holds a JSON object, whatever stands around it."""
    return Score("readable_json", float(find_object(answer.text) is not None))


def schema_compliance(example: Example, answer: Answer, schema: Mapping) -> Score:
    """1 when the first object in the text satisfies the schema; 0 when there is no object."""
    said = find_object(answer.text)
    return Score("schema_compliance", float(said is not None and _complies(said, schema)))


def field_accuracy(example: Example, answer: Answer, schema: Mapping) -> Score:
    """Share of all fields that are right, nulls included; 0 when the text cannot be read."""
    return _share_right("field_accuracy", example, answer, schema, null_counts=True)


def present_field_accuracy(example: Example, answer: Answer, schema: Mapping) -> Score:
    """Share right of the fields that are not null in gold; None when all are null there."""
    return _share_right("present_field_accuracy", example, answer, schema, null_counts=False)


def invented_fields(example: Example, answer: Answer, schema: Mapping) -> Score:
    """Share of the fields that are null in gold for which a value was said; lower is better.

    None when gold has no null, and when the text cannot be read: such an answer says nothing,
    and 0 would praise it.
    """
    gold, said = _gold(example), find_object(answer.text)
    if gold is None or said is None:
        return Score("invented_fields", None)
    nulls = [name for name in _fields(schema) if gold.get(name) is None]
    invented = sum(said.get(name) is not None for name in nulls)
    return Score("invented_fields", invented / len(nulls) if nulls else None)


def field_f1(example: Example, answer: Answer, schema: Mapping) -> Score:
    """F1 over the values that are not null: those said and right, of those said and of those due.

    A wrong value counts against both precision and recall. 1 when none is due and none is said;
    0 when the text cannot be read.
    """
    gold, said = _gold(example), find_object(answer.text)
    if gold is None:
        return Score("field_f1", None)
    if said is None:
        return Score("field_f1", 0.0)
    due = [name for name in _fields(schema) if gold.get(name) is not None]
    given = [name for name in _fields(schema) if said.get(name) is not None]
    right = sum(_same(gold[name], said.get(name)) for name in due)
    return Score("field_f1", 2 * right / (len(due) + len(given)) if due or given else 1.0)


def clause_exact(example: Example, answer: Answer, schema: Mapping) -> Score:
    """1 when every field is right, nulls included; 0 when the text cannot be read."""
    gold = _gold(example)
    if gold is None:
        return Score("clause_exact", None)
    right = grade_fields(gold, find_object(answer.text), schema)
    return Score("clause_exact", float(all(right.values())))


EXTRACTION_METRICS: Mapping[str, Callable[[Example, Answer, Mapping], Score]] = {
    metric.__name__: metric
    for metric in (valid_json, readable_json, schema_compliance, field_accuracy,
                   present_field_accuracy, invented_fields, field_f1, clause_exact)
}


def grade_fields(gold: Mapping, said: Mapping | None, schema: Mapping) -> dict[str, bool]:
    """Return for every field of the schema whether it is right; all are wrong when said is None.

    Texts are compared without regard to case, to spaces around or doubled, to a final full
    stop and to a leading "the"; numbers by value, also when written as text ("42", "1,000"). An
    object is right when all its parts are. Only null, or an absent key, is null: the text
    "null" and the empty text are values.
    """
    if said is None:
        return dict.fromkeys(_fields(schema), False)
    return {name: _same(gold.get(name), said.get(name)) for name in _fields(schema)}


def _share_right(
    metric: str, example: Example, answer: Answer, schema: Mapping, *, null_counts: bool
) -> Score:
    """Return the share of right fields; those that are null in gold count or are left out."""
    gold = _gold(example)
    if gold is None:
        return Score(metric, None)
    right = grade_fields(gold, find_object(answer.text), schema)
    counted = [right[name] for name in right if null_counts or gold.get(name) is not None]
    return Score(metric, sum(counted) / len(counted) if counted else None)


def _gold(example: Example) -> dict | None:
    """Read the gold object, the first answer; None when the example has no answer."""
    if not example.answerable:
        return None
    gold = parse_object(example.answers[0])
    if gold is None:
        raise BookError(f"question {example.id}: the answer of an extraction should be one JSON "
                        f"object, came {example.answers[0]!r}; mend it in the task's questions")
    return gold


def _fields(schema: Mapping) -> list[str]:
    return list(schema["properties"])


def _same(gold: object, said: object) -> bool:
    """Compare two values as a person would; see grade_fields."""
    if gold is None or said is None:
        return gold is said
    if isinstance(gold, dict):
        return isinstance(said, dict) and all(
            _same(gold.get(key), said.get(key)) for key in gold.keys() | said.keys())
    if isinstance(gold, bool) or isinstance(said, bool):
        return gold is said
    if isinstance(gold, int | float):
        number = _number(said)
        return number is not None and math.isclose(gold, number, rel_tol=0, abs_tol=1e-9)
    return isinstance(said, str) and _folded(gold) == _folded(said)


def _number(said: object) -> float | None:
    """Return a number, also one written as text with or without commas; None for anything else."""
    if isinstance(said, str):
        return float(said.replace(",", "")) if _NUMBER.fullmatch(said.strip()) else None
    try:
        return float(said) if isinstance(said, int | float) else None
    except OverflowError:
        return None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).removeprefix("the ").removesuffix(".")


def _complies(said: dict, schema: Mapping) -> bool:
    try:
        return validator(schema).is_valid(said)
    except RecursionError:
        return False


def _closing_brace(text: str, start: int) -> int | None:
    """Find the brace that closes the one at `start`; braces in strings do not count."""
    depth = 0
    for found in _BRACE_OR_STRING.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return None


def _parse(text: str) -> tuple[dict | None, bool]:
    """Parse a text as one JSON object; also say whether a key was given twice anywhere."""
    repeated = False

    def gather(pairs: list[tuple[str, object]]) -> dict:
        nonlocal repeated
        found: dict[str, object] = {}
        for key, value in pairs:
            repeated |= key in found
            found[key] = value if found.get(key, value) == value else _Contradiction()
        return found

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        found = json.loads(text, object_pairs_hook=gather, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None, False
    return (found, repeated) if isinstance(found, dict) else (None, False)
