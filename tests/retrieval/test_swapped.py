"""Embedders of the same width that speak another language."""

import numpy as np

from experiments.retrieval.maintenance.swapped import found, greatest, hashed


class Pieces:
    """Gives two word pieces for every text."""

    def encode_tokens(self, texts):
        return [np.array([[0.6, 0.0, 0.8], [0.0, 0.8, 0.6]]) for _ in texts]


def test_the_greatest_value_of_each_number_is_taken_and_the_length_made_one():
    (vector,) = greatest(Pieces())(["any"])
    # (0.6, 0.8, 0.8) has the length sqrt(1.64).
    np.testing.assert_allclose(vector, np.array([0.6, 0.8, 0.8]) / np.sqrt(1.64), rtol=1e-6)


def test_hashed_words_ignore_order_and_case_and_count_repetition():
    one, same, twice = hashed(384)(["red lamp", "Lamp, RED!", "red red lamp"])
    np.testing.assert_allclose(one, same)
    assert np.isclose(one @ one, 1) and one @ twice < 1
    np.testing.assert_allclose(sorted(twice[twice > 0]), [1 / np.sqrt(5), 2 / np.sqrt(5)],
                               rtol=1e-6)


def test_a_page_is_found_when_it_is_among_the_best():
    pages = np.eye(3, dtype=np.float32)
    questions = np.array([[0.9, 0.1, 0.0], [0.2, 0.1, 0.7]], dtype=np.float32)
    assert found(pages, questions, [0, 0], k=1) == [1.0, 0.0]
    assert found(pages, questions, [0, 0], k=2) == [1.0, 1.0]
