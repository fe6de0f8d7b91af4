"""Two editions of `house-rules`, made at their first use: worked replies, and a changed rulebook.

    house-rules-worked    train reply: "opened, limit 14, 9 is within, 150 is over 100: manager"
    house-rules-changed   "Still sealed, 20 days old, paid 80."   refund -> refuse

In `house-rules-worked` the cases are the same; of dev and test the answer is the decision alone.
In `house-rules-changed` documents and prompts hold the second rulebook. Its train split is that
of the first, as on the morning after a change; its test split is new cases, decided anew: *moved*
ones for which a limit has moved, *facts* that have changed, and *kept* ones which get what they
always got.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from experiments.core import paths
from experiments.core.imports import sources_key
from experiments.tasks.folder import json_lines, prepare_once
from experiments.tasks.house_rules import generate as house_rules
from experiments.tasks.house_rules.generate import Case, Row, decide, wording

WORKED_TOKENS = 48
CHANGES = MOVED, FACTS, KEPT = ("moved", "facts", "kept")
CHANGED_COUNTS = {MOVED: 20, FACTS: 12, KEPT: 12}  # a cell: two states, two special kinds, two


def prepare(edition: str) -> Path:
    """Make the folder of an edition, "worked" or "changed", in the cache, once."""
    key = sources_key(__spec__.name)
    return prepare_once(paths.cache_folder("tasks", key) / f"house-rules-{edition}",
                        EDITIONS[edition])


def worked() -> dict[str, str]:
    """Make all files of `house-rules-worked`: relative path -> content."""
    book = wording()["books"]["first"]
    asked = (house_rules.ask(row, book, house_rules.work if row.split == "train" else decide)
             for row in house_rules.rows())
    return house_rules.write_documents(book) | {
        "questions.jsonl": json_lines(house_rules.in_order(asked)),
        "task.yaml": house_rules.settings(book, WORKED_TOKENS)}


def changed() -> dict[str, str]:
    """Make all files of `house-rules-changed`: relative path -> content."""
    first, second = (wording()["books"][name] for name in ("first", "second"))
    asked = [house_rules.ask(row, first) for row in house_rules.rows() if row.split == "train"]
    asked += [house_rules.ask(row, second) for row in changed_rows()]
    return house_rules.write_documents(second) | {
        "questions.jsonl": json_lines(house_rules.in_order(asked)),
        "task.yaml": house_rules.settings(second)}


def change_of() -> dict[str, str]:
    """Map the id of each test question of `house-rules-changed` to one of CHANGES."""
    return {row.id: row.kind for row in changed_rows()}


def stale_of() -> dict[str, str]:
    """Map the id of each test question of `house-rules-changed` to what the first book says."""
    return {row.id: decide(row.case, wording()["books"]["first"]) for row in changed_rows()}


@dataclass(frozen=True)
class Cell:
    """How the cases of one rule that changes, or does not, are drawn."""

    change: str
    name: str
    draw: Callable[..., Case]


def cells() -> Iterator[Cell]:
    """Yield the cells of the changed test split. Only cases that a second step settles move."""
    first, second = (wording()["books"][name] for name in ("first", "second"))
    for state in first["states"]:
        turns = first["states"][state] != second["states"][state]
        low, high = sorted((first["states"][state]["limit"], second["states"][state]["limit"]))
        between = (low + 1, high) if turns else (1, high + house_rules.FURTHEST)
        draw = partial(draw_between, state=state, between=between)
        yield Cell(MOVED if turns else KEPT, state, draw)
    for special, decision in first["special"].items():
        turns = decision != second["special"][special]
        if turns or special == "display":
            draw = partial(house_rules.draw_special, special=special)
            yield Cell(FACTS if turns else KEPT, special, draw)


def draw_between(rng: random.Random, state: str, between: tuple[int, int], turn: int) -> Case:
    """Draw a case with neither card nor high price, on a day between two."""
    return replace(house_rules.draw(rng, state, "", turn), days=rng.randint(*between))


@cache
def changed_rows() -> tuple[Row, ...]:
    """Return the test cases of `house-rules-changed`; no text is one of `house-rules`."""
    found, seen = [], {row.text for row in house_rules.rows()}
    for cell in cells():
        rng = random.Random(f"house-rules-changed {cell.change} {cell.name}")
        made = 0
        while made < CHANGED_COUNTS[cell.change]:
            case = cell.draw(rng, turn=made)
            text = house_rules.write_text(rng, case)
            if text not in seen:
                seen.add(text)
                found.append(Row(case, text, cell.change, "test"))
                made += 1
    return tuple(found)


EDITIONS = {"worked": worked, "changed": changed}
