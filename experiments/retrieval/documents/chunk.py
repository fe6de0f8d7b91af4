"""Cut documents into passages of so many word pieces, at exact offsets.

    chunker = Chunker(embedder_folder())
    chunker.cut(document, 100, overlap_tokens=20)
    [Chunk(doc_id="aldra-220", start=0, end=431, text="The Aldra 220 ..."), ...]
"""

from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from experiments.core import BookError, Chunk, Document

Unit = tuple[int, int]  # where a word starts (in characters), how many tokens it has
Word = tuple[int, int, int]  # start, end, tokens
TEXTS_KEPT = 8_192  # whose words are remembered: a corpus is cut in many sizes


class Chunker:
    """Cuts and counts with the tokenizer of the embedder."""

    def __init__(self, tokenizer_folder: Path):
        """Read `tokenizer.json` in a folder."""
        from tokenizers import Tokenizer

        path = Path(tokenizer_folder) / "tokenizer.json"
        if not path.is_file():
            raise BookError(f"expected a tokenizer at {path}, found none: install the embedder")
        self._tokenizer = Tokenizer.from_file(str(path))
        # The file asks for 128 tokens, cut and padded: right for a model's input, wrong here.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._runs_of = lru_cache(TEXTS_KEPT)(lambda text: _runs(self._words(text)))

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of a text, without the two that frame a model's input."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def whole(self, document: Document) -> Chunk:
        """Return a document as one chunk."""
        return Chunk.cut(document, 0, len(document.text))

    def cut(self, document: Document, chunk_tokens: int | None,
            overlap_tokens: int = 0) -> list[Chunk]:
        """Cut a document into chunks of at most `chunk_tokens` tokens, in order.

        Neighbours share at most `overlap_tokens` tokens. Chunks start at words,
        carry no outer white space and together hold every other character. Only
        a word that is longer than a whole chunk is ever cut. Zero or None
        `chunk_tokens` means no limit: the whole document.
        """
        if not chunk_tokens:
            return [self.whole(document)]
        if not 0 <= overlap_tokens < chunk_tokens:
            raise BookError(
                f"expected 0 <= overlap_tokens < chunk_tokens, got overlap_tokens="
                f"{overlap_tokens} and chunk_tokens={chunk_tokens}: choose a smaller overlap"
            )
        units = self._units(document.text, chunk_tokens)
        starts = [start for start, _ in units] + [len(document.text)]
        before = [0, *accumulate(tokens for _, tokens in units)]
        chunks: list[Chunk] = []
        first = last = 0
        while last < len(units):
            new = last  # the unit that no chunk holds yet
            first = _step_back(before, new, chunk_tokens, overlap_tokens, first)
            last = _fill(before, first, new, chunk_tokens)
            chunk = _trimmed(document, starts[first], starts[last])
            # Parts of an overlong word count differently once they stand together.
            while last - first > 1 and self.count_tokens(chunk.text) > chunk_tokens:
                first, last = (first, last - 1) if last - 1 > new else (first + 1, last)
                chunk = _trimmed(document, starts[first], starts[last])
            chunks.append(chunk)
        return chunks

    def _units(self, text: str, chunk_tokens: int) -> list[Unit]:
        """List what is kept together: runs without a gap, or words, or parts of a word."""
        units: list[Unit] = []
        for run in self._runs_of(text):
            tokens = sum(word[2] for word in run)
            if tokens <= chunk_tokens:
                units.append((run[0][0], tokens))
                continue
            for start, end, size in run:
                units += [(start, size)] if size <= chunk_tokens else self._parts(
                    text, start, end, chunk_tokens)
        if units:
            units[0] = (0, units[0][1])  # characters before the first token belong to it
        elif text.strip():
            units = [(0, 0)]
        return units

    def _words(self, text: str) -> list[Word]:
        """List the tokenizer's words as (start, end, tokens)."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        words: list[Word] = []
        previous = None
        for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
            if word == previous:
                words[-1] = (words[-1][0], end, words[-1][2] + 1)
            else:
                words.append((start, end, 1))
            previous = word
        return words

    def _parts(self, text: str, start: int, end: int, chunk_tokens: int) -> list[Unit]:
        """Halve a word until each part fits, or is a single character."""
        size = self.count_tokens(text[start:end])
        if size <= chunk_tokens or end - start == 1:
            return [(start, size)]
        middle = (start + end) // 2
        return (self._parts(text, start, middle, chunk_tokens)
                + self._parts(text, middle, end, chunk_tokens))


def _runs(words: list[Word]) -> list[list[Word]]:
    """Group words that touch: "4.50" is three words of the tokenizer and one of ours."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and runs[-1][-1][1] == word[0]:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _step_back(before: list[int], last: int, chunk_tokens: int, overlap: int, first: int) -> int:
    """Choose the unit a chunk starts at, when the one before it ended before unit `last`."""
    if last == 0:
        return 0
    start = last
    room = chunk_tokens - (before[last + 1] - before[last])
    while start - 1 > first and before[last] - before[start - 1] <= min(overlap, room):
        start -= 1
    return start


def _fill(before: list[int], first: int, last: int, chunk_tokens: int) -> int:
    """Return where a chunk from unit `first` ends: past `last`, and as far as tokens allow."""
    end = last + 1
    while end + 1 < len(before) and before[end + 1] - before[first] <= chunk_tokens:
        end += 1
    return end


def _trimmed(document: Document, start: int, end: int) -> Chunk:
    """Cut a chunk without the white space around it."""
    text = document.text[start:end]
    return Chunk.cut(document, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
