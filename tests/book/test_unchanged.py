"""A build that has nothing to do is seen by the book's files, and only where a site is there."""

import pytest

from experiments.book.build import build
from experiments.book.build.runner import Outcome
from experiments.book.build.unchanged import book_state, built_chapters, keep_state
from experiments.book.source.layout import Layout


@pytest.fixture
def layout(tmp_path, monkeypatch):
    """A book of three files and a site, and no package beside it."""
    for name in ("chapters/a.ipynb", "data/x.yaml", "index.md", "build/html/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr("experiments.book.build.unchanged.ROOT", tmp_path.resolve())
    return Layout(tmp_path)


def test_any_file_option_or_setting_is_in_the_state_and_what_is_made_is_not(layout, monkeypatch):
    before = book_state(layout, "audit")
    (layout.html / "index.html").write_text("2")
    assert book_state(layout, "audit") == before != book_state(layout, "replay")
    for name in ("chapters/a.ipynb", "data/x.yaml", "index.md", "data/new.jsonl"):
        (layout.root / name).write_text("2")
        assert (now := book_state(layout, "audit")) != before, name
        before = now
    monkeypatch.setenv("KNOW_OR_BEHAVE_AUDIT_SEED", "another")
    assert book_state(layout, "audit") != before


def test_a_site_is_of_the_state_that_was_kept_while_it_is_there(layout):
    assert built_chapters(layout, "s") is None
    keep_state(layout, "s", {"b": 2.5, "a": 1.0})
    assert built_chapters(layout, "s") == {"b": 2.5, "a": 1.0}
    assert built_chapters(layout, "t") is None
    (layout.build / "state.json").write_text("{")
    assert built_chapters(layout, "s") is None
    keep_state(layout, "s", {})
    (layout.html / "index.html").unlink()
    assert built_chapters(layout, "s") is None


def test_nothing_is_built_twice_but_what_failed_changed_or_is_recorded(layout, monkeypatch):
    built = []

    def make(names, mode, sample, layout):
        built.append(mode)
        return [Outcome("a", 3.0)], True

    monkeypatch.setattr(build, "_build", make)
    for mode, count in (("audit", 1), ("audit", 1), ("replay", 2), ("record", 3), ("record", 4)):
        assert build.build_book(["a"], mode, layout=layout) == 0
        assert len(built) == count
    (layout.data / "x.yaml").write_text("2")
    assert build.build_book(["a"], layout=layout) == 0 and len(built) == 5
    monkeypatch.setattr(build, "_build", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build.build_book(["b"], layout=layout)
    monkeypatch.setattr(build, "_build", make)
    assert build.build_book(["a"], layout=layout) == 0 and len(built) == 6


def interrupt(*_):
    raise KeyboardInterrupt
