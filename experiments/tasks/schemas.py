"""The JSON Schema of a task's answers: read with the task, used offline, and never for long.

    check = validator({"properties": {"law": {"type": "string"}}})
    check.is_valid({"law": "Ontario"})      -> True

A schema belongs to whoever made the task, so it is data too. A reference leads to a place in the
schema itself or in the standard and is never fetched; one that leads nowhere is an error when the
task is read. A pattern that takes longer than SECONDS on a text does not match it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jsonschema
import regex
from jsonschema.exceptions import ValidationError
from jsonschema_specifications import REGISTRY
from referencing import Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, specification_with

from experiments.core import BookError, shown

SECONDS = 1.0
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def read_schema(path: Path) -> dict:
    """Read the schema of a task; raises BookError for one that could not be used later."""
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validators.validator_for(schema).check_schema(schema)
        if not isinstance(schema, dict) or "properties" not in schema:
            raise BookError(f"{path}: expected a JSON Schema of an object, with its fields under "
                            '"properties", such as {"type": "object", "properties": {"law": {}}}')
        for part in _parts(path, schema):
            _check_pattern(path, part)
    except OSError as error:
        raise BookError(f"{path}: the schema cannot be read ({error.strerror})") from error
    except (ValueError, jsonschema.SchemaError) as error:
        raise BookError(f"{path}: not a JSON Schema ({error})") from error
    except RecursionError as error:
        raise BookError(f"{path}: the schema is nested too deep; make it flatter") from error
    return schema


def validator(schema: Mapping) -> jsonschema.protocols.Validator:
    """Return what checks an object against a schema, with no network and no endless match.

    An object too deep to be checked raises RecursionError, as it does in the library.
    """
    return _bounded(jsonschema.validators.validator_for(schema))(schema, registry=REGISTRY)


def _parts(path: Path, schema: dict) -> Iterator[Mapping]:
    """Yield every part of a schema, also those that only a reference leads to."""
    specification = specification_with(schema.get("$schema", ""), default=DRAFT202012)
    whole = Resource(contents=schema, specification=specification)
    waiting, seen = [(whole, REGISTRY.resolver_with_root(whole))], set()
    while waiting:
        resource, resolver = waiting.pop()
        part = resource.contents
        if id(part) in seen or not isinstance(part, Mapping):
            continue
        seen.add(id(part))
        yield part
        for name in _REFERENCES:
            if isinstance(part.get(name), str):
                try:
                    found = resolver.lookup(part[name])
                except Unresolvable as error:
                    raise BookError(
                        f"{path}: the reference {shown(part[name])} leads to nothing in the "
                        "schema, and nothing is fetched; put what it means under \"$defs\" and "
                        'refer to it, such as "#/$defs/amount"') from error
                waiting.append((specification.create_resource(found.contents), found.resolver))
        waiting += [(sub, resolver.in_subresource(sub)) for sub in resource.subresources()]


def _check_pattern(path: Path, part: Mapping) -> None:
    if "patternProperties" in part:
        raise BookError(f"{path}: \"patternProperties\" is not used here: an answer has named "
                        'fields; list them under "properties"')
    pattern = part.get("pattern")
    try:
        regex.compile(pattern if isinstance(pattern, str) else "")
    except regex.error as error:
        raise BookError(f"{path}: {shown(pattern)} is not a pattern ({error})") from error


@cache
def _bounded(known: type) -> type:
    """Return a class of validators with matching that ends."""
    return jsonschema.validators.extend(known, {"pattern": _pattern})


def _pattern(check, pattern: str, instance: object, schema: Mapping) -> Iterator[ValidationError]:
    if check.is_type(instance, "string") and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _matches(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text, timeout=SECONDS) is not None
    except TimeoutError:
        return False
