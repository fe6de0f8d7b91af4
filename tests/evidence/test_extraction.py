"""Extractions scored as a person would score them; every expected value worked out by hand."""

import json
import time

import pytest

from experiments.core import Answer, BookError, Example, Score
from experiments.evidence.metrics.extraction import (
    EXTRACTION_METRICS,
    clause_exact,
    field_accuracy,
    field_f1,
    find_object,
    grade_fields,
    invented_fields,
    parse_object,
    present_field_accuracy,
    readable_json,
    schema_compliance,
    valid_json,
)

SCHEMA = {
    "type": "object",
    "properties": {
        "law": {"type": ["string", "null"]},
        "notice_days": {"type": ["integer", "null"]},
        "interest": {"type": ["number", "null"]},
        "cap": {"type": ["object", "null"],
                "properties": {"amount": {"type": "integer"}, "currency": {"enum": ["EUR", "USD"]}},
                "required": ["amount", "currency"]},
        "renewal": {"enum": ["automatic", "none", None]},
    },
    "required": ["law", "notice_days", "interest", "cap", "renewal"],
    "additionalProperties": False,
}
# Three fields of five are present.
GOLD = {"law": "Netherlands", "notice_days": 42, "interest": None,
        "cap": {"amount": 250000, "currency": "EUR"}, "renewal": None}
EXAMPLE = Example("c", "A clause.", (json.dumps(GOLD),))
SILENT = Example("s", "A clause.", (json.dumps(dict.fromkeys(GOLD)),))
RIGHT = json.dumps(GOLD)


def scores(text, example=EXAMPLE):
    return {name: metric(example, Answer(example.id, text), SCHEMA).value
            for name, metric in EXTRACTION_METRICS.items()}


def changed(**values):
    return json.dumps(GOLD | values)


def test_the_gold_object_itself_has_the_best_score_everywhere():
    assert scores(RIGHT) == {
        "valid_json": 1, "readable_json": 1, "schema_compliance": 1, "field_accuracy": 1,
        "present_field_accuracy": 1, "invented_fields": 0, "field_f1": 1, "clause_exact": 1}
    assert scores(json.dumps(GOLD, indent=2) + "\n") == scores(RIGHT)
    assert scores(json.dumps(dict(reversed(GOLD.items())))) == scores(RIGHT)


@pytest.mark.parametrize("text", [
    "", "   ", "I don't know.", "law: Netherlands, notice_days: 42", "null", "42", "[]", "[1, 2]",
    RIGHT[:-1],                                   # cut off
    RIGHT[:-1] + ",}",                            # a trailing comma
    RIGHT.replace("42", "NaN"),
    RIGHT.replace("42", "Infinity"),
    RIGHT.replace('"', "'"),                      # Python, not JSON
    json.dumps(RIGHT),                            # an object inside a string
    RIGHT.replace('"law"', '"law'),
    RIGHT.replace("42", "042"),
    '{"law": "Netherlands"',
    "{law: Netherlands}",
    '{"a":' * 100_000 + "1" + "}" * 100_000,      # deeper than any reader goes
    RIGHT.replace("42", "4" * 5_000),             # more digits than Python reads
])
def test_a_text_without_a_readable_object_scores_zero_and_invents_nothing(text):
    assert scores(text) == {
        "valid_json": 0, "readable_json": 0, "schema_compliance": 0, "field_accuracy": 0,
        "present_field_accuracy": 0, "invented_fields": None, "field_f1": 0, "clause_exact": 0}


@pytest.mark.parametrize("text", [
    f"Here it is: {RIGHT}", f"{RIGHT} I hope this helps.", f"```json\n{RIGHT}\n```", f"[{RIGHT}]",
    f"With {{these}} keys: {RIGHT}", f'{RIGHT}{changed(law="France")}', f"{RIGHT}\n{{",
    f"The answer is {RIGHT}}}",
])
def test_text_around_an_object_costs_strict_validity_only(text):
    assert scores(text) == scores(RIGHT) | {"valid_json": 0}


def test_of_two_objects_the_first_counts():
    text = changed(law="France") + RIGHT
    assert find_object(text)["law"] == "France"
    assert scores(text)["clause_exact"] == 0 and scores(text)["valid_json"] == 0


def test_the_inner_object_of_an_answer_that_was_cut_off_is_not_the_answer():
    text = '{"law": "Netherlands", "cap": {"amount": 250000, "currency": "EUR"}, "ren'
    assert find_object(text) is None
    assert scores(text)["field_accuracy"] == 0


@pytest.mark.parametrize(("text", "found"), [
    ('{"a": "}"} tail', {"a": "}"}), ('{"a": "{"}', {"a": "{"}), (r'{"a": "\"}"}', {"a": '"}'}),
    ('{"a": {"b": {}}}', {"a": {"b": {}}}), ("{} {\"a\": 1}", {}), ('{"a": "\\', None),
    ('{x} {y} {"a": 1}', {"a": 1}), ('"{" {"a": 1}', None),
])
def test_braces_are_counted_outside_strings(text, found):
    assert find_object(text) == found


def test_a_key_given_twice_is_not_valid_and_right_only_when_both_values_agree():
    same = RIGHT[:-1] + ', "law": "Netherlands"}'
    assert scores(same) == scores(RIGHT) | {"valid_json": 0}
    torn = RIGHT[:-1] + ', "law": "France"}'
    # law is lost: 4 of 5 fields, 2 of 3 present; 2 right of 3 due and 3 said.
    assert scores(torn) == {
        "valid_json": 0, "readable_json": 1, "schema_compliance": 0, "field_accuracy": 4 / 5,
        "present_field_accuracy": 2 / 3, "invented_fields": 0, "field_f1": 4 / 6,
        "clause_exact": 0}
    assert parse_object(torn) is None
    hedged = RIGHT[:-1] + ', "interest": 5}'  # null first, then a value
    assert scores(hedged)["invented_fields"] == 1 / 2


def test_a_wrong_value_costs_its_field_only():
    # 4 of 5 fields; 2 of 3 present; 2 right of 3 due and 3 said; no null field was filled.
    assert scores(changed(notice_days=30)) == {
        "valid_json": 1, "readable_json": 1, "schema_compliance": 1, "field_accuracy": 4 / 5,
        "present_field_accuracy": 2 / 3, "invented_fields": 0, "field_f1": 4 / 6,
        "clause_exact": 0}


def test_an_invented_value_costs_accuracy_precision_and_nothing_of_the_present_fields():
    # 4 of 5 fields; all present ones; one of two nulls filled; 3 right of 3 due and 4 said.
    assert scores(changed(renewal="automatic")) == {
        "valid_json": 1, "readable_json": 1, "schema_compliance": 1, "field_accuracy": 4 / 5,
        "present_field_accuracy": 1, "invented_fields": 1 / 2, "field_f1": 6 / 7,
        "clause_exact": 0}


def test_the_object_of_nulls_gets_the_null_fields_and_no_f1():
    # 2 of 5 fields are null in gold; 0 right of 3 due and 0 said.
    nulls = json.dumps(dict.fromkeys(GOLD))
    assert scores(nulls) == {
        "valid_json": 1, "readable_json": 1, "schema_compliance": 1, "field_accuracy": 2 / 5,
        "present_field_accuracy": 0, "invented_fields": 0, "field_f1": 0, "clause_exact": 0}
    # The empty object says the same and breaks the schema.
    assert scores("{}") == scores(nulls) | {"schema_compliance": 0}


def test_a_clause_without_any_field_is_right_when_nothing_is_said():
    nulls = scores(SILENT.answers[0], SILENT)
    assert nulls["field_accuracy"] == nulls["field_f1"] == nulls["clause_exact"] == 1
    assert nulls["present_field_accuracy"] is None and nulls["invented_fields"] == 0
    filled = scores(RIGHT, SILENT)
    assert filled["field_f1"] == filled["clause_exact"] == 0
    assert filled["field_accuracy"] == 2 / 5 and filled["invented_fields"] == 3 / 5
    assert scores("no", SILENT)["field_f1"] == 0


def test_a_wrong_type_breaks_the_schema_and_may_still_be_the_right_value():
    text = changed(notice_days="42", cap={"amount": "250,000", "currency": "eur"})
    assert scores(text) == scores(RIGHT) | {"schema_compliance": 0}
    assert scores(changed(notice_days=42.0)) == scores(RIGHT)  # 42.0 is an integer in JSON Schema


@pytest.mark.parametrize(("field", "value", "right"), [
    ("law", "netherlands", True), ("law", "  The  Netherlands. ", True),
    ("law", "Kingdom of the Netherlands", False), ("law", "Nether lands", False),
    ("law", "", False), ("law", None, False), ("law", ["Netherlands"], False),
    ("notice_days", "42", True), ("notice_days", " 42 ", True), ("notice_days", "42.0", True),
    ("notice_days", "42 days", False), ("notice_days", "forty-two", False),
    ("notice_days", "6 weeks", False), ("notice_days", 420, False), ("notice_days", True, False),
    ("notice_days", 42.001, False), ("notice_days", "4,2", False), ("notice_days", [42], False),
    ("notice_days", 10 ** 400, False), ("notice_days", {"days": 42}, False),
    ("cap", {"amount": 250000, "currency": "USD"}, False),
    ("cap", {"amount": 250000}, False), ("cap", {"currency": "EUR", "amount": 2.5e5}, True),
    ("cap", {"amount": 250000, "currency": "EUR", "per": "year"}, False),
    ("cap", 250000, False), ("cap", "EUR 250000", False), ("cap", {}, False),
    ("renewal", "null", False), ("renewal", "", False), ("renewal", False, False),
    ("renewal", "none", False), ("interest", 0, False), ("interest", None, True),
])
def test_values_are_compared_as_a_person_would(field, value, right):
    graded = grade_fields(GOLD, GOLD | {field: value}, SCHEMA)
    assert graded == dict.fromkeys(GOLD, True) | {field: right}


def test_a_number_one_is_not_true():
    assert not grade_fields(GOLD | {"notice_days": 1}, GOLD | {"notice_days": True}, SCHEMA)[
        "notice_days"]


def test_an_absent_key_reads_as_null_and_an_unknown_key_is_left_to_the_schema():
    said = {name: value for name, value in GOLD.items() if name != "renewal"} | {"place": "Lyon"}
    assert all(grade_fields(GOLD, said, SCHEMA).values())
    assert grade_fields(GOLD, said, SCHEMA).keys() == GOLD.keys()
    assert scores(json.dumps(said)) == scores(RIGHT) | {"schema_compliance": 0}


def test_nothing_said_is_wrong_in_every_field():
    assert grade_fields(GOLD, None, SCHEMA) == dict.fromkeys(GOLD, False)


def test_keys_are_compared_to_the_letter():
    assert scores(RIGHT.replace('"law"', '"Law"'))["present_field_accuracy"] == 2 / 3


def test_an_example_without_an_answer_cannot_be_scored_on_values():
    example = Example("u", "A clause.", ())
    for metric in (field_accuracy, present_field_accuracy, invented_fields, field_f1,
                   clause_exact):
        assert metric(example, Answer("u", RIGHT), SCHEMA) == Score(metric.__name__, None)
    for metric in (valid_json, readable_json, schema_compliance):
        assert metric(example, Answer("u", RIGHT), SCHEMA) == Score(metric.__name__, 1.0)


def test_a_field_that_is_always_present_leaves_nothing_to_invent():
    full = GOLD | {"interest": 4.5, "renewal": "none"}
    example = Example("f", "A clause.", (json.dumps(full),))
    assert scores(json.dumps(full), example)["invented_fields"] is None
    assert scores(json.dumps(full), example)["clause_exact"] == 1


def test_a_gold_answer_that_is_no_object_is_refused_with_its_question():
    with pytest.raises(BookError, match="question bad: .* one JSON object"):
        field_accuracy(Example("bad", "A clause.", ("18 months",)), Answer("bad", RIGHT), SCHEMA)


@pytest.mark.parametrize("text", [
    "{" * 200_000, "{x}" * 50_000, '{"' + "\\" * 100_001, '{"a":' * 50_000, '"' * 100_000 + "{",
])
def test_hostile_answers_are_read_in_a_moment(text):
    start = time.perf_counter()
    assert find_object(text) is None
    assert time.perf_counter() - start < 5
