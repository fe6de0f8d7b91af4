"""The index on disk: scores by hand, built once, safe against kills, races and damage."""

import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from chromadb.errors import InternalError

from experiments.core import BookError, Chunk
from experiments.core.paths import ROOT
from experiments.retrieval.search.index import VectorIndex
from tests.retrieval.conftest import ToyEmbedder, passages

pytestmark = pytest.mark.usefixtures("own_cache")


def ids(hits):
    """Return the documents of hits."""
    return [hit.chunk.doc_id for hit in hits]


def shelf(own_cache):
    """List the index folders, finished or not."""
    return sorted(p.name for p in (own_cache / "chroma").iterdir() if p.is_dir())


def test_scores_are_cosines_best_first_ranks_from_one(toy):
    index = VectorIndex.build(passages("3 4 0", "0 1 0", "-1 0 0", "1 0 0"), toy)
    (hits,) = index.search(["1 0 0"], 4)
    assert [(h.chunk.doc_id, h.score, h.rank) for h in hits] == [
        ("d", 1.0, 1), ("a", 0.6, 2), ("b", 0.0, 3), ("c", -1.0, 4)]
    assert index.size == 4


def test_hits_carry_the_chunks_that_were_given(toy):
    chunks = [Chunk("guide/a", 7, 13, "1 2\n 3"), Chunk("guide/a", 20, 25, "3 2 1")]
    (hits,) = VectorIndex.build(chunks, toy).search(["1 2 3"], 1)
    assert hits[0].chunk == chunks[0]


def test_queries_are_embedded_in_one_batch_and_answered_in_order(toy):
    index = VectorIndex.build(passages("1 0 0", "0 1 0", "0 0 1"), toy)
    toy.embedded.clear()
    found = index.search(["0 0 1", "1 0 0", "0 1 0"], 1)
    assert [ids(hits) for hits in found] == [["c"], ["a"], ["b"]]
    assert toy.embedded == ["0 0 1", "1 0 0", "0 1 0"]
    assert index.search([], 3) == []


def test_equal_scores_are_ordered_by_chunk_id_also_at_the_cut(toy):
    index = VectorIndex.build(passages(*["1 0 0"] * 7, "2 1 0"), toy)
    assert ids(index.search(["1 0 0"], 3)[0]) == ["a", "b", "c"]
    assert ids(index.search(["2 1 0"], 3)[0]) == ["h", "a", "b"]


def test_more_hits_than_passages_are_all_passages(toy):
    index = VectorIndex.build(passages("1 0 0", "0 1 0"), toy)
    assert ids(index.search(["1 0 0"], 50)[0]) == ["a", "b"]


def test_hits_are_those_of_an_exhaustive_search():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(2500, 64))
    queries = [" ".join(map(str, row)) for row in random.normal(size=(40, 64))]
    texts = [" ".join(map(str, row)) for row in vectors]
    toy = ToyEmbedder(dimensions=64)
    index = VectorIndex.build([Chunk(f"{n:04}", 0, len(t), t) for n, t in enumerate(texts)], toy)
    cosines = toy.embed(queries) @ toy.embed(texts).T
    for row, hits in zip(cosines, index.search(queries, 10), strict=True):
        assert [int(h.chunk.doc_id) for h in hits] == list(np.argsort(-row)[:10])
        assert [h.score for h in hits] == pytest.approx(np.sort(row)[::-1][:10], abs=2e-6)


def test_more_passages_than_chroma_takes_at_once(toy):
    texts = [f"{n} 1 1" for n in range(6000)]
    index = VectorIndex.build([Chunk(f"{n:04}", 0, len(t), t) for n, t in enumerate(texts)], toy)
    assert index.size == 6000
    assert ids(index.search(["0 1 1"], 2)[0]) == ["0000", "0001"]


def test_the_same_content_is_built_once(toy, own_cache):
    VectorIndex.build(passages("1 0 0", "0 1 0"), toy, "my task!").close()
    toy.embedded.clear()
    again = VectorIndex.build(passages("1 0 0", "0 1 0")[::-1], toy, "my task!")
    assert toy.embedded == ["1 0 0"]  # the check at opening, no more
    assert ids(again.search(["0 1 0"], 2)[0]) == ["b", "a"]
    (name,) = shelf(own_cache)
    assert name.startswith("my-task-")


def test_other_text_other_offsets_or_another_model_are_another_index(toy, own_cache):
    one = Chunk("a", 0, 5, "1 0 0")
    for chunk, model in [(one, toy), (Chunk("a", 0, 5, "1 0 1"), toy),
                         (Chunk("a", 1, 6, "1 0 0"), toy), (one, ToyEmbedder("other"))]:
        VectorIndex.build([chunk], model)
    assert len(shelf(own_cache)) == 4


def test_two_indexes_are_open_at_once(toy):
    one = VectorIndex.build(passages("1 0 0"), toy)
    two = VectorIndex.build(passages("1 0 0"), toy)
    one.close()
    assert ids(two.search(["1 0 0"], 1)[0]) == ["a"]


def test_nothing_is_printed(toy, capfd):
    index = VectorIndex.build(passages("1 0 0", "0 1 0"), toy)
    index.search(["1 0 0"], 5)
    assert capfd.readouterr() == ("", "")


def cut_short(folder):
    """Shorten a database file."""
    (database,) = folder.glob("chroma.sqlite3")
    database.write_bytes(database.read_bytes()[:20_000])


def overwrite(folder):
    """Put other bytes where the database was."""
    (folder / "chroma.sqlite3").write_bytes(b"hello" * 1000)


def remove_graph(folder):
    """Remove the nearest-neighbour graph and leave the database."""
    (graph,) = [path for path in folder.iterdir() if path.is_dir()]
    shutil.rmtree(graph)


def empty(folder):
    """Remove everything."""
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [cut_short, overwrite, remove_graph, empty])
def test_a_damaged_index_is_built_anew_with_a_warning(toy, damage, capfd):
    chunks = [Chunk(f"{n:04}", 0, len(t := f"{n} 1 1"), t) for n in range(1200)]
    index = VectorIndex.build(chunks, toy)
    index.close()
    damage(index.folder)
    again = VectorIndex.build(chunks, toy)
    assert ids(again.search(["0 1 1"], 2)[0]) == ["0000", "0001"]
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and "is damaged" in err


def test_a_deleted_cache_is_built_again_in_the_same_process(toy, own_cache):
    VectorIndex.build(passages("1 0 0", "0 1 0"), toy)
    shutil.rmtree(own_cache)
    again = VectorIndex.build(passages("1 0 0", "0 1 0"), toy)
    assert ids(again.search(["0 1 0"], 2)[0]) == ["b", "a"]


SLOW = """
import sys, time
from tests.retrieval.conftest import ToyEmbedder, passages
from experiments.retrieval.search import index
write = index.open_database
def slowly(folder):
    client, store = write(folder)
    print("open", flush=True)
    time.sleep(float(sys.argv[1]))
    return client, store
index.open_database = slowly
print(index.VectorIndex.build(passages("1 0 0", "0 1 0"), ToyEmbedder()).size, flush=True)
"""


def start(seconds):
    """Start a process that builds an index and pauses whenever it has opened a database."""
    return subprocess.Popen([sys.executable, "-c", SLOW, str(seconds)], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_killed_build_leaves_nothing_that_opens(toy, own_cache):
    process = start(60)
    assert process.stdout.readline() == "open\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (left,) = shelf(own_cache)
    assert left.endswith(".partial")
    assert VectorIndex.build(passages("1 0 0", "0 1 0"), toy).size == 2
    (name,) = shelf(own_cache)
    assert not name.endswith(".partial")


def test_two_processes_may_build_the_same_index(own_cache):
    both = [start(0.5), start(0.5)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [err for _, err in said] == ["", ""]
    # One built (opened twice) and the other waited and opened once.
    assert sorted(out.split() for out, _ in said) == [["open", "2"], ["open", "open", "2"]]
    assert len(shelf(own_cache)) == 1


def test_fifty_queries_take_milliseconds_each(toy):
    texts = [f"{n} {n * n % 97} 1" for n in range(168)]
    index = VectorIndex.build([Chunk(f"{n:03}", 0, len(t), t) for n, t in enumerate(texts)], toy)
    index.search(["1 1 1"], 4)
    seconds = []
    for text in texts[:50]:
        started = time.perf_counter()
        index.search([text], 4)
        seconds.append(time.perf_counter() - started)
    assert np.median(seconds) < 0.05


def test_a_disk_that_takes_no_index_is_named_with_what_to_do(toy, monkeypatch):
    def refuse(**_):
        raise InternalError("(code: 13) database or disk is full")

    monkeypatch.setattr("chromadb.PersistentClient", refuse)
    with pytest.raises(BookError, match="cannot be kept there .*disk is full.*Make room"):
        VectorIndex.build(passages("1 0 0"), toy)
