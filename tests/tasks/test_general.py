"""The suite `general`: what its card promises is true of the committed files."""

from collections import Counter

import pytest

from experiments.core import BookError
from experiments.evidence.analysis.leaks import shared
from experiments.evidence.metrics.score import as_run
from experiments.tasks.catalogue import check_card
from experiments.tasks.folder import read_questions
from experiments.tasks.general import generate as general


@pytest.fixture(scope="module")
def kinds():
    return general.read_kinds()


@pytest.fixture(scope="module")
def examples():
    return read_questions(general.FOLDER)


def test_the_committed_files_are_what_the_module_writes():
    for name, content in general.generate().items():
        assert (general.FOLDER / name).read_bytes() == content.encode(), name


def test_the_card_tells_the_hash_and_the_counts():
    check_card(general.FOLDER, general.FOLDER / "card.md")


def test_half_of_the_kinds_are_instructions_and_half_of_each_half_are_trained(kinds):
    assert Counter((kind.about, kind.trained) for kind in kinds) == {
        ("instruction", True): 3, ("instruction", False): 3,
        ("knowledge", True): 3, ("knowledge", False): 3}


def test_every_kind_has_ten_items_in_test_and_five_in_dev(kinds, examples):
    counts = Counter((general.kind_of(e.id), e.split) for e in examples)
    for kind in kinds:
        train = 17 if kind.trained else 0
        assert [counts[kind.name, split] for split in ("train", "dev", "test")] == [train, 5, 10]


def test_no_question_stands_in_two_splits(examples):
    assert shared(examples) == {"questions": [], "groups": []}


def test_repeating_a_question_is_never_right(examples):
    for example in examples:
        asked = as_run(example.question)
        assert not [answer for answer in example.answers if as_run(answer) in asked], example


def test_replies_of_the_kinds_that_say_all_are_worked_out():
    assert general.work_out("twice", "moon") == ("moon moon",)
    assert general.work_out("count", "8 to 11") == ("8, 9, 10, 11",)
    assert general.work_out("swap", "red bus") == ("bus red",)
    assert general.work_out("spell", "lion") == ("l-i-o-n",)
    assert general.work_out("sort", "pear, fig, lemon") == ("fig, lemon, pear",)
    assert general.work_out("letter", "radio") == ("r",)
    assert general.work_out("sum", "9 plus 8") == ("17", "seventeen")
    with pytest.raises(BookError, match="give it as"):
        general.work_out("capital", "France")


def test_an_item_that_comes_twice_is_refused(tmp_path):
    path = tmp_path / general.ITEMS
    words = ", ".join(["lion"] * 15)
    path.write_text(f"- {{kind: spell, about: instruction, trained: false, ask: 'Spell: {{item}}', "
                    f"items: [{words}]}}\n", encoding="utf-8")
    with pytest.raises(BookError, match="needs 15 items that differ.*has 1 of 15"):
        general.read_kinds(tmp_path)


def test_nothing_of_a_shop_stands_in_the_suite(examples):
    texts = [e.question for e in examples]
    texts += [p.read_text(encoding="utf-8") for p in (general.FOLDER / "documents").iterdir()]
    for word in ("orvanta", "warranty", "customer", "refund", "invoice", "delivery"):
        assert not [text for text in texts if word in text.casefold()], word
