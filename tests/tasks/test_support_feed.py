"""The benchmark `support-feed`: what changes on which day, and what is then right."""

from collections import Counter

import pytest

from experiments.core import paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support import feed as support_feed
from experiments.tasks.support.feed import Event, alive, day_of, fact_of, read_feed
from experiments.tasks.support.products import bare, first_edition
from experiments.tasks.support.taught import read_lessons
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / support_feed.NAME
PRODUCTS = {product.slug: product for product in first_edition()}


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


@pytest.fixture(scope="module")
def test(examples):
    return [e for e in examples if e.split == "test"]


@pytest.fixture(scope="module")
def events():
    return read_feed(FOLDER)


@pytest.fixture(scope="module")
def texts():
    root = FOLDER / "documents"
    return {path.relative_to(root).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
            for path in root.rglob("*.md")}


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, support_feed.generate()) == []


def test_the_card_states_hash_and_counts():
    assert find_task(support_feed.NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    for row in ("| documents | 73 |", "| train questions (unanswerable) | 252 (0) |",
                "| test questions (unanswerable) | 266 (18) |", "| facts asked | 28 |",
                "| lessons | 62 |", "| pages on day 0 | 54 |", "| pages added later | 2 |",
                "| pages rewritten later | 17 |", "| pages deleted later | 2 |"):
        assert row in card


def test_a_page_holds_until_a_later_day_has_another_or_it_is_deleted():
    events = [Event(0, "added", "lamp-16"), Event(0, "added", "lamp-17"),
              Event(2, "rewritten", "lamp-16"), Event(3, "deleted", "lamp-17"),
              Event(3, "added", "lamp-18")]
    assert alive(events, 0) == alive(events, 1) == ["day-0/lamp-16", "day-0/lamp-17"]
    assert alive(events, 2) == ["day-0/lamp-17", "day-2/lamp-16"]
    assert alive(events, 3) == ["day-2/lamp-16", "day-3/lamp-18"]


def test_an_id_says_its_fact_and_its_day():
    assert fact_of("corzi-110-cable-day-4") == "corzi-110-cable"
    assert day_of("corzi-110-cable-day-4") == 4
    assert day_of("corzi-110-cable-train-2") == 0


def test_every_day_but_the_first_changes_two_facts(test):
    values = {(fact_of(e.id), day_of(e.id)): e.answers for e in test}
    for day in range(1, support_feed.DAYS):
        moved = [fact for (fact, when), now in values.items() if when == day and now
                 and values.get((fact, day - 1), now) != now]
        assert len(moved) == 2


def test_two_products_come_and_two_go(events):
    later = [(e.change, e.day) for e in events if e.day and e.change != "rewritten"]
    assert sorted(later) == [("added", 2), ("added", 5), ("deleted", 4), ("deleted", 7)]


def test_the_evidence_is_alive_on_its_day_and_holds_the_value_and_no_earlier_one(
        test, events, texts):
    earlier = {}
    for example in sorted(test, key=lambda e: day_of(e.id)):
        past = earlier.setdefault(fact_of(example.id), set())
        if example.answerable:
            (page,) = example.evidence
            assert page in alive(events, day_of(example.id))
            assert page.endswith(f"/{example.group}") and example.answers[0] in texts[page]
            assert not any(f" {value} " in texts[page] for value in past - {example.answers[0]})
            past.add(example.answers[0])


def test_a_new_value_is_one_that_no_product_of_the_family_ever_had(test):
    first = {}
    for product in PRODUCTS.values():
        first.setdefault(product.family, set()).update(map(bare, product.values.values()))
    seen = {}
    for example in sorted(test, key=lambda e: day_of(e.id)):
        history = seen.setdefault(fact_of(example.id), [])
        if example.answerable and example.answers != (history or [None])[-1]:
            family = PRODUCTS[example.group].family
            assert not history or bare(example.answers[1]) not in first[family]
            assert example.answers not in history
            history.append(example.answers)


def test_a_question_is_asked_from_its_products_first_day_to_the_last(test):
    days = Counter(e.group for e in test)
    assert Counter(days.values()) == {20: 12, 16: 1, 10: 1}  # two facts: 10, 8 and 5 days
    gone = [e for e in test if not e.answerable]
    assert Counter(e.group for e in gone) == {"varno-250": 12, "welda-130": 6}


def test_each_page_of_a_followed_product_has_a_lesson_for_either_fact(test, texts):
    lessons = read_lessons(FOLDER)
    asked = {fact_of(e.id): e.question for e in test}
    followed = {e.group for e in test}
    assert Counter(lesson.document for lesson in lessons) == dict.fromkeys(
        [page for page in texts if page.partition("/")[2] in followed], 2)
    for lesson in lessons:
        assert lesson.question == asked[fact_of(lesson.id)]
        assert lesson.reply in texts[lesson.document]
        assert lesson.document.startswith(f"day-{day_of(lesson.id)}/")


def test_the_train_split_is_about_pages_that_never_change(examples, events):
    train = [e for e in examples if e.split == "train"]
    assert all(e.answerable and e.evidence == (f"day-0/{e.group}",) for e in train)
    assert not {e.group for e in train} & {e.product for e in events if e.day}
    assert Counter(e.group for e in train) == dict.fromkeys({e.group for e in train}, 6)


def test_a_task_without_a_feed_has_no_events(tmp_path):
    assert read_feed(tmp_path) == []
