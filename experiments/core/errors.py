"""The one exception that is meant for people, and values as its messages show them."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother, _SHORT.maxlong = 3, 120, 120, 40


def shown(value: object) -> str:
    """Write a value that somebody gave as Python would; a large one loses its middle."""
    return _SHORT.repr(value)


class BookError(Exception):
    """Something a reader can put right.

    The message says what was expected, what came, and what to do. The command
    line prints it without a traceback and exits with status 2.
    """
