"""The benchmark `desk-tools`: the same requests under three sets of names."""

import json
import re
from collections import Counter
from random import Random

import jsonschema
import pytest

from experiments.core import paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.desk_tools import generate as desk_tools
from experiments.tasks.desk_tools.generate import (
    CLEAR,
    EDITIONS,
    SECOND,
    VAGUE,
    Tool,
    kind_of,
    kinds_of,
    requests,
    schema,
    tools,
    wording,
    write_call,
    write_list,
)
from experiments.tasks.folder import read_questions
from experiments.tasks.settings import read_settings
from tests.tasks.generated import unlike

EXAMPLES = {edition: read_questions(paths.TASKS / edition) for edition in EDITIONS}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_committed_files_are_what_the_generator_writes(edition):
    assert unlike(paths.TASKS / edition, desk_tools.generate(edition)) == []
    assert find_task(edition) == paths.TASKS / edition
    card = (paths.TASKS / edition / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(paths.TASKS / edition)['sha256']}`" in card


def test_a_call_is_written_in_the_names_of_its_edition():
    arguments = {"room": "Oak", "day": "Friday", "time": "14:30"}
    assert write_call(tools(CLEAR)["book_room"], arguments) == (
        '{"name":"book_room","arguments":{"room":"Oak","day":"Friday","time":"14:30"}}')
    assert write_call(tools(VAGUE)["book_room"], arguments) == (
        '{"name":"create_entry","arguments":{"ref":"Oak","param1":"Friday","param2":"14:30"}}')
    assert write_call(tools(SECOND)["book_room"], arguments) == (
        '{"name":"reserve_space","arguments":{"space":"Oak","day":"Friday","time":"14:30"}}')


def test_a_list_has_a_line_a_tool_explained_or_not():
    one = {"dig": Tool("dig", "make a hole", {"depth": "depth", "place": "where"})}
    assert write_list(one) == "dig(depth, where): make a hole"
    assert write_list(one, explained=False) == "dig(depth, where)"


def test_the_editions_ask_the_same_and_only_the_second_has_new_tools_in_test():
    asked = {edition: {e.id: (e.question, e.split, e.group) for e in found}
             for edition, found in EXAMPLES.items()}
    assert asked[CLEAR] == asked[VAGUE]
    more = [i for i in asked[SECOND] if i not in asked[CLEAR]]
    assert {i: asked[SECOND][i] for i in asked[CLEAR]} == asked[CLEAR]
    assert len(more) == 24 and {asked[SECOND][i][1] for i in more} == {"test"}
    assert {kind_of()[i] for i in more} == {"new"}


def test_each_tool_has_twenty_train_six_dev_and_twelve_test_requests():
    counts = Counter((one.tool, one.split) for one in requests())
    for name in wording()["tools"]:
        assert [counts[name, split] for split in ("train", "dev", "test")] == [20, 6, 12]
    for name in wording()["new"]:
        assert [counts[name, split] for split in ("train", "dev", "test")] == [0, 0, 12]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_gold_call_satisfies_the_schema_of_its_edition_and_no_other_call_does(edition):
    rules = jsonschema.Draft202012Validator(schema(edition))
    for example in EXAMPLES[edition]:
        call = json.loads(example.reply)
        assert [*call] == ["name", "arguments"] and rules.is_valid(call)
        assert not rules.is_valid({**call, "name": "dance"})
        assert not rules.is_valid({"name": call["name"], "arguments": {}})
        assert not rules.is_valid({**call, "arguments": {**call["arguments"], "extra": "x"}})


def test_what_an_argument_says_stands_in_the_request():
    for one in requests():
        for argument, value in one.arguments.items():
            kind = kinds_of(one.tool)[argument]
            if kind == "time":
                hour, minute = map(int, value.split(":"))
                twelve = (f"{(hour + 11) % 12 + 1}" + (f":{minute:02}" if minute else "")
                          + (" am" if hour < 12 else " pm"))
                assert value in one.text or twelve in one.text, one.text
            elif kind == "count":
                said = one.text.casefold()
                assert str(value) in said or desk_tools.NUMBERS[value - 1] in said, said
            else:
                assert value.casefold() in one.text.casefold(), one.text


def test_a_leave_ends_on_a_later_day_than_it_begins():
    days = wording()["kinds"]["day"]["enum"]
    leaves = [one for one in requests() if one.tool == "request_leave"]
    assert len(leaves) == 38
    for one in leaves:
        assert days.index(one.arguments["first"]) < days.index(one.arguments["last"])


def test_no_wording_and_no_value_stands_in_two_splits():
    for entry in wording()["tools"].values():
        frames = [frame for split in ("train", "dev", "test") for frame in entry[split]]
        assert len(frames) == len(set(frames)) == 14
    for kind, values in wording()["values"].items():
        listed = [value for split in values.values() for value in split]
        assert len(listed) == len(set(listed)), kind


def test_the_vague_names_are_all_different_and_say_nothing_of_the_clear_ones():
    names = [tool.name for tool in tools(VAGUE).values()]
    assert len(set(names)) == 8
    for name, tool in tools(VAGUE).items():
        assert not set(name.split("_")) & set(tool.name.split("_"))
        assert len(set(tool.arguments.values())) == len(tool.arguments)


def test_the_second_edition_renames_half_of_the_tools_and_two_arguments():
    clear, second = tools(CLEAR), tools(SECOND)
    assert [name for name in clear if second[name].name != name] == [
        "book_room", "send_note", "report_fault", "print_file"]
    assert [(name, old, new) for name in clear for old, new in second[name].arguments.items()
            if old != new] == [("book_room", "room", "space"), ("send_note", "to", "recipient")]
    assert set(second) - set(clear) == {"book_parking", "borrow_item"}


def test_the_names_that_a_training_varies_are_none_of_the_second_edition():
    words = wording()
    drawn = {f"{verb}_{noun}" for entry in words["tools"].values()
             for verb in entry["verbs"] for noun in entry["nouns"]}
    assert len(drawn) == 8 * 12  # four verbs, three nouns: no name belongs to two tools
    assert not drawn & {*words["second"]["tools"].values(), *words["new"]}
    arguments = {name for names in words["arguments"].values() for name in names}
    changed = {new for one in words["second"]["arguments"].values() for new in one.values()}
    assert not arguments & changed
    for entry in words["tools"].values():
        lists = [set(words["arguments"][one]) for one in entry["arguments"]]
        assert sum(map(len, lists)) == len(set().union(*lists))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_prompts_list_what_the_schema_accepts(edition):
    settings = read_settings(paths.TASKS / edition)
    names = [form["properties"]["name"]["const"] for form in settings.schema["anyOf"]]
    for text in (settings.prompts["closed"], settings.wordings["list"]["closed"],
                 settings.wordings["names"]["closed"]):
        assert re.findall(r"^(\w+)\(", text, re.MULTILINE) == names
    assert ("reserve a meeting room" in settings.prompts["closed"]) == (edition != VAGUE)
    assert not any(name in settings.wordings["bare"]["closed"] for name in names)


def test_a_value_comes_round_before_it_comes_again():
    decks: dict = {}
    drawn = [desk_tools._draw(Random(5), "room", "train", decks, 0)[0] for _ in range(4)]
    assert sorted(drawn) == ["Birch", "Cedar", "Maple", "Oak"]
