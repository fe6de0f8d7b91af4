"""LlamaIndex's own query engines over our index. Importing this imports LlamaIndex."""

from collections.abc import Callable

from llama_index.core import PromptTemplate, VectorStoreIndex
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from experiments.core import Chunk
from experiments.retrieval.index import VectorIndex
from experiments.retrieval.llama import FunctionLLM

Layout = Callable[[int, Chunk], str]


def retriever(index: VectorIndex, k: int):
    """Give LlamaIndex's retriever over the store of an index."""
    wrapped = VectorStoreIndex.from_vector_store(
        index.store, embed_model=index.embedder.as_llama_index())
    return wrapped.as_retriever(similarity_top_k=k)


def default_engine(index: VectorIndex, llm, k: int) -> RetrieverQueryEngine:
    """Give the query engine with LlamaIndex's own prompts and a LlamaIndex language model."""
    return RetrieverQueryEngine.from_args(retriever(index, k), llm=llm)


def citation_engine(index: VectorIndex, complete: Callable[[str], str], k: int
                    ) -> CitationQueryEngine:
    """Give LlamaIndex's citing engine, with its own prompt and numbers, and a model of ours.

    `engine.query(question)` then has `.response` and `.source_nodes`: what the numbers [1],
    [2] ... stand for. A source's text begins with "Source 1:"; its `.node.ref_doc_id` is the
    document. A passage above 512 of LlamaIndex's tokens becomes several sources.
    """
    return CitationQueryEngine(retriever(index, k), llm=FunctionLLM(complete))


def query_engine(index: VectorIndex, complete: Callable[[str], str], k: int, *,
                 template: str, passage: Layout) -> RetrieverQueryEngine:
    """Give LlamaIndex's query engine with a prompt and a language model of ours.

    `complete` gets the prompt text and returns the answer; it is called once a
    question. `template` holds {context_str} and {query_str}; the context is one
    `passage(rank, chunk)` after another, ranks from 1, each on a new line.
    `engine.query(question)` then has `.response` and `.source_nodes`, whose
    `.node_id` are chunk ids and whose `.score` is exp(cosine - 1).
    """
    return RetrieverQueryEngine.from_args(
        retriever(index, k), llm=FunctionLLM(complete),
        node_postprocessors=[Numbering(index.chunks, passage)],
        # The mode that joins passages by a line break and asks once; the default mode
        # joins by an empty line and asks again when a prompt seems too long.
        response_mode=ResponseMode.SIMPLE_SUMMARIZE,
        # That mode hands over a list of one text, and formatting would print its brackets.
        text_qa_template=PromptTemplate(template, function_mappings={
            "context_str": lambda context_str, **_: "".join(context_str)}))


class Numbering(BaseNodePostprocessor):
    """Lays out the passages that a prompt quotes, with their rank."""

    _chunks: dict[str, Chunk] = PrivateAttr()
    _layout: Layout = PrivateAttr()

    def __init__(self, chunks: dict[str, Chunk], layout: Layout):
        """Lay out chunks, found by their ids."""
        super().__init__()
        self._chunks, self._layout = chunks, layout

    def _postprocess_nodes(self, nodes: list[NodeWithScore],
                           query_bundle: QueryBundle | None = None) -> list[NodeWithScore]:
        return [
            NodeWithScore(score=found.score, node=TextNode(
                id_=found.node.node_id,
                text=self._layout(rank, self._chunks[found.node.node_id])))
            for rank, found in enumerate(nodes, start=1)
        ]
