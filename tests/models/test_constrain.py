"""Held to a form, a model says what the form allows and nothing else."""

import json
import math

import pytest
import torch

from experiments.core import BookError
from experiments.models.interface import Form
from tests.models.conftest import ask

QUEUES = Form(choices=("billing", "repairs", "app (home)"))
OBJECT = Form(schema={
    "type": "object", "required": ["law", "days"], "additionalProperties": False,
    "properties": {"law": {"enum": ["Wales", "France", None]}, "days": {"type": "boolean"}},
})
PROMPTS = [ask(text) for text in ("abc?", "where is it", "two issues", "x", "Wales or France")]


def test_every_answer_is_one_of_the_choices_and_ends_there(tiny):
    said = tiny.generate(PROMPTS, max_new_tokens=30, form=QUEUES)
    assert {c.text for c in said} <= set(QUEUES.choices)
    # A token a byte: a finished choice needs no further step.
    assert all(c.completion_tokens == len(c.text) for c in said)


def test_every_answer_is_a_compact_object_of_the_schema(tiny):
    for completion in tiny.generate(PROMPTS, max_new_tokens=60, one_line=False, form=OBJECT):
        said = json.loads(completion.text)
        assert list(said) == ["law", "days"]
        assert said["law"] in ("Wales", "France", None) and isinstance(said["days"], bool)
        assert " " not in completion.text and "\n" not in completion.text


def test_an_answer_in_a_form_does_not_depend_on_the_company_of_its_prompt(tiny):
    together = [c.text for c in tiny.generate(PROMPTS, form=QUEUES)]
    assert together == [tiny.generate([p], form=QUEUES)[0].text for p in PROMPTS]


def test_greedy_takes_the_likeliest_of_what_is_allowed(tiny):
    """Of the first letters of two choices, the model's own logits decide."""
    (free,) = tiny.generate([PROMPTS[0]], max_new_tokens=1)
    logits = first_logits(tiny, PROMPTS[0])
    likelier = max("br", key=lambda letter: logits[tiny.chat.plain(letter)[0]])
    (held,) = tiny.generate([PROMPTS[0]], form=Form(choices=("billing", "repairs")))
    assert held.text == {"b": "billing", "r": "repairs"}[likelier]
    assert free.text[:1] not in "br", "the form must have something to forbid"


def first_logits(tiny, prompt):
    """Return the model's logits for the first token of its answer."""
    from experiments.models.inference.attention import SharedPrefixCache

    tokens = tiny.chat.encode(prompt)
    cache = SharedPrefixCache(tiny.model, prefix=0, longest=0, room=len(tokens))
    cache.open_rows(1, len(tokens))
    with torch.inference_mode():
        return tiny.forward(cache, [(0, tokens)], [len(tokens) - 1])[0].float()


def test_the_log_probability_is_the_models_own_whatever_the_form(tiny):
    """The choices "b" and "c" leave one step: its probability comes from the full vocabulary."""
    (held,) = tiny.generate([PROMPTS[0]], form=Form(choices=("b", "c")))
    chances = first_logits(tiny, PROMPTS[0]).log_softmax(-1)
    expected = chances[tiny.chat.plain(held.text)[0]].item()
    assert math.isclose(held.log_probability, expected, abs_tol=1e-4)
    assert expected < math.log(0.5), "held to a form, it said what it did not hold likely"


def test_a_record_is_nearly_greedy_within_its_form_only(tiny):
    (held,) = tiny.generate([PROMPTS[0]], form=QUEUES)
    assert tiny.nearly_greedy(PROMPTS[0], held.text, form=QUEUES)
    assert not tiny.nearly_greedy(PROMPTS[0], held.text)
    for other in set(QUEUES.choices) - {held.text} | {"nothing of the kind"}:
        assert not tiny.nearly_greedy(PROMPTS[0], other, form=QUEUES)


def test_a_form_that_is_no_grammar_is_refused(tiny):
    with pytest.raises(BookError, match="cannot be used to constrain"):
        tiny.generate([PROMPTS[0]], form=Form(schema={"type": "thing"}))


@pytest.mark.parametrize("parts", [{}, {"schema": {"type": "object"}, "choices": ("a",)}])
def test_a_form_says_one_thing(parts):
    with pytest.raises(BookError, match="either a schema or choices"):
        Form(**parts)
