"""Chunks: exact offsets, nothing lost, never too long, words left whole."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.core import BookError, Document
from experiments.retrieval.documents.chunk import Chunker

NUMBERS = "one two three four five six seven eight nine ten"  # one token a word


@pytest.fixture(scope="module")
def chunker(model_folder):
    """Return a chunker with the tokenizer of MiniLM."""
    return Chunker(model_folder)


def document(text):
    """Make a document of a text."""
    return Document("d", "title", text)


def texts(chunks):
    """Return the texts of chunks."""
    return [chunk.text for chunk in chunks]


def test_tokens_are_word_pieces_without_a_frame(chunker):
    assert chunker.count_tokens("") == 0
    assert chunker.count_tokens(NUMBERS) == 10
    assert chunker.count_tokens("embeddings") == 4  # em ##bed ##ding ##s
    assert chunker.count_tokens("$4.50!") == 5  # $ 4 . 50 !


def test_long_texts_are_counted_to_their_end(chunker):
    assert chunker.count_tokens("one " * 1000) == 1000


def test_windows_of_four_words(chunker):
    chunks = chunker.cut(document(NUMBERS), 4)
    assert texts(chunks) == ["one two three four", "five six seven eight", "nine ten"]
    assert [(c.start, c.end) for c in chunks] == [(0, 18), (19, 39), (40, 48)]


def test_neighbours_share_the_overlap_and_the_last_chunk_is_no_mere_repetition(chunker):
    assert texts(chunker.cut(document(NUMBERS), 4, overlap_tokens=1)) == [
        "one two three four", "four five six seven", "seven eight nine ten"]
    assert texts(chunker.cut(document(NUMBERS), 4, overlap_tokens=3))[-2:] == [
        "six seven eight nine", "seven eight nine ten"]


def test_a_price_and_a_long_word_are_not_cut(chunker):
    text = "pay $4.50 for embeddings now"  # 1 + 4 + 1 + 4 + 1 tokens
    assert texts(chunker.cut(document(text), 4)) == ["pay", "$4.50", "for", "embeddings", "now"]
    assert texts(chunker.cut(document(text), 5)) == ["pay $4.50", "for embeddings", "now"]


def test_a_word_longer_than_a_chunk_is_cut_and_nothing_is_lost(chunker):
    chunks = chunker.cut(document("embeddings"), 2)
    assert "".join(texts(chunks)) == "embeddings"
    assert all(chunker.count_tokens(chunk.text) <= 2 for chunk in chunks)


def test_parts_of_a_word_that_count_more_together_are_kept_apart(chunker):
    # "t7" is t ##7 and "mk" is mk, but "t7mk" is t ##7 ##m ##k.
    for overlap in (0, 1, 2):
        chunks = chunker.cut(document("t7mksd한d l77dsowejjq\x1cć hcvbzbmmux"), 3, overlap)
        assert [c.text for c in chunks if chunker.count_tokens(c.text) > 3] == []
        assert sorted(chunks, key=lambda c: c.end) == chunks
        assert len({c.end for c in chunks}) == len(chunks)


def test_overlap_leaves_room_for_a_large_next_word(chunker):
    chunks = chunker.cut(document("one two three embeddings four"), 5, overlap_tokens=4)
    assert texts(chunks) == ["one two three", "three embeddings", "embeddings four"]


def test_whole_documents(chunker):
    text = "\n one two \n"
    assert texts([chunker.whole(document(text))]) == [text]
    assert chunker.cut(document(text), 0) == chunker.cut(document(text), None) == [
        chunker.whole(document(text))]
    assert texts(chunker.cut(document(text), 100)) == ["one two"]


def test_text_without_any_token_is_one_chunk(chunker):
    assert texts(chunker.cut(document(" \u200b "), 4)) == ["\u200b"]


@pytest.mark.parametrize(("size", "overlap"), [(4, 4), (4, 9), (4, -1), (-3, 0)])
def test_an_overlap_must_be_smaller_than_a_chunk(chunker, size, overlap):
    with pytest.raises(BookError, match="overlap_tokens"):
        chunker.cut(document(NUMBERS), size, overlap)


def test_a_folder_without_a_tokenizer_is_named(tmp_path):
    with pytest.raises(BookError, match=str(tmp_path)):
        Chunker(tmp_path)


words = st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(
    ["kettle", "embeddings", "$4.50", "café", "cafe\u0301", "日本語の説明", "한국어", "🙂🙂", "ﬁne",
     "İstanbul", "t7mksd한d", "l77dsowejjq", "a\x85b", "x" * 120, "don't", "\n\n", "\u00a0",
     "\ufffd", "ΰ"])


@settings(max_examples=300, deadline=None)
@given(text=st.lists(words, min_size=1, max_size=40).map(" ".join),
       size=st.integers(3, 40), overlap=st.integers(0, 39))
def test_chunks_of_any_text(model_folder, text, size, overlap):
    if not text.strip():
        return
    overlap = min(overlap, size - 1)
    chunker = _chunker(model_folder)
    whole = document(text)
    chunks = chunker.cut(whole, size, overlap)
    covered = set()
    for chunk in chunks:
        assert text[chunk.start:chunk.end] == chunk.text == chunk.text.strip()
        assert chunker.count_tokens(chunk.text) <= size
        covered.update(range(chunk.start, chunk.end))
    assert [text[i] for i in range(len(text)) if i not in covered and not text[i].isspace()] == []
    for left, right in pairwise(chunks):
        assert left.start < right.start and left.end < right.end
        assert chunker.count_tokens(text[right.start:left.end]) <= overlap


@settings(max_examples=100, deadline=None)
@given(words=st.lists(st.sampled_from(NUMBERS.split()), min_size=1, max_size=80),
       size=st.integers(1, 20), overlap=st.integers(0, 19))
def test_plain_words_fill_chunks_to_the_last_token(model_folder, words, size, overlap):
    overlap = min(overlap, size - 1)
    chunks = _chunker(model_folder).cut(document(" ".join(words)), size, overlap)
    step = size - overlap
    starts = [0, *(n for n in range(step, len(words), step) if n + overlap < len(words))]
    assert texts(chunks) == [" ".join(words[n:n + size]) for n in starts]


@cache
def _chunker(folder):
    """Return one chunker for all examples of a property."""
    return Chunker(folder)
