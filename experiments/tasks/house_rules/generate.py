"""The benchmark `house-rules`: what does a rulebook say in a case that it does not name?

A case, the worked decision of it, and the entries of the rulebook that decide it:

    {"id": "c-5d0f3a1e", "question": "41 days old, gold card, still sealed, paid 80.",
     "answers": ["refund"], "evidence": ["sealed", "card"], "split": "test", ...}

    sealed, limit 30 and 20 is 50, 41 is within, 80 is not over 100: refund

A case is of one of four kinds (`kind_of`): a *fact* that one entry settles; *two* steps, of which
the second compares a number; *three*, where a card moves the limit or a high price overrules; and
*new*, three steps in a combination that no train case has, though each of its rules has many.
`editions.py` makes the editions with worked replies and with a changed rulebook.
`python -m experiments.tasks.house_rules.generate` writes the task again.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.house_rules.card import write_card
from experiments.tasks.rows import in_order, text_id

FOLDER = paths.TASKS / "house-rules"
KINDS = FACT, TWO, THREE, NEW = ("fact", "two", "three", "new")
STEPS = {FACT: 1, TWO: 2, THREE: 3, NEW: 3}
LABELS = ("refund", "swap", "voucher", "repair", "refuse", "manager")
# Cells of a kind: the state of the goods and what makes a third step. NEW stands in test alone.
CELLS = {
    TWO: (("sealed", ""), ("opened", ""), ("faulty", "")),
    THREE: (("sealed", "card"), ("faulty", "card"), ("sealed", "dear"), ("opened", "dear")),
    NEW: (("opened", "card"), ("faulty", "dear")),
}
# Cases a special kind of goods (FACT) or a cell, by split.
COUNTS = {"train": {FACT: 16, TWO: 80, THREE: 76}, "dev": {FACT: 2, TWO: 8, THREE: 6},
          "test": {FACT: 6, TWO: 12, THREE: 9, NEW: 18}}
FURTHEST = 25  # days before or behind a limit


@dataclass(frozen=True)
class Case:
    """What somebody brings back, as facts; `special` is "" for goods of no special kind."""

    special: str
    state: str
    days: int
    price: int
    card: bool


@dataclass(frozen=True)
class Row:
    """A case with its text, its kind and its split."""

    case: Case
    text: str
    kind: str
    split: str

    @property
    def id(self) -> str:
        """Return an id made of the text, which tells nothing more than the text."""
        return text_id("c", self.text)


@cache
def wording() -> dict:
    """Read house_rules.yaml: both rulebooks, their entries' words and the cases' words."""
    return yaml.safe_load(Path(__file__).with_name("house_rules.yaml").read_text(encoding="utf-8"))


def decide(case: Case, book: Mapping) -> str:
    """Decide a case by a rulebook: the gold of every question."""
    if case.special:
        return book["special"][case.special]
    rule = book["states"][case.state]
    if case.days > rule["limit"] + book["card_days"] * case.card:
        return rule["past"]
    return "manager" if case.price > book["dear"] else rule["within"]


def consulted(case: Case, book: Mapping) -> list[str]:
    """Name the entries that decide a case."""
    if case.special:
        return [case.special]
    dear = ["dear"] if case.price > book["dear"] else []
    return [case.state, *(["card"] if case.card else []), *dear]


def work(case: Case, book: Mapping) -> str:
    """Write the steps of a decision; no decision is named before the last word."""
    decision = decide(case, book)
    if case.special:
        return f"{case.special}, nothing else counts: {decision}"
    limit, more = book["states"][case.state]["limit"], book["card_days"]
    reach = f"{limit} and {more} is {limit + more}" if case.card else str(limit)
    steps = f"{case.state}, limit {reach}"
    if case.days > limit + more * case.card:
        return f"{steps}, {case.days} is past: {decision}"
    over = "over" if case.price > book["dear"] else "not over"
    return f"{steps}, {case.days} is within, {case.price} is {over} {book['dear']}: {decision}"


def entries(book: Mapping) -> dict[str, str]:
    """Map each entry of a rulebook to its text."""
    says, names = wording()["entries"], wording()["names"]
    found = {special: says["special"].format(special=names[special], decision=decision)
             for special, decision in book["special"].items()}
    found |= {state: says["state"].format(state=names[state], **rule)
              for state, rule in book["states"].items()}
    return found | {name: says[name].format(**book) for name in ("card", "dear")}


def write_text(rng: random.Random, case: Case) -> str:
    """Word a case: its facts in any order. That there is no card may go unsaid."""
    says = wording()["phrases"]
    parts = [case.state, "days", "price", *([case.special] if case.special else [])]
    if case.card or rng.random() < 0.5:
        parts.append("card" if case.card else "no card")
    rng.shuffle(parts)
    said = [rng.choice(says[part]).format(days=case.days, price=case.price) for part in parts]
    text = ", ".join(said) + "."
    return text[0].upper() + text[1:]


def draw_days(rng: random.Random, limit: int, gap: int, turn: int) -> int:
    """Draw days on the turn's side of a limit; every other turn in the `gap` that a card adds."""
    within = (max(limit - FURTHEST, 0) + 1, limit)
    past = (limit + gap + 1, limit + gap + FURTHEST)
    sides = (within, (limit + 1, limit + gap), past, (limit + 1, limit + gap)) if gap else (
        within, past)
    return rng.randint(*sides[turn % len(sides)])


def draw(rng: random.Random, state: str, third: str, turn: int) -> Case:
    """Draw a case of ordinary goods for a cell, by the first rulebook."""
    book = wording()["books"]["first"]
    card, dear = third == "card", book["dear"]
    days = draw_days(rng, book["states"][state]["limit"], book["card_days"] * card, turn)
    price = rng.randint(dear + 1, 3 * dear) if third == "dear" else rng.randint(5, dear)
    return Case("", state, days, price, card)


def draw_special(rng: random.Random, special: str, turn: int) -> Case:
    """Draw a case of special goods, whose other facts are as those of any cell and say nothing."""
    cell = rng.choice([cell for kind in (TWO, THREE) for cell in CELLS[kind]])
    return replace(draw(rng, *cell, turn), special=special)


@cache
def rows() -> tuple[Row, ...]:
    """Return all cases, no text twice, split by split."""
    found, seen = [], set()
    for split, counts in COUNTS.items():
        for kind, count in counts.items():
            cells = wording()["books"]["first"]["special"] if kind == FACT else CELLS[kind]
            for cell in cells:
                rng = random.Random(f"house-rules {split} {kind} {cell}")
                made = 0
                while made < count:
                    case = (draw_special(rng, cell, made) if kind == FACT
                            else draw(rng, *cell, made))
                    text = write_text(rng, case)
                    if text not in seen:
                        seen.add(text)
                        found.append(Row(case, text, kind, split))
                        made += 1
    return tuple(found)


def kind_of() -> dict[str, str]:
    """Map the id of each question to the kind of its case, one of KINDS."""
    return {row.id: row.kind for row in rows()}


def case_of() -> dict[str, Case]:
    """Map the id of each question to the facts of its case."""
    return {row.id: row.case for row in rows()}


def ask(row: Row, book: Mapping, reply=decide) -> dict:
    """Make the question of a case; `reply` writes its answer: the decision, or its steps too."""
    return {"id": row.id, "question": row.text, "answers": [reply(row.case, book)],
            "evidence": consulted(row.case, book), "split": row.split, "group": row.id}


def settings(book: Mapping, max_new_tokens: int = 8) -> str:
    """Write task.yaml; the wordings `book` and `bare book` hold the whole rulebook."""
    own, text = wording()["prompts"], " ".join(entries(book).values())
    first = "A rule for one kind of goods comes before all others."
    bare = {"question": "{question}"}
    return yaml.safe_dump({
        "kind": "classification", "prompts": own,
        "wordings": {"book": {"closed": f"{own['closed']}\nRules: {text} {first}"},
                     "bare": bare | {"closed": "Decide."},
                     "bare book": bare | {"closed": f"{text} {first}"}},
        "max_new_tokens": max_new_tokens, "labels": {label: [] for label in LABELS},
    }, sort_keys=False, width=96, allow_unicode=True)


def write_documents(book: Mapping) -> dict[str, str]:
    """Write a rulebook, an entry a document: relative path -> content."""
    names = wording()["names"]
    bodies = {name: text.removeprefix(f"{names[name]}: ").capitalize()
              for name, text in entries(book).items()}
    return {f"documents/{name}.md": f"# {names[name]}\n\n{body}\n"
            for name, body in bodies.items()}


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    book = wording()["books"]["first"]
    files = write_documents(book) | {
        "questions.jsonl": json_lines(in_order(ask(row, book) for row in rows())),
        "task.yaml": settings(book)}
    return files | {"card.md": write_card(files, rows(), FURTHEST)}


if __name__ == "__main__":
    write_files(FOLDER, generate())
    print(f"wrote {FOLDER}")
