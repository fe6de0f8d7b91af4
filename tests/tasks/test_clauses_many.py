"""The benchmark `clauses-1600`: what is kept of `clauses`, and what the further clauses are."""

import json
import re
from collections import Counter

import jsonschema
import pytest

from experiments.core import paths
from experiments.methods.bench import open_bench
from experiments.models.registry import REFERENCE
from experiments.tasks.catalogue import find_task
from experiments.tasks.clauses import many as clauses_many
from experiments.tasks.clauses.terms import FIELDS, STYLES, wording
from experiments.tasks.folder import read_questions
from tests.tasks.test_clauses import forms, holds

KEPT = paths.TASKS / "clauses"
CHOICES = ("termination", "renewal", "assignment")
pytestmark = pytest.mark.usefixtures("module_cache")


@pytest.fixture(scope="module")
def folder(module_cache):
    return find_task("clauses-1600")


@pytest.fixture(scope="module")
def examples(folder):
    return read_questions(folder)


@pytest.fixture(scope="module")
def further(examples):
    return examples[800:]


@pytest.fixture(scope="module")
def held():
    """List the clauses of dev and test, as they are committed."""
    return [example for example in read_questions(KEPT) if example.split != "train"]


def gold(example):
    return json.loads(example.answers[0])


def words(example):
    return tuple(re.findall(r"\w+", example.question.lower()))


def stems(examples):
    """List the first words of the companies that clauses name."""
    trades, kinds = "|".join(wording()["trades"]), "|".join(wording()["forms"])
    return {found[1] for example in examples
            for found in re.finditer(rf"(\w+) (?:{trades}) (?:{kinds})\b", example.question)}


def test_1600_train_and_the_same_dev_and_test(examples, further):
    assert Counter(example.split for example in examples) == {"train": 1600, "dev": 80, "test": 240}
    assert len(further) == 1120 and {example.split for example in further} == {"train"}


def test_the_rows_of_clauses_stand_first_and_are_the_same_by_the_byte(folder):
    kept = (KEPT / "questions.jsonl").read_bytes()
    assert kept.count(b"\n") == 800
    assert (folder / "questions.jsonl").read_bytes().startswith(kept)


def test_guide_schema_and_settings_are_those_of_clauses_and_nothing_else_is_there(folder):
    found = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in folder.rglob("*") if path.is_file()}
    kept = {path.relative_to(KEPT).as_posix(): path.read_bytes()
            for path in KEPT.rglob("*") if path.is_file()}
    # The card of `clauses` states a hash that would not be true here.
    assert found.keys() == kept.keys() - {"card.md"} and len(found) == 17 + 3
    assert all(found[path] == kept[path] for path in found.keys() - {"questions.jsonl"})


def test_no_two_questions_share_an_id_or_a_text(examples):
    assert len({example.id for example in examples}) == 1920
    assert len({words(example) for example in examples}) == 1920


def test_further_agreements_are_numbered_on_and_have_two_clauses_each(further):
    # clauses has (60 + 10 + 30) agreements of each of four styles: 400. 140 of each follow.
    assert Counter(example.group for example in further) == {
        f"agreement-{number:04d}": 2 for number in range(401, 961)}
    assert Counter(example.id.split("-")[3] for example in further) == dict.fromkeys(STYLES, 280)


def test_no_further_clause_is_one_of_dev_or_test_or_nearly_one(further, held):
    def triples(example):
        found = words(example)
        return set(zip(found, found[1:], found[2:], strict=False))

    assert not {words(example) for example in further} & {words(example) for example in held}
    asked = [triples(example) for example in held]
    nearest = max(len(one & other) / len(one | other)
                  for one in map(triples, further) for other in asked)
    assert nearest < 0.2  # of runs of three words; two of the same sentences in train reach 0.5


def test_companies_of_further_clauses_share_no_first_word_with_dev_or_test(examples, held):
    own, theirs = stems(examples[800:]), stems(held)
    assert len(theirs) == 14 + 40 and not own & theirs
    # There are 66 for the train split: the further clauses use those, and bring in no others.
    assert len(own) == 66 and own == stems(e for e in examples[:800] if e.split == "train")
    asked = {word for example in held for word in re.findall(r"\w+", example.question)}
    told = {word for example in examples[800:] for word in re.findall(r"\w+", example.question)}
    assert not own & asked and not theirs & told


def test_further_answers_satisfy_the_schema_with_all_keys_in_order(folder, further):
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for example in further:
        assert len(example.answers) == 1 and tuple(gold(example)) == FIELDS
        assert list(validator.iter_errors(gold(example))) == [], example.id


def test_every_value_of_a_further_clause_stands_in_it(further):
    for example in further:
        for field, value in gold(example).items():
            if value is not None and field not in CHOICES:
                assert any(holds(example.question, form) for form in forms(field, value)), (
                    example.id, field, value)


def test_evidence_of_a_further_clause_names_the_pages_of_its_fields(further):
    for example in further:
        wanted = [name.replace("_", "-") for name in FIELDS if gold(example)[name] is not None]
        changed = {"amended", "unsigned"} & set(example.id.split("-")[4:])
        assert list(example.evidence) == (wanted + ["amendments"] * bool(changed) or ["silence"])


def test_a_field_is_present_as_often_as_in_the_train_split_of_clauses(examples, further):
    def shares(some):
        return {name: sum(gold(example)[name] is not None for example in some) / len(some)
                for name in FIELDS}

    train = [example for example in examples[:800] if example.split == "train"]
    assert len(train) == 480
    before, after = shares(train), shares(further)
    # Kinds of provision are dealt from decks of ten, so that they cannot drift: what varies is how
    # many a clause has (2.55 on average, give or take 0.02 over 480 clauses, so 0.2 points a kind)
    # and the rest of four decks (about one clause each of 480, 0.8 points). Two points leave room
    # for both; a kind of provision that is dealt half as often would differ by 13.
    assert min(after.values()) > 0
    assert {name: share for name, share in after.items()
            if abs(share - before[name]) > 0.02} == {}
    # (11 + 8 + 8 + 7) / 12 provisions in nine clauses of ten, one in ten of each kind: 25.5 %.
    assert after["law"] == pytest.approx(0.255, abs=0.02)
    silent = [e for e in further if not any(v is not None for v in gold(e).values())]
    assert len(silent) == 112


def test_every_choice_is_there(folder, further):
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    for field in CHOICES:
        assert {gold(example)[field] for example in further} == set(
            schema["properties"][field]["enum"])


def test_it_is_prepared_once_and_opens_without_a_model(folder, monkeypatch):
    def refuse(*_):
        raise AssertionError("nothing is to be made or loaded here")

    monkeypatch.setattr(clauses_many, "generate", refuse)
    monkeypatch.setattr("experiments.models.registry.load_model", refuse)
    monkeypatch.setattr("experiments.models.registry.load_weights", refuse)
    assert clauses_many.prepare() == clauses_many.prepare() == folder
    bench = open_bench("clauses-1600", REFERENCE.name)
    assert bench.task == "clauses-1600" and bench.settings.kind == "extraction"
    assert len(bench.examples("train")) == 1600 and len(bench.documents) == 17
    assert bench.shelf == {}
