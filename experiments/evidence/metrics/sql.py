"""Scores of a query in SQL: not how it reads, but what the database answers.

A real instance, before any code:

    gold      SELECT name FROM product ORDER BY price DESC LIMIT 2
    answer    "```sql\\nSELECT name, price FROM product ..."      runs 1, execution 0: a column more
    answer    "SELECT title FROM product ..."                     runs 0: no such column: title

A query is right when it gives the rows of the gold query on every filling of the database: one that
is right by luck on a filling fails on the next (test-suite accuracy of Zhong et al., 2020). Rows
count as often as they occur; their order counts where the gold query sorts, that of columns never.
A text around the query is passed over, and a query that fails or is not allowed scores 0.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

from experiments.core import Answer, BookError, Example, Score
from experiments.tasks.database import QueryFault, ask, read_query

MOST_COLUMNS = 4
Rows = Sequence[tuple]


def execution(example: Example, answer: Answer, databases: Sequence[str]) -> Score:
    """1 when the query gives the rows of a gold query on all databases; None without a gold one."""
    if not example.answers:
        return Score("execution", None)
    said = read_query(answer.text)
    right = any(all(_agree(script, gold, said) for script in databases)
                for gold in example.answers)
    return Score("execution", float(right))


def runs(example: Example, answer: Answer, databases: Sequence[str]) -> Score:
    """1 when the query is answered by all databases, whatever the rows."""
    said = read_query(answer.text)
    return Score("runs", float(all(_rows(script, said) is not None for script in databases)))


def same_rows(gold: Rows, said: Rows, *, ordered: bool) -> bool:
    """Return whether two results hold the same rows, in some order of the columns."""
    if len(gold) != len(said) or (gold and len(gold[0]) != len(said[0])):
        return False
    if not gold:
        return True
    width = len(gold[0])
    orders = permutations(range(width)) if width <= MOST_COLUMNS else [tuple(range(width))]
    wanted = _comparable(gold, range(width), ordered)
    return any(_comparable(said, order, ordered) == wanted for order in orders)


def _comparable(rows: Rows, order: Sequence[int], ordered: bool) -> list[tuple]:
    """Return the rows with columns in an order, sums and means rounded, sorted if need be."""
    made = [tuple(round(row[place], 6) if isinstance(row[place], float) else row[place]
                  for place in order) for row in rows]
    return made if ordered else sorted(made, key=lambda row: [(str(type(v)), str(v)) for v in row])


def _agree(script: str, gold: str, said: str) -> bool:
    wanted, found = _rows(script, gold), _rows(script, said)
    if wanted is None:
        raise BookError(f"the gold query {gold!r} is not answered by its own database; mend the "
                        "task's questions or its scripts")
    ordered = re.search(r"\border\s+by\b", gold, re.IGNORECASE) is not None
    return found is not None and same_rows(wanted, found, ordered=ordered)


def _rows(script: str, query: str) -> Rows | None:
    """Return what a database answers; None for a query that is not answered."""
    try:
        return ask(script, query)
    except QueryFault:
        return None


SQL_METRICS: Mapping[str, Callable[[Example, Answer, Sequence[str]], Score]] = {
    metric.__name__: metric for metric in (execution, runs)}
