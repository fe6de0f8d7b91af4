"""Plain tables: columns are as wide as their widest cell, and no line ends in blanks."""

import pytest

from experiments.core.columns import columns

ROWS = [("method", "right", ""), ("RAG", "31 %", "x"), ("closed book", "1 %", "")]


def test_words_stand_to_the_left():
    assert columns(ROWS) == ["method       right",
                             "RAG          31 %   x",
                             "closed book  1 %"]


def test_numbers_stand_to_the_right_of_the_first_column():
    assert columns(ROWS, numbers=True) == ["method       right",
                                           "RAG           31 %  x",
                                           "closed book    1 %"]


def test_a_short_row_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        columns([("a", "b"), ("c",)])
