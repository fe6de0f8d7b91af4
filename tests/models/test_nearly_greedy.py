"""The audit's last word: would the model, taken at its likeliest, have said this?"""

import pytest
import torch

from experiments.models.inference.generate import TorchGenerator
from tests.models.conftest import ask

PROMPTS = [ask(q) for q in ("abc?", "def?", "a longer question about i and j?", "g")]


def test_what_was_generated_is_nearly_greedy(tiny):
    for prompt, answer in zip(PROMPTS, tiny.generate(PROMPTS, max_new_tokens=12), strict=True):
        assert tiny.nearly_greedy(prompt, answer.text, max_new_tokens=12)


def test_a_text_that_was_changed_cut_or_continued_is_not(tiny):
    answers = tiny.generate(PROMPTS, max_new_tokens=30)
    ended = [(p, c.text) for p, c in zip(PROMPTS, answers, strict=True)
             if len(c.text) > 3 and c.completion_tokens < 30]
    assert ended, "some answer must have ended by itself for this test to say anything"
    for prompt, text in ended:
        assert not tiny.nearly_greedy(prompt, text[:-2])
        assert not tiny.nearly_greedy(prompt, text + "zz")
        assert not tiny.nearly_greedy(prompt, "q" + text[1:])
        assert not tiny.nearly_greedy(prompt, "")


def test_an_answer_that_fills_its_room_needs_no_end(tiny):
    answers = tiny.generate(PROMPTS, max_new_tokens=3)
    cut = {p: c for p, c in zip(PROMPTS, answers, strict=True)
           if c.completion_tokens == 3 and len(c.text) == 3 and c.text.isascii()}
    assert cut
    for prompt, answer in cut.items():
        assert tiny.nearly_greedy(prompt, answer.text, max_new_tokens=3)


@pytest.mark.parametrize(("gap", "accepted"), [(0.01, True), (0.05, False)])
def test_a_near_tie_is_accepted_and_a_clear_choice_is_not(
    make_model, byte_tokenizer, gap, accepted
):
    # Every hidden state is the constant vector, so that the head alone makes the logits:
    # "a" gets `gap` more than "b", all others get less.
    model = make_model()
    letters = [byte_tokenizer.encode(letter)[0] for letter in "ab"]
    with torch.no_grad():
        for weight in (model.model.embed_tokens.weight, model.model.norm.weight):
            weight.fill_(1.0)
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        model.lm_head.weight[letters[0]] = (10 + gap) / 32
        model.lm_head.weight[letters[1]] = 10 / 32
    generator = TorchGenerator("tie", "0" * 16, model, byte_tokenizer)
    prompt = ask("which?")
    assert generator.generate([prompt], max_new_tokens=2)[0].text == "aa"
    assert generator.nearly_greedy(prompt, "aa", max_new_tokens=2)
    assert generator.nearly_greedy(prompt, "ab", max_new_tokens=2) is accepted
    assert not generator.nearly_greedy(prompt, "ac", max_new_tokens=2)
    assert generator.nearly_greedy(prompt, "ab", 0.1, max_new_tokens=2)


@pytest.mark.model
def test_the_reference_model_recognises_its_answers_and_no_others(real):
    prompts = [ask("What is the capital of France?"), ask("Name a colour in one word.")]
    for prompt, answer in zip(prompts, real.generate(prompts, max_new_tokens=24), strict=True):
        assert real.nearly_greedy(prompt, answer.text, max_new_tokens=24)
        assert not real.nearly_greedy(prompt, "Lyon", max_new_tokens=24)
        assert not real.nearly_greedy(prompt, answer.text[:-4], max_new_tokens=24)
