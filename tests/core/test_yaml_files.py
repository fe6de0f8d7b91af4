"""YAML of somebody else: plain values, no bombs, and one kind of error."""

import pytest

from experiments.core import shown
from experiments.core.yaml_files import MOST_ALIASES, read_yaml


def levels(first, join):
    """Write nine levels of nine aliases each: a billion of the first."""
    return f"a0: &a0 {first}\n" + "".join(
        f"a{n}: &a{n} {join.format(', '.join([f'*a{n - 1}'] * 9))}\n" for n in range(1, 10))


@pytest.mark.parametrize("text", [
    levels("[x, x]", "[{}]"), levels("{k: v}", "{{<<: [{}]}}"),
    "a: &a [x]\nb: [" + ", ".join(["*a"] * (MOST_ALIASES + 1)) + "]"])
def test_aliases_of_aliases_are_refused_before_they_grow(text):
    with pytest.raises(ValueError, match=f"more than {MOST_ALIASES} aliases"):
        read_yaml(text)


def test_a_few_aliases_are_fine():
    assert read_yaml("a: &a [x]\nb: *a\nc: {<<: {d: 1}}\n") == {
        "a": ["x"], "b": ["x"], "c": {"d": 1}}


@pytest.mark.parametrize("text", ["[" * 100_000, "a: 2024-13-45", "a: [", "a: \0", "*a",
                                  "!!python/object/apply:os.system [ls]", "a: " + "9" * 5_000])
def test_whatever_is_wrong_is_a_value_error(text):
    with pytest.raises(ValueError):
        read_yaml(text)


def test_a_large_value_is_shown_in_short():
    deep = wide = ["x"]
    for _ in range(30):
        wide = [wide] * 9
        deep = {"a": deep}
    assert len(shown(wide)) < 2_000 and len(shown(deep)) < 100
    assert len(shown("x" * 10_000)) < 200
    assert shown("red") == "'red'" and shown({"a": 1}) == "{'a': 1}"
