"""The benchmark `support-two-hop`: every question takes both articles; splits share nothing."""

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from experiments.core import BookError, paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support import two_hop as support_two_hop
from experiments.tasks.support.products import Product, first_edition
from experiments.tasks.support.products import wording as support_wording
from experiments.tasks.support.two_hop_accessories import accessories, wording
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / support_two_hop.NAME
SPLITS = ("train", "dev", "test")
PRODUCTS = {product.slug: product for product in first_edition()}
PARTS = {part.slug: part for part in accessories()}


@pytest.fixture(scope="module")
def texts():
    return {path.stem: path.read_text(encoding="utf-8")
            for path in (FOLDER / "documents").iterdir()}


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


def named_parts(example):
    return [part for part in PARTS.values() if part.name in example.question]


def is_bridge(example):
    return bool(named_parts(example))


def holds(text, value):
    """Return whether a text holds a value, not as part of a longer word or number."""
    return re.search(rf"(?<![\w.$]){re.escape(value)}(?!\w|\.\d)", text) is not None


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, support_two_hop.generate()) == []


def test_the_card_states_hash_and_counts(examples):
    assert find_task(support_two_hop.NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    assert "| documents | 336 |" in card
    assert "| test questions (unanswerable) | 140 (20) |" in card
    counts = Counter((e.split, is_bridge(e), e.answerable) for e in examples)
    assert counts == {
        ("train", True, True): 88, ("train", True, False): 30, ("train", False, True): 88,
        ("dev", True, True): 20, ("dev", True, False): 7, ("dev", False, True): 20,
        ("test", True, True): 60, ("test", True, False): 20, ("test", False, True): 60}
    assert "| of the answerable test questions, bridges | 60 |" in card
    assert "| of the answerable test questions, comparisons | 60 |" in card


def test_product_articles_are_those_of_support(texts):
    for slug in PRODUCTS:
        original = paths.TASKS / "support" / "documents" / f"{slug}.md"
        assert texts[slug] == original.read_text(encoding="utf-8")


def test_an_accessory_names_its_product_and_no_other_and_no_product_names_an_accessory(texts):
    assert len(PARTS) == 168
    for slug, part in PARTS.items():
        named = {p.slug for p in PRODUCTS.values() if p.name in texts[slug]}
        assert named == {part.product.slug}
    first_words = [part.name.split()[0] for part in PARTS.values()]
    assert len(set(first_words)) == 168
    for slug in PRODUCTS:
        assert not set(first_words) & set(re.findall(r"\w+", texts[slug]))


def test_neither_article_of_a_bridge_is_enough_alone(texts, examples):
    for example in filter(is_bridge, examples):
        (part,) = named_parts(example)
        product = part.product
        # The question does not name the product, nor its family or number.
        assert product.family not in example.question
        assert str(product.number) not in example.question
        if example.answerable:
            assert example.evidence == (part.slug, product.slug)
            # The link is on the accessory's page alone, the value on the product's alone.
            assert product.name in texts[part.slug] and part.name not in texts[product.slug]
            assert holds(texts[product.slug], example.answers[0])
            assert not any(holds(texts[part.slug], form) for form in example.answers)


def test_an_unanswerable_bridge_asks_for_a_fact_that_its_product_lacks(examples):
    unanswerable = [e for e in examples if not e.answerable]
    assert sum(e.split == "test" for e in unanswerable) >= 15
    for example in unanswerable:
        (part,) = named_parts(example)
        kind = example.id.removeprefix(part.slug + "-").split("-")[0]
        assert kind in part.product.category["absent"] and kind not in part.product.values
        assert example.evidence == ()


def test_a_comparison_has_one_right_name_and_its_value_is_the_larger_or_the_smaller(
        texts, examples):
    for example in examples:
        if is_bridge(example):
            continue
        one, other = (PRODUCTS[slug] for slug in example.evidence)
        kind = example.id.removesuffix(f"-{example.split}").split("-")[-1]
        assert one.name in example.question and other.name in example.question
        # Neither article names the other product, so neither can tell which has more.
        assert other.name not in texts[one.slug] and one.name not in texts[other.slug]
        patterns = wording()["comparisons"][kind][example.split]
        asks = [direction for direction in ("most", "least") for p in patterns[direction]
                if p.format(a=one.name, b=other.name) == example.question]
        (direction,) = asks
        values = {p.name: float(p.values[kind]) for p in (one, other)}
        assert len(set(values.values())) == 2
        best = (max if direction == "most" else min)(values, key=values.get)
        assert example.answers == (best,)


def test_the_right_name_is_first_in_half_and_most_is_asked_about_as_often_as_least(examples):
    for split in SPLITS:
        compared = [e for e in examples if e.split == split and not is_bridge(e)]
        first = sum(PRODUCTS[e.evidence[0]].name == e.answers[0] for e in compared)
        assert first * 2 == len(compared)
        words = [p for kind in wording()["comparisons"].values() for p in kind[split]["most"]]
        most = sum(any(p.format(a=PRODUCTS[e.evidence[0]].name, b=PRODUCTS[e.evidence[1]].name)
                       == e.question for p in words) for e in compared)
        assert 0.35 <= most / len(compared) <= 0.65


def test_no_product_accessory_or_wording_is_in_two_splits(examples):
    splits, wordings = defaultdict(set), defaultdict(set)
    for example in examples:
        masked = example.question
        named = [p for p in PRODUCTS.values() if p.name in example.question]
        about = [part.product for part in named_parts(example)] or named
        for thing in (*named_parts(example), *about):
            splits[thing.slug].add(example.split)
            masked = masked.replace(thing.name, "X")
        wordings[example.split].add(masked)
    assert len(splits) == 336
    assert all(len(found) == 1 for found in splits.values())
    for one, other in combinations(SPLITS, 2):
        assert wordings[one] & wordings[other] == set()


def test_a_group_is_a_pair_of_products_and_no_product_is_in_two_groups(examples):
    groups = defaultdict(set)
    for example in examples:
        about = [part.product.slug for part in named_parts(example)] or example.evidence
        assert set(about) <= set(example.group.split("+"))
        for slug in about:
            groups[slug].add(example.group)
    assert all(len(found) == 1 for found in groups.values())
    assert Counter(e.split for e in {e.group: e for e in examples}.values()) == {
        "train": 44, "dev": 10, "test": 30}


@pytest.mark.parametrize("split", SPLITS)
def test_every_kind_can_be_bridged_to_in_every_split_in_words_of_its_own(split):
    for kind in support_wording()["kinds"]:
        found = support_two_hop.phrasings(kind, split)
        assert found and len(set(found)) == len(found)
        assert all(p.count("{it}") == 1 and "{name}" not in p for p in found)


def test_values_of_an_accessory_are_none_of_its_product_s():
    for part in PARTS.values():
        assert len(part.values) == 3
        bare = {value.replace(".", "") for value in part.product.values.values()}
        assert not set(part.values.values()) & (bare | {str(part.product.number)})


def test_products_with_nothing_to_compare_are_refused():
    lamp = Product("Jelmo", 710, "test", {"workshop": "Ghent"})
    kettle = Product("Aldra", 480, "test", {"light": "orange"})
    with pytest.raises(BookError, match="pair off 2 products"):
        support_two_hop.pairs([lamp, kettle])
