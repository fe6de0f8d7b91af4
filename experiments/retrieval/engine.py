"""LlamaIndex's own query engines over our index. Importing this imports LlamaIndex."""

from collections.abc import Callable

from llama_index.core import VectorStoreIndex
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine

from experiments.retrieval.search.index import VectorIndex
from experiments.retrieval.search.llama import FunctionLLM


def retriever(index: VectorIndex, k: int):
    """Return LlamaIndex's retriever over the store of an index."""
    wrapped = VectorStoreIndex.from_vector_store(
        index.store, embed_model=index.embedder.as_llama_index())
    return wrapped.as_retriever(similarity_top_k=k)


def default_engine(index: VectorIndex, llm, k: int) -> RetrieverQueryEngine:
    """Return the query engine with LlamaIndex's own prompts and a LlamaIndex language model."""
    return RetrieverQueryEngine.from_args(retriever(index, k), llm=llm)


def citation_engine(index: VectorIndex, complete: Callable[[str], str], k: int
                    ) -> CitationQueryEngine:
    """Return LlamaIndex's citing engine, with its own prompt and numbers, and a model of ours.

    `engine.query(question)` then has `.response` and `.source_nodes`: what the numbers [1],
    [2] ... stand for. A source's text begins with "Source 1:"; its `.node.ref_doc_id` is the
    document. A passage above 512 of LlamaIndex's tokens becomes several sources.
    """
    return CitationQueryEngine(retriever(index, k), llm=FunctionLLM(complete))
