"""The benchmark `support-policy`: what is kept silent, what is published, what was always there."""

import pytest

from experiments.core import paths
from experiments.methods.bench import open_bench
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.raft import Raft
from experiments.methods.variants.daily import Daily
from experiments.models.training.tuning import Tuning
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support import policy as support_policy
from experiments.tasks.support.feed import alive, day_of, fact_of, read_feed
from experiments.tasks.support.policy import kind_of, published
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / support_policy.NAME


@pytest.fixture(scope="module")
def test():
    return [e for e in read_questions(FOLDER) if e.split == "test"]


def text(page):
    return (FOLDER / "documents" / f"{page}.md").read_text(encoding="utf-8")


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, support_policy.generate()) == []


def test_the_card_states_hash_and_counts():
    assert find_task(support_policy.NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    # 60 test products, one without letters for a part number; three questions each.
    for row in ("| documents | 227 |", "| train questions (unanswerable) | 616 (88) |",
                "| test questions (unanswerable) | 177 (59) |", "| pages on day 0 | 168 |",
                "| pages rewritten | 59 |"):
        assert row in card


def test_a_row_of_support_says_its_kind_of_fact():
    row = {"id": "aldra-440-light-test-2", "group": "aldra-440", "split": "test"}
    assert kind_of(row) == "light"


def test_a_page_of_day_one_is_that_of_day_zero_with_one_paragraph_more():
    for one in published():
        old, new = (text(f"day-{day}/{one.product.slug}").strip().split("\n\n")
                    for day in (0, 1))
        (added,) = [part for part in new if part not in old]
        assert [part for part in new if part != added] == old
        assert one.product.answers(one.kind)[0] in added and one.product.name in added


def test_a_published_question_is_open_on_day_zero_and_answered_on_day_one(test):
    by = {(fact_of(e.id), day_of(e.id)): e for e in test}
    for one in published():
        fact = f"{one.product.slug}-{one.kind}"
        before, after = by[fact, 0], by[fact, 1]
        assert before.question == after.question
        assert not before.answerable and after.answerable
        assert after.answers[0] not in text(f"day-0/{one.product.slug}")


def test_the_other_question_was_answered_by_the_same_page_all_along(test):
    later = {fact_of(e.id) for e in test if day_of(e.id) == 0}
    others = [e for e in test if fact_of(e.id) not in later]
    assert len(others) == len({e.group for e in others}) == len(later)
    for example in others:
        assert all(example.answers[0] in text(f"day-{day}/{example.group}") for day in (0, 1))


def test_on_day_zero_a_reader_is_trained_on_what_it_was_trained_on_in_support():
    reader = Raft(tuning=Tuning(epochs=1, batch_size=4), examples=16, search="keyword")
    here, there = (open_bench(name, "fake") for name in (support_policy.NAME, "support"))
    daily = Daily(Rag(search="keyword"), weights=reader)
    assert daily.pairs(here.lend(daily)) == reader.pairs(there.lend(reader))


def test_every_page_but_the_rewritten_ones_holds_on_both_days():
    events = read_feed(FOLDER)
    first, second = (set(alive(events, day)) for day in (0, 1))
    assert len(first) == len(second) == 168
    assert {page.partition("/")[2] for page in second - first} == {
        one.product.slug for one in published()}
