"""A filter lets pass what it says, each query has its own; without one all is as before."""

import pytest

from experiments.core import BookError, Document
from experiments.retrieval.search.filters import day_number, metadata_of, where
from experiments.retrieval.search.index import VectorIndex
from experiments.retrieval.search.keyword import DOTTED_NUMBERS, KeywordIndex
from tests.retrieval.conftest import passages

TEXTS = ("1 0 0 old", "1 0.1 0 new", "1 0.2 0 newest", "0 1 0 other")
METADATA = {
    "a": {"version": "4.2", "date": 20250101}, "b": {"version": "5.2", "date": 20260101},
    "c": {"version": "6.1", "date": 20270101}, "d": {"version": "5.2", "date": 20260601},
}


@pytest.fixture
def index(toy, tmp_path, monkeypatch):
    """Yield an index of four passages in three versions."""
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path))
    made = VectorIndex.build(passages(*TEXTS), toy, metadata=METADATA)
    yield made
    made.close()


def ids(hits):
    """Return the documents of hits."""
    return [hit.chunk.doc_id for hit in hits]


def test_only_what_meets_the_condition_is_found(index):
    (hits,) = index.search(["1 0 0"], 4, [where(("version", "==", "5.2"))])
    assert ids(hits) == ["b", "d"]


def test_each_query_has_its_own_filter(index):
    filters = [where(("version", "==", "6.1")), None, where(("date", "<=", 20260101))]
    assert [ids(hits) for hits in index.search(["1 0 0"] * 3, 2, filters)] == [
        ["c"], ["a", "b"], ["a", "b"]]


def test_all_conditions_hold_together(index):
    both = where(("version", "==", "5.2"), ("date", "<=", 20260101))
    assert ids(index.search(["0 1 0"], 3, [both])[0]) == ["b"]


def test_a_filter_that_nothing_passes_finds_nothing(index):
    assert index.search(["1 0 0"], 3, [where(("version", "==", "7.0"))]) == [[]]


def test_scores_and_order_do_not_depend_on_the_metadata(index, toy):
    plain = VectorIndex.build(passages(*TEXTS), toy)
    assert plain.folder != index.folder
    assert plain.search(["1 0.05 0"], 4) == index.search(["1 0.05 0"], 4)
    plain.close()


def test_a_filter_is_needed_for_every_query_or_none(index):
    with pytest.raises(ValueError, match="expected 2 filters"):
        index.search(["1 0 0", "0 1 0"], 1, [None])


def test_an_unknown_sign_is_refused():
    with pytest.raises(BookError, match="expected one of =="):
        where(("version", "=", "5.2"))


def test_dates_become_numbers_that_order_as_dates_do():
    assert day_number("2025-12-31") < day_number("2026-01-01") == 20260101


def test_metadata_are_picked_and_a_missing_field_is_named():
    document = Document("a", "A", "text", {"date": "2026-06-01", "tenant": "x", "status": "old"})
    assert metadata_of({"a": document}, "tenant", "date") == {
        "a": {"tenant": "x", "date": 20260601}}
    with pytest.raises(BookError, match="no 'version'"):
        metadata_of({"a": document}, "version")


def test_a_version_is_a_word_only_with_the_pattern_for_dotted_numbers():
    chunks = passages("Django 4.2 cache", "Django 5.2 cache")
    default, dotted = (KeywordIndex(chunks, **options) for options in (
        {}, {"token_pattern": DOTTED_NUMBERS}))
    assert [hit.score for hit in default.search(["5.2"], 2)[0]] == [0.0, 0.0]
    (hits,) = dotted.search(["What is new in Django 5.2?"], 2)
    assert ids(hits) == ["b", "a"] and hits[0].score > hits[1].score
