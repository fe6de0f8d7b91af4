"""Delete a document from an index on disk, and look whether it is gone from the disk as well.

    with opened(folder) as store:
        store.delete("halden-direct-quvra-410-note")     -> no search finds it any more
    traces(folder, "S6916")                              -> {"chroma.sqlite3": 4}
    compact(folder); traces(folder, "S6916")             -> {"chroma.sqlite3": 1}
    rebuild(folder, other); traces(other, "S6916")       -> {}

Chroma keeps texts in an SQLite file, and SQLite marks a deleted row's place as free and leaves
the bytes there. Besides, what is added stands in a log (the table embeddings_queue), text and
vector, until about a thousand further changes have been written; deleting does not touch it.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import ROOT

DATABASE = "chroma.sqlite3"


@contextmanager
def opened(folder: Path) -> Iterator:
    """Open a Chroma folder of `index.py` as LlamaIndex's vector store, and close it after use."""
    from experiments.retrieval.search.chroma import open_database

    if not (folder / DATABASE).is_file():
        raise BookError(f"expected a Chroma folder with {DATABASE} in it, found none at {folder}: "
                        "give the folder of a finished index")
    client, store = open_database(folder)
    try:
        yield store
    finally:
        client.close()


def traces(folder: Path, content: str | bytes) -> dict[str, int]:
    """Map the files below a folder that hold some bytes to how often; text is UTF-8."""
    wanted = content.encode() if isinstance(content, str) else content
    counts = {path.relative_to(folder).as_posix(): path.read_bytes().count(wanted)
              for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: count for name, count in counts.items() if count}


def compact(folder: Path) -> None:
    """Write the database of a closed Chroma folder anew, without the places that are free.

    What stands in Chroma's log stays, and so does what the graph's files have caught (`rebuild`).
    """
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.execute("VACUUM")


def rebuild(folder: Path, target: Path) -> None:
    """Copy what an index still holds into a new one; nothing is embedded again.

    Then delete the old folder, and its backups. A fresh process does the writing: the graph's
    file is written from memory that nobody has cleared, and that of a process that had the
    deleted text in hand can hold it still.
    """
    if target.exists():
        raise BookError(f"expected {target} not to exist yet: a rebuild in place keeps old bytes")
    with opened(folder) as store:
        held = store.client.get(include=["embeddings", "documents", "metadatas"])
    held["embeddings"] = [[float(value) for value in row] for row in held["embeddings"]]
    fields = ("ids", "embeddings", "documents", "metadatas")
    writing = subprocess.run(
        [sys.executable, "-m", "experiments.retrieval.maintenance.deletion", str(target)], cwd=ROOT,
        input=json.dumps({name: held[name] for name in fields}), text=True, capture_output=True,
        encoding="utf-8", check=False)
    if writing.returncode:
        raise BookError(f"the new index could not be written to {target}: {writing.stderr[-400:]}")


def write_index(target: Path, held: dict) -> None:
    """Write ids, embeddings, documents and metadatas, lists of equal length, as a new index."""
    from experiments.retrieval.search.chroma import open_database

    client, new = open_database(target)
    try:
        step = client.get_max_batch_size()
        for start in range(0, len(held["ids"]), step):
            new.client.add(**{name: rows[start : start + step] for name, rows in held.items()})
    finally:
        client.close()


if __name__ == "__main__":
    write_index(Path(sys.argv[1]), json.load(sys.stdin))
