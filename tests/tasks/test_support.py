"""The benchmark `support`: what its card promises is true of the committed files."""

import json
import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from experiments.core import paths
from experiments.tasks.catalogue import summarise
from experiments.tasks.folder import read_questions, write_files
from experiments.tasks.support import generate as support
from experiments.tasks.support.products import Product, bare, first_edition, second_edition, wording
from tests.tasks.generated import unlike

EDITIONS = {1: first_edition, 2: second_edition}
KINDS = wording()["kinds"]
SPLITS = ("train", "dev", "test")


def folder(edition):
    return paths.TASKS / support.FOLDERS[edition]


def committed_articles(edition):
    return {path.stem: path.read_text(encoding="utf-8")
            for path in sorted((folder(edition) / "documents").iterdir())}


def sentences(article):
    """Cut an article, without its title, at the ends of its sentences."""
    body = article.split("\n\n", 1)[1]
    return re.split(r"(?<=[.!?])\s+", body.strip())


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_committed_files_are_what_the_generator_writes(edition):
    assert unlike(folder(edition), support.generate(edition)) == []


def test_writing_removes_the_articles_of_an_older_generator(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "gone-100.md").write_text("# Gone 100")
    write_files(tmp_path, support.generate())
    assert len(list((tmp_path / "documents").iterdir())) == 168
    assert not (tmp_path / "documents" / "gone-100.md").exists()


def test_an_edition_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="not 3"):
        support.generate(3)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_counts_are_those_of_the_brief(edition):
    examples = read_questions(folder(edition))
    counts = Counter((example.split, example.answerable) for example in examples)
    assert counts == {("train", True): 528, ("train", False): 88, ("dev", True): 60,
                      ("dev", False): 20, ("test", True): 200, ("test", False): 60}
    assert len(committed_articles(edition)) == 168
    groups = {split: {e.group for e in examples if e.split == split} for split in SPLITS}
    assert {split: len(found) for split, found in groups.items()} == {
        "train": 88, "dev": 20, "test": 60}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_card_tells_the_hash_and_the_counts(edition):
    card = (folder(edition) / "card.md").read_text(encoding="utf-8")
    assert summarise(folder(edition))["sha256"] in card
    lengths = [len(article.split()) for article in committed_articles(edition).values()]
    assert f"| words an article | {min(lengths)} to {max(lengths)} |" in card
    assert "| test questions (unanswerable) | 260 (60) |" in card


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_product_is_asked_about_in_two_splits(edition):
    splits = defaultdict(set)
    for example in read_questions(folder(edition)):
        splits[example.group].add(example.split)
        assert example.group.replace("-", " ").capitalize() in example.question
    assert all(len(found) == 1 for found in splits.values())


def test_no_wording_of_a_question_is_shared_between_splits():
    masked = defaultdict(set)
    for example in read_questions(folder(1)):
        name = example.group.replace("-", " ").capitalize()
        words = re.findall(r"\w+", example.question.replace(name, "X").lower())
        masked[example.split].add(" ".join(words))
    assert all(len(masked[split]) > 20 for split in SPLITS)
    for one, other in combinations(SPLITS, 2):
        assert masked[one] & masked[other] == set()


def test_every_test_family_has_train_siblings_in_the_corpus():
    families = defaultdict(Counter)
    for product in first_edition():
        families[product.family][product.split] += 1
    assert len(families) == 28
    assert all(sum(counts.values()) == 6 for counts in families.values())
    assert all(counts["train"] >= 3 and counts["test"] >= 2 for counts in families.values())


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_first_answer_stands_verbatim_in_its_article(edition):
    articles = committed_articles(edition)
    for example in read_questions(folder(edition)):
        if not example.answerable:
            assert example.evidence == ()
            continue
        assert example.evidence == (example.group,)
        # Exactly once, and not as part of a longer word or number.
        answer = re.escape(example.answers[0])
        found = re.findall(rf"(?<![\w.]){answer}(?!\w)", articles[example.group])
        assert len(found) == 1, example.id


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_article_holds_its_six_kinds_of_fact_and_no_other(edition):
    articles = committed_articles(edition)
    for product in EDITIONS[edition]():
        held = sentences(articles[product.slug])
        counts = {kind: sum(bool(re.search(entry["sign"], s)) for s in held)
                  for kind, entry in KINDS.items()}
        assert counts == {kind: int(kind in product.values) for kind in KINDS}, product.slug
        assert len(product.values) == 6


def test_an_unanswerable_question_asks_for_a_fitting_fact_that_is_absent():
    products = {product.slug: product for product in first_edition()}
    for example in read_questions(folder(1)):
        kind = example.id.removeprefix(example.group + "-").split("-")[0]
        product = products[example.group]
        assert (kind in product.values) == example.answerable
        if not example.answerable:
            assert kind in product.category["absent"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_articles_have_90_to_180_words_and_a_paragraph_without_a_fact(edition):
    for slug, article in committed_articles(edition).items():
        assert 90 <= len(article.split()) <= 180, slug
        title, *paragraphs = article.strip().split("\n\n")
        assert title.startswith("# ")
        # The opening is such a paragraph in every article; one more stands among the facts.
        bare_paragraphs = [p for p in paragraphs
                           if not any(re.search(entry["sign"], p) for entry in KINDS.values())]
        assert len(bare_paragraphs) >= 2, slug


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_value_occurs_twice_in_a_family(edition):
    families = defaultdict(list)
    for product in EDITIONS[edition]():
        families[product.family] += [str(product.number), *map(bare, product.values.values())]
    for values in families.values():
        assert len(values) == 42  # six model numbers and 36 facts
        assert len(set(values)) == 42


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_sibling_s_article_does_not_hold_the_answer(edition):
    articles = committed_articles(edition)
    words = {slug: set(re.findall(r"\w+(?:\.\d+)?", text)) for slug, text in articles.items()}
    for product in EDITIONS[edition]():
        for slug in words:
            if slug != product.slug and slug.startswith(product.family.lower()):
                assert not set(product.values.values()) & words[slug], (product.slug, slug)


def test_no_value_is_one_that_a_guesser_would_say():
    guesses = {"warranty": "24", "returns": "30", "battery": "10", "charging": "60",
               "reset": "10", "light": "red", "tank": "1.7", "load": "100", "pairing": "8"}
    for product in first_edition() + second_edition():
        assert not any(product.values.get(kind) == value for kind, value in guesses.items())


def test_one_fact_in_ten_changes_in_the_second_edition():
    pairs = list(zip(first_edition(), second_edition(), strict=True))
    changed = [(one.slug, kind) for one, two in pairs for kind in one.values
               if one.values[kind] != two.values[kind]]
    assert sum(len(one.values) for one, _ in pairs) == 1008
    assert len(changed) == 101
    first, second = read_questions(folder(1)), read_questions(folder(2))
    assert [e.asked() for e in first] == [e.asked() for e in second]
    for one, two in zip(first, second, strict=True):
        kind = one.id.removeprefix(one.group + "-").split("-")[0]
        assert (one.answers != two.answers) == ((one.group, kind) in changed)


def test_the_editions_differ_only_in_the_sentences_of_changed_facts():
    first, second = committed_articles(1), committed_articles(2)
    different = 0
    for one, two in zip(first_edition(), second_edition(), strict=True):
        before, after = sentences(first[one.slug]), sentences(second[one.slug])
        assert len(before) == len(after)
        changed = [kind for kind in one.values if one.values[kind] != two.values[kind]]
        pairs = [(b, a) for b, a in zip(before, after, strict=True) if b != a]
        assert len(pairs) == len(changed)
        for kind in changed:
            assert any(one.answers(kind)[0] in b and b.replace(
                one.answers(kind)[0], two.answers(kind)[0]) == a for b, a in pairs)
        different += len(pairs)
    assert different == 101


def test_answers_put_the_written_form_first():
    product = Product("Bremo", 730, "test", {"warranty": "27", "filter": "417"})
    assert product.answers("warranty") == ["27 months", "27"]
    assert product.answers("filter") == ["BV-417", "BV417", "BV 417"]


def test_an_article_ignores_the_values_when_it_chooses_its_layout():
    kinds = ("warranty", "price", "tank", "cable", "light", "extension")
    one = Product("Aldra", 220, "test", dict.fromkeys(kinds, "111"))
    two = Product("Aldra", 220, "test", dict.fromkeys(kinds, "222"))
    assert support.article(one).replace("111", "222") == support.article(two)


def test_a_question_is_json_with_the_fields_of_the_folder_format():
    line = (folder(1) / "questions.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert list(json.loads(line)) == ["id", "question", "answers", "evidence", "split", "group"]
