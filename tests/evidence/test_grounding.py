"""Answers tied to passages by hand."""

import pytest

from experiments.evidence.analysis.grounding import (
    COPIED,
    FOREIGN,
    NOTHING,
    OWN_WORDS,
    QUOTED,
    REFUSED,
    Grounding,
    ground,
)

SHOWN = ("[1] Quvra 430 headset: The battery lasts 31 hours. It costs $143.",
         "[2] Quvra 450 headset: The battery lasts\n27 hours, the cable is 1,200 mm long.")


def test_a_quoted_value_is_held_by_the_passage_that_has_it():
    assert ground("31 hours [1]", SHOWN) == Grounding("31 hours", (1,), (), (1,), 2)


def test_a_value_in_both_passages_has_two_holders():
    assert ground("The battery lasts", SHOWN).holders == (1, 2)


def test_case_articles_punctuation_and_thousands_do_not_count():
    assert ground("Cable is 1200 mm long.", SHOWN).holders == (2,)
    assert ground("the Battery lasts 27 hours!", SHOWN).holders == (2,)


def test_half_a_number_is_no_quotation():
    # "1 hours" ends "31 hours" in letters, but 1 is another number, and no passage holds it.
    found = ground("1 hours", SHOWN)
    assert (found.holders, found.foreign, found.kind) == ((), ("1",), FOREIGN)


def test_the_title_is_part_of_what_was_shown():
    assert ground("Quvra 450 headset", SHOWN).holders == (2,)


def test_the_number_of_a_passage_is_no_word_of_it():
    assert ground("2", SHOWN).foreign == ("2",)


def test_known_numbers_in_other_words_are_own_words():
    # Both 430 and 31 stand in the first passage, but not in this sentence.
    found = ground("The Quvra 430 runs for 31 hours [1]", SHOWN)
    assert (found.kind, found.foreign, found.cites_holder) == (OWN_WORDS, (), False)


def test_a_number_that_no_passage_holds_is_foreign_and_named_once():
    assert ground("24 months, so 24, or 31", SHOWN).foreign == ("24",)


def test_a_number_cut_off_by_the_limit_is_forgiven_and_one_before_a_citation_is_not():
    # "45" begins 450; a citation behind it shows that the model meant 45.
    assert ground("The battery of the Quvra 45", SHOWN).foreign == ()
    assert ground("45 [1]", SHOWN).foreign == ("45",)
    assert ground("It lasts 45 or 99", SHOWN).foreign == ("45", "99")


def test_the_reply_of_a_worked_example_is_told_from_a_quotation():
    found = ground("23 seconds [1]", SHOWN, ["23 seconds [1]", "31 hours [1]"])
    assert (found.kind, found.copied, found.foreign) == (COPIED, True, ("23",))
    # What a passage holds is quoted, although an example said the same.
    assert ground("31 hours [1]", SHOWN, ["31 hours [1]"]).kind == QUOTED
    assert ground("", SHOWN, [""]).kind == NOTHING


def test_a_quotation_that_answers_another_question_is_still_a_quotation():
    # Asked for the price, say: nothing here looks at the question.
    assert ground("27 hours [2]", SHOWN).kind == QUOTED


@pytest.mark.parametrize(("text", "existing", "holder"), [
    ("31 hours [1]", True, True),
    ("31 hours [2]", True, False),
    ("31 hours [3]", False, False),
    ("31 hours [1, 3]", False, True),
    ("31 hours [0]", False, False),
    ("31 hours", None, None),
])
def test_a_citation_is_checked_and_graded(text, existing, holder):
    found = ground(text, SHOWN)
    assert (found.cites_existing, found.cites_holder) == (existing, holder)


def test_a_citation_alone_says_nothing_and_nothing_is_not_quoted():
    assert ground("[1]", SHOWN) == Grounding("", (), (), (1,), 2)
    assert ground("[1]", SHOWN).kind == NOTHING
    assert ground("", ()).kind == NOTHING


def test_a_refusal_claims_nothing_even_where_its_words_stand_in_a_passage():
    assert ground("I don't know.", ("[1] FAQ: I don't know.",)).kind == REFUSED


def test_without_passages_every_number_is_foreign():
    assert ground("31 hours", ()).kind == FOREIGN
    assert ground("about a day", ()).kind == OWN_WORDS
