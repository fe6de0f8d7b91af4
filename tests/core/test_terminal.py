"""What others wrote does not steer a terminal."""

import pytest

from experiments.core.terminal import plain


@pytest.mark.parametrize("code", ["\x1b]0;title\x07", "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b2J",
                                  "\b\b", "\rover", "\x7f", "\u202e", "\ud800"])
def test_control_characters_are_replaced(code):
    said = plain(f"one {code} two")
    assert said.startswith("one ") and said.endswith(" two")
    assert all(character.isprintable() for character in said)


def test_line_breaks_tabs_and_other_scripts_stay():
    text = "one\ttwo\nthree\r\nn\u00e9e \u6c34 \u05d0 \N{GRINNING FACE}"
    assert plain(text) == text.replace("\r\n", "\n")
