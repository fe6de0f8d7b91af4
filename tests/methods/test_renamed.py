"""Trainings in which every example has names of its own."""

import json
from random import Random

from experiments.methods.bench import open_bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.renamed import Renamed, draw_names
from experiments.tasks.desk_tools.generate import CLEAR, tools, wording


def pairs_of(recipe, seed=0):
    """The training pairs of a recipe on the desk's tools."""
    bench = open_bench("desk-tools", "fake").with_seed(seed)
    return recipe.pairs(bench.lend(recipe))


def test_every_reply_names_a_tool_and_arguments_of_its_own_list():
    for (system, _), reply in pairs_of(Renamed(wording="list")):
        call = json.loads(reply)
        line = next(x for x in system.content.split("\n") if x.startswith(call["name"] + "("))
        assert line.partition("(")[2].partition(")")[0].split(", ") == [*call["arguments"]]
        assert system.content.count("\n") == 8


def test_requests_and_values_stay_as_they_were():
    plain, varied = pairs_of(FineTuned(wording="list")), pairs_of(Renamed(wording="list"))
    assert [prompt[1] for prompt, _ in plain] == [prompt[1] for prompt, _ in varied]
    assert ([[*json.loads(reply)["arguments"].values()] for _, reply in plain]
            == [[*json.loads(reply)["arguments"].values()] for _, reply in varied])


def test_the_seed_draws_the_names():
    recipe = Renamed(wording="list")
    assert pairs_of(recipe) == pairs_of(recipe) != pairs_of(recipe, seed=1)


def test_drawn_names_are_a_verb_and_a_noun_of_the_tool():
    known = tools(CLEAR)
    drawn = draw_names(Random(3))
    assert sorted(drawn) == sorted(known) and [*drawn] != [*known]
    for name, tool in drawn.items():
        entry = wording()["tools"][name]
        assert tool.name in {f"{v}_{n}" for v in entry["verbs"] for n in entry["nouns"]}
        assert tool.about == known[name].about and [*tool.arguments] == [*known[name].arguments]


def test_without_a_list_in_the_prompt_it_is_plain_fine_tuning(lamps):
    assert Renamed().pairs(lamps) == FineTuned().pairs(lamps)
    assert pairs_of(Renamed(wording="bare")) == pairs_of(FineTuned(wording="bare"))


def test_a_copy_has_the_same_request_and_other_names():
    once, thrice = (pairs_of(Renamed(wording="list", again=n)) for n in (0, 2))
    assert len(thrice) == 480 and thrice[:160] == once
    assert [prompt[1] for prompt, _ in thrice] == [prompt[1] for prompt, _ in once] * 3
    lists = [{prompt[0].content for prompt, _ in thrice[place::160]} for place in range(160)]
    assert [len(each) for each in lists] == [3] * 160
