"""Sentence cuts: whole sentences, exact offsets, nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.core import Document
from experiments.retrieval.documents.chunk import Chunker
from experiments.retrieval.documents.sentences import SentenceChunker


@pytest.fixture(scope="module")
def chunker(model_folder):
    """Return a sentence chunker that counts with the tokenizer of MiniLM."""
    return SentenceChunker(Chunker(model_folder))


def document(text):
    """Make a document of a text."""
    return Document("d", "title", text)


def test_chunks_end_where_sentences_end(chunker):
    # 5 tokens a sentence: two fit into 11, three do not.
    text = "One two three four. Five six seven eight. Nine ten one two. "
    chunks = chunker.cut(document(text), 11)
    assert [c.text for c in chunks] == ["One two three four. Five six seven eight.",
                                        "Nine ten one two."]
    assert [(c.start, c.end) for c in chunks] == [(0, 41), (42, 59)]


def test_a_text_that_repeats_itself_gets_the_offsets_of_each_place(chunker):
    text = "One two three. One two three. One two three."
    assert [c.start for c in chunker.cut(document(text), 4)] == [0, 15, 30]


def test_only_a_sentence_longer_than_a_chunk_is_cut_and_at_its_comma(chunker):
    text = "One two three, four five six seven."  # 4 and 5 tokens
    assert [c.text for c in chunker.cut(document(text), 6)] == [
        "One two three,", "four five six seven."]


def test_white_space_has_no_chunk(chunker):
    assert chunker.cut(document("  \n\n "), 8) == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab .,\n!?", min_size=1, max_size=200))
def test_nothing_but_white_space_is_lost_and_offsets_are_exact(chunker, text):
    chunks = chunker.cut(document(text), 8)
    assert all(text[c.start:c.end] == c.text for c in chunks)
    assert "".join("".join(c.text.split()) for c in chunks) == "".join(text.split())
    assert all(a.end <= b.start for a, b in zip(chunks, chunks[1:], strict=False))
