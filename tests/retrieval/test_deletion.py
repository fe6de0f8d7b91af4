"""What stays on disk after a delete, on a small index with a secret in it."""

import pytest

from experiments.core import BookError
from experiments.retrieval.maintenance.deletion import DATABASE, compact, opened, rebuild, traces
from experiments.retrieval.search.index import VectorIndex
from tests.retrieval.conftest import passages

SECRET = "Zebrafinch 4711"


@pytest.fixture
def folder(toy, own_cache):
    """Write an index of three pages, the second of which holds the secret."""
    index = VectorIndex.build(
        passages("1 0 0 harmless", f"0 1 0 the code is {SECRET}", "0 0 1 harmless too"), toy)
    index.close()
    return index.folder


def held(folder):
    """Name the documents that an index holds."""
    with opened(folder) as store:
        return {node.ref_doc_id for node in store.get_nodes(None)}


def delete_secret(folder):
    """Delete the page with the secret."""
    with opened(folder) as store:
        store.delete("b")


def test_traces_counts_bytes_by_file(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.bin").write_bytes(b"xx secret yy secret")
    (tmp_path / "b.txt").write_text("nothing")
    assert traces(tmp_path, "secret") == {"sub/a.bin": 2}
    assert traces(tmp_path, b"\x00") == {}


def test_a_deleted_document_is_gone_from_the_index_and_not_from_the_disk(folder):
    delete_secret(folder)
    assert held(folder) == {"a", "c"}
    assert traces(folder, SECRET)


def test_compacting_leaves_only_the_copy_in_chroma_s_log_in_the_database(folder):
    # The graph's files are written from memory that nobody has cleared: now and then one of them
    # holds the secret as well, and compacting, which writes the database anew, leaves it there.
    delete_secret(folder)
    before = traces(folder, SECRET)[DATABASE]
    compact(folder)
    assert traces(folder, SECRET)[DATABASE] == 1 < before
    assert held(folder) == {"a", "c"}


def test_a_rebuilt_index_holds_the_rest_and_no_byte_of_the_secret(folder, tmp_path):
    delete_secret(folder)
    rebuild(folder, tmp_path / "new")
    assert traces(tmp_path / "new", SECRET) == {}
    assert held(tmp_path / "new") == {"a", "c"}


def test_a_rebuild_in_place_is_refused(folder):
    with pytest.raises(BookError, match="keeps old bytes"):
        rebuild(folder, folder)


def test_a_folder_without_a_database_is_named_and_not_made(tmp_path):
    with pytest.raises(BookError, match="chroma.sqlite3"), opened(tmp_path / "nowhere"):
        pass
    assert not (tmp_path / "nowhere").exists()
