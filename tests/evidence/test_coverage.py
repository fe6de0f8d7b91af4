"""Coverage of an answer's sentence, worked out by hand."""

import pytest

from experiments.core import BookError, Chunk, Document, Example, Hit
from experiments.evidence.metrics.coverage import (
    Coverage,
    answer_sentence,
    cover,
    holder,
    within_budget,
)

# Thirteen words; the gold sentence is the middle one, with four of them.
TEXT = "It is a kettle. It holds 1.7 litres. Clean it once a week."
KETTLE = Document("kettle", "Kettle", TEXT)
GOLD = Chunk.cut(KETTLE, 16, 36)
LITRES = Example("q", "How much does it hold?", ("1.7 litres", "1.7"), ("kettle",))


def part(words, document=KETTLE):
    """Cut out words, which stand in the document once."""
    start = document.text.index(words)
    return Chunk.cut(document, start, start + len(words))


def test_the_gold_span_is_the_sentence_with_the_first_answer():
    assert answer_sentence(KETTLE, LITRES) == GOLD
    assert GOLD.text == "It holds 1.7 litres."


def test_a_decimal_point_ends_no_sentence_and_an_answer_is_no_part_of_a_number():
    text = "Since 13.10 and 3.10.1 it works. Use 3.10 or later."
    document = Document("d", "t", text)
    found = answer_sentence(document, Example("q", "Which?", ("3.10",), ("d",)))
    assert found.text == "Use 3.10 or later."


def test_a_line_is_a_sentence_too_and_the_first_one_counts():
    document = Document("d", "t", "### DEBUG\n\nDefault: False\nIf False, say nothing.")
    found = answer_sentence(document, Example("q", "Default?", ("False",), ("d",)))
    assert (found.text, found.start) == ("Default: False", 11)


def test_an_answer_over_two_sentences_has_both_as_its_span():
    document = Document("d", "t", "See below. Press A. Then wait. Done.")
    found = answer_sentence(document, Example("q", "How?", ("A. Then",), ("d",)))
    assert found.text == "Press A. Then wait."


def test_a_document_without_the_answer_is_an_error_that_names_both():
    with pytest.raises(BookError, match="question q: no sentence of kettle holds '9 litres'"):
        answer_sentence(KETTLE, Example("q", "How much?", ("9 litres",), ("kettle",)))


def test_the_whole_text_covers_all_and_is_mostly_not_gold():
    # 4 of 13 words are gold.
    assert cover(GOLD, [part(TEXT)]) == Coverage(1.0, 4 / 13, 4 / 13, 13)


def test_half_a_sentence_is_half_a_recall():
    # "1.7 litres." and "Clean it": 2 gold words of 4 read; 4 + 4 - 2 words in either.
    assert cover(GOLD, [part("1.7 litres. Clean it")]) == Coverage(0.5, 0.5, 2 / 6, 4)


def test_two_halves_cover_the_whole_and_a_shared_word_is_read_twice():
    both = [part("It holds 1.7"), part("1.7 litres.")]
    # 5 words read, 4 of them gold and new; 4 + 5 - 4 in either.
    assert cover(GOLD, both) == Coverage(1.0, 0.8, 0.8, 5)


def test_the_same_place_in_another_document_covers_nothing():
    other = Document("jug", "Jug", TEXT)
    assert cover(GOLD, [Chunk.cut(other, 16, 36)]) == Coverage(0.0, 0.0, 0.0, 4)


def test_no_passage_covers_nothing_and_costs_nothing():
    assert cover(GOLD, []) == Coverage(0.0, 0.0, 0.0, 0)


def test_a_budget_takes_the_best_passages_until_the_next_is_too_much():
    texts = ["one two three", "four five", "six seven", "eight"]
    hits = [Hit(Chunk("d", 0, len(text), text), 1.0, rank) for rank, text in enumerate(texts, 1)]

    def taken(budget):
        return [c.text for c in within_budget(hits, budget, lambda text: len(text.split()))]

    assert taken(5) == texts[:2]
    assert taken(6) == texts[:2]  # "eight" would fit, but "six seven" stands before it
    assert taken(2) == []
    assert taken(100) == texts


def test_the_holder_is_the_first_chunk_with_all_of_the_gold_span():
    halves = [part("It is a kettle. It holds"), part("1.7 litres. Clean it once a week.")]
    whole = part("It holds 1.7 litres. Clean")
    assert holder(GOLD, halves) is None
    assert holder(GOLD, [*halves, part("holds 1.7 litres."), whole, part(TEXT)]) == whole
    assert holder(GOLD, [Chunk.cut(Document("jug", "Jug", TEXT), 0, len(TEXT))]) is None
