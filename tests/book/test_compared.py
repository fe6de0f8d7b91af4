"""The articles' comparison tables and our column beside them."""

import json

import pytest

from experiments.book.pages.compared import NOTHING, Row, compared_table, read_compared
from experiments.core import BookError
from experiments.core.paths import CHAPTERS


def test_the_three_articles_with_a_comparison_table_are_there():
    assert [len(rows) for rows in read_compared().values()] == [15, 5, 7]


def test_a_chapter_that_a_row_points_to_judges_its_claim():
    pointed = [row for rows in read_compared().values() for row in rows if row.chapter]
    assert pointed
    for row in pointed:
        cells = json.loads((CHAPTERS / f"{row.chapter}.ipynb").read_text("utf-8"))["cells"]
        assert any(f'("{row.claim}",' in "".join(cell["source"]) for cell in cells), row.claim


def test_every_row_says_what_was_measured_where_it_is_judged_or_that_nothing_was():
    table = compared_table("RAG vs Fine-Tuning: When to Use Each in 2026")
    cells = dict(table.rows)
    assert cells["Retrieved answers can be traced to the chunk that supports them."] == (
        "95.1 % of the citations name the right page")
    assert cells["A tuned model cannot say which training item produced a statement."] == NOTHING
    assert cells["Facts trained in stay as of training and go wrong when the world moves."] == (
        "see Can training teach facts?")


def test_a_row_with_two_answers_and_an_unknown_article_are_refused():
    with pytest.raises(BookError, match="keep one"):
        Row("fresh-ft-frozen", "a sentence", "12_facts")
    with pytest.raises(BookError, match="When Each Wins"):
        compared_table("Another article")


def test_a_claim_of_another_article_is_refused(tmp_path):
    path = tmp_path / "compared.yaml"
    path.write_text("- {article: Another, called: table, rows: [{claim: fresh-ft-frozen}]}\n")
    with pytest.raises(BookError, match="no claim of Another"):
        read_compared(path)
