"""Keep an index up to date, in four ways of which one is right, and check its health.

    update(store, "replace", cut, embedder)      -> delete the document's passages, add the new
    check(store, chunks)   -> Health(sound=541, stale=0, duplicate=0, orphan=0, missing=0)

Stale is a passage of a page that no longer says so. An orphan is one of a page that is gone. A
duplicate is the second copy of a passage that is sound. Missing is what a page says and the index
does not hold.
"""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import BookError, Chunk, Document

# Passages of a page under ids of their place; where two pages are cut alike, so are the ids.
WAYS = {
    "add": "under the ids of their places",
    "append": "under new ids",
    "upsert": "over those at the same place",
    "replace": "after deleting all of the page",
}


@dataclass(frozen=True)
class Health:
    """What an index holds, in passages, and what it lacks."""

    sound: int
    stale: int
    duplicate: int
    orphan: int
    missing: int


def update(store, way: str, chunks: Sequence[Chunk], embedder) -> None:
    """Put the passages of one rewritten page into a store, in one of WAYS.

    `add` is what a pipeline does that was written for the first filling: ids that are there are
    skipped. `replace` alone is right for every page.
    """
    from llama_index.core.vector_stores.utils import node_to_metadata_dict

    from experiments.retrieval.search.llama import as_node

    if way not in WAYS or len({chunk.doc_id for chunk in chunks}) != 1:
        raise BookError(f"expected one of {', '.join(WAYS)} and the passages of one page, got "
                        f"{way!r} and those of {len({chunk.doc_id for chunk in chunks})}")
    vectors = embedder.embed([chunk.text for chunk in chunks])
    nodes = [as_node(chunk, vector.tolist()) for chunk, vector in zip(chunks, vectors, strict=True)]
    if way == "append":
        for node in nodes:
            node.id_ = uuid.uuid4().hex
    if way == "upsert":
        store.client.upsert(
            ids=[node.node_id for node in nodes], embeddings=[node.embedding for node in nodes],
            documents=[node.text for node in nodes],
            metadatas=[node_to_metadata_dict(node, remove_text=True, flat_metadata=True)
                       for node in nodes])
        return
    if way == "replace":
        store.delete(chunks[0].doc_id)
    store.add(nodes)


def check(store, chunks: Sequence[Chunk]) -> Health:
    """Compare what a store holds with the passages that it should hold, cut from all pages."""
    wanted = {(chunk.doc_id, chunk.text) for chunk in chunks}
    pages = {chunk.doc_id for chunk in chunks}
    seen: set[tuple[str, str]] = set()
    counts = dict.fromkeys((field.name for field in dataclasses.fields(Health)), 0)
    for held in entries(store):
        kind = ("orphan" if held[0] not in pages else "stale" if held not in wanted
                else "duplicate" if held in seen else "sound")
        counts[kind] += 1
        seen.add(held)
    return Health(**counts | {"missing": len(wanted - seen)})


def passages(documents: Mapping[str, Document], chunker, chunk_tokens: int
             ) -> dict[str, list[Chunk]]:
    """Cut pages into passages that begin with their page's title, page by page."""
    return {name: [dataclasses.replace(chunk, text=f"{document.title}: {chunk.text}")
                   for chunk in chunker.cut(document, chunk_tokens)]
            for name, document in documents.items()}


def first_hits(store, questions: Sequence[str], embedder) -> list[tuple[str, str]]:
    """Return document id and text of the passage that each question finds first."""
    from llama_index.core.vector_stores.types import VectorStoreQuery

    nodes = [store.query(VectorStoreQuery(query_embedding=vector.tolist(),
                                          similarity_top_k=1)).nodes[0]
             for vector in embedder.embed(questions)]
    return [(node.ref_doc_id, node.text) for node in nodes]


def entries(store) -> list[tuple[str, str]]:
    """List document id and text of every passage in a store."""
    held = store.client.get(include=["documents", "metadatas"])
    return [(about["ref_doc_id"], text)
            for about, text in zip(held["metadatas"], held["documents"], strict=True)]
