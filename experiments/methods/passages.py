"""The search that methods share: passages indexed under their document's title.

    indexed   Aldra 220 kettle: Should something break, the warranty runs for 14 months ...
    found     Should something break, the warranty runs for 14 months ...    (the exact cut)

A passage from the middle of an article seldom says what it is about; its title does.
"""

import dataclasses
from collections.abc import Callable, Sequence

from experiments.core import BookError, Chunk, Hit


class TitledIndex:
    """An index over chunks with their titles in front that gives back the chunks themselves."""

    def __init__(self, chunks: Sequence[Chunk], titles: dict[str, str], build: Callable):
        """Build an index, by `build`, over titled copies of the chunks."""
        self._plain = {chunk.id: chunk for chunk in chunks}
        self.inner = build([
            dataclasses.replace(chunk, text=f"{titles[chunk.doc_id]}: {chunk.text}")
            for chunk in chunks
        ])

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Search the titled copies; give hits whose chunks are exact cuts of their documents."""
        return [
            [dataclasses.replace(hit, chunk=self.plain(hit.chunk)) for hit in hits]
            for hits in self.inner.search(queries, k)
        ]

    def plain(self, chunk: Chunk) -> Chunk:
        """Give the exact cut that a titled chunk stands for."""
        return self._plain[chunk.id]


def build_index(bench, search: str, chunk_tokens: int) -> "TitledIndex":
    """Index the chunks of a bench's documents: "vector" or "keyword"."""
    from experiments.models.registry import embedder_folder
    from experiments.retrieval.embed import Embedder
    from experiments.retrieval.index import VectorIndex
    from experiments.retrieval.keyword import KeywordIndex

    builders = {
        "keyword": KeywordIndex,
        "vector": lambda cut: VectorIndex.build(cut, Embedder(embedder_folder()), bench.task),
    }
    if search not in builders:
        raise BookError(f'search is "vector" or "keyword", not {search!r}')
    chunks = [c for d in bench.documents.values() for c in bench.chunker.cut(d, chunk_tokens)]
    return TitledIndex(chunks, bench.titles, builders[search])
