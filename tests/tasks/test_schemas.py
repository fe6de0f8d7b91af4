"""A task's JSON Schema: checked when it is read, used without a network and without a hang."""

import json
import socket
import time

import pytest
from referencing.exceptions import Unresolvable

from experiments.core import BookError
from experiments.evidence.metrics.extraction import _complies
from experiments.methods.prompting.retried import find_fault
from experiments.tasks import schemas
from experiments.tasks.schemas import read_schema, validator
from experiments.tasks.settings import Settings


def write(folder, schema):
    path = folder / "schema.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), encoding="utf-8")
    return path


def field(**schema):
    return {"type": "object", "properties": {"law": schema}}


@pytest.fixture
def no_socket(monkeypatch):
    """Count attempts at a connection, also to this machine."""
    tried = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: tried.append(where))
    return tried


@pytest.mark.parametrize("reference", [
    "http://127.0.0.1:9/x.json", "https://example.org/law.json", "file:///etc/hostname",
    "#/$defs/nothing", "#nowhere", "other.json", "#/properties/law/deeper"])
def test_a_reference_is_never_fetched_and_one_to_nothing_is_named(tmp_path, no_socket, reference):
    with pytest.raises(BookError, match="schema.json: the reference") as caught:
        read_schema(write(tmp_path, field(**{"$ref": reference})))
    assert reference in str(caught.value)
    with pytest.raises(Unresolvable):
        validator(field(**{"$ref": reference})).is_valid({"law": 1})
    assert no_socket == []


def test_a_reference_is_followed_to_where_only_it_leads(tmp_path):
    hidden = field(**{"$ref": "#/x-parts/a"}) | {"x-parts": {"a": {"$ref": "http://127.0.0.1:9/"}}}
    with pytest.raises(BookError, match="http://127.0.0.1:9/"):
        read_schema(write(tmp_path, hidden))


@pytest.mark.parametrize("schema", [
    field(**{"$ref": "#/$defs/amount"}) | {"$defs": {"amount": {"type": "number"}}},
    field(**{"$ref": "#amount"}) | {"$defs": {"a": {"$anchor": "amount", "type": "number"}}},
    field(**{"$ref": "part.json"}) | {
        "$id": "https://example.org/whole.json",
        "$defs": {"a": {"$id": "part.json", "type": "number"}}},
    {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {
        "a": {"type": "number"}}, **field(**{"$ref": "#/definitions/a"})},
])
def test_a_reference_within_the_schema_is_used(tmp_path, schema, no_socket):
    read = read_schema(write(tmp_path, schema))
    assert validator(read).is_valid({"law": 5}) and not validator(read).is_valid({"law": "5"})
    assert no_socket == []


def test_a_pattern_that_takes_for_ever_does_not_match(tmp_path, monkeypatch):
    monkeypatch.setattr(schemas, "SECONDS", 0.05)
    schema = read_schema(write(tmp_path, field(type="string", pattern="^(a|a)+$")))
    settings = Settings(kind="extraction", schema=schema)
    began = time.perf_counter()
    assert not _complies({"law": "a" * 60 + "!"}, schema)
    assert "does not match" in find_fault(json.dumps({"law": "a" * 60 + "!"}), settings)
    assert time.perf_counter() - began < 2
    assert _complies({"law": "aaa"}, schema) and find_fault('{"law": "aaa"}', settings) == ""


@pytest.mark.parametrize(("schema", "expected"), [
    ("[" * 100_000, "nested too deep"),
    ({"type": "object"}, "under \"properties\""),
    (True, "under \"properties\""),
    ([], "not a JSON Schema"),
    (field(pattern="(a"), "'(a' is not a"),
    (field(patternProperties={"^(a+)+$": {}}), "patternProperties"),
])
def test_what_could_not_be_used_is_refused_when_it_is_read(tmp_path, schema, expected):
    with pytest.raises(BookError, match="schema.json") as caught:
        read_schema(write(tmp_path, schema))
    assert expected in str(caught.value)


def test_an_answer_or_a_schema_that_turns_in_a_circle_breaks_the_form_and_nothing_else(tmp_path):
    circle = read_schema(write(tmp_path, field(**{"$ref": "#/$defs/a"}) | {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}))
    assert not _complies({"law": 1}, circle)
    assert find_fault('{"law": 1}', Settings(kind="extraction", schema=circle)) == "nested too deep"
