"""The one exception that is meant for people."""


class BookError(Exception):
    """Something a reader can put right.

    The message says what was expected, what came, and what to do. The command
    line prints it without a traceback and exits with status 2.
    """
