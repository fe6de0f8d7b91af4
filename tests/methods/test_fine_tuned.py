"""What a model is trained on, and what it may never be trained on."""

import dataclasses

import pytest

from experiments.core import REFUSAL, BookError, Question
from experiments.methods import prompts
from experiments.methods.training.fine_tuned import FineTuned, check_leaks

ASKED = Question("lamp-16-colour", "Which shade has Lamp 16?")


def test_a_pair_without_passages_is_the_question_and_the_ideal_reply(lamps):
    pairs = FineTuned().pairs(lamps)
    train = lamps.examples("train")
    assert len(pairs) == len(train) == 9
    assert pairs[0] == (prompts.closed(train[0].asked(), templates=lamps.templates), "amber")
    assert [reply for _, reply in pairs].count(REFUSAL) == 3


def test_a_pair_with_passages_cites_the_one_that_holds_the_answer(lamps):
    ids = [example.id for example in lamps.examples("train")]
    pairs = dict(zip(ids, FineTuned(train_k=2).pairs(lamps), strict=True))
    prompt, reply = pairs["lamp-12-colour"]
    number = reply.removeprefix("coral [").removesuffix("]")
    assert f"[{number}] Lamp 12: The shade of Lamp 12 is coral" in prompt[-1].content
    assert prompt[-1].content.count("[") == 2 and pairs["lamp-12-price"][1] == REFUSAL


def test_some_examples_are_drawn_by_the_seed(lamps):
    few = [FineTuned(examples=3).pairs(lamps.with_seed(seed)) for seed in (0, 0, 1)]
    assert len(few[0]) == 3 and few[0] == few[1] != few[2]
    with pytest.raises(BookError, match="wants 40 examples of the train split, which has 9"):
        FineTuned(examples=40).pairs(lamps)


def test_passages_stand_before_the_question_only_where_the_recipe_says_so(lamps):
    (bare,) = lamps.cook(FineTuned())([ASKED])
    (trap,) = lamps.cook(FineTuned(k=1))([ASKED])
    assert not bare.hits and trap.hits[0].chunk.doc_id == "lamp-16"


@pytest.mark.parametrize("change", [{"group": "lamp-10"},
                                    {"question": "which  SHADE has Lamp 10?"}])
def test_training_on_what_is_held_out_is_refused(lamps, change):
    *rest, held = lamps.all_examples
    assert held.split == "test"
    leaking = dataclasses.replace(lamps, all_examples=(*rest, dataclasses.replace(held, **change)))
    with pytest.raises(BookError, match=f"training on lamp-10-.* would leak into {held.id}"):
        check_leaks(leaking, leaking.examples("train"))
    check_leaks(lamps, lamps.examples("train"))
