"""Nearest passages by meaning: Chroma on disk or as a server, through LlamaIndex."""

import math
import re
import shutil
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from experiments.core import BookError, Chunk, Hit, fingerprint
from experiments.core.paths import CACHE_VARIABLE, cache_folder
from experiments.retrieval.search import ranking
from experiments.retrieval.search.chroma import GRAPH, Metadata, fill, open_database, open_server

LAYOUT = 1  # part of every key: raise it when what is written changes


class VectorIndex:
    """Finds the chunks whose vectors are nearest to a query's."""

    def __init__(self, opened: tuple, chunks: Sequence[Chunk], embedder,
                 folder: Path | None = None):
        """Take a finished index as (client, store); `build` is the way to get one.

        `folder` is where it is kept, None on a server. ValueError if it is damaged.
        """
        self.folder = folder
        self.embedder = embedder
        self.chunks: dict[str, Chunk] = ranking.by_id(chunks)
        self.size: int = len(self.chunks)
        self._counts: dict[str, int] = {}
        self._client, self.store = opened
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    @classmethod
    def build(cls, chunks: Sequence[Chunk], embedder, key: str = "index", *,
              metadata: Metadata | None = None, server: str = "") -> "VectorIndex":
        """Open the index over these chunks, made first if it is not there yet.

        `metadata` maps document ids to fields that a search can filter by. `server` is
        the address of a running Chroma server, which then keeps the index; by default
        it is a folder of the cache.

        `key` is a name for people; what counts is the content of chunks and embedder,
        which is hashed into the name of the folder or of the server's collection.
        Raises BookError when no server answers, or holds something else by that name.
        """
        ordered = list(ranking.by_id(chunks).values())
        filters = [metadata] if metadata else []
        content = fingerprint(LAYOUT, GRAPH, embedder.fingerprint, ordered, *filters)
        name = re.sub(r"[^A-Za-z0-9]+", "-", key)[:40] + "-" + content
        if server:
            return cls._on_server(server, name.strip("-"), ordered, embedder, metadata or {})
        return cls._in_folder(cache_folder("chroma") / name, ordered, embedder, metadata or {})

    @classmethod
    def _in_folder(cls, folder: Path, chunks: list[Chunk], embedder, metadata: Metadata
                   ) -> "VectorIndex":
        """Open or make an index on disk.

        A folder is made aside and renamed when complete, so a killed build leaves nothing
        that opens, and a lock lets two processes ask for the same index. The vectors are made
        before it is taken, so that the two share that work.
        """
        from chromadb.errors import ChromaError
        from filelock import FileLock

        if not folder.is_dir():
            embedder.embed([chunk.text for chunk in chunks])
        with FileLock(folder.with_name(folder.name + ".lock")):
            if folder.is_dir():
                try:
                    inside = _inside(folder)
                    return cls(open_database(inside), chunks, embedder, inside)
                except Exception as error:  # noqa: BLE001 - Chroma fails in many ways on damage
                    print(f"warning: the index {folder} is damaged ({error}); it is built anew",
                          file=sys.stderr)
                    shutil.rmtree(folder)
            try:
                _write(folder, chunks, embedder, metadata)
                inside = _inside(folder)
                return cls(open_database(inside), chunks, embedder, inside)
            except ChromaError as error:  # the disk is full, or the folder may not be written
                raise BookError(
                    f"{folder}: the index cannot be kept there ({error}). Make room on its disk or "
                    "mend its permissions, or name another folder for the cache with the "
                    f"environment variable {CACHE_VARIABLE}.") from error

    @classmethod
    def _on_server(cls, address: str, name: str, chunks: list[Chunk], embedder,
                   metadata: Metadata) -> "VectorIndex":
        """Open or fill a server's collection; one that a killed build left is finished."""
        client, store = open_server(address, name)
        try:
            if store.client.count() < len(chunks):
                fill(client, store, chunks, embedder, metadata)
        except BaseException:
            client.close()
            raise
        try:
            return cls((client, store), chunks, embedder)
        except ValueError as error:
            raise BookError(f"the collection {name} at {address} is not the index that was put "
                            f"there ({error}): delete it, and build again") from error

    def search(self, queries: Sequence[str], k: int, where: Sequence | None = None
               ) -> list[list[Hit]]:
        """Return for each query its k nearest chunks (all, if there are fewer), best first.

        Queries are embedded in one batch. The score is the cosine of the angle
        between query and chunk, -1 to 1, rounded to six digits. Equal scores are
        ordered by chunk id. `where` gives each query its own filter (filters.py), or None;
        a chunk that a filter does not let pass is not searched.
        """
        allowed = where if where is not None else [None] * len(queries)
        if len(allowed) != len(queries):
            raise ValueError(f"expected {len(queries)} filters, one a query, got {len(allowed)}")
        return [
            ranking.hits(ranking.best(self._nearest(vector, filters), k, size), self.chunks)
            if (size := self._count(filters)) else []
            for vector, filters in zip(self.embedder.embed(queries), allowed, strict=True)
        ]

    def close(self) -> None:
        """Let go of the database files."""
        self._client.close()

    def _check(self) -> None:
        """Raise unless every chunk is there and the first one finds itself."""
        held = self.store.client.count()
        if held != self.size:
            raise ValueError(f"it holds {held} of {self.size} passages")
        text = next(iter(self.chunks.values())).text
        (_, score), = self._nearest(self.embedder.embed([text])[0])(1)
        if score < 0.999:
            raise ValueError("a passage does not find itself")

    def _count(self, filters) -> int:
        """Count the chunks that a filter lets pass."""
        if filters is None:
            return self.size
        key = filters.model_dump_json()
        if key not in self._counts:
            self._counts[key] = len(self.store.get_nodes(None, filters=filters))
        return self._counts[key]

    def _nearest(self, vector, filters=None) -> Callable[[int], ranking.Found]:
        """Return a function that finds the n nearest chunks to a vector."""
        from llama_index.core.vector_stores.types import VectorStoreQuery

        def fetch(n: int) -> ranking.Found:
            result = self.store.query(
                VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=n,
                                 filters=filters))
            return [(name, _cosine(similarity)) for name, similarity
                    in zip(result.ids, result.similarities, strict=True)]

        return fetch


def _cosine(similarity: float) -> float:
    """Undo LlamaIndex: it reports exp(-distance), where Chroma's distance is 1 - cosine."""
    return 1.0 + math.log(similarity)


def _inside(folder: Path) -> Path:
    """Find the database in an index folder.

    Its name is new with every build, because Chroma remembers for the life of a
    process what it opened at a path, also when that has been deleted.
    """
    found = [path for path in folder.iterdir() if path.is_dir()]
    if len(found) != 1:
        raise ValueError(f"it holds {len(found)} databases instead of one")
    return found[0]


def _write(folder: Path, chunks: list[Chunk], embedder, metadata: Metadata) -> None:
    """Make an index aside and rename it into place. The caller holds the lock."""
    aside = folder.with_name(folder.name + ".partial")
    shutil.rmtree(aside, ignore_errors=True)  # left by a build that was killed
    client, store = open_database(aside / uuid.uuid4().hex)
    fill(client, store, chunks, embedder, metadata)
    client.close()
    aside.rename(folder)
