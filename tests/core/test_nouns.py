"""The nouns keep their promises: exact offsets, None is not zero, questions without answers."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import (
    REFUSAL,
    Answer,
    Chunk,
    Document,
    Example,
    Hit,
    Question,
    Record,
    Score,
)

KETTLE = Document("kettle", "Kettle", "It holds 1.7 litres. It costs 40 euros.")


def test_a_chunk_is_the_text_at_its_offsets():
    chunk = Chunk.cut(KETTLE, 9, 19)
    assert chunk.text == "1.7 litres"
    assert chunk.id == "kettle:9-19"


@given(st.text(min_size=1), st.data())
def test_every_cut_of_any_text_is_exact(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    chunk = Chunk.cut(Document("d", "D", text), start, end)
    assert text[chunk.start:chunk.end] == chunk.text


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (5, 5), (6, 2), (0, 40)])
def test_a_cut_outside_the_document_is_refused(start, end):
    with pytest.raises(ValueError, match="kettle"):
        Chunk.cut(KETTLE, start, end)


def test_a_question_carries_no_answer_and_no_evidence():
    example = Example("q1", "How much does it hold?", ("1.7 litres",), ("kettle",), "dev", "kettle")
    assert example.asked() == Question("q1", "How much does it hold?")
    assert {field.name for field in dataclasses.fields(Question)} == {"id", "text", "user"}


def test_an_example_without_answers_is_unanswerable():
    assert not Example("q", "?", ()).answerable
    assert Example("q", "?", ("yes",)).answerable


def test_a_score_that_could_not_be_given_is_not_zero():
    assert Score("exact_match", None) != Score("exact_match", 0.0)
    assert Score("exact_match", None).value is None


def test_a_record_survives_json_with_its_passage_cut_again():
    hit = Hit(Chunk.cut(KETTLE, 0, 20), 0.5, 1)
    answer = Answer("q1", "1.7 litres [1]", (hit,), 40, 6, {"prefill": 0.25})
    record = Record("retrieval", "rag", 0, "ab12", answer, {"cpu": "two cores"})
    row = record.as_json()
    assert "holds" not in str(row)
    assert row["answer"]["hits"] == [
        {"doc_id": "kettle", "start": 0, "end": 20, "score": 0.5, "rank": 1}
    ]
    assert Record.from_json(row, {"kettle": KETTLE}) == record


def test_a_record_that_cites_a_missing_document_is_not_read():
    row = Answer("q1", "x", (Hit(Chunk.cut(KETTLE, 0, 2), 0.1, 1),)).as_json()
    with pytest.raises(KeyError, match="kettle"):
        Answer.from_json("q1", row, {})


def test_the_ideal_reply_is_the_first_gold_answer_or_the_refusal():
    assert Example("q", "?", ("2 m", "2 metres")).reply == "2 m"
    assert Example("q", "?", ()).reply == REFUSAL


def test_an_answer_after_earlier_steps_has_their_tokens_and_seconds_too():
    plan = Answer("q", "a plan", (), 100, 9, {"prefill": 1.0, "decode": 2.0})
    final = Answer("q", "2 m", (), 300, 4, {"search": 0.5, "prefill": 3.0, "decode": 1.0}, -0.5)
    both = final.after(plan)
    assert (both.text, both.prompt_tokens, both.completion_tokens) == ("2 m", 400, 13)
    assert both.stage_seconds == {"prefill": 4.0, "decode": 3.0, "search": 0.5}
    assert both.log_probability == -0.5 and final.after() == final
