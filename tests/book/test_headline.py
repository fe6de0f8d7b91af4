"""The README's table is what the records say."""

import pytest

from experiments.book.headline import BEGIN, END, RUNGS, filled, headline
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.published import Published, read_published


def test_the_readme_shows_the_published_numbers():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert filled(text, headline(read_published())) == text


def test_a_rung_has_its_share_and_its_interval():
    entries = [Published(name, "s", "contains", "a", "percent", 1.0, None, 12.34, (1.0, 20.0))
               for name in RUNGS]
    table = headline(entries)
    assert table.count("| 12.3 % | 1.0 to 20.0 |") == len(RUNGS)


def test_a_missing_number_and_missing_marks_are_named():
    with pytest.raises(BookError, match="ladder-closed-book"):
        headline([])
    with pytest.raises(BookError, match="marks"):
        filled("no marks here", "table")
    assert filled(f"a {BEGIN} old {END} b", "new") == f"a {BEGIN}\nnew\n{END} b"
