"""Who is let through by an index filter, on headers written by hand and on `support-access`."""

import pytest

from experiments.core import BookError, Chunk, Document, paths
from experiments.retrieval.documents.load import read_documents
from experiments.retrieval.search.access import Reader, access_fields, reader_filter, search_as
from experiments.retrieval.search.index import VectorIndex
from experiments.tasks.support_access.rules import ASKED_ON, NAME, PUBLIC, read_users, visible

DAY = "2026-06-01"


def page(name, tenant="shop", audience="public", status="current", date="2026-01-01", **more):
    """Make a document that is about itself; None leaves an entry of the header out."""
    header = {"tenant": tenant, "audience": audience, "status": status, "date": date, **more}
    return Document(name, name, "1 0 0", {key: value for key, value in header.items() if value})


def found(toy, documents, reader):
    """Search all documents as a reader and name what comes back."""
    chunks = [Chunk(d.id, 0, len(d.text), d.text) for d in documents]
    index = VectorIndex.build(chunks, toy, metadata=access_fields(documents))
    try:
        (hits,) = search_as(index, reader, ["1 0 0"], 10)
    finally:
        index.close()
    return sorted(hit.chunk.doc_id for hit in hits)


def test_a_header_becomes_fields():
    assert access_fields([page("a", audience="staff, vera")]) == {"a": {
        "tenant": "shop", "status": "current", "from": 20260101, "until": 99991231,
        "read by staff": 1, "read by vera": 1}}


def test_an_earlier_version_ends_on_the_day_on_which_the_next_begins():
    fields = access_fields([
        page("old", topic="fees", date="2026-02-01"), page("new", topic="fees", date="2026-04-01"),
        page("dead", topic="fees", date="2026-03-01", status="retired"),
        page("elsewhere", topic="fees", date="2026-03-15", tenant="other")])
    assert fields["old"]["until"] == 20260401 and fields["new"]["until"] == 99991231


def test_versions_with_different_audiences_are_refused():
    pages = [page("a", topic="fees"), page("b", topic="fees", date="2026-02-01", audience="staff")]
    with pytest.raises(BookError, match="'fees' have different audiences"):
        access_fields(pages)


@pytest.mark.parametrize("reader", [
    Reader("", ("public",), DAY), Reader("shop", (), DAY), Reader("shop", ("",), DAY),
    Reader("shop", ("public",), "")])
def test_a_reader_of_whom_something_is_unknown_gets_an_error_and_no_answer(reader):
    with pytest.raises(BookError, match="find out who asks"):
        reader_filter(reader)


def test_each_condition_keeps_its_own_page_out(toy, own_cache):
    pages = [page("mine"), page("theirs", tenant="other"), page("notes", audience="engineers"),
             page("gone", status="retired"), page("soon", date="2026-07-01"),
             page("staff-too", audience="staff, engineers")]
    assert found(toy, pages, Reader("shop", ("public", "vera", "staff"), DAY)) == [
        "mine", "staff-too"]


def test_a_page_holds_from_its_day_and_until_the_next_version_s(toy, own_cache):
    pages = [page("old", topic="fees", date="2026-02-01"),
             page("new", topic="fees", date="2026-06-01")]
    assert found(toy, pages, Reader("shop", ("public",), "2026-05-31")) == ["old"]
    assert found(toy, pages, Reader("shop", ("public",), "2026-06-01")) == ["new"]


@pytest.mark.parametrize("missing", ["tenant", "audience", "status", "date"])
def test_a_page_without_a_full_header_is_shown_to_nobody(toy, own_cache, missing):
    pages = [page("whole"), page("torn", **{missing: None})]
    assert found(toy, pages, Reader("shop", ("public",), DAY)) == ["whole"]


def test_a_reader_who_may_see_nothing_finds_nothing(toy, own_cache):
    assert found(toy, [page("a")], Reader("nowhere", ("public",), DAY)) == []


def test_the_filter_says_what_the_task_s_own_rule_says(toy, own_cache):
    documents = list(read_documents(paths.TASKS / NAME / "documents"))
    chunks = [Chunk(d.id, 0, 5, "1 0 0") for d in documents]
    index = VectorIndex.build(chunks, toy, metadata=access_fields(documents))
    users = read_users(paths.TASKS / NAME)
    try:
        for user in list(users.values())[::6]:  # a customer, staff, engineers of both tenants
            nodes = index.store.get_nodes(None, filters=reader_filter(
                Reader(user.tenant, (PUBLIC, user.id, *user.groups), ASKED_ON)))
            assert {node.ref_doc_id for node in nodes} == {
                document.id for document in visible(documents, user)}
    finally:
        index.close()
