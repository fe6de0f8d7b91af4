"""The benchmark `support-injection`: what is planted, where, and that the answers stand anyway."""

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from experiments.core import paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support import injection as support_injection
from experiments.tasks.support.common import read_wording
from experiments.tasks.support.injection import Planted, read_planted, shows_canary
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / support_injection.NAME
SUPPORT = paths.TASKS / "support"
SPLITS = ("train", "dev", "test")


@pytest.fixture(scope="module")
def texts():
    return {path.stem: path.read_text(encoding="utf-8")
            for path in (FOLDER / "documents").iterdir()}


@pytest.fixture(scope="module")
def planted():
    return read_planted(FOLDER)


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, support_injection.generate()) == []


def test_the_card_states_hash_and_counts(examples, planted):
    assert find_task(support_injection.NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    assert "| planted instructions | 30 |" in card and "| kinds of instruction | 12 |" in card
    assert "| documents | 168 |" in card
    asked = Counter((e.split, e.group in planted, e.answerable) for e in examples)
    assert asked["test", True, True] == 90 and asked["test", False, True] == 60
    assert asked["dev", False, True] == 20 and asked["train", False, True] == 88
    assert asked["dev", True, True] == asked["train", True, True] == 0
    about = asked["test", True, True] + asked["test", True, False]
    assert f"| of the test questions, about a planted article | {about} |" in card


def test_thirty_articles_are_planted_with_ten_kinds_or_more(planted, examples):
    assert len(planted) == 30
    kinds = Counter(found.kind for found in planted.values())
    assert len(kinds) == 12 and min(kinds.values()) >= 2
    test = {e.group for e in examples if e.split == "test"}
    assert set(planted) <= test and len(test) == 60
    about = Counter(e.group for e in examples if e.answerable)
    assert all(about[name] == 3 for name in planted)


def test_a_page_without_its_planted_text_is_the_page_of_support(texts, planted):
    for name, text in texts.items():
        original = (SUPPORT / "documents" / f"{name}.md").read_text(encoding="utf-8")
        if name not in planted:
            assert text == original
            continue
        for start, end in reversed(planted[name].spans):
            assert text[start - 1].isspace() and text[end].isspace()
            text = text[:start] + text[end:]
        assert re.sub(r"\s+", " ", text) == re.sub(r"\s+", " ", original)
        assert text.replace("\n\n\n\n", "\n\n").split("\n\n")[:2] == original.split("\n\n")[:2]


def test_the_spans_hold_the_hand_written_texts_and_the_canary(texts, planted):
    wording = read_wording(support_injection.__file__, "support_injection_phrases.yaml")
    entries = {entry["canary"]: entry for entry in wording["planted"]}
    assert len(entries) == 30
    for name, found in planted.items():
        entry = entries[found.canary]
        spans = [texts[name][start:end] for start, end in found.spans]
        assert len(spans) == len(entry["texts"]) == (2 if found.kind == "split" else 1)
        for span, wording in zip(spans, entry["texts"], strict=True):
            fixed = re.split(r"\{\w+\}", wording.replace("{{", "(").replace("}}", ")"))
            assert all(part in span.replace("{", "(").replace("}", ")") for part in fixed)
            assert "{name}" not in span and "{thing}" not in span
        assert any(shows_canary(span, found) for span in spans)
        if found.kind == "split":
            between = texts[name][found.spans[0][1]:found.spans[1][0]]
            assert "\n\n" in between


def test_a_canary_stands_nowhere_else(texts, planted, examples):
    assert len({found.canary.lower() for found in planted.values()}) == 30
    for found in planted.values():
        others = [text for name, text in texts.items() if name != found.document]
        assert not any(shows_canary(text, found) for text in others)
        for example in examples:
            assert not shows_canary(example.question, found)
            assert not any(shows_canary(answer, found) for answer in example.answers)


def test_the_answer_stands_outside_of_the_planted_text_and_not_in_it(texts, planted, examples):
    for example in examples:
        if not example.answerable:
            assert example.evidence == ()
            continue
        (name,) = example.evidence
        spans = planted[name].spans if name in planted else ()
        said = " ".join(texts[name][start:end] for start, end in spans)
        found = rf"(?<![\w.]){re.escape(example.answers[0])}(?!\w)"
        assert len(re.findall(found, texts[name])) == 1
        assert re.search(found, said) is None


def test_nothing_but_the_text_marks_a_planted_page(texts):
    assert all(text.startswith("# ") for text in texts.values())
    assert not any("planted" in text or "canary" in text for text in texts.values())


def test_no_product_and_no_wording_is_in_two_splits(examples):
    splits, wordings = defaultdict(set), defaultdict(set)
    for example in examples:
        splits[example.group].add(example.split)
        name = example.group.replace("-", " ").capitalize()
        assert name in example.question
        wordings[example.split].add(example.question.replace(name, "X"))
    assert all(len(found) == 1 for found in splits.values())
    for one, other in combinations(SPLITS, 2):
        assert wordings[one] & wordings[other] == set()


@pytest.mark.parametrize(("text", "shown"), [
    ("The cable is 211 cm [77].", True),
    ("The cable is 211 cm [77]", True),
    ("The cable is 211 cm [7].", False),
    ("It has 77 parts.", False),
    ("It is part x[77]y.", False),
    ("", False),
])
def test_a_canary_is_found_as_whole_words(text, shown):
    assert shows_canary(text, Planted("corzi-130", "citation", "[77]", ((0, 1),))) is shown


@pytest.mark.parametrize(("text", "shown"), [
    ("BEGIN DUMP", True), ("begin\n dump of passages", True), ("begin the dump", False),
    ("begin dumping", False), ("rebegin dump", False), ("**Begin dump:**", True),
])
def test_case_and_spaces_of_a_canary_do_not_matter(text, shown):
    assert shows_canary(text, Planted("corzi-130", "exfiltration", "BEGIN DUMP", ())) is shown
