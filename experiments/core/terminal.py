"""Text that somebody else wrote, made safe for a terminal.

    plain("a title\\x1b]52;c;aGk=\\x07")      -> "a title\N{REPLACEMENT CHARACTER}]52;c;aGk=..."

A terminal obeys control characters: they set its title, fill the clipboard, hide lines. A
passage, the name of a file and the words of a server may hold some. Line breaks and tabs stay.
"""

import re

from experiments.core.paths import CACHE_VARIABLE

# C0 without tab and line feed, delete, C1, and what turns the direction of writing.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Put U+FFFD for every control character but line feed and tab, and for half characters."""
    whole = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", whole)


def explain(error: OSError) -> str:
    """State in words what the system refused, of which file, and what to do."""
    of = f"{error.filename}: " if error.filename else ""
    return (f"{of}the system refused to read or write ({error.strerror or error}). Mend the "
            "permissions or make room on the disk; the cache may be put elsewhere with the "
            f"environment variable {CACHE_VARIABLE}.")
