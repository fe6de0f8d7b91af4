"""Curves of risk: a drawing that is the same every time."""

import pytest

from experiments.book.figures.risk import Line, risk_plot
from experiments.core import BookError
from experiments.evidence.stats.statistics import Estimate

RISKS = [Estimate(0.2, 0.1, 0.3, 100, 20), Estimate(0.5, 0.4, 0.6, 100, 20)]
SURE = Line("certainty", (0.1, 1.0), RISKS, "closed_book", band=True)


def test_a_panel_shows_its_curves_and_the_band_only_where_asked():
    plain = Line("certainty", (0.1, 1.0), RISKS, "closed_book")
    banded, bare = (risk_plot({"support": [one]}).text for one in (SURE, plain))
    assert banded.startswith("<?xml") and "FillBetween" in banded
    assert "FillBetween" not in bare


def test_a_line_has_the_colour_of_its_method_and_a_bracket_is_grey_and_dashed():
    drawn = risk_plot({"support": [SURE, Line("chance", (0.1, 1.0), RISKS, thin=True)]}).text
    assert "#c04f00" in drawn.lower() and "#5f5f5f" in drawn.lower()
    assert "stroke-dasharray" in drawn


def test_equal_input_gives_equal_bytes_and_no_line_is_an_error():
    assert risk_plot({"a": [SURE], "b": [SURE]}).text == risk_plot({"a": [SURE], "b": [SURE]}).text
    with pytest.raises(BookError, match="at least one line"):
        risk_plot({"support": []})
