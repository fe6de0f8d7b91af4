"""Four ways to put a rewritten page into an index, and what each leaves behind."""

import shutil

import pytest

from experiments.core import BookError, Chunk, Document
from experiments.retrieval.maintenance.deletion import opened
from experiments.retrieval.maintenance.upkeep import Health, check, first_hits, passages, update
from experiments.retrieval.search.index import VectorIndex


def page(name, *texts):
    """Cut a page into passages that follow one another."""
    ends = [sum(len(text) for text in texts[:n]) for n in range(len(texts) + 1)]
    return [Chunk(name, start, end, text)
            for start, end, text in zip(ends, ends[1:], texts, strict=False)]


OLD = page("a", "1 0 0 old", "0 1 0 same")
LAMP = page("b", "0 0 1 lamp")
SAME_LENGTH = page("a", "1 0 1 new", "0 1 0 same")  # the places stay
LONGER = page("a", "1 0 1 newer", "0 1 0 same")  # every place moves


@pytest.fixture
def store(toy, own_cache, tmp_path):
    """Open a copy of an index over two pages, three passages in all."""
    index = VectorIndex.build([*OLD, *LAMP], toy)
    index.close()
    folder = tmp_path / "copy"
    shutil.copytree(index.folder, folder)
    with opened(folder) as copy:
        yield copy


def after(store, way, new, toy):
    update(store, way, new, toy)
    return check(store, [*new, *LAMP])


def test_an_index_that_holds_what_the_pages_say_is_sound(store):
    assert check(store, [*OLD, *LAMP]) == Health(3, 0, 0, 0, 0)


@pytest.mark.parametrize("new", [SAME_LENGTH, LONGER])
def test_replacing_leaves_nothing_behind(store, toy, new):
    assert after(store, "replace", new, toy) == Health(3, 0, 0, 0, 0)
    texts = store.client.get(include=["documents"])["documents"]
    assert sorted(texts) == sorted(chunk.text for chunk in [*new, *LAMP])


def test_adding_is_skipped_where_the_places_are_the_same(store, toy):
    assert after(store, "add", SAME_LENGTH, toy) == Health(2, 1, 0, 0, 1)


def test_adding_leaves_the_old_passages_where_the_places_moved(store, toy):
    assert after(store, "add", LONGER, toy) == Health(3, 1, 1, 0, 0)


@pytest.mark.parametrize("new", [SAME_LENGTH, LONGER])
def test_appending_leaves_the_old_value_and_doubles_what_stayed(store, toy, new):
    assert after(store, "append", new, toy) == Health(3, 1, 1, 0, 0)


def test_upserting_is_right_only_where_the_places_are_the_same(store, toy):
    assert after(store, "upsert", SAME_LENGTH, toy) == Health(3, 0, 0, 0, 0)


def test_upserting_leaves_the_old_passages_where_the_places_moved(store, toy):
    assert after(store, "upsert", LONGER, toy) == Health(3, 1, 1, 0, 0)


def test_passages_of_a_page_that_is_gone_are_orphans_until_they_are_deleted(store):
    assert check(store, LAMP) == Health(1, 0, 0, 2, 0)
    store.delete("a")
    assert check(store, LAMP) == Health(1, 0, 0, 0, 0)


def test_an_unknown_way_and_two_pages_at_once_are_refused(store, toy):
    with pytest.raises(BookError, match="got 'sync'"):
        update(store, "sync", OLD, toy)
    with pytest.raises(BookError, match="those of 2"):
        update(store, "replace", [*OLD, *LAMP], toy)


def test_passages_begin_with_the_title_of_their_page_and_keep_their_place():
    class Halves:
        def cut(self, document, tokens):
            return [Chunk.cut(document, 0, 3), Chunk.cut(document, 3, 6)]

    pages = {"a": Document("a", "Lamp", "onetwo")}
    assert passages(pages, Halves(), 64) == {
        "a": [Chunk("a", 0, 3, "Lamp: one"), Chunk("a", 3, 6, "Lamp: two")]}


def test_the_first_hit_of_a_question_is_the_passage_nearest_to_it(store, toy):
    assert first_hits(store, ["0 0 1", "1 0 0"], toy) == [("b", "0 0 1 lamp"), ("a", "1 0 0 old")]
