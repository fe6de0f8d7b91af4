"""Cut documents at sentence ends, with LlamaIndex's SentenceSplitter and exact offsets.

    splitter = SentenceChunker(chunker)
    splitter.cut(document, 64)
    [Chunk(doc_id="aldra-410", start=0, end=301, text="# Aldra 410 kettle\\n\\nYou will ..."), ...]

LlamaIndex finds a chunk's offsets by looking for its text, which may stand in the document
twice. Without overlap nothing has to be looked for: chunks follow one another, and only white
space lies between them. Importing this imports LlamaIndex.
"""


from llama_index.core.node_parser import SentenceSplitter

from experiments.core import BookError, Chunk, Document
from experiments.retrieval.documents.chunk import Chunker


class SentenceChunker:
    """Cuts as `Chunker` does, counted in the same word pieces, but never inside a sentence.

    Only a sentence that is longer than a whole chunk is cut, at a comma where it has one.
    """

    def __init__(self, chunker: Chunker):
        """Count with a chunker's tokenizer."""
        self._count = chunker.count_tokens

    def cut(self, document: Document, chunk_tokens: int) -> list[Chunk]:
        """Cut a document into chunks of whole sentences, of at most `chunk_tokens` tokens."""
        splitter = SentenceSplitter(chunk_size=chunk_tokens, chunk_overlap=0,
                                    tokenizer=self._pieces)
        chunks, end = [], 0
        for text in splitter.split_text(document.text):
            start = len(document.text) - len(document.text[end:].lstrip())
            end = start + len(text)
            if document.text[start:end] != text:
                raise BookError(f"document {document.id}: LlamaIndex's splitter changed the text "
                                f"at character {start}; use Chunker for this document")
            chunks.append(Chunk.cut(document, start, end))
        return chunks

    def _pieces(self, text: str) -> range:
        """Return something as long as a text has tokens: the splitter asks for its length only."""
        return range(self._count(text))
