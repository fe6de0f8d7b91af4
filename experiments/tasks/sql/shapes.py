"""Questions about a database and the SQL that answers them, made of a file of shapes.

An entry of shop_sql.yaml, shortened, and a question made of it, before any code:

    - shape: count
      sql: SELECT COUNT(*) FROM customer WHERE city = '{city}'
      test: [Tell me how many of our customers are in {city}., ...]

    {"id": "q-17a7613f", "question": "Tell me how many of our customers are in Lorring.",
     "answers": ["SELECT COUNT(*) FROM customer WHERE city = 'Lorring'"],
     "evidence": ["customer"], "split": "test", "group": "count 1 test 0"}

A test question is of one of three kinds: its query stands in train word for word, and only the
question is new (SEEN); its values are new (VALUES); or it joins two shapes that train has apart
(COMPOSED). A place for a value has other values in test than in train. The rows of a filling are
drawn by seed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import yaml

from experiments.core.nouns import SPLITS
from experiments.tasks.folder import json_lines
from experiments.tasks.rows import text_id

KINDS = SEEN, VALUES, COMPOSED = ("seen query", "new values", "new shape")
# Questions made of each wording, where it has a place for a value.
FILLED = {"train": 2, "dev": 3, "test": 2}
FILLINGS = ("filling-1.sql", "filling-2.sql")


@dataclass(frozen=True)
class Asked:
    """A question, its query, and what sort of query that is."""

    text: str
    sql: str
    shape: str
    kind: str
    split: str
    group: str

    @property
    def id(self) -> str:
        """Return an id made of the text, which tells nothing of the shape."""
        return text_id("q", self.text)


@cache
def read_shapes(name: str) -> dict:
    """Read a file of shapes beside this module: tables, values and shapes."""
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def questions(name: str) -> list[Asked]:
    """Make all questions of a file of shapes, in the order of their splits and ids."""
    made = [one for place, entry in enumerate(read_shapes(name)["shapes"])
            for split in SPLITS for one in _fill(name, place, entry, split)]
    made = list({one.id: one for one in made}.values())  # a value may be filled in twice
    return sorted(made, key=lambda one: (SPLITS.index(one.split), one.id))


def _fill(name: str, place: int, entry: dict, split: str) -> Iterator[Asked]:
    """Fill the wordings of a shape with values of the split, in an order drawn by seed."""
    slots = set(re.findall(r"\{(\w+)\}", entry["sql"]))
    values = _values(name, slots, split, f"{entry['sql']} {split}") if slots else None
    kind = COMPOSED if "train" not in entry else VALUES if slots else SEEN
    for number, wording in enumerate(entry.get(split, ())):
        group = f"{entry['shape']} {place} {split} {number}"
        for _ in range(FILLED[split] if slots else 1):
            value = next(values) if slots else {}
            yield Asked(wording.format(**value), entry["sql"].format(**value), entry["shape"],
                        kind, split, group)


def _values(name: str, slots: set[str], split: str, seed: str) -> Iterator[dict]:
    """Yield values for the slots, again and again, each used up before it comes again."""
    ways = []
    for group, by_split in read_shapes(name)["values"].items():
        found = [one if isinstance(one, dict) else {group: one}
                 for one in by_split.get(split, ())]
        if found and slots & set(found[0]):
            Random(f"{seed} {group}").shuffle(found)
            ways.append(found)
    number = 0
    while True:
        yield {key: value for way in ways for key, value in way[number % len(way)].items()}
        number += 1


def rows_of(asked: list[Asked], tables: list[str]) -> str:
    """Write the questions as lines of questions.jsonl; the tables of a query are its evidence."""
    return json_lines(
        {"id": one.id, "question": one.text, "answers": [one.sql],
         "evidence": [table for table in tables if re.search(rf"\b{table}\b", one.sql)],
         "split": one.split, "group": one.group} for one in asked)


def create(table: str, columns: dict) -> str:
    """Write the statement that makes a table."""
    said = [f"{column} {_sql_type(rule)}" for column, rule in columns.items() if column != "rows"]
    return f"CREATE TABLE {table}({', '.join(said)});"


def fill(name: str, seed: int) -> str:
    """Write a filling of the database: CREATE and INSERT, the same at every call."""
    read = read_shapes(name)
    lines = []
    for table, columns in read["tables"].items():
        lines.append(create(table, columns))
        draw = Random(f"{name} {seed} {table}")
        made = [_column(read, rule, columns["rows"], draw)
                for column, rule in columns.items() if column != "rows"]
        lines += [f"INSERT INTO {table} VALUES ({', '.join(map(_literal, row))});"
                  for row in zip(*made, strict=True)]
    return "\n".join(lines) + "\n"


def _column(read: dict, rule, rows: int, draw: Random) -> list:
    if rule == "key":
        return list(range(1, rows + 1))
    ((how, what),) = rule.items()
    if how == "number":
        return [draw.randint(*what) for _ in range(rows)]
    if how == "date":
        first = date(what[0], 1, 1)
        days = (date(what[1], 12, 31) - first).days
        return [str(first + timedelta(draw.randint(0, days))) for _ in range(rows)]
    if how == "of":
        # To a power, so that a few are chosen often and some not at all.
        known = read["tables"][what]["rows"]
        order = draw.sample(range(1, known + 1), known)
        return [order[int(known * draw.random() ** 1.5)] for _ in range(rows)]
    named = [one for split in read["values"][what].values() for one in split]
    if how == "each":
        return draw.sample(_numbered(named, rows), rows)
    draw.shuffle(named)
    chosen = [named[place % len(named)] for place in range(min(rows, 2 * len(named)))]
    chosen += [named[int(len(named) * draw.random() ** 2)] for _ in range(rows - len(chosen))]
    draw.shuffle(chosen)
    return chosen


def _numbered(named: list[str], rows: int) -> list[str]:
    """Return as many names as there are rows: those that questions say, then more of their like."""
    more = (f"{one.split()[0]} {suffix}" for suffix in
            ("Arden", "Birk", "Calder", "Dunn", "Eide") for one in named)
    unique = dict.fromkeys([*named, *more])
    return list(unique)[:rows]


def _sql_type(rule) -> str:
    return "INTEGER" if rule == "key" or {"number", "of"} & set(rule) else "TEXT"


def _literal(value) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
