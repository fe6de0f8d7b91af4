"""Validate and retry, on lamps, with a model that says what the test wrote down for it."""

import dataclasses
import json

import pytest

from experiments.core import BookError, Message, Question
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.prompting.retried import Retried, find_fault
from experiments.models.interface import Completion
from experiments.tasks.settings import Settings

SHADE = {
    "type": "object", "required": ["shade", "metres"], "additionalProperties": False,
    "properties": {"shade": {"enum": ["green", "hazel", None]},
                   "metres": {"type": ["integer", "null"]}},
}
OBJECTS = Settings(kind="extraction", schema=SHADE)
QUERIES = Settings(kind="sql", databases=("CREATE TABLE lamp(name TEXT);",))
NAMES = Settings(kind="classification", labels={"green": (), "hazel": ()})
GREEN, HAZEL = Question("lamp-16-colour", "Shade of 16?"), Question("lamp-17-colour", "Of 17?")
GOOD = '{"shade":"green","metres":18}'


class Scripted:
    """Says the lines of a script to each question in turn; a prompt costs 10, a reply 2."""

    def __init__(self, **script):
        self.script = {question: iter(lines) for question, lines in script.items()}
        self.asked = []

    def generate(self, prompts, **_):
        """Answer each prompt with the next line for the question that it first put."""
        self.asked.append(list(prompts))
        return [Completion(next(self._lines(prompt)), 10, 2, 1.0, 0.5) for prompt in prompts]

    def _lines(self, prompt):
        text = " ".join(m.content for m in prompt if m.role == "user")
        return next(lines for question, lines in self.script.items() if question[1:] in text)


def answer(bench, settings, model, *, shots=0, attempts=3):
    """Cook the recipe with a scripted model, and ask about both lamps."""
    bench = dataclasses.replace(bench, settings=settings, shelf={"generator": model})
    return bench.cook(Retried(shots=shots, attempts=attempts))([GREEN, HAZEL])


def test_what_is_sound_at_once_is_asked_for_once(lamps):
    model = Scripted(_16=["green"], _17=["hazel"])
    assert [a.text for a in answer(lamps, NAMES, model)] == ["green", "hazel"]
    assert len(model.asked) == 1


def test_only_the_broken_answer_is_sent_back_and_the_order_stays(lamps):
    model = Scripted(_16=["the green one", "green"], _17=["hazel"])
    assert [a.text for a in answer(lamps, NAMES, model)] == ["green", "hazel"]
    assert [len(prompts) for prompts in model.asked] == [2, 1]


def test_the_model_is_shown_its_answer_and_the_fault(lamps):
    model = Scripted(_16=["the green one", "green"], _17=["hazel"])
    answer(lamps, NAMES, model)
    first, (second,) = model.asked[0][0], model.asked[1]
    assert second == (*first, Message("assistant", "the green one"), Message(
        "user", "That is not valid: 'the green one' is not one of the names. Reply again."))


def test_a_third_attempt_is_shown_the_second_answer_and_not_the_first(lamps):
    model = Scripted(_16=["a", "b", "green"], _17=["hazel"])
    answer(lamps, NAMES, model)
    (third,) = model.asked[2]
    said = [message.content for message in third if message.role == "assistant"]
    assert said == ["b"]


def test_after_the_last_attempt_a_broken_answer_is_given_as_it_is(lamps):
    model = Scripted(_16=["a", "b", "c", "green"], _17=["hazel"])
    assert [a.text for a in answer(lamps, NAMES, model)] == ["c", "hazel"]
    assert [len(prompts) for prompts in model.asked] == [2, 1, 1]


def test_with_one_attempt_nothing_is_sent_back(lamps):
    model = Scripted(_16=["a", "green"], _17=["hazel"])
    assert answer(lamps, NAMES, model, attempts=1)[0].text == "a"


def test_every_call_is_paid_for(lamps):
    model = Scripted(_16=["a", "b", "green"], _17=["hazel"])
    thrice, once = answer(lamps, NAMES, model)
    assert (thrice.prompt_tokens, thrice.completion_tokens) == (30, 6)
    assert thrice.stage_seconds == {"prefill": 3.0, "decode": 1.5}
    assert (once.prompt_tokens, once.completion_tokens) == (10, 2)


def test_an_object_is_held_against_the_schema(lamps):
    model = Scripted(_16=['{"shade":"mauve","metres":18}', GOOD], _17=[GOOD])
    first, _ = answer(lamps, OBJECTS, model)
    assert first.text == GOOD
    (second,) = model.asked[1]
    assert second[-1].content.startswith("That is not valid: shade: 'mauve' is not one of")


def test_the_first_prompt_is_that_of_few_shot(lamps):
    """What the two rungs differ in is the retry, and nothing else."""
    model = Scripted(_16=["green"], _17=["hazel"])
    answer(lamps, NAMES, model, shots=2)
    bench = dataclasses.replace(lamps, settings=NAMES, prompts={})
    bench.cook(FewShot(shots=2, refusals=0))([GREEN, HAZEL])
    assert model.asked[0] == [bench.prompts[GREEN.id], bench.prompts[HAZEL.id]]


def test_a_task_without_a_form_has_nothing_to_check(lamps):
    with pytest.raises(BookError, match="needs a JSON Schema, labels or databases"):
        lamps.cook(Retried())


@pytest.mark.parametrize(("text", "fault"), [
    (GOOD, ""),
    ('{"shade":null,"metres":null}', ""),
    ('{"shade":"green","metres":18 metres}',
     "not JSON (Expecting ',' delimiter, character 29)"),
    ("", "not JSON (Expecting value, character 0)"),
    ('{"shade":"green","metres":"18"}',
     "metres: '18' is not of type 'integer', 'null'"),
    ('{"shade":"green"}', "'metres' is a required property"),
    ('["green", 18]', "['green', 18] is not of type 'object'"),
])
def test_a_fault_is_told_in_words_that_say_where(text, fault):
    assert find_fault(text, OBJECTS) == fault


def test_a_fault_of_many_words_is_cut():
    text = json.dumps({"shade": "green", "metres": "m" * 500})
    assert len(find_fault(text, OBJECTS)) == len("metres: ") + 200


def test_a_name_is_valid_as_it_stands_and_in_no_sentence():
    assert find_fault("green", NAMES) == ""
    assert find_fault("Green.", NAMES) == "'Green.' is not one of the names"


@pytest.mark.parametrize(("text", "fault"), [
    ("SELECT name FROM lamp", ""),
    ("```sql\nSELECT name FROM lamp;\n```", ""),
    ("SELECT shade FROM lamp", "no such column: shade"),
    ("DROP TABLE lamp", "not authorized"),
])
def test_the_fault_of_a_query_is_the_message_of_the_database(text, fault):
    assert find_fault(text, QUERIES) == fault
