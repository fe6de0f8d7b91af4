"""A bare training loop: the loss is the one by hand, and the seed decides everything."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from experiments.core import BookError
from experiments.models.training import finetune
from experiments.models.training.finetune import Run, encode, shuffled_batches, train
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(10)]


def settings(**changes):
    return Tuning(**{"rank": 4, "learning_rate": 1e-2, "batch_size": 4, "epochs": 1,
                     "warmup_share": 0.0, **changes})


def test_two_runs_with_one_seed_give_the_same_losses_and_another_seed_others(
    make_model, byte_tokenizer
):
    torch.manual_seed(5)
    first = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=2))
    torch.manual_seed(6)
    again = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=2))
    other = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=2), seed=1)
    # 10 examples in batches of 4 make 3 steps an epoch.
    assert len(first.log) == 6
    assert first.log == again.log
    assert first.log != other.log


def test_training_learns_the_replies_and_leaves_the_base_model_alone(make_model, byte_tokenizer):
    model = make_model()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    adapter = train(model, byte_tokenizer, PAIRS, settings(epochs=20))
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
    adapter = train(model, byte_tokenizer, pairs, settings())
    assert math.isclose(adapter.log[0], sum(surprises) / 16, rel_tol=1e-4)


def test_the_parts_of_a_batch_hold_it_once_and_give_its_loss_and_gradient(
    make_model, byte_tokenizer, monkeypatch
):
    whole = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=2))
    # The prompts have some 40 tokens with their replies: two fit into a part.
    monkeypatch.setattr(finetune, "PART_TOKENS", 100)
    cut = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=2))
    assert cut.log == pytest.approx(whole.log, rel=1e-3)
    batch = [([0] * n, 1) for n in (40, 50, 30)]
    assert finetune.parts(batch) == [batch[:2], batch[2:]]
    assert finetune.parts([([0] * 500, 1)]) == [[([0] * 500, 1)]]


def test_tokens_and_seconds_of_every_step_are_kept(make_model, byte_tokenizer):
    adapter = train(make_model(), byte_tokenizer, PAIRS, settings())
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
        train(make_model(), byte_tokenizer, [], settings())
    # 493 + 19 of the chat format are 512, and the reply has 2 more.
    with pytest.raises(BookError, match="pair 1 has 514 tokens.*reads 512"):
        train(make_model(), byte_tokenizer, [PAIRS[0], (ask("a" * 493), "y")], settings())


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 9), st.integers(0, 3))
def test_batches_hold_every_example_once_and_like_lengths_together(lengths, size, seed):
    groups = shuffled_batches(lengths, size, seed)
    assert sorted(p for g in groups for p in g) == list(range(len(lengths)))
    assert groups == shuffled_batches(lengths, size, seed)
    spans = sorted((min(lengths[p] for p in g), max(lengths[p] for p in g)) for g in groups)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_the_learning_rate_rises_and_then_falls_to_nothing(make_model, byte_tokenizer):
    run = Run(make_model(), byte_tokenizer, PAIRS, settings(epochs=4, warmup_share=0.25))
    rates = []
    run.run(after_step=lambda done: rates.append(done.schedule.get_last_lr()[0]))
    # 12 steps, 3 of them rising to 0.01; the last one that is set would be used by step 13.
    assert rates[2] == pytest.approx(1e-2) and rates[0] == pytest.approx(1e-2 / 3)
    assert rates[3:] == sorted(rates[3:], reverse=True) and rates[-1] == pytest.approx(0.0)


@pytest.mark.parametrize("method", ["rslora", "dora", "full"])
def test_every_method_learns(make_model, byte_tokenizer, method):
    rate = 3e-3 if method == "full" else 1e-2
    trained = train(make_model(), byte_tokenizer, PAIRS,
                    settings(epochs=12, method=method, learning_rate=rate))
    assert trained.log[-1] < trained.log[0] / 2


def test_attention_alone_has_fewer_weights_to_train(make_model, byte_tokenizer):
    counts = [sum(w.numel() for w in Run(make_model(), byte_tokenizer, PAIRS,
                                         settings(targets=targets)).weights)
              for targets in ("attention", "all-linear")]
    # Rank 4 on q (32 to 32) and v (32 to 16) of 2 layers: 2 * 4 * (64 + 48).
    assert counts[0] == 896 < counts[1]


def test_a_run_that_stops_early_has_taken_the_first_steps_of_the_whole(make_model, byte_tokenizer):
    whole = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=3))
    first = train(make_model(), byte_tokenizer, PAIRS, settings(epochs=3, max_steps=4))
    assert first.log == whole.log[:4]


@pytest.mark.parametrize(("changes", "message"), [
    ({"method": "prefix"}, "method of lora"), ({"targets": "mlp"}, "targets of all-linear"),
    ({"rank": 0}, "rank of a tuning"), ({"learning_rate": -1.0}, "learning_rate"),
    ({"warmup_share": 1.0}, "warmup_share")])
def test_a_tuning_that_cannot_be_trained_with_is_refused(changes, message):
    with pytest.raises(BookError, match=message):
        settings(**changes)
