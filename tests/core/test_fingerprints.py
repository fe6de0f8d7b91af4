"""Fingerprints change when, and only when, content does."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import fingerprint
from experiments.core.fingerprints import ONLY_WHEN_SET, sha256_file


@dataclass(frozen=True)
class Tea:
    minutes: int = 3
    sugar: float = 0.5


@dataclass(frozen=True)
class Coffee:
    minutes: int = 3
    sugar: float = 0.5


def test_equal_content_gives_an_equal_fingerprint():
    first, second = {"b": 1, "a": [2, 3]}, {"a": (2, 3), "b": 1}
    assert fingerprint(Tea(), first) == fingerprint(Tea(3, 0.5), second)


def test_any_changed_field_changes_it():
    marks = {fingerprint(one) for one in (Tea(), Tea(4), Tea(3, 0.25), Coffee())}
    assert len(marks) == 4


def test_types_that_print_alike_are_told_apart():
    marks = [fingerprint(x) for x in (1, 1.0, "1", True, b"1", None, "None", [1], {"1": 1}, {1: 1})]
    assert len(set(marks)) == len(marks)


@given(st.lists(st.text()), st.lists(st.text()))
def test_two_lists_of_words_share_a_fingerprint_only_when_equal(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_a_set_has_no_order_and_a_list_has():
    assert fingerprint({"x", "y"}) == fingerprint({"y", "x"})
    assert fingerprint(["x", "y"]) != fingerprint(["y", "x"])


def test_a_path_stands_for_the_file_it_names(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"abc")
    other.write_bytes(b"abc")
    assert fingerprint(one) == fingerprint(other)
    other.write_bytes(b"abd")
    assert fingerprint(one) != fingerprint(other)


def test_the_sha256_of_abc_is_the_published_one(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_thing_without_content_is_refused():
    with pytest.raises(TypeError, match="function"):
        fingerprint(lambda: 1)


@dataclass(frozen=True)
class Guest:
    """A noun with a field that came later."""

    name: str
    table: str = field(default="", metadata=ONLY_WHEN_SET)


def test_a_field_that_counts_only_when_set_leaves_older_fingerprints_alone():
    @dataclass(frozen=True)
    class Before:
        name: str

    Before.__name__ = "Guest"
    assert fingerprint(Guest("Ada")) == fingerprint(Before("Ada"))
    assert fingerprint(Guest("Ada", "3")) != fingerprint(Guest("Ada"))
    assert fingerprint(Guest("Ada", "3")) != fingerprint(Guest("Ada", "4"))
