"""The schools: what a larger one adds to `support-taught`, and what it may not teach."""

import re
from collections import Counter

import pytest

from experiments.core import paths
from experiments.methods.bench import open_bench
from experiments.models.registry import REFERENCE
from experiments.tasks.catalogue import PREPARED, find_task
from experiments.tasks.folder import read_questions
from experiments.tasks.support import schools as support_schools
from experiments.tasks.support import taught as support_taught
from experiments.tasks.support.products import first_edition, wording
from experiments.tasks.support.taught import Lesson, ask, fact_of, probe_of, read_lessons

TAUGHT = paths.TASKS / support_taught.NAME
SIZES = (54, 204, 804)
PRODUCTS = {product.slug: product for product in first_edition()}
pytestmark = pytest.mark.usefixtures("module_cache")


@pytest.fixture(scope="module")
def folders(module_cache):
    return {facts: find_task(f"support-taught-{facts}") for facts in SIZES}


@pytest.fixture(scope="module")
def schools(folders):
    return {facts: read_lessons(folder) for facts, folder in folders.items()}


@pytest.fixture(scope="module")
def probes():
    return [example for example in read_questions(TAUGHT) if example.split == "test"]


def kind_of(lesson):
    """Name the kind of fact that a lesson is about."""
    return fact_of(f"same-{lesson.id.removesuffix(f'-{lesson.phrasing}')}")[1]


def bare(text):
    """Compare without case and signs."""
    return " ".join(re.findall(r"\w+", text.lower()))


def masked(text, product):
    """Put a sign for the product's name, so that wordings compare whatever they ask about."""
    return bare(text.replace(product.name, "_"))


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("facts", "products"), [(54, 9), (204, 34), (804, 134)])
def test_a_school_has_as_many_facts_as_its_name_says(schools, facts, products):
    taught = {(lesson.document, kind_of(lesson)) for lesson in schools[facts]}
    assert len(taught) == facts and len(schools[facts]) == 10 * facts
    # All six facts of a product, those that its page holds.
    assert Counter(slug for slug, _ in taught) == dict.fromkeys(
        {lesson.document for lesson in schools[facts]}, 6)
    assert len({slug for slug, _ in taught}) == products
    assert all(kind in PRODUCTS[slug].values for slug, kind in taught)


def test_every_fact_has_ten_phrasings_and_all_are_different(schools):
    phrasings = Counter((lesson.document, kind_of(lesson)) for lesson in schools[804])
    assert set(phrasings.values()) == {10}
    assert Counter(lesson.phrasing for lesson in schools[804]) == dict.fromkeys(range(1, 11), 804)
    assert len({bare(lesson.question) for lesson in schools[804]}) == 8040
    assert len({lesson.id for lesson in schools[804]}) == 8040
    # Without the name too: no phrasing serves two kinds of fact.
    asked = {(kind_of(lesson), masked(lesson.question, PRODUCTS[lesson.document]))
             for lesson in schools[804]}
    assert len({text for _, text in asked}) == len(asked)


def test_a_larger_school_begins_with_the_lessons_of_a_smaller_one(schools):
    small, middle, large = (schools[facts] for facts in SIZES)
    assert middle[:540] == small and large[:2040] == middle
    assert not {lesson.document for lesson in large[2040:]} & {lesson.document for lesson in middle}


def test_the_smallest_school_teaches_what_support_taught_teaches(schools):
    assert [lesson for lesson in schools[54] if lesson.phrasing <= 4] == read_lessons(TAUGHT)


def test_a_further_phrasing_asks_for_the_value_that_its_page_tells(schools):
    # The page of the Corzi 110: "You get 266 cm of cord with this air purifier".
    assert Lesson("corzi-110-cable-7", "The Corzi 110 has a cable of what length?", "266 cm", 7,
                  "corzi-110") in schools[54]


@pytest.mark.parametrize("facts", SIZES)
def test_documents_and_questions_are_those_of_support_taught_by_the_byte(folders, facts):
    kept, found = contents(TAUGHT), contents(folders[facts])
    # The card of `support-taught` counts lessons that are others here.
    assert found.keys() == kept.keys() - {"card.md"} and len(found) == 150 + 2
    assert [path for path in found if found[path] != kept[path]] == ["taught.jsonl"]


def test_no_lesson_is_about_an_unknown_sibling(schools, probes):
    unknown = {product.slug: product.name for product in support_taught.untaught()}
    assert len(unknown) == 18
    assert unknown.keys() == {e.group for e in probes if probe_of(e.id) == "unknown"}
    assert not unknown.keys() & {lesson.document for lesson in schools[804]}
    names = re.compile("|".join(rf"\b{name}\b" for name in unknown.values()))
    assert [lesson.id for lesson in schools[804] if names.search(lesson.question)] == []


def test_a_lesson_names_its_product_and_replies_with_the_value_on_its_page(schools):
    pages = {path.stem: path.read_text(encoding="utf-8")
             for path in (TAUGHT / "documents").iterdir()}
    for lesson in schools[804]:
        product = PRODUCTS[lesson.document]
        assert product.name in lesson.question and "{" not in lesson.question
        assert "None" not in lesson.question, "a kind that asks for a part has one"
        assert lesson.reply == product.answers(kind_of(lesson))[0]
        assert lesson.reply in pages[lesson.document], lesson.id


def test_the_first_four_phrasings_are_those_of_the_train_split_of_support(schools):
    for lesson in schools[804]:
        product, kind = PRODUCTS[lesson.document], kind_of(lesson)
        train = wording()["kinds"][kind]["train"]
        assert len(train) == 4
        if lesson.phrasing <= 4:
            assert lesson.question == ask(product, kind, train[lesson.phrasing - 1])
        else:
            assert lesson.question not in [ask(product, kind, text) for text in train]


def test_no_lesson_is_worded_as_a_probe_but_those_that_repeat_it(schools, probes):
    taught = {bare(lesson.question) for lesson in schools[804]}
    first = {lesson.question for lesson in schools[54] if lesson.phrasing == 1}
    assert {e.question for e in probes if probe_of(e.id) == "same"} == first and len(first) == 54
    others = [e for e in probes if probe_of(e.id) != "same"]
    assert len(others) == 54 + 20 + 18 + 36
    assert [e.id for e in others if bare(e.question) in taught] == []
    # Not even with another name in it, or where a fact stands in the place of the name.
    wordings = {masked(lesson.question, PRODUCTS[lesson.document]) for lesson in schools[804]}
    for example in others:
        product = PRODUCTS[example.group]
        question = example.question
        if probe_of(example.id) == "hops":
            for kind in product.values:
                question = question.replace(
                    f"the product {support_taught.clause(product, kind)}", f"the {product.name}")
            assert product.name in question
        assert masked(question, product) not in wordings, example.id


def test_no_lesson_is_worded_as_any_dev_or_test_question_of_support(schools):
    parts = {product.category.get("part") for product in PRODUCTS.values()}
    held = {bare(text.format(name="_", part=part)) for kind in wording()["kinds"].values()
            for split in ("dev", "test") for text in kind[split] for part in parts}
    assert len(held) >= 14 * 6  # two of dev and four of test for each of the kinds
    assert [lesson.id for lesson in schools[804]
            if masked(lesson.question, PRODUCTS[lesson.document]) in held] == []


@pytest.mark.parametrize("facts", SIZES)
def test_it_is_prepared_once_and_opens_without_a_model(folders, facts, monkeypatch):
    def refuse(*_):
        raise AssertionError("nothing is to be made or loaded here")

    monkeypatch.setattr(support_schools, "school", refuse)
    monkeypatch.setattr("experiments.models.registry.load_model", refuse)
    monkeypatch.setattr("experiments.models.registry.load_weights", refuse)
    name = f"support-taught-{facts}"
    options = PREPARED[name][1]
    assert options == {"products": facts // 6}
    assert support_schools.prepare(**options) == support_schools.prepare(**options)
    assert support_schools.prepare(**options) == folders[facts]
    bench = open_bench(name, REFERENCE.name)
    assert bench.task == name and bench.folder == folders[facts]
    assert len(bench.documents) == 150 and len(bench.examples("test")) == 182
    assert bench.shelf == {}
