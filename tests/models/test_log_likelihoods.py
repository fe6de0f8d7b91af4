"""How likely a given reply is: the same sum as transformers' own logits give, one by one."""

import pytest
import torch

from experiments.core import BookError
from tests.models.conftest import ask

SYSTEM = "Write the question that this passage answers."
PROMPTS = [ask(text, SYSTEM) for text in ("It holds 1.7 litres.", "It is red.", "It " * 40)]
REPLIES = ["How much?", "Which colour has it?", "x"]


def one_by_one(generator, model, prompt, reply):
    """Sum the reply's log-probabilities in a plain forward pass of one prompt."""
    start, said = generator.chat.encode(prompt), generator.chat.plain(reply)
    with torch.inference_mode():
        logits = model(torch.tensor([start + said])).logits[0].log_softmax(-1)
    return sum(float(logits[len(start) + n - 1, token]) for n, token in enumerate(said))


def test_likelihoods_are_those_of_a_plain_forward_pass(tiny, make_model):
    model = make_model()
    expected = [one_by_one(tiny, model, p, r) for p, r in zip(PROMPTS, REPLIES, strict=True)]
    assert tiny.log_likelihoods(PROMPTS, REPLIES) == pytest.approx(expected, abs=1e-3)
    assert all(value < 0 for value in expected)


def test_a_reply_has_the_same_likelihood_alone_and_in_company(tiny):
    together = tiny.log_likelihoods(PROMPTS, REPLIES)
    alone = [tiny.log_likelihoods([p], [r])[0] for p, r in zip(PROMPTS, REPLIES, strict=True)]
    assert together == pytest.approx(alone, abs=1e-3)


def test_one_prompt_with_several_replies_is_judged_for_each(tiny):
    likely = tiny.log_likelihoods([PROMPTS[0]] * 3, REPLIES)
    alone = [tiny.log_likelihoods([PROMPTS[0]], [reply])[0] for reply in REPLIES]
    assert likely == pytest.approx(alone, abs=1e-3)


def test_nothing_asked_is_nothing_told(tiny):
    assert tiny.log_likelihoods([], []) == []


def test_an_empty_reply_is_refused(tiny):
    with pytest.raises(BookError, match="empty"):
        tiny.log_likelihoods(PROMPTS[:1], [""])
