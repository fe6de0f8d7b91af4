"""A bare training loop: the loss is the one by hand, and the seed decides everything."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import BookError
from experiments.models import finetune
from experiments.models.finetune import encode, shuffled_batches, train
from tests.models.conftest import ask

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(10)]


def settings(**changes):
    return {"rank": 4, "learning_rate": 1e-2, "batch_size": 4, **changes}


def test_two_runs_with_one_seed_give_the_same_losses_and_another_seed_others(
    make_model, byte_tokenizer
):
    torch.manual_seed(5)
    first = train(make_model(), byte_tokenizer, PAIRS, **settings(epochs=2))
    torch.manual_seed(6)
    again = train(make_model(), byte_tokenizer, PAIRS, **settings(epochs=2))
    other = train(make_model(), byte_tokenizer, PAIRS, **settings(epochs=2, seed=1))
    # 10 examples in batches of 4 make 3 steps an epoch.
    assert len(first.log) == 6
    assert first.log == again.log
    assert first.log != other.log


def test_training_learns_the_replies_and_leaves_the_base_model_alone(make_model, byte_tokenizer):
    model = make_model()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    adapter = train(model, byte_tokenizer, PAIRS, **settings(epochs=20))
    assert adapter.log[-1] < adapter.log[0] / 2
    after = {name.replace(".base_layer", ""): weight
             for name, weight in adapter.model.base_model.model.named_parameters()}
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())


def test_the_loss_is_that_of_the_reply_and_its_end_of_turn_alone(make_model, byte_tokenizer):
    # A fresh adapter changes nothing (its second factor is zero), so the first loss is the
    # base model's: the mean of -log p over the reply's tokens, each example on its own.
    pairs = [PAIRS[0], PAIRS[7]]
    model = make_model()
    surprises = []
    for tokens, replies in encode(byte_tokenizer, model, pairs):
        with torch.no_grad():
            shares = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
        surprises += [-shares[i - 1, tokens[i]].item()
                      for i in range(len(tokens) - replies, len(tokens))]
    # "reply 0" and its end of turn are 8 tokens.
    assert len(surprises) == 16
    adapter = train(model, byte_tokenizer, pairs, **settings())
    assert math.isclose(adapter.log[0], sum(surprises) / 16, rel_tol=1e-4)


def test_the_parts_of_a_batch_hold_it_once_and_give_its_loss_and_gradient(
    make_model, byte_tokenizer, monkeypatch
):
    whole = train(make_model(), byte_tokenizer, PAIRS, **settings(epochs=2))
    # The prompts have some 40 tokens with their replies: two fit into a part.
    monkeypatch.setattr(finetune, "PART_TOKENS", 100)
    cut = train(make_model(), byte_tokenizer, PAIRS, **settings(epochs=2))
    assert cut.log == pytest.approx(whole.log, rel=1e-3)
    batch = [([0] * n, 1) for n in (40, 50, 30)]
    assert finetune.parts(batch) == [batch[:2], batch[2:]]
    assert finetune.parts([([0] * 500, 1)]) == [[([0] * 500, 1)]]


def test_tokens_and_seconds_of_every_step_are_kept(make_model, byte_tokenizer):
    adapter = train(make_model(), byte_tokenizer, PAIRS, **settings())
    lengths = [len(tokens) for tokens, _ in encode(byte_tokenizer, adapter.model, PAIRS)]
    assert adapter.tokens == sum(adapter.step_tokens) == sum(lengths)
    assert len(adapter.step_seconds) == 3
    assert adapter.seconds == pytest.approx(sum(adapter.step_seconds))
    assert min(adapter.step_seconds) > 0


def test_a_pair_is_encoded_as_prompt_reply_and_end_of_turn(make_model, byte_tokenizer):
    ((tokens, replies),) = encode(byte_tokenizer, make_model(), [(ask("q"), "yes")])
    assert byte_tokenizer.decode(tokens) == (
        "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>"
    )
    assert replies == 4


def test_nothing_to_train_on_and_too_long_a_pair_are_refused(make_model, byte_tokenizer):
    with pytest.raises(BookError, match="at least one pair"):
        train(make_model(), byte_tokenizer, [])
    # 493 + 19 of the chat format are 512, and the reply has 2 more.
    with pytest.raises(BookError, match="pair 1 has 514 tokens.*reads 512"):
        train(make_model(), byte_tokenizer, [PAIRS[0], (ask("a" * 493), "y")])


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 9), st.integers(0, 3))
def test_batches_hold_every_example_once_and_like_lengths_together(lengths, size, seed):
    groups = shuffled_batches(lengths, size, seed)
    assert sorted(p for g in groups for p in g) == list(range(len(lengths)))
    assert groups == shuffled_batches(lengths, size, seed)
    spans = sorted((min(lengths[p] for p in g), max(lengths[p] for p in g)) for g in groups)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:]))
