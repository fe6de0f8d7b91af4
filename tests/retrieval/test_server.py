"""The index at a real `chroma run`: the same hits as on disk, kept, deleted, stopped."""

import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest

from experiments.core import BookError, Chunk
from experiments.retrieval.search.filters import where
from experiments.retrieval.search.index import VectorIndex
from tests.retrieval.conftest import passages

pytestmark = pytest.mark.usefixtures("own_cache", "no_proxy")

HOST = "127.0.0.1"


@pytest.fixture
def no_proxy(monkeypatch):
    """Reach the loopback directly, also on a machine that sends HTTP through a proxy."""
    monkeypatch.setenv("NO_PROXY", HOST)


class Server:
    """A `chroma run` over a folder, on a port that was free."""

    def __init__(self, folder):
        """Start it, and wait until it takes connections."""
        self.port = free_port()
        self.address = f"http://{HOST}:{self.port}"
        self.log = folder.with_name("server.log")
        command = [Path(sysconfig.get_path("scripts"), "chroma"), "run", "--path", folder,
                   "--host", HOST, "--port", str(self.port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder.parent, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """End it, and wait until it has ended."""
        self._process.terminate()
        self._process.wait(timeout=60)

    def _wait(self):
        deadline = time.monotonic() + 60
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"chroma run took no connection: {self.log.read_text()}")
            time.sleep(0.1)


def free_port():
    """Ask the system for a port that nobody uses."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


def answers(port):
    """Return whether something takes connections at a port."""
    with socket.socket() as one:
        return one.connect_ex((HOST, port)) == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run one server for the tests that leave it running."""
    running = Server(tmp_path_factory.mktemp("server") / "shelf")
    yield running
    running.stop()


def found(index, query, k=3):
    """Return documents and scores of a query's hits."""
    (hits,) = index.search([query], k)
    return [(hit.chunk.doc_id, hit.score) for hit in hits]


def test_a_server_gives_the_hits_that_the_folder_gives(server, toy, own_cache):
    chunks = passages("3 4 0", "0 1 0", "-1 0 0", "1 0 0", "1 0 0")
    at_server = VectorIndex.build(chunks, toy, server=server.address)
    assert found(at_server, "1 0 0", 5) == [
        ("d", 1.0), ("e", 1.0), ("a", 0.6), ("b", 0.0), ("c", -1.0)]
    assert at_server.folder is None and not own_cache.exists()
    on_disk = VectorIndex.build(chunks, toy)
    queries = ["1 2 3", "0 1 1", "-1 1 0"]
    assert at_server.search(queries, 2) == on_disk.search(queries, 2)


def test_filters_work_at_a_server(server, toy):
    index = VectorIndex.build(passages("1 0 0", "1 1 0", "0 0 1"), toy, server=server.address,
                              metadata={"a": {"year": 2024}, "b": {"year": 2026}})
    (hits,) = index.search(["1 0 0"], 3, [where(("year", "==", 2026))])
    assert [hit.chunk.doc_id for hit in hits] == ["b"]


def test_llama_indexs_engine_asks_about_what_a_server_holds(server, toy):
    from experiments.retrieval.engine import default_engine
    from experiments.retrieval.search.llama import FunctionLLM

    index = VectorIndex.build(passages("1 0 0 apples", "0 1 0 pears"), toy, server=server.address)
    asked = []
    engine = default_engine(
        index, FunctionLLM(lambda text: asked.append(text) or "yes"), 1)
    assert engine.query("0 1 0").response == "yes"
    assert "pears" in asked[0] and "apples" not in asked[0]


def test_what_a_server_holds_is_not_embedded_again(server, toy):
    chunks = passages("1 0 0 once", "0 1 0 once")
    VectorIndex.build(chunks, toy, "my task!", server=server.address).close()
    toy.embedded.clear()
    again = VectorIndex.build(chunks, toy, "my task!", server=server.address)
    assert toy.embedded == ["1 0 0 once"]  # the check at opening, no more
    assert found(again, "0 1 0", 1) == [("b", 1.0)]


def test_other_passages_are_another_collection(server, toy):
    VectorIndex.build(passages("1 0 0 here"), toy, server=server.address)
    other = VectorIndex.build(passages("0 1 0 there"), toy, server=server.address)
    assert found(other, "1 0 0") == [("a", 0.0)]


def test_more_passages_than_a_server_takes_at_once(server, toy):
    texts = [f"{n} 1 1" for n in range(6000)]
    chunks = [Chunk(f"{n:04}", 0, len(text), text) for n, text in enumerate(texts)]
    index = VectorIndex.build(chunks, toy, server=server.address)
    assert index.store.client.count() == 6000
    assert [name for name, _ in found(index, "0 1 1", 2)] == ["0000", "0001"]


def test_a_deleted_document_is_gone_and_the_next_build_brings_it_back(server, toy):
    chunks = passages("1 0 0 kept", "0 1 0 secret", "0 0 1 kept")
    index = VectorIndex.build(chunks, toy, server=server.address)
    index.store.delete("b")
    assert found(index, "0 1 0", 2) == [("a", 0.0), ("c", 0.0)]
    index.close()
    filled = VectorIndex.build(chunks, toy, server=server.address)
    assert found(filled, "0 1 0", 1) == [("b", 1.0)]


def test_a_collection_with_more_in_it_is_refused(server, toy):
    chunks = passages("1 0 0 mine", "0 1 0 mine")
    index = VectorIndex.build(chunks, toy, server=server.address)
    index.store.client.add(ids=["stranger"], embeddings=[[0.0, 0.0, 1.0]])
    with pytest.raises(BookError, match="holds 3 of 2 passages.*delete it"):
        VectorIndex.build(chunks, toy, server=server.address)


def test_a_stopped_server_is_missed_and_a_started_one_still_has_the_passages(tmp_path, toy):
    chunks = passages("1 0 0", "0 1 0")
    first = Server(tmp_path / "shelf")
    VectorIndex.build(chunks, toy, server=first.address).close()
    first.stop()
    with pytest.raises(BookError, match=f"no.* answers there.*chroma run .*--port {first.port}"):
        VectorIndex.build(chunks, toy, server=first.address)
    second = Server(tmp_path / "shelf")
    try:
        toy.embedded.clear()
        again = VectorIndex.build(chunks, toy, server=second.address)
        assert toy.embedded == ["1 0 0"] and found(again, "0 1 0", 1) == [("b", 1.0)]
        again.close()
    finally:
        second.stop()


@pytest.mark.parametrize("address", ["localhost:8000", "http://", "ftp://localhost:8000",
                                     "http://localhost:many", "http://localhost:8000/api"])
def test_what_is_no_address_of_a_server_is_named(toy, address):
    with pytest.raises(BookError, match="such as http://localhost:8000"):
        VectorIndex.build(passages("1 0 0"), toy, server=address)
