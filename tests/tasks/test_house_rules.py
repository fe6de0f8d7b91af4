"""The benchmark `house-rules`: decisions follow from rules, and new combinations are new."""

from collections import Counter
from dataclasses import replace

import pytest

from experiments.core import paths
from experiments.evidence.metrics.classification import named
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.house_rules import editions
from experiments.tasks.house_rules import generate as house_rules
from experiments.tasks.house_rules.generate import (
    FACT,
    KINDS,
    LABELS,
    NEW,
    THREE,
    TWO,
    Case,
    consulted,
    decide,
    kind_of,
    rows,
    wording,
    work,
)
from experiments.tasks.settings import read_settings
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / "house-rules"
FIRST, SECOND = (wording()["books"][name] for name in ("first", "second"))
PLAIN = Case("", "sealed", 30, 80, False)


def combination(row):
    """Return which of the rules for ordinary goods meet in a case; () for special goods."""
    return () if row.case.special else tuple(consulted(row.case, FIRST))


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, house_rules.generate()) == []


def test_the_card_states_hash_and_counts():
    assert find_task("house-rules") == FOLDER
    assert f"`{summarise(FOLDER)['sha256']}`" in (FOLDER / "card.md").read_text(encoding="utf-8")
    assert Counter((row.split, row.kind) for row in rows()) == {
        ("train", FACT): 96, ("train", TWO): 240, ("train", THREE): 304, ("dev", FACT): 12,
        ("dev", TWO): 24, ("dev", THREE): 24, ("test", FACT): 36, ("test", TWO): 36,
        ("test", THREE): 36, ("test", NEW): 36}


@pytest.mark.parametrize(("case", "decision"), [
    (PLAIN, "refund"),
    (replace(PLAIN, days=31), "refuse"),
    (replace(PLAIN, days=50, card=True), "refund"),
    (replace(PLAIN, days=51, card=True), "refuse"),
    (replace(PLAIN, price=100), "refund"),
    (replace(PLAIN, price=101), "manager"),
    (replace(PLAIN, price=101, days=31), "refuse"),
    (replace(PLAIN, state="opened", days=14), "voucher"),
    (replace(PLAIN, state="opened", days=15), "refuse"),
    (replace(PLAIN, state="opened", days=34, card=True), "voucher"),
    (replace(PLAIN, state="faulty", days=40), "swap"),
    (replace(PLAIN, state="faulty", days=41), "repair"),
    (replace(PLAIN, state="faulty", days=41, price=200), "repair"),
    (replace(PLAIN, special="set", days=99, price=200), "refund"),
])
def test_a_case_is_decided_as_the_rulebook_says(case, decision):
    assert decide(case, FIRST) == decision


def test_a_worked_reply_names_the_steps_and_no_decision_but_the_last_word():
    assert work(replace(PLAIN, days=41, card=True), FIRST) == (
        "sealed, limit 30 and 20 is 50, 41 is within, 80 is not over 100: refund")
    assert work(replace(PLAIN, days=31), FIRST) == "sealed, limit 30, 31 is past: refuse"
    assert work(replace(PLAIN, special="hired"), FIRST) == (
        "hired, nothing else counts: voucher")
    for row in rows():
        assert named(work(row.case, FIRST), LABELS) == {decide(row.case, FIRST)}


def test_no_case_names_a_decision():
    assert [row.text for row in rows() if named(row.text, LABELS)] == []


def test_new_combinations_are_in_no_train_or_dev_case_and_their_rules_are():
    seen = {combination(row) for row in rows() if row.split != "test"}
    new = {combination(row) for row in rows() if row.kind == NEW}
    assert new == {("opened", "card"), ("faulty", "dear")} and not new & seen
    apart = Counter(rule for row in rows() if row.split == "train" for rule in combination(row))
    assert min(apart[rule] for rule in ("opened", "faulty", "card", "dear")) >= 150


def test_days_lie_as_often_within_a_limit_as_past_it_and_half_where_the_card_decides():
    for state in ("sealed", "opened", "faulty"):
        days = [row.case.days for row in rows() if combination(row) == (state,)
                and row.split == "train"]
        limit = FIRST["states"][state]["limit"]
        assert sum(day <= limit for day in days) == sum(day > limit for day in days) == 40
    carded = [row.case for row in rows() if combination(row) == ("opened", "card")]
    assert sum(decide(case, FIRST) != decide(replace(case, card=False), FIRST)
               for case in carded) == 9 == len(carded) / 2


def test_no_case_is_in_two_splits_and_the_kind_of_each_question_is_known():
    examples = read_questions(FOLDER)
    assert len({e.question for e in examples}) == len(examples) == len(kind_of()) == 844
    assert set(kind_of().values()) == set(KINDS) and {e.id for e in examples} == set(kind_of())


def test_the_wordings_hold_every_entry_and_the_documents_too():
    settings = read_settings(FOLDER)
    for text in house_rules.entries(FIRST).values():
        assert text in settings.wordings["book"]["closed"]
        assert text in settings.wordings["bare book"]["closed"]
    documents = {path.stem: path.read_text(encoding="utf-8")
                 for path in (FOLDER / "documents").glob("*.md")}
    assert documents["sealed"] == (
        "# Sealed goods\n\nRefund up to 30 days after the sale, later refuse.\n")
    assert set(documents) == set(house_rules.entries(FIRST))


def test_the_worked_edition_has_the_same_cases_and_worked_replies_in_train_alone():
    plain = {e.id: e for e in read_questions(FOLDER)}
    found = read_questions(find_task("house-rules-worked"))
    assert {e.id for e in found} == set(plain)
    for example in found:
        same = plain[example.id]
        assert example.question == same.question
        assert example.reply.split()[-1] == same.reply
        assert (example.reply == same.reply) == (example.split != "train")


def test_the_changed_edition_keeps_the_old_train_split_and_turns_what_it_says_it_turns():
    found = read_questions(find_task("house-rules-changed"))
    old = {e.id: e.reply for e in read_questions(FOLDER) if e.split == "train"}
    assert {e.id: e.reply for e in found if e.split == "train"} == old
    test = {e.id: e for e in found if e.split == "test"}
    changes, stale = editions.change_of(), editions.stale_of()
    assert Counter(changes.values()) == {"moved": 40, "facts": 24, "kept": 24}
    for name, change in changes.items():
        assert (test[name].reply == stale[name]) == (change == "kept")
    assert Counter((stale[i], e.reply) for i, e in test.items() if changes[i] == "moved") == {
        ("refund", "refuse"): 20, ("refuse", "voucher"): 20}
    assert not {e.question for e in test.values()} & {row.text for row in rows()}


def test_the_changed_prompts_hold_the_second_rulebook_and_nothing_of_the_first():
    text = read_settings(find_task("house-rules-changed")).wordings["bare book"]["closed"]
    assert "refund up to 12 days" in text and "refund up to 30 days" not in text
    assert decide(replace(PLAIN, days=13), SECOND) == "refuse"
