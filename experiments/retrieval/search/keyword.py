"""Best passages by shared words: BM25, through LlamaIndex."""

import warnings
from collections.abc import Callable, Sequence

from experiments.core import BookError, Chunk, Hit
from experiments.retrieval.search import ranking

# Words as in the retriever's default, and numbers with dots as one: "5.2", "10.0.1".
DOTTED_NUMBERS = r"(?u)\d+(?:\.\d+)+|\b\w\w+\b"


class KeywordIndex:
    """Finds the chunks that share rare words with a query. Kept in memory; quick to build."""

    def __init__(self, chunks: Sequence[Chunk], *, token_pattern: str | None = None):
        """Index chunks with LlamaIndex's BM25Retriever: English stemmer and stop words.

        `token_pattern` says what a word is. The retriever's own takes letters, digits and
        underscores, two or more, so that of "Django 5.2" it keeps "Django" alone.
        """
        from llama_index.retrievers.bm25 import BM25Retriever

        from experiments.retrieval.search.llama import as_node

        self._chunks = ranking.by_id(chunks)
        self.size: int = len(self._chunks)
        nodes = [as_node(chunk) for chunk in self._chunks.values()]
        words = {"token_pattern": token_pattern} if token_pattern else {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it divides by the mean length before it fails
                self._retriever = BM25Retriever(nodes=nodes, similarity_top_k=1, **words)
        except ValueError as error:
            raise BookError(f"expected words to search for in {self.size} passages, found only "
                            "stop words or signs: search by meaning, or check the documents"
                            ) from error

    def search(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Return for each query its k best chunks (all, if there are fewer), best first.

        The score is BM25's: 0 and up, without an upper bound, comparable only
        within one query. Chunks that share no word with the query score 0 and
        fill the list up to k, in the order of their ids, as all equal scores are.
        """
        return [
            ranking.hits(ranking.best(self._matching(query), k, self.size), self._chunks)
            for query in queries
        ]

    def _matching(self, query: str) -> Callable[[int], ranking.Found]:
        """Return a function that finds the n best chunks for a query."""
        def fetch(n: int) -> ranking.Found:
            self._retriever.similarity_top_k = n
            return [(hit.node.node_id, hit.score) for hit in self._retriever.retrieve(query)]

        return fetch
