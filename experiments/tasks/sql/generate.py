"""The benchmark `shop-sql`: which query answers a question about a shop's database?

    {"id": "q-17a7613f", "question": "Which products are kettles?",
     "answers": ["SELECT name FROM product WHERE category = 'kettle'"], ...}

Two fillings of the same four tables: a query is right when it gives the rows of the gold query
on both. Three more benchmarks are made alongside. `shop-sql-renamed` is the shop after a table
and two columns were renamed (RENAMED), with the test questions that this touches, worded as
before. `library-sql` has other tables altogether. `shop-sql-varied` holds train questions only,
each with names of its own for tables and columns; see sql_varied. Shapes, wordings and values
stand in shop_sql.yaml and library_sql.yaml; see sql_shapes.
`python -m experiments.tasks.sql.generate` writes the four folders again, less task.yaml, which is
written by hand.
"""

import re
from dataclasses import replace
from pathlib import Path

from experiments.core import paths
from experiments.tasks.folder import write_files
from experiments.tasks.sql import shapes as sql_shapes
from experiments.tasks.sql import varied as sql_varied
from experiments.tasks.sql.card import write_card
from experiments.tasks.sql.shapes import FILLINGS, Asked

SOURCES = {"shop-sql": "shop_sql.yaml", "shop-sql-renamed": "shop_sql.yaml",
           "shop-sql-varied": "shop_sql.yaml", "library-sql": "library_sql.yaml"}
# Seeds of the two fillings. They were searched: no gold query is empty on either, and no two
# different gold queries give the same rows on both.
SEEDS = {"shop_sql.yaml": (54, 349), "library_sql.yaml": (1, 45)}
RENAMED = {"product": "article", "price": "euros", "joined": "since"}


def rename(sql: str) -> str:
    """Write a query of the shop for the shop after the renaming."""
    return sql_varied.rename(sql, RENAMED)


def questions(task: str) -> list[Asked]:
    """Make a task's questions; of the renamed shop only those whose query the renaming touches."""
    made = sql_shapes.questions(SOURCES[task])
    if task == "shop-sql-varied":
        return [sql_varied.vary(one, listed(task)) for one in made if one.split == "train"]
    if task != "shop-sql-renamed":
        return made
    moved = [replace(one, sql=rename(one.sql)) for one in made]
    return [new for old, new in zip(made, moved, strict=True)
            if new.split == "train" or (new.split == "test" and new.sql != old.sql)]


def asked_by_id(task: str = "shop-sql") -> dict[str, Asked]:
    """Map the id of each question to what it was made of: its shape, kind and query."""
    return {one.id: one for one in questions(task)}


def tables(task: str) -> dict[str, str]:
    """Map each table of a task to its CREATE statement."""
    moved = rename if task == "shop-sql-renamed" else str
    read = sql_shapes.read_shapes(SOURCES[task])["tables"]
    return {moved(name): moved(sql_shapes.create(name, columns))
            for name, columns in read.items()}


def listed(task: str) -> str:
    """Write a task's tables and columns on one line, as prompts show them."""
    plain = (text.removeprefix("CREATE TABLE ").rstrip(";") for text in tables(task).values())
    return "; ".join(re.sub(r" (?:INTEGER|TEXT)\b", "", text) for text in plain)


def fillings(task: str) -> dict[str, str]:
    """Map the names of a task's scripts to their text: CREATE and INSERT."""
    source = SOURCES[task]
    made = {name: sql_shapes.fill(source, seed)
            for name, seed in zip(FILLINGS, SEEDS[source], strict=True)}
    if task == "shop-sql-renamed":
        return {name: _move(text) for name, text in made.items()}
    return made


def _move(script: str) -> str:
    """Rename in a script what is no value: the head of each line, up to its values."""
    return "".join(rename(head) + mark + tail for head, mark, tail in
                   (line.partition(" VALUES ") for line in script.splitlines(keepends=True)))


def generate(task: str) -> dict[str, str]:
    """Make a task's documents, scripts, questions and card: relative path -> content."""
    files = {f"documents/{name}.md": f"# {name}\n\n{text}\n" for name, text in tables(task).items()}
    if task != "shop-sql-varied":  # whose queries each belong to a schema of their own
        files |= fillings(task)
    files["questions.jsonl"] = sql_shapes.rows_of(questions(task), list(tables(task)))
    settings = (paths.TASKS / task / "task.yaml").read_text(encoding="utf-8")
    return files | {"card.md": write_card(task, files, settings, questions(task))}


if __name__ == "__main__":
    for name in SOURCES:
        folder: Path = paths.TASKS / name
        write_files(folder, generate(name))
        print(f"wrote {folder}")
