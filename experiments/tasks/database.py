"""Ask a small SQLite database a query that nobody has read: reading only, and not for long.

    ask("CREATE TABLE city(name TEXT); INSERT INTO city VALUES ('Belmora');",
        "SELECT name FROM city")                                        -> [("Belmora",)]
    ask(script, "DROP TABLE city")                                      -> QueryFault: not allowed

Queries come from a model and scripts from whoever made the task, so both are data. Each query is
asked of a fresh copy in memory. SQLite asks about all that a statement would do: a script may make
tables, views and indexes in this copy and fill them; a query may only read them. Either may call
the functions of FUNCTIONS: no file is attached, nothing is loaded or set, and no clock is read.
One query at a time; its steps, its rows and the length of a value are limited, and those limits
count and do not time, so that a query has the same fate on every machine. Seconds of the processor
and memory are limited far above them, for what a count does not see.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache

STEPS, ROWS, VALUE_BYTES, QUERY_CHARACTERS = 2_000_000, 1_000, 10_000, 2_000
RESULT_BYTES, PATTERN_BYTES = 200_000, 200
SCRIPT_STEPS, SCRIPT_VALUE_BYTES = 50_000_000, 1_000_000
# For all databases of this process together, and for one query or script.
MEMORY_BYTES, SECONDS = 200_000_000, 10.0
_STEPS_A_LOOK = 100
FUNCTIONS = frozenset(
    "abs avg coalesce count date group_concat ifnull julianday length like lower max min nullif "
    "replace round strftime substr substring sum total trim upper".split())
# Functions that read the clock without a time, as with 'now', or the machine's time zone; and the
# place of the time among their arguments. date('now') would give another answer tomorrow.
_TIMED = {"date": 0, "julianday": 0, "strftime": 1}
_CLOCK = re.compile(r"""['"]\s*now\s*['"]|\bcurrent_(?:date|time|timestamp)\b""", re.IGNORECASE)
_NO_CLOCK = "the clock is not part of the data"
_MADE = {sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_VIEW,
         sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_VIEW,
         sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE,
         sqlite3.SQLITE_DELETE, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE,
         sqlite3.SQLITE_READ, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT,
         sqlite3.SQLITE_REINDEX, sqlite3.SQLITE_ANALYZE}

_FENCE = re.compile(r"```(?:\w*\n)?(.*?)(?:```|\Z)", re.DOTALL)
# WITH names one table or more, may say RECURSIVE and list columns; "with" alone may be English.
_OPENING = re.compile(
    r"""(?i:\bWITH\s+(?:RECURSIVE\s+)?(?:\w+|"[^"]+")\s*(?:\([^()]*\)\s*)?\bAS\s*
        (?:(?:NOT\s+)?MATERIALIZED\s*)?\()|\bWITH\s+\w+\s+AS\b|\bSELECT\b""", re.VERBOSE)


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
    """Return the rows of a query, asked of the database that the script makes.

    Raises QueryFault for a script or a query that fails or is not allowed.
    """
    if len(query) > QUERY_CHARACTERS:
        raise QueryFault(f"longer than {QUERY_CHARACTERS} characters")
    if _CLOCK.search(query):
        raise QueryFault(_NO_CLOCK)
    with _database(script) as base:
        _fence(base)
        cursor = base.execute(query)
        rows = _fetch(cursor)
    if cursor.description is None:
        raise QueryFault("not a query: it asks for nothing")
    if len(rows) > ROWS:
        raise QueryFault(f"more than {ROWS} rows")
    return tuple(rows)


def find_fault(script: str, query: str) -> str:
    """Explain why a query is not answered; nothing for one that is."""
    try:
        ask(script, query)
    except QueryFault as fault:
        return str(fault)
    return ""


def check_script(script: str) -> None:
    """Raise QueryFault for a script that fails or does more than to make its own tables."""
    with _database(script):
        pass


@contextmanager
def _database(script: str) -> Iterator[sqlite3.Connection]:
    """Make the database of a script for one query; what fails meanwhile is a QueryFault."""
    faults: list[str] = []
    with (closing(sqlite3.connect(":memory:")) as base,
          closing(sqlite3.connect(":memory:")) as plain):
        for name, place in _TIMED.items():
            base.create_function(name, -1, _timed(plain, name, place, faults), deterministic=True)
        try:
            _make(base, script)
            yield base
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            # A statement too many is a Warning in Python 3.11; a null character is a ValueError.
            raise QueryFault(faults[0] if faults else str(error)) from None
        except MemoryError:
            raise QueryFault(f"more than {MEMORY_BYTES / 1e6:.0f} MB of memory") from None


def _make(base: sqlite3.Connection, script: str) -> None:
    """Run a task's script, with the fence up before its first statement."""
    # Tables that SQLite makes on the way then count as memory, and fill no disk.
    base.execute("PRAGMA temp_store = MEMORY")
    base.execute(f"PRAGMA hard_heap_limit = {MEMORY_BYTES}")
    base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, SCRIPT_VALUE_BYTES)
    base.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN_BYTES)
    _limit(base, SCRIPT_STEPS)
    base.set_authorizer(_may_make)
    base.executescript(script)


def _fence(base: sqlite3.Connection) -> None:
    tables = {name.casefold() for (name,) in
              base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES)
    _limit(base, STEPS)
    base.set_authorizer(_may(tables))


def _limit(base: sqlite3.Connection, steps: int) -> None:
    """Stop what follows after so many steps, or where they take far too long."""
    looks, until = iter(range(steps // _STEPS_A_LOOK)), time.thread_time() + SECONDS
    base.set_progress_handler(
        lambda: next(looks, None) is None or time.thread_time() > until, _STEPS_A_LOOK)


def _fetch(cursor: sqlite3.Cursor) -> list[tuple]:
    """Take the rows one by one, at most one more than allowed, while they are small together."""
    rows, size = [], 0
    for row in cursor:
        rows.append(row)
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if size > RESULT_BYTES:
            raise QueryFault(f"a result of more than {RESULT_BYTES} bytes")
        if len(rows) > ROWS:
            break
    return rows


def _timed(plain: sqlite3.Connection, name: str, place: int, faults: list[str]
           ) -> Callable[..., object]:
    """Return SQLite's own function of times for the times that it is given."""

    def call(*arguments: object) -> object:
        said = [_as_text(one).strip().casefold() for one in arguments[place:]]
        if not said or said[0] == "now" or {"localtime", "utc"} & set(said):
            faults.append(_NO_CLOCK)
            raise ValueError(_NO_CLOCK)
        marks = ", ".join("?" * len(arguments))
        return plain.execute(f"SELECT {name}({marks})", arguments).fetchone()[0]

    return call


def _as_text(value: object) -> str:
    """Read an argument as SQLite does: bytes are text, and a null character ends it."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.partition("\0")[0]


def _may_make(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Describe what a script may do: make, fill and drop tables of its own copy."""
    allowed = (action in _MADE
               or (action == sqlite3.SQLITE_PRAGMA and first == "foreign_keys")
               or (action == sqlite3.SQLITE_FUNCTION and (second or "").casefold() in FUNCTIONS))
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _may(tables: set[str]) -> Callable[..., int]:
    """Describe what a statement may do: select, recurse, read these tables, call functions."""

    def decide(action: int, first: str | None, second: str | None, base: str | None,
               _: str | None) -> int:
        allowed = (action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
                   # A table that the query itself makes, with WITH, belongs to no database.
                   or (action == sqlite3.SQLITE_READ and base is None and not second
                       and not (first or "").casefold().startswith("sqlite_"))
                   or (action == sqlite3.SQLITE_READ and (first or "").casefold() in tables)
                   or (action == sqlite3.SQLITE_FUNCTION
                       and (second or "").casefold() in FUNCTIONS))
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    return decide
