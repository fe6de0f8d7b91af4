"""A title in italics leads to its chapter, and one that leads nowhere is named."""

from experiments.book.source.references import link_titles, unknown_titles

TITLES = {"What makes it work?": "chapters/16_raft.ipynb",
          "What would it cost you?": "calculator.md"}


def test_a_chapter_links_its_neighbours_and_the_pages_above_it():
    text = "As *What makes it work?* found; see *What would it cost you?*."
    assert link_titles(text, TITLES, "chapters/18_ladder.ipynb") == (
        "As [*What makes it work?*](16_raft.ipynb) found; see "
        "[*What would it cost you?*](../calculator.md).")


def test_a_page_links_down_into_the_chapters():
    assert link_titles("*What makes it work?*", TITLES, "index.md") == (
        "[*What makes it work?*](chapters/16_raft.ipynb)")


def test_a_title_may_break_over_a_line():
    assert link_titles("*What makes\nit work?*", TITLES, "index.md") == (
        "[*What makes\nit work?*](chapters/16_raft.ipynb)")


def test_a_chapter_does_not_link_itself_and_code_and_links_stay_as_they_are():
    itself = "*What makes it work?*"
    assert link_titles(itself, TITLES, "chapters/16_raft.ipynb") == itself
    others = "`*What makes it work?*` and [*What makes it work?*](x.md) and **What makes it work?**"
    assert link_titles(others, TITLES, "index.md") == others


def test_a_question_in_italics_that_is_no_title_is_named():
    text = "*What makes it work?* and *What can a prompt do?*, *really*, *Format?*, `*Is it so?*`"
    assert list(unknown_titles(text, TITLES)) == ["What can a prompt do?"]
