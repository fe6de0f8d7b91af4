"""Our nouns in LlamaIndex's clothes. Importing this module imports LlamaIndex."""

from collections.abc import Callable, Mapping
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from experiments.core import Chunk

CONTEXT_TOKENS = 1_000_000  # LlamaIndex must not shorten a prompt: the model's own limit counts


class EmbedderForLlamaIndex(BaseEmbedding):
    """Embeds for LlamaIndex; queries and passages alike."""

    _embedder: Any = PrivateAttr()

    def __init__(self, embedder: Any):
        """Wrap anything that has `.embed(texts)` and `.fingerprint`."""
        super().__init__(model_name=embedder.fingerprint)
        self._embedder = embedder

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embedder.embed([text])[0].tolist()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.embed(texts).tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class FunctionLLM(CustomLLM):
    """A language model for LlamaIndex that is one function from prompt text to answer."""

    _complete: Callable[[str], str] = PrivateAttr()

    def __init__(self, complete: Callable[[str], str]):
        """Wrap a function."""
        super().__init__()
        self._complete = complete

    @property
    def metadata(self) -> LLMMetadata:
        """Return what LlamaIndex asks of a model: a window that any prompt fits."""
        return LLMMetadata(context_window=CONTEXT_TOKENS, model_name="function")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Answer a prompt."""
        return CompletionResponse(text=self._complete(prompt))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any):
        """Answer a prompt in one piece."""
        yield self.complete(prompt)


def as_node(chunk: Chunk, vector: list[float] | None = None,
            fields: Mapping[str, str | int] | None = None) -> TextNode:
    """Return a chunk as a LlamaIndex node that shows a model its text and nothing else.

    Chroma refuses empty metadata, so the offsets go there, and `fields` to filter by;
    both exclusions keep them out of what is embedded and of what the language model reads.
    """
    metadata = {"start": chunk.start, "end": chunk.end, **(fields or {})}
    return TextNode(
        id_=chunk.id, text=chunk.text, embedding=vector, metadata=metadata,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.doc_id)},
        start_char_idx=chunk.start, end_char_idx=chunk.end,
        excluded_embed_metadata_keys=list(metadata), excluded_llm_metadata_keys=list(metadata))
