"""Results are never typed into prose, and published numbers go where prose names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.book.source.numbers import fill, number_texts
from experiments.book.source.prose import count_words, prose_only, split_code, typed_results
from experiments.core import BookError
from experiments.evidence.checks.published import Published


def found(markdown):
    return [number for _, number in typed_results(markdown)]


@pytest.mark.parametrize(("markdown", "numbers"), [
    ("RAG answers 61 % of them.", ["61 %"]),
    ("RAG answers 61% of them.", ["61%"]),
    ("RAG answers 61\N{NO-BREAK SPACE}% of them.", ["61\N{NO-BREAK SPACE}%"]),
    ("It answers 61.5 per cent, up 12 points.", ["61.5 per cent", "12 points"]),
    ("a rate of 0.43, or .43", ["0.43", ".43"]),
    ("| rag | 61.5 |", ["61.5"]),
    ("**61.5**", ["61.5"]),
    ("# A title with 3.5 in it", ["3.5"]),
    ("```{note}\nA note says 61 %.\n```", ["61 %"]),
    (":::{admonition} Title\nIt says 0.43.\n:::", ["0.43"]),
    ("[61 % of them](https://a.example/4.5)", ["61 %"]),
])
def test_a_typed_result_is_found(markdown, numbers):
    assert found(markdown) == numbers


@pytest.mark.parametrize("markdown", [
    "We ask 240 questions of 160 products in 2026.",
    "a 95 % interval and a 95 % confidence interval",
    "models of 1.5B to 8B parameters",
    "`0.43` and ``61 % ` of`` in code spans",
    "```python\nfloor = 0.43\n```",
    "~~~\n61 %\n~~~",
    "```{code-block} python\nfloor = 0.43\n```",
    "[a page](https://a.example/4.5) and https://a.example/v0.43",
    "<!-- 61 % of what? -->",
    "RAFT gains 35.25 % {cite}`zhang2024raft`.",
    "They print 41 %. <!-- figure of: An article -->",
    "It is {{ rag-contains }}, version `2.13`.",
])
def test_what_is_no_typed_result_is_left_alone(markdown):
    assert found(markdown) == []


def test_a_citation_excuses_its_own_line_only():
    assert typed_results("It gains 35.25 %\nin theirs {cite}`zhang2024raft`.") == [(1, "35.25 %")]


def test_the_line_is_that_of_the_text():
    assert typed_results("one\n```\n0.5\n```\n\nsix 0.5") == [(6, "0.5")]


@given(st.text(alphabet="`~:{}a1. %\n", max_size=80))
def test_cutting_prose_from_code_loses_nothing(markdown):
    assert "".join(text for _, text in split_code(markdown)) == markdown
    assert prose_only(markdown).count("\n") == markdown.count("\n")


def test_words_are_counted_without_code_and_addresses():
    assert count_words("Two words `code here` [three](https://a.example/x) it's") == 4


RATE = Published("rag-contains", "retrieval", "contains", "rag", "percent", 2.0,
                 value=61.5, interval=(55.0, 68.1))
GAP = Published("gap", "retrieval", "contains", "rag", "percent", 2.0, minus="few shot",
                value=-3.0, interval=(-7.5, 1.5))
LENGTH = Published("length", "retrieval", "prompt_tokens", "rag", "tokens", 2.0,
                   value=1311.2, interval=(1290.0, 1330.4))


def test_a_published_number_is_written_with_and_without_its_interval():
    texts = number_texts([RATE, GAP, LENGTH])
    assert texts["rag-contains"] == "61.5 % (95 % interval 55.0 to 68.1)"
    assert texts["rag-contains_value"] == "61.5 %"
    assert texts["gap"] == "−3.0 points (95 % interval −7.5 to 1.5)"
    assert texts["length_value"] == "1,311.2 tokens"


def test_numbers_are_filled_into_prose_and_not_into_code():
    text = "It is {{ rag-contains_value }} ({{rag-contains_value}}), see `{{ rag-contains }}`."
    assert fill(text, number_texts([RATE]), "02_x, cell 3") == (
        "It is 61.5 % (61.5 %), see `{{ rag-contains }}`.")


def test_an_unknown_number_is_named_with_its_place():
    with pytest.raises(BookError, match="02_x, cell 3: no published number is named 'a-rate'"):
        fill("{{ a-rate }}", number_texts([RATE]), "02_x, cell 3")
