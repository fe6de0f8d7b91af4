"""Ask a small SQLite database a query that nobody has read: reading only, and not for long.

    ask("CREATE TABLE city(name TEXT); INSERT INTO city VALUES ('Belmora');",
        "SELECT name FROM city")                                        -> [("Belmora",)]
    ask(script, "DROP TABLE city")                                      -> QueryFault: not allowed

Queries come from a model, so they are data. Each is asked of a fresh copy in memory. SQLite asks
`_may` about all that a statement would do, and it may only read the tables of the script and call
the functions of FUNCTIONS: nothing is written, attached, loaded or set. One statement at a time;
steps, rows and the length of a value are limited, and those limits count and do not time, so that
a query has the same fate on every machine.
"""

import re
import sqlite3
from collections.abc import Callable
from functools import lru_cache

STEPS, ROWS, VALUE_BYTES, QUERY_CHARACTERS = 2_000_000, 1_000, 10_000, 2_000
_STEPS_A_LOOK = 1_000
FUNCTIONS = frozenset(
    "abs avg coalesce count date group_concat ifnull julianday length like lower max min nullif "
    "replace round strftime substr substring sum total trim upper".split())
# date('now') would give a query another answer tomorrow.
_CLOCK = re.compile(r"""['"]\s*now\s*['"]|\bcurrent_(?:date|time|timestamp)\b""", re.IGNORECASE)


_FENCE = re.compile(r"```(?:\w*\n)?(.*?)(?:```|\Z)", re.DOTALL)
_OPENING = re.compile(r"\bWITH\s+\w+\s+AS\b|\bSELECT\b")


class QueryFault(Exception):
    """A query that was not answered; the message says why, in words for whoever wrote it."""


def read_query(text: str) -> str:
    """Find the query in what a model said: in its first fence, from SELECT to the semicolon.

    SELECT in capitals goes before a plain "select", which may be English. Where there is none,
    it is the text as it is.
    """
    fenced = _FENCE.search(text)
    said = fenced[1] if fenced else text
    found = _OPENING.search(said) or re.search(_OPENING.pattern, said, re.IGNORECASE)
    query = said[found.start():] if found else said
    return query.partition(";")[0].strip()


@lru_cache(maxsize=4096)
def ask(script: str, query: str) -> tuple[tuple, ...]:
    """Give the rows of a query, asked of the database that the script makes.

    The script is trusted, the query is not. Raises QueryFault for a query that fails or is
    not allowed.
    """
    if len(query) > QUERY_CHARACTERS:
        raise QueryFault(f"longer than {QUERY_CHARACTERS} characters")
    if _CLOCK.search(query):
        raise QueryFault("the clock is not part of the data")
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(script)
        _fence(base)
        cursor = base.execute(query)
        rows = cursor.fetchmany(ROWS + 1)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        # A statement too many is a Warning in Python 3.11; a null character is a ValueError.
        raise QueryFault(str(error)) from None
    finally:
        base.close()
    if cursor.description is None:
        raise QueryFault("not a query: it asks for nothing")
    if len(rows) > ROWS:
        raise QueryFault(f"more than {ROWS} rows")
    return tuple(rows)


def find_fault(script: str, query: str) -> str:
    """Say why a query is not answered; nothing for one that is."""
    try:
        ask(script, query)
    except QueryFault as fault:
        return str(fault)
    return ""


def _fence(base: sqlite3.Connection) -> None:
    tables = {name.casefold() for (name,) in
              base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES)
    base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    looks = iter(range(STEPS // _STEPS_A_LOOK))
    base.set_progress_handler(lambda: next(looks, None) is None, _STEPS_A_LOOK)
    base.set_authorizer(_may(tables))


def _may(tables: set[str]) -> Callable[..., int]:
    """Say what a statement may do: select, recurse, read these tables, call a few functions."""

    def decide(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        allowed = (action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
                   or (action == sqlite3.SQLITE_READ and (first or "").casefold() in tables)
                   or (action == sqlite3.SQLITE_FUNCTION
                       and (second or "").casefold() in FUNCTIONS))
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    return decide
