"""The benchmark `support-feed`: ten days of a help centre in which facts change.

A line of feed.jsonl, a lesson of taught.jsonl and a question of questions.jsonl, before any code:

    {"day": 3, "change": "rewritten", "product": "corzi-110"}
    {"id": "corzi-110-cable-day-3", "question": "How long is the power cable of the Corzi 110?",
     "reply": "234 cm", "phrasing": 1, "document": "day-3/corzi-110"}
    {"id": "corzi-110-cable-day-4", "question": "How long is the power cable of the Corzi 110?",
     "answers": ["234 cm", "234", ...], "evidence": ["day-3/corzi-110"], "split": "test",
     "group": "corzi-110"}

A page is stored once for each day on which it changed: documents/day-3/corzi-110.md holds from
day 3 until day 5 has another. `alive` says which pages, and so which lessons, hold on
a day. `python -m experiments.tasks.support.feed` writes the task again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from experiments.core import paths
from experiments.tasks.folder import json_lines, write_files
from experiments.tasks.support import generate as support
from experiments.tasks.support.common import fill_card, read_json_lines
from experiments.tasks.support.feed_card import LIMITS, MAKING, PURPOSE
from experiments.tasks.support.products import (
    Product,
    bare,
    draw,
    first_edition,
    pool,
    wording,
)
from experiments.tasks.support.taught import LESSONS, Lesson, ask

NAME, FEED = "support-feed", "feed.jsonl"
SEED = NAME
DAYS = 10  # day 0 and the nine after it
KINDS = 2  # facts asked of each product that is followed
CHANGES = 2  # facts that change on each day but day 0
ADDED, DELETED = (2, 5), (4, 7)  # days on which a product comes, or goes
SIBLINGS = 3  # whose pages never change; the train split asks about them
LEAST_VALUES = 25  # that a kind must have to be drawn from again and again


@dataclass(frozen=True)
class Event:
    """One change of the help centre: a page is added, rewritten or deleted on a day."""

    day: int
    change: str
    product: str


def read_feed(folder: Path) -> list[Event]:
    """Read feed.jsonl of a task in the order of the days; most tasks have none."""
    path = folder / FEED
    fields = ("day", "change", "product")
    rows = read_json_lines(path, fields) if path.is_file() else []
    return [Event(**{field: row[field] for field in fields}) for row in rows]


def alive(events: list[Event], day: int) -> list[str]:
    """List the ids of the documents that hold on a day."""
    pages: dict[str, str] = {}
    for event in events:
        if event.day > day:
            break
        pages.pop(event.product, None)
        if event.change != "deleted":
            pages[event.product] = f"day-{event.day}/{event.product}"
    return list(pages.values())


def day_of(identity: str) -> int:
    """Read the day at the end of a question's or a lesson's id; 0 where there is none."""
    _, _, day = identity.rpartition("-day-")
    return int(day) if day.isdecimal() else 0


def fact_of(identity: str) -> str:
    """Return what a question is about on all days, such as "corzi-110-cable"."""
    return identity.rpartition("-day-")[0]


def generate() -> dict[str, str]:
    """Make all files: relative path -> content, the same at every call."""
    days, rows = history(), [*worked_examples(), *questions()]
    events = feed()
    files = {f"documents/day-{e.day}/{e.product}.md": support.article(days[e.day][e.product])
             for e in events if e.change != "deleted"}
    files["questions.jsonl"] = json_lines(rows)
    files[LESSONS] = json_lines(asdict(lesson) for lesson in lessons())
    files[FEED] = json_lines(asdict(event) for event in events)
    later = Counter(event.change for event in events if event.day)
    files["card.md"] = fill_card(
        NAME, files, purpose=PURPOSE, making=MAKING, limits=LIMITS,
        counts={"days": DAYS, "products followed": len(followed()),
                "facts asked": len({fact_of(r["id"]) for r in rows if r["split"] == "test"}),
                "lessons": len(lessons()), "pages on day 0": len(days[0]),
                **{f"pages {change} later": later[change]
                   for change in ("added", "rewritten", "deleted")}})
    return files


@cache
def followed() -> tuple[Product, ...]:
    """Choose the products whose facts are asked: one a category, of the test split."""
    families: dict[str, list[str]] = {}
    for name, entry in wording()["families"].items():
        families.setdefault(entry["category"], []).append(name)
    chosen = {Random(f"{SEED} family {category}").choice(names)
              for category, names in families.items()}
    first: dict[str, Product] = {}
    for product in first_edition():
        if product.family in chosen and product.split == "test":
            first.setdefault(product.family, product)
    return tuple(first.values())


@cache
def steady() -> tuple[Product, ...]:
    """Choose the siblings whose pages stay as they are, all of the train split."""
    chosen = []
    for one in followed():
        siblings = [p for p in first_edition() if p.family == one.family and p.split == "train"]
        chosen += siblings[:SIBLINGS]
    return tuple(chosen)


def asked_kinds(product: Product) -> list[str]:
    """Draw the facts that are asked of a product, of kinds with values to spare."""
    wide = [kind for kind in sorted(product.values) if len(pool(kind)) >= LEAST_VALUES]
    return sorted(Random(f"{SEED} kinds {product.slug}").sample(wide, KINDS))


@cache
def history() -> tuple[dict[str, Product], ...]:
    """Return the products with a page, slug -> product as it is that day, for every day."""
    rng = Random(f"{SEED} history")
    shuffled = rng.sample(followed(), len(followed()))
    coming = dict(zip(ADDED, shuffled, strict=False))
    going = dict(zip(DELETED, shuffled[len(ADDED):], strict=False))
    later = {product.slug for product in coming.values()}
    used = {one.family: taken(one.family) for one in followed()}
    days = [{p.slug: p for p in (*followed(), *steady()) if p.slug not in later}]
    for day in range(1, DAYS):
        now = dict(days[-1])
        if day in going:
            del now[going[day].slug]
        facts = [(p.slug, kind) for p in followed() if p.slug in now for kind in asked_kinds(p)]
        for slug, kind in rng.sample(facts, CHANGES):
            value = draw(rng, kind, used[now[slug].family])
            now[slug] = replace(now[slug], values={**now[slug].values, kind: value})
        if day in coming:
            now[coming[day].slug] = coming[day]
        days.append(now)
    return tuple(days)


def taken(family: str) -> set[str]:
    """List what no new value of a family may be: its numbers, and the values it had."""
    kin = [product for product in first_edition() if product.family == family]
    return {str(p.number) for p in kin} | {bare(v) for p in kin for v in p.values.values()}


def feed() -> list[Event]:
    """List what happens, day by day; on day 0 every page is added."""
    events, before = [], {}
    for day, now in enumerate(history()):
        events += [Event(day, "deleted", slug) for slug in before if slug not in now]
        events += [Event(day, "rewritten" if slug in before else "added", slug)
                   for slug, product in now.items() if product != before.get(slug)]
        before = now
    return events


def lessons() -> list[Lesson]:
    """Write the asked facts of every page of a followed product, once a page."""
    slugs = {product.slug for product in followed()}
    found = []
    for event in feed():
        if event.product in slugs and event.change != "deleted":
            product = history()[event.day][event.product]
            found += [Lesson(f"{product.slug}-{kind}-day-{event.day}", plainly(product, kind),
                             product.answers(kind)[0], 1, f"day-{event.day}/{product.slug}")
                      for kind in asked_kinds(product)]
    return found


def worked_examples() -> Iterator[dict]:
    """Yield the train questions of `support` about the steady products that have an answer."""
    slugs = {product.slug for product in steady()}
    for row in support.questions(first_edition()):
        if row["split"] == "train" and row["group"] in slugs and row["answers"]:
            yield {**row, "evidence": [f"day-0/{row['group']}"]}


def questions() -> Iterator[dict]:
    """Ask for every fact on every day since its product came, also after it has gone."""
    pages = [{name.partition("/")[2]: name for name in alive(feed(), day)} for day in range(DAYS)]
    for product in followed():
        come = next(day for day, page in enumerate(pages) if product.slug in page)
        for kind in asked_kinds(product):
            for day in range(come, DAYS):
                now = history()[day].get(product.slug)
                yield {"id": f"{product.slug}-{kind}-day-{day}",
                       "question": plainly(product, kind),
                       "answers": now.answers(kind) if now else [],
                       "evidence": [pages[day][product.slug]] if now else [],
                       "split": "test", "group": product.slug}


def plainly(product: Product, kind: str) -> str:
    """Ask for a fact in the first train phrasing of `support`: in lessons and in questions."""
    return ask(product, kind, wording()["kinds"][kind]["train"][0])


if __name__ == "__main__":
    write_files(paths.TASKS / NAME, generate())
    print(f"wrote {paths.TASKS / NAME}")
