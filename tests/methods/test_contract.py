"""One contract for every file in methods/."""

import dataclasses
import json

import pytest

from experiments.core import BookError, Question
from experiments.methods import RECIPES, recipe_named
from experiments.methods.bench import open_bench
from experiments.tasks.settings import Settings
from tests.methods.conftest import write_task

NAMES = sorted(RECIPES)


def cook(bench, name):
    """Cook a recipe with its defaults, on a task that has what it needs."""
    if name in ("keywords", "retried"):
        labels = {"green": ("shade",), "hazel": ("cost",)}
        settings = Settings(kind="classification", labels=labels)
        bench = dataclasses.replace(bench, settings=settings)
    if name == "self_taught":
        row = {"id": "lamp-10-colour", "reply": "amber", "drafts": 4, "fit": 1}
        (bench.folder / "kept.jsonl").write_text(json.dumps(row) + "\n")
    return bench.cook(recipe_named(name))


def spoken(answers):
    """What must not change between two calls: everything but the seconds."""
    return [(a.example_id, a.text, [(h.chunk, h.rank) for h in a.hits], a.prompt_tokens)
            for a in answers]


def test_the_five_rungs_below_training_are_found():
    assert {"closed_book", "few_shot", "long_context", "oracle", "rag"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_frozen_and_printable(name):
    recipe = recipe_named(name)
    fields = dataclasses.fields(recipe)
    assert recipe == type(recipe)() and str(recipe).startswith(type(recipe).__name__)
    if fields:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(recipe, fields[0].name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_there_is_one_answer_a_question_in_order(name, lamps):
    questions = [e.asked() for e in lamps.examples("test")]
    answers = cook(lamps, name)(questions)
    assert [a.example_id for a in answers] == [q.id for q in questions]
    assert all(a.text for a in answers)


@pytest.mark.parametrize("name", NAMES)
def test_answers_do_not_depend_on_the_call_or_on_the_order(name, lamps):
    questions = [e.asked() for e in lamps.examples("test")]
    answer = cook(lamps, name)
    first, again = answer(questions), answer(questions)
    assert spoken(first) == spoken(again)
    assert spoken(answer(questions[::-1])) == spoken(first)[::-1]
    assert spoken(answer(questions[1:2])) == spoken(first)[1:2]


@pytest.mark.parametrize("name", NAMES)
def test_every_passage_shown_is_cut_from_a_real_document(name, lamps):
    questions = [e.asked() for e in lamps.examples("test")]
    for given in cook(lamps, name)(questions):
        assert [hit.rank for hit in given.hits] == list(range(1, len(given.hits) + 1))
        for hit in given.hits:
            text = lamps.documents[hit.chunk.doc_id].text
            assert text[hit.chunk.start:hit.chunk.end] == hit.chunk.text


@pytest.mark.parametrize("name", NAMES)
def test_no_question_gives_no_answer(name, lamps):
    assert cook(lamps, name)([]) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_fingerprint_is_stable_and_follows_the_data(name, lamps, tmp_path):
    recipe = recipe_named(name)
    other = open_bench(str(write_task(tmp_path / "other", train=5)), "fake")
    assert lamps.fingerprint(recipe) == lamps.fingerprint(recipe_named(name))
    assert lamps.fingerprint(recipe) != other.fingerprint(recipe)


def test_fingerprints_differ_between_methods_and_between_settings(lamps):
    recipes = [recipe_named(name) for name in NAMES]
    recipes.append(dataclasses.replace(recipe_named("rag"), k=7))
    assert len({lamps.fingerprint(r) for r in recipes}) == len(recipes)


def test_no_method_but_those_that_say_so_is_lent_the_gold_passage(lamps):
    assert [n for n in NAMES if getattr(RECIPES[n], "sees_gold", False)] == [
        "given", "haystack", "oracle"]
    with pytest.raises(PermissionError):
        lamps.gold(Question("lamp-16-colour", "Which shade has Lamp 16?"))


def test_an_unknown_method_lists_the_known():
    with pytest.raises(BookError, match="closed_book.*rag"):
        recipe_named("ragg")
