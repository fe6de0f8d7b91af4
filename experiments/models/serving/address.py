"""The name of a model behind a server, and the address it is asked at.

    endpoint:llama3.2@http://localhost:11434/v1
    -> Address(name="endpoint:llama3.2@http://localhost:11434/v1", model="llama3.2",
               url="http://localhost:11434/v1")

The name is printed and recorded, so it holds nothing secret. A server that has moved is asked at
the address in the environment variable KNOW_OR_BEHAVE_ENDPOINT; the name, and with it what was
answered before, stay.
"""

import os
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from experiments.core import BookError

NAME = re.compile(r"endpoint:(?P<model>.+?)@(?P<url>https?://.+)")
MOVED = "KNOW_OR_BEHAVE_ENDPOINT"
KEY = "OPENAI_API_KEY"
SHOWN = "endpoint:MODEL@http://host:port/v1"


@dataclass(frozen=True)
class Address:
    """A model's recorded name, its name at the server, and the URL that it is asked at."""

    name: str
    model: str
    url: str


def read_address(name: str) -> Address:
    """Read a name such as endpoint:MODEL@http://host:port/v1.

    Raises BookError for what is no such name, a URL that cannot be, and one that may hold a key.
    """
    match = NAME.fullmatch(name)
    if match is None:
        raise BookError(f"expected {SHOWN}, got {masked(name)!r}; for Ollama that is "
                        "endpoint:llama3.2@http://localhost:11434/v1")
    check_url(match["url"], "the address of an endpoint")
    moved = os.environ.get(MOVED, "").strip()
    if moved:
        check_url(moved, f"the environment variable {MOVED}")
    return Address(name, match["model"], moved or match["url"])


def check_url(url: str, what: str) -> None:
    """Refuse a URL without a host, with a port that cannot be, or with room for a key."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, or brackets that do not close
        parts, sound = SplitResult("", "", "", "", ""), False
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BookError(
            f"{what} is printed and recorded, so it may hold no key, user or query; got "
            f"{masked(url)}. Put the key into the environment variable {KEY} and leave it out of "
            "the address")
    if not sound or not url.isprintable() or " " in url:
        raise BookError(f"{what} should be like http://host:port/v1, with a port from 1 to 65535; "
                        f"got {masked(url)!r}")


def masked(text: str) -> str:
    """Hide what may be a key in a name or an address: what stands before an @, and the query."""
    hidden = re.sub(r"(//|^endpoint:).*@", r"\1***@", text, flags=re.DOTALL)
    return re.sub(r"[?#].*", "?***", hidden, flags=re.DOTALL)


def read_key() -> str:
    """Return the key from the environment, without the blanks and line breaks around it.

    Raises BookError, without the key, for one that no header can carry.
    """
    key = os.environ.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        place = next(n for n, c in enumerate(key, 1) if not (c.isascii() and c.isprintable()))
        raise BookError(f"the environment variable {KEY} holds what no key holds: its character "
                        f"{place} of {len(key)} is a line break or beyond ASCII. Copy the key "
                        "again")
    return key
