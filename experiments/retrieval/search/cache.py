"""Vectors on disk, found again by what was embedded and by which model."""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from experiments.core import BookError
from experiments.core.paths import CACHE_VARIABLE

Result = TypeVar("Result")

WAIT_SECONDS = 60
LOOKUPS = 500  # keys in one SELECT; SQLite allows 999 in old versions
CORRUPT = ("not a database", "malformed")


class VectorCache:
    """Keeps vectors of one length in an SQLite file that processes may share."""

    def __init__(self, path: Path, dimensions: int):
        """Use the file at `path`; it is made when the first vector is stored."""
        self._path = Path(path)
        self._bytes = dimensions * np.dtype(np.float32).itemsize

    def read(self, keys: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the vectors known for some of the keys."""
        wanted = list(dict.fromkeys(keys))
        if not self._path.exists():
            return {}
        return self._guard(lambda database: self._select(database, wanted)) or {}

    def write(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Store vectors. A key that is there already keeps its vector."""
        rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        store = "INSERT OR IGNORE INTO vectors VALUES (?, ?)"
        self._guard(lambda database: database.executemany(store, rows))

    def _select(self, database: sqlite3.Connection, keys: list[str]) -> dict[str, np.ndarray]:
        """Look keys up, a few hundred at a time."""
        found = {}
        for start in range(0, len(keys), LOOKUPS):
            part = keys[start:start + LOOKUPS]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
            for key, vector in database.execute(query, part):
                if len(vector) == self._bytes:
                    found[key] = np.frombuffer(vector, dtype=np.float32)
        return found

    def _guard(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """Do work on the database; a corrupt file is thrown away and begun anew."""
        for _ in range(2):
            try:
                with self._open() as database:
                    return work(database)
            except sqlite3.DatabaseError as error:
                if not any(sign in str(error) for sign in CORRUPT):
                    raise BookError(
                        f"{self._path}: the embedding cache cannot be used ({error}). Mend its "
                        "permissions or make room on its disk, or name another folder with the "
                        f"environment variable {CACHE_VARIABLE}.") from error
                print(f"warning: the embedding cache {self._path} is damaged ({error}); "
                      "it is built anew", file=sys.stderr)
                for name in (self._path, *self._path.parent.glob(self._path.name + "-*")):
                    name.unlink(missing_ok=True)
        return None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open for one piece of work: no connection outlives it, so forks and threads are safe."""
        database = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        try:
            # Taking the write lock at once makes processes queue. Write-ahead logging would let
            # readers pass, but switching a new file to it fails when two processes do so.
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB)"
                " WITHOUT ROWID")
            yield database
            database.execute("COMMIT")
        finally:
            database.close()
