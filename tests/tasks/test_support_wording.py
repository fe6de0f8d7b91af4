"""The hand-written wording of `support`: enough of it, and none that gives a fact away."""

import re

import pytest

from experiments.tasks.support.products import category_of, pool, wording

KINDS = wording()["kinds"]


def slots(template):
    return set(re.findall(r"\{(\w+)\}", template))


def test_there_are_twelve_kinds_or_more_and_28_families():
    assert len(KINDS) >= 12
    assert len(wording()["families"]) == 28


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_enough_phrasings_and_none_twice(kind):
    entry = KINDS[kind]
    assert len(entry["articles"]) >= 8
    assert len(entry["train"]) >= 4 and len(entry["dev"]) >= 2 and len(entry["test"]) >= 4
    everything = [*entry["articles"], *entry["train"], *entry["dev"], *entry["test"]]
    folded = {" ".join(re.findall(r"\w+", phrasing.lower())) for phrasing in everything}
    assert len(folded) == len(everything)


@pytest.mark.parametrize("kind", KINDS)
def test_an_article_sentence_is_one_sentence_that_holds_the_value_once(kind):
    for phrasing in KINDS[kind]["articles"]:
        assert phrasing.count("{v}") == 1
        assert slots(phrasing) <= {"it", "It", "v", "part"}
        assert slots(phrasing) & {"it", "It"}, phrasing
        assert 6 <= len(phrasing.split()) <= 22, phrasing
        assert phrasing.endswith(".")
        assert not re.search(r"\d", phrasing)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_names_its_product_once_and_holds_no_value(kind):
    for split in ("train", "dev", "test"):
        for phrasing in KINDS[kind][split]:
            assert phrasing.count("{name}") == 1
            assert slots(phrasing) <= {"name", "part"}
            assert 4 <= len(phrasing.split()) <= 18, phrasing
            assert phrasing.endswith("?")
            assert not re.search(r"\d", phrasing)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sign_of_a_kind_matches_its_own_sentences_and_no_other(kind):
    for other, entry in KINDS.items():
        for phrasing in entry["articles"]:
            sentence = phrasing.replace("{v}", entry["written"])
            assert bool(re.search(KINDS[kind]["sign"], sentence)) == (other == kind), sentence
    for paragraph in (*wording()["openings"], *wording()["fillers"]):
        assert not re.search(KINDS[kind]["sign"], paragraph), paragraph


def test_paragraphs_without_a_fact_are_many_and_hold_no_number():
    assert len(set(wording()["fillers"])) >= 20
    assert len(set(wording()["openings"])) >= 8
    for paragraph in (*wording()["openings"], *wording()["fillers"]):
        assert not re.search(r"\d", paragraph)
    for paragraph in wording()["fillers"]:
        assert slots(paragraph) == set()
        assert 20 <= len(paragraph.split()) <= 40
    for paragraph in wording()["openings"]:
        assert "{name}" in paragraph and "{thing}" in paragraph.replace("a_thing", "thing")


def test_a_category_holds_six_kinds_and_lists_others_that_would_fit():
    for name, category in wording()["categories"].items():
        facts, absent = set(category["facts"]), set(category["absent"])
        assert len(facts) == 6, name
        assert len(absent) >= 3 and not facts & absent, name
        assert facts | absent <= set(KINDS)
        assert "part" in category or "tank" not in facts | absent, name


def test_families_with_a_filter_have_a_code_of_their_own():
    families = wording()["families"]
    codes = [entry["code"] for entry in families.values() if "code" in entry]
    assert len(set(codes)) == len(codes)
    for family, entry in families.items():
        assert ("code" in entry) == ("filter" in category_of(family)["facts"])


def test_family_names_are_short_and_start_differently_enough_to_be_told_apart():
    names = list(wording()["families"])
    assert all(re.fullmatch(r"[A-Z][a-z]{4,5}", name) for name in names)
    assert len({name[:3] for name in names}) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_has_room_for_six_siblings_and_leaves_out_what_a_guesser_would_say(kind):
    values = pool(kind)
    assert len(set(values)) == len(values) >= 9
    assert not {str(value) for value in KINDS[kind].get("avoid", [])} & set(values)


def test_no_colour_or_town_of_a_fact_stands_in_other_wording():
    words = {w.lower() for p in (*wording()["openings"], *wording()["fillers"])
             for w in re.findall(r"\w+", p)}
    for entry in KINDS.values():
        for phrasing in entry["articles"]:
            words |= {w.lower() for w in re.findall(r"\w+", phrasing)}
    named = {value.lower() for kind in ("light", "workshop") for value in pool(kind)}
    assert not named & words
