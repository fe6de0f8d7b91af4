"""The hand-written wording of `clauses`: enough of it, none shared, none that tells a field."""

import re
from collections import defaultdict

import pytest

from experiments.tasks.clauses.terms import KINDS, STYLES, provisions, wording

SPLITS = ("train", "dev", "test")
ENTRIES = {entry for variants in KINDS.values() for entry, _ in variants}
AROUND = ("openings", "amendments", "proposals", "asides")
WITHOUT_VALUE = {"ending_at_once", "ending_none", "renewal_none", "assignment_free",
                 "assignment_consent", "assignment_prohibited"}
# Words that would settle a field, or seem to, where no field should be settled.
TELLING = re.compile(r"\b(assign|transfer|warrant|interest|confiden|secre|renew|terminat|court|"
                     r"governed|invoice|cap\b)\w*", re.IGNORECASE)


def slots(sentence):
    return set(re.findall(r"\{(\w+)\}", sentence))


def everything():
    """Yield (split, sentence) for every sentence that a clause can hold."""
    trees = [*provisions().values(), *(wording()[part] for part in AROUND),
             *wording()["carveouts"].values()]
    for tree in trees:
        for style in tree.values():
            for split, sentences in style.items():
                yield from ((split, sentence) for sentence in sentences)


def test_every_entry_has_sentences_in_every_style_and_split():
    assert provisions().keys() == ENTRIES
    for entry, styles in provisions().items():
        assert tuple(styles) == STYLES, entry
        for style, splits in styles.items():
            assert tuple(splits) == SPLITS, (entry, style)
            assert len(splits["train"]) >= 2 and len(splits["test"]) >= 2 and splits["dev"]


def test_what_stands_around_has_every_style_and_split_too():
    for tree in [*(wording()[part] for part in AROUND), *wording()["carveouts"].values()]:
        assert tuple(tree) == STYLES
        assert all(tuple(splits) == SPLITS and all(splits.values()) for splits in tree.values())


def test_no_sentence_occurs_twice_so_that_none_serves_two_splits():
    # Compared without slots, case and punctuation.
    places = defaultdict(list)
    for split, sentence in everything():
        bare = re.sub(r"\{\w+\}", " ", sentence).lower()
        places[" ".join(re.findall(r"\w+", bare))].append((split, sentence))
    assert len(places) > 590
    assert [found for found in places.values() if len(found) > 1] == []


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_a_sentence_holds_its_value_once_where_it_has_one(entry):
    for style in provisions()[entry].values():
        for sentence in (s for split in style.values() for s in split):
            wanted = {0} if entry in WITHOUT_VALUE else {0, 1} if entry == "renewal_agreed" else {1}
            assert sentence.count("{v}") in wanted, sentence
            assert slots(sentence) <= {"v", "who", "Who", "section", "days", "ends", "supplier",
                                       "customer", "Supplier", "Customer"}, sentence
            assert bool(slots(sentence) & {"who", "Who"}) == (entry in ("ending", "ending_at_once"))


def test_a_sentence_is_one_that_could_stand_in_a_contract():
    for _, sentence in everything():
        assert re.match(r"[A-Z“{]", sentence) and sentence.endswith("."), sentence
        assert not re.search(r"\d", sentence), sentence
        assert len(sentence.split()) <= 55, sentence


def test_amendments_and_proposals_hold_both_values_once():
    for part in ("amendments", "proposals"):
        for style in wording()[part].values():
            for sentence in (s for split in style.values() for s in split):
                assert sentence.count("{old}") == sentence.count("{new}") == 1, sentence


def test_asides_settle_no_field_and_look_as_if_they_did():
    for style in wording()["asides"].values():
        for split, sentences in style.items():
            assert len(sentences) >= 5, split
            for sentence in sentences:
                assert not TELLING.search(sentence), sentence
    baits = {slot for style in wording()["asides"].values() for sentences in style.values()
             for sentence in sentences for slot in slots(sentence)}
    assert {"days", "months", "years", "money", "small", "city"} <= baits


def test_openings_tell_both_companies_and_both_roles():
    for style in wording()["openings"].values():
        for sentence in (s for split in style.values() for s in split):
            named = slots(sentence.replace("{Supplier}", "{supplier}").replace(
                "{Customer}", "{customer}"))
            assert {"supplier", "customer", "supplier_name", "customer_name"} <= named, sentence


def test_a_baroque_sentence_is_longer_than_a_terse_one():
    for entry, styles in provisions().items():
        words = {style: [len(s.split()) for split in splits.values() for s in split]
                 for style, splits in styles.items()}
        assert min(words["baroque"]) > sum(words["terse"]) / len(words["terse"]), entry
