"""One contract for every file in methods/."""

import dataclasses
import json
from typing import ClassVar, get_origin

import pytest

from experiments.book.names import method_name
from experiments.core import BookError, Question
from experiments.methods import RECIPES, recipe_named
from experiments.methods.base import Method
from experiments.methods.bench import open_bench
from experiments.models.training.tuning import Tuning
from experiments.tasks.settings import Settings
from tests.methods.conftest import write_task

NAMES = sorted(RECIPES)


def cook(bench, name):
    """Cook a recipe with its defaults, on the first of two tasks that has what it needs."""
    # A draft that the model kept, for whoever learns from such; the others do not look.
    row = {"id": "lamp-10-colour", "reply": "amber", "drafts": 4, "fit": 1}
    (bench.folder / "kept.jsonl").write_text(json.dumps(row) + "\n")
    labels = {"green": ("shade",), "hazel": ("cost",)}
    labelled = Settings(kind="classification", labels=labels)
    recipe = recipe_named(name)
    try:
        return bench.cook(recipe)
    except BookError:
        return dataclasses.replace(bench, settings=labelled, shelf={}).cook(recipe)


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


@pytest.mark.parametrize("name", NAMES)
def test_no_method_but_those_that_say_so_is_lent_the_gold_passage(name, lamps):
    lent, asked = lamps.lend(recipe_named(name)), Question("lamp-16-colour", "Which shade?")
    if RECIPES[name].sees_gold:
        assert [chunk.doc_id for chunk in lent.gold(asked)] == ["lamp-16"]
    else:
        with pytest.raises(PermissionError):
            lent.gold(asked)


@pytest.mark.parametrize("name", NAMES)
def test_a_method_has_training_pairs_where_it_says_that_it_is_trained(name, lamps):
    recipe = recipe_named(name)
    if not recipe.trained:
        with pytest.raises(BookError, match="trains no model"):
            recipe.pairs(lamps.lend(recipe))
    else:
        assert isinstance(recipe.tuning, Tuning)
        assert type(recipe).pairs is not Method.pairs


@pytest.mark.parametrize("name", NAMES)
def test_what_the_book_asks_of_every_method_is_no_field_of_it(name):
    recipe = recipe_named(name)
    fields = {field.name for field in dataclasses.fields(recipe)}
    assert isinstance(recipe, Method) and not dataclasses.is_dataclass(Method)
    assert not fields & {"sees_gold", "dummy", "trained"}
    assert fields == {n for cls in type(recipe).__mro__ if dataclasses.is_dataclass(cls)
                      for n, kind in vars(cls).get("__annotations__", {}).items()
                      if get_origin(kind) is not ClassVar}
    assert method_name(recipe) == name, "a module is named as its method, in snake case"


def test_an_unknown_method_lists_the_known():
    with pytest.raises(BookError, match="closed_book.*rag"):
        recipe_named("ragg")
