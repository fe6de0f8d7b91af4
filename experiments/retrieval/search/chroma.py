"""Where Chroma keeps passages: in a folder of ours, or at a server that others share.

    chroma run --path shelf --port 8000                                   (in a shell)
    VectorIndex.build(chunks, embedder, server="http://localhost:8000")   (here)

Nothing else changes with the place: the same chunks, the same vectors, the same hits.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from experiments.core import BookError, Chunk

# Document id -> what its passages can be filtered by.
Metadata = Mapping[str, Mapping[str, str | int]]

COLLECTION = "passages"  # in a folder, which holds nothing else
# Cosine, because that is what MiniLM was trained for. One thread and a wide search of the
# graph make its answers repeatable and, up to some thousand passages, exhaustive.
GRAPH = {"hnsw": {"space": "cosine", "ef_construction": 400, "ef_search": 400,
                  "max_neighbors": 32, "num_threads": 1}}
_PORTS = {"http": 80, "https": 443}  # where an address names none


def open_database(folder: Path):
    """Open a database as (Chroma client, LlamaIndex vector store)."""
    import chromadb

    return _opened(chromadb.PersistentClient(path=str(folder), settings=_settings()), COLLECTION)


def open_server(address: str, name: str):
    """Open a collection of a running server as (Chroma client, LlamaIndex vector store).

    Raises BookError when no Chroma server answers at the address.
    """
    import chromadb

    host, port, encrypted = _split(address)
    try:
        client = chromadb.HttpClient(host, port, ssl=encrypted, settings=_settings())
    except Exception as error:  # anything may answer there, so Chroma fails in many ways
        raise BookError(
            f"expected a Chroma server at {address}, but none answers there ({error}). Start one "
            f"with `chroma run --path FOLDER --port {port}`, or leave out `server`, and the index "
            "is kept in a folder."
        ) from error
    return _opened(client, name)


def fill(client, store, chunks: Sequence[Chunk], embedder, metadata: Metadata) -> None:
    """Embed chunks and put them into a store; Chroma skips the ids that it holds already."""
    from experiments.retrieval.search.llama import as_node

    vectors = embedder.embed([chunk.text for chunk in chunks])
    step = client.get_max_batch_size()  # LlamaIndex sends up to 41665, Chroma takes fewer
    for start in range(0, len(chunks), step):
        part = slice(start, start + step)
        store.add([as_node(chunk, vector.tolist(), metadata.get(chunk.doc_id))
                   for chunk, vector in zip(chunks[part], vectors[part], strict=True)])


def _opened(client, name: str):
    """Pair a client with a collection, made if it is not there; close it when that fails."""
    from llama_index.vector_stores.chroma import ChromaVectorStore

    try:
        # Without `embedding_function=None` Chroma fetches a model of its own.
        collection = client.get_or_create_collection(
            name, embedding_function=None, configuration=GRAPH)
    except BaseException:
        client.close()
        raise
    return client, ChromaVectorStore(chroma_collection=collection)


def _settings():
    import chromadb

    return chromadb.Settings(anonymized_telemetry=False)


def _split(address: str) -> tuple[str, int, bool]:
    """Cut an address into host, port, and whether it is encrypted."""
    try:
        parts = urlsplit(address)
        usual = _PORTS[parts.scheme]
        host, port = parts.hostname, parts.port or usual
    except (ValueError, KeyError):
        host = None
    if not host or parts.path.strip("/"):
        raise BookError("expected the address of a Chroma server, such as http://localhost:8000, "
                        f"got {address!r}")
    return host, port, parts.scheme == "https"
