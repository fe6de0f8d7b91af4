"""The benchmark `support-taught`: what is taught, what is asked, and what may not meet."""

import json
from collections import Counter

import pytest

from experiments.core import BookError, paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support import taught as support_taught
from experiments.tasks.support.products import first_edition, second_edition, wording
from experiments.tasks.support.taught import fact_of, outdated, probe_of, read_lessons
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / support_taught.NAME
PRODUCTS = {product.slug: product for product in first_edition()}


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


@pytest.fixture(scope="module")
def lessons():
    return read_lessons(FOLDER)


@pytest.fixture(scope="module")
def texts():
    return {path.stem: path.read_text(encoding="utf-8")
            for path in (FOLDER / "documents").iterdir()}


def probes(examples, kind):
    return [e for e in examples if e.split == "test" and probe_of(e.id) == kind]


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, support_taught.generate()) == []


def test_the_card_states_hash_and_counts(examples):
    assert find_task(support_taught.NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    for row in ("| documents | 150 |", "| test questions (unanswerable) | 182 (36) |",
                "| taught facts | 54 |", "| lessons | 216 |",
                "| facts that the second edition changed | 24 |"):
        assert row in card
    assert Counter(probe_of(e.id) for e in examples if e.split == "test") == {
        "same": 54, "paraphrase": 54, "reverse": 20, "hops": 18, "unknown": 36}


def test_nine_products_of_nine_families_and_categories_are_taught_with_all_facts(lessons):
    taught = {lesson.document for lesson in lessons}
    assert len(taught) == len({PRODUCTS[slug].family for slug in taught}) == 9
    assert len({PRODUCTS[slug].category["thing"] for slug in taught}) == 9
    assert Counter(lesson.document for lesson in lessons) == dict.fromkeys(taught, 24)
    assert {p.slug for p in support_taught.taught()} == taught


def test_a_lesson_replies_with_the_value_that_the_page_of_its_product_holds(lessons, texts):
    for lesson in lessons:
        slug, kind = fact_of(f"same-{lesson.id.rpartition('-')[0]}")
        assert slug == lesson.document and PRODUCTS[slug].name in lesson.question
        assert lesson.reply == PRODUCTS[slug].answers(kind)[0] and lesson.reply in texts[slug]
        assert lesson.id.endswith(f"-{lesson.phrasing}")
    assert Counter(lesson.phrasing for lesson in lessons) == {1: 54, 2: 54, 3: 54, 4: 54}
    assert len({lesson.question for lesson in lessons}) == 216


def test_the_wordings_of_all_probes_but_the_same_never_occur_in_the_lessons(examples, lessons):
    taught = {lesson.question for lesson in lessons}
    first = {lesson.question for lesson in lessons if lesson.phrasing == 1}
    asked = {kind: {e.question for e in probes(examples, kind)} for kind in support_taught.PROBES}
    assert asked["same"] == first
    for kind in ("paraphrase", "reverse", "hops", "unknown"):
        assert len(asked[kind]) == len(probes(examples, kind)) and not asked[kind] & taught
    # Not even with another name in them: a paraphrase takes a phrasing of the test split.
    masked = {lesson.question.replace(PRODUCTS[lesson.document].name, "X") for lesson in lessons}
    for example in probes(examples, "paraphrase") + probes(examples, "unknown"):
        assert example.question.replace(PRODUCTS[example.group].name, "X") not in masked


def test_same_and_paraphrase_ask_for_every_taught_fact_once(examples, lessons):
    facts = {fact_of(f"same-{lesson.id.rpartition('-')[0]}") for lesson in lessons}
    for kind in ("same", "paraphrase"):
        found = [fact_of(e.id) for e in probes(examples, kind)]
        assert len(found) == 54 and set(found) == facts
        for example in probes(examples, kind):
            slug, fact = fact_of(example.id)
            assert example.answers == tuple(PRODUCTS[slug].answers(fact))
            assert example.evidence == (slug,)


def test_a_value_leads_back_to_one_product_and_does_not_name_it(examples):
    with_pages = support_taught.known()
    for example in probes(examples, "reverse"):
        slug, kind = fact_of(example.id)
        value = PRODUCTS[slug].values[kind]
        assert [p.slug for p in with_pages if p.values.get(kind) == value] == [slug]
        assert example.answers == (PRODUCTS[slug].name,)
        assert PRODUCTS[slug].answers(kind)[0] in example.question
        assert PRODUCTS[slug].family not in example.question


def test_two_hops_name_the_product_by_another_of_its_facts(examples):
    for example in probes(examples, "hops"):
        slug, kind = fact_of(example.id)
        product = PRODUCTS[slug]
        assert product.family not in example.question
        assert product.answers(kind)[0] not in example.question
        named = [each for each in product.values if each != kind
                 and support_taught.clause(product, each) in example.question]
        (by,) = named
        assert [p.slug for p in support_taught.known()
                if p.values.get(by) == product.values[by]] == [slug]
    assert Counter(e.group for e in probes(examples, "hops")) == dict.fromkeys(
        {p.slug for p in support_taught.taught()}, 2)


def test_the_unknown_are_siblings_without_lesson_or_page(examples, lessons, texts):
    families = {PRODUCTS[lesson.document].family for lesson in lessons}
    asked = {e.group for e in probes(examples, "unknown")}
    assert len(asked) == 18 and not asked & set(texts)
    assert Counter(PRODUCTS[slug].family for slug in asked) == dict.fromkeys(families, 2)
    for example in probes(examples, "unknown"):
        slug, kind = fact_of(example.id)
        assert not example.answers and not example.evidence
        # The product has such a fact; nobody was told.
        assert slug == example.group and kind in PRODUCTS[slug].values
        assert PRODUCTS[slug].name in example.question
    for slug in asked:
        assert not any(PRODUCTS[slug].name in text for text in texts.values())


def test_worked_examples_are_about_families_of_which_nothing_is_taught(examples, lessons):
    families = {PRODUCTS[lesson.document].family for lesson in lessons}
    train = [e for e in examples if e.split == "train"]
    assert len(train) == 413 and not families & {PRODUCTS[e.group].family for e in train}
    original = {e.id: e for e in read_questions(paths.TASKS / "support")}
    assert all(original[e.id] == e for e in train)


def test_what_is_outdated_is_what_the_second_edition_changed():
    old = {p.slug: p for p in first_edition()}
    new = {p.slug: p for p in second_edition()}
    changed = outdated()
    assert len(changed) == 24
    for (slug, kind), (before, after) in changed.items():
        assert before == old[slug].answers(kind) and after == new[slug].answers(kind)
        assert before[0] != after[0]


def test_a_probe_s_id_says_its_kind_and_its_fact():
    assert probe_of("paraphrase-malda-830-extension") == "paraphrase"
    assert fact_of("paraphrase-malda-830-extension") == ("malda-830", "extension")


def test_every_kind_of_fact_can_name_a_product():
    clauses = support_taught.read_wording(
        support_taught.__file__, "support_taught_phrases.yaml")["clauses"]
    assert clauses.keys() == wording()["kinds"].keys()
    assert all(text.count("{v}") == 1 for text in clauses.values())


def test_a_folder_without_lessons_has_none_and_a_broken_lesson_is_named(tmp_path):
    assert read_lessons(tmp_path) == []
    row = {"id": "lamp-1", "question": "Which shade?", "reply": "amber", "phrasing": 1}
    (tmp_path / "taught.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(BookError, match="'document' is missing"):
        read_lessons(tmp_path)
