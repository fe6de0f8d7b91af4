"""The benchmark `house-style`: its files are what the module writes, and a copier fails it."""

import re
from collections import Counter
from random import Random

import pytest

from experiments.core import BookError
from experiments.tasks.catalogue import check_card
from experiments.tasks.folder import read_questions
from experiments.tasks.house_style import generate as house_style_task
from experiments.tasks.house_style.faults import FAULTS, VALUE, other_value, worse_reply
from experiments.tasks.house_style.mend import mend
from experiments.tasks.house_style.rules import FORBIDDEN_WORDS, GUIDE, SIGN_OFF, broken_rules
from experiments.tasks.settings import read_settings

FOLDER = house_style_task.FOLDER
GOOD = "For your Aldra 480, the page gives 14 months [1]. Orvanta Care"


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


def draft_of(example):
    page, customer = example.question.split("\n")
    assert page.startswith("[1] Draft page, ") and customer.startswith("Customer: ")
    return page.split(": ", 1)[1]


def test_the_committed_files_are_what_the_module_writes():
    files = house_style_task.generate()
    for name, content in files.items():
        assert (FOLDER / name).read_bytes() == content.encode(), name
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert set(files) <= found
    check_card(FOLDER, FOLDER / "card.md")


def test_splits_are_by_product_and_of_the_promised_sizes(examples):
    # 88, 20 and 60 products of `support`, asked four, two and two times.
    assert Counter(e.split for e in examples) == {"train": 352, "dev": 40, "test": 120}
    split_of = {e.group: e.split for e in examples}
    assert all(split_of[e.group] == e.split for e in examples)
    assert all(e.evidence == (house_style_task.GUIDE_ID,) for e in examples)


def test_the_first_answer_is_a_reply_in_house_style_that_holds_the_value(examples):
    for example in examples:
        reply, value, *_ = example.answers
        assert broken_rules(reply) == [] and value in reply, example.id


def test_a_draft_holds_the_value_asked_for_and_one_other_number(examples):
    for example in examples:
        draft = draft_of(example)
        numbers = re.findall(r"\d+(?:\.\d+)?", draft)
        (asked,) = re.findall(r"\d+(?:\.\d+)?", example.answers[1])
        assert len(numbers) == 2 and numbers.count(asked) == 1, draft


def test_whoever_copies_a_draft_breaks_many_rules(examples):
    broken = Counter(rule for e in examples for rule in broken_rules(draft_of(e)))
    always = {rule for rule, count in broken.items() if count == len(examples)}
    assert always == {"person", "words", "citation", "sign_off"}
    for rule in ("length", "units", "spelling", "calm"):
        assert broken[rule] >= len(examples) / 2, rule


def test_no_question_is_asked_twice_and_no_draft_serves_two_splits(examples):
    drafts = {}
    for example in examples:
        assert drafts.setdefault(draft_of(example), example.split) == example.split
    assert len({e.question for e in examples}) == len(examples)


def test_the_prompt_words_the_rules_and_the_bare_wording_none():
    settings = read_settings(FOLDER)
    assert settings.kind == "style" and not settings.cites and settings.one_line
    assert GUIDE in settings.prompts["closed"]
    bare = settings.wordings["bare"]["closed"]
    assert not any(word in bare for word in (*FORBIDDEN_WORDS, SIGN_OFF, "[1]"))


def test_the_style_guide_names_every_word_that_is_forbidden():
    guide = (FOLDER / "documents" / "style-guide.md").read_text(encoding="utf-8")
    assert all(word in guide for word in (*FORBIDDEN_WORDS, SIGN_OFF, "40 words"))


# Worse replies ------------------------------------------------------------------------------


def test_each_fault_breaks_the_rule_that_it_is_named_after_and_no_other(examples):
    seen = Counter()
    for example in examples:
        reply, value, *_ = example.answers
        for name, put_in in FAULTS.items():
            worse = put_in(reply, value, Random(example.id))
            if worse != reply:
                assert broken_rules(worse) == [name], worse
                seen[name] += 1
    assert set(seen) == set(FAULTS) and min(seen.values()) >= 20


def test_a_worse_reply_has_one_fault_and_nearly_the_same_length(examples):
    gaps, faults = [], Counter()
    for example in examples:
        reply, value, *_ = example.answers
        fault, worse = worse_reply(reply, value, other="999 mm", rng=Random(example.id))
        assert broken_rules(worse) == ([] if fault == VALUE else [fault])
        assert ("999 mm" in worse) == (fault == VALUE)
        gaps.append(len(worse.split()) - len(reply.split()))
        faults[fault] += 1
    assert all(abs(gap) <= 2 for gap in gaps) and abs(sum(gaps)) <= 0.1 * len(gaps)
    assert set(faults) == {*FAULTS, VALUE}
    again = worse_reply(GOOD, "14 months", other="1 kg", rng=Random(3))
    assert again == worse_reply(GOOD, "14 months", other="1 kg", rng=Random(3))


def test_the_other_value_of_a_draft_is_found_and_written_as_the_house_would(examples):
    page = "We give 14months. Our jug holds 3.6liters!"
    assert other_value(page, "14 months") == "3.6 litres"
    assert other_value(page, "3.6 litres") == "14 months"
    assert other_value("It costs $87. Take filter TC-259.", "$87") == "TC-259"
    for example in examples:
        other = other_value(draft_of(example), example.answers[1])
        assert other != example.answers[1] and any(map(str.isdigit, other))
        assert "".join(other.split()) in "".join(draft_of(example).split()).replace(
            "liters", "litres")
    with pytest.raises(BookError, match="a value beside '14 months', it holds"):
        other_value("We give 14 months.", "14 months")


def test_a_reply_that_is_bad_already_or_lacks_its_value_gets_no_fault():
    with pytest.raises(BookError, match="which breaks calm"):
        worse_reply(f"Hi! {GOOD}", "14 months", other="2 kg", rng=Random(1))
    with pytest.raises(BookError, match="holds '15 months'.*no rule"):
        worse_reply(GOOD, "15 months", other="2 kg", rng=Random(1))


# Mended replies -----------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "mended"), [
    (GOOD, GOOD),
    ("We just give 14months of warranty!", "We give 14 months of warranty [1]. Orvanta Care"),
    ("It is gray [2], actually. Ask me. Orvanta Care!", "It is grey. Ask me [1]. Orvanta Care"),
    ("Unfortunately, you have 3.6liters", "You have 3.6 litres [1]. Orvanta Care"),
    ("One two. " + "word " * 39, "One two [1]. Orvanta Care"),
    ("", "[1]. Orvanta Care"),
])
def test_a_program_mends_what_a_program_can(text, mended):
    assert mend(text) == mended


def test_a_mended_draft_keeps_all_rules_but_the_one_on_person(examples):
    for example in examples:
        mended = mend(draft_of(example))
        assert broken_rules(mended) in ([], ["person"]), mended
        assert mend(mended) == mended
