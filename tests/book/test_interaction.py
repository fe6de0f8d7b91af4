"""The interaction plot: equal bytes, and a panel a measure."""

import pytest

from experiments.book.interaction import interaction_plot
from experiments.core import BookError
from experiments.evidence.statistics import Estimate

CONTEXTS = ["none", "retrieved"]
COLOURS = {"RAFT": "raft", "untrained": "rag"}


def one(value):
    return Estimate(value, value - 0.05, value + 0.05, 20, 10)


def drawn(value, measures=("answers rightly",)):
    """Draw two readers, the last dot of the second at a value."""
    lines = {"RAFT": [one(0.1), one(0.9)], "untrained": [one(0.2), one(value)]}
    return interaction_plot(CONTEXTS, dict.fromkeys(measures, lines), colours=COLOURS,
                            x_label="passages given").text


def test_equal_input_gives_equal_bytes_and_another_value_gives_others():
    assert drawn(0.3) == drawn(0.3)
    assert drawn(0.3) != drawn(0.4)


def test_a_second_measure_makes_the_drawing_taller():
    def height(text):
        return float(text.split('height="')[1].split("pt")[0])

    assert height(drawn(0.3, ("right", "declined"))) > 1.5 * height(drawn(0.3))


def test_a_reader_needs_an_estimate_for_every_context():
    with pytest.raises(BookError, match="'RAFT' has 1 estimates for 2 contexts"):
        interaction_plot(CONTEXTS, {"right": {"RAFT": [one(0.1)]}}, colours=COLOURS, x_label="x")
