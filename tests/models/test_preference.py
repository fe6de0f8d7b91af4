"""Training from preferences: the loss is TRL's, one row holds both replies, a run resumes."""

import math
from copy import deepcopy
from dataclasses import asdict, replace

import pytest
import torch

from experiments.core import BookError
from experiments.models import registry
from experiments.models.training import preference, workshop
from experiments.models.training.adapters import put_on, read_log
from experiments.models.training.comparisons import Comparison, Preference, split
from experiments.models.training.finetune import Run, adapt, encode
from experiments.models.training.preference import (
    Couple,
    PreferenceRun,
    encode_couples,
    likelihoods,
    log_probabilities,
    preference_loss,
)
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask

COMPARED = [Comparison(ask(f"question {'x' * n}"), f"good {n}{'!' * (n % 3)}", f"bad {n}")
            for n in range(10)]
SHOWN = [(ask(f"shown {n}"), f"good {n}") for n in range(6)]
BEFORE = Tuning(rank=4, learning_rate=1e-2, batch_size=2, epochs=2)
TUNING = Preference(rank=4, learning_rate=1e-2, batch_size=2, epochs=2, warmup_share=0.0)


def alone(model, tokenizer, prompt, reply):
    """Sum the log-probabilities of one reply, read on its own."""
    ((tokens, said),) = encode(tokenizer, model, [(prompt, reply)])
    with torch.no_grad():
        shares = model(torch.tensor([tokens])).logits[0].log_softmax(-1)
    return sum(shares[i - 1, tokens[i]].item() for i in range(len(tokens) - said, len(tokens)))


def test_both_replies_of_a_row_are_as_likely_as_each_on_its_own(make_model, byte_tokenizer):
    model = make_model()
    found = log_probabilities(model, encode_couples(byte_tokenizer, model, COMPARED))
    for one, pair in zip(COMPARED, found, strict=True):
        expected = [alone(model, byte_tokenizer, one.prompt, reply)
                    for reply in (one.chosen, one.rejected)]
        assert pair.tolist() == pytest.approx(expected, rel=1e-4)


def test_a_row_is_the_prompt_and_two_replies_with_their_ends(make_model, byte_tokenizer):
    (couple,) = encode_couples(byte_tokenizer, make_model(),
                               [Comparison(ask("q"), "yes", "no")])
    assert byte_tokenizer.decode(list(couple.chosen)) == "yes<|im_end|>"
    assert byte_tokenizer.decode(list(couple.rejected)) == "no<|im_end|>"
    # 19 tokens of the chat format and "q"; then 4 and 3.
    assert len(couple) == len(couple.prompt) + 7


def test_the_loss_is_that_of_the_paper_by_hand():
    # The chosen reply gained 2 nats, the rejected lost 1; the second pair did not move.
    now = torch.tensor([[-3.0, -6.0], [-4.0, -4.0]])
    before = torch.tensor([[-5.0, -5.0], [-4.0, -4.0]])
    found = preference_loss(now, before, 0.1).tolist()
    assert found == pytest.approx([math.log(1 + math.exp(-0.3)), math.log(2)])


def test_the_first_loss_is_ln_2_and_training_parts_the_replies(make_model, byte_tokenizer):
    run = PreferenceRun(make_model(), byte_tokenizer, COMPARED, replace(TUNING, epochs=8))
    couples = [couple for couple, _ in run.examples]
    before = torch.stack(log_probabilities(run.trained.model, couples))
    trained = run.run()
    after = torch.stack(log_probabilities(trained.model, couples))
    assert trained.log[0] == pytest.approx(math.log(2), abs=1e-5)
    assert trained.log[-1] < 0.5
    gained = after - before
    assert (gained[:, 0] > gained[:, 1]).all()
    # 10 comparisons in batches of 2 for 8 rounds; every token of a row is counted once.
    assert len(trained.log) == 40 and trained.tokens == 8 * sum(map(len, couples))


def test_the_parts_of_a_batch_give_its_loss(make_model, byte_tokenizer, monkeypatch):
    tuning = replace(TUNING, batch_size=5)
    whole = PreferenceRun(make_model(), byte_tokenizer, COMPARED, tuning).run()
    monkeypatch.setattr(preference, "PART_TOKENS", 110)  # two rows of some 50 tokens
    parted = PreferenceRun(make_model(), byte_tokenizer, COMPARED, tuning).run()
    assert parted.log == pytest.approx(whole.log, rel=1e-3)
    assert preference.cut("abc", [50, 40, 30]) == ["ab", "c"]


def test_two_runs_with_one_seed_agree_and_the_first_steps_can_be_repeated(
    make_model, byte_tokenizer
):
    first = PreferenceRun(make_model(), byte_tokenizer, COMPARED, TUNING).run()
    again = PreferenceRun(make_model(), byte_tokenizer, COMPARED, TUNING).run()
    other = PreferenceRun(make_model(), byte_tokenizer, COMPARED, TUNING, 1).run()
    assert first.log == again.log != other.log
    short = PreferenceRun(make_model(), byte_tokenizer, COMPARED, replace(TUNING, max_steps=2))
    assert sum(likely is not None for _, likely in short.examples) == 4, "only these are asked"
    assert short.run().log == pytest.approx(first.log[:2], rel=1e-5)


def test_the_loss_is_that_of_trl(make_model, byte_tokenizer, tmp_path):
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import DPOConfig, DPOTrainer

    def turns(role, text):
        return [{"role": role, "content": text}]

    base = make_model()
    model = adapt(make_model(), Tuning(rank=4), 0)
    for name, weight in model.named_parameters():
        if "lora_B" in name:  # as if it had been trained: else the loss is ln 2, whoever computes
            torch.nn.init.normal_(weight, std=0.2, generator=torch.Generator().manual_seed(3))
    compared = COMPARED[:4]
    # The template puts a line break behind each turn, and TRL counts it as said.
    (stop,) = byte_tokenizer.encode("\n")
    couples = [Couple(c.prompt, (*c.chosen, stop), (*c.rejected, stop))
               for c in encode_couples(byte_tokenizer, base, compared)]
    with torch.no_grad():
        ours = preference_loss(likelihoods(model, couples), likelihoods(base, couples), 0.3)
    rows = [{"prompt": turns("user", one.prompt[0].content),
             "chosen": turns("assistant", one.chosen),
             "rejected": turns("assistant", one.rejected)} for one in compared]
    trainer = DPOTrainer(
        model, deepcopy(base), args=DPOConfig(
            str(tmp_path), beta=0.3, max_steps=1, per_device_train_batch_size=4, logging_steps=1,
            save_strategy="no", report_to="none", disable_tqdm=True, bf16=False, use_cpu=True),
        train_dataset=Dataset.from_list(rows), processing_class=byte_tokenizer)
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    theirs = trainer.state.log_history[0]
    assert abs(ours.mean().item() - math.log(2)) > 0.01
    assert theirs["loss"] == pytest.approx(ours.mean().item(), rel=1e-3)


# The workshop ---------------------------------------------------------------------------------

AFTER = replace(TUNING, before=BEFORE)
PAIRS = [*SHOWN, *COMPARED]


@pytest.fixture
def shop(monkeypatch, own_cache, tmp_path, make_model, byte_tokenizer):
    """Let the reference model be the tiny one, and nothing be published."""
    monkeypatch.setattr(registry, "load_weights",
                        lambda name, **_: (make_model(), byte_tokenizer))
    monkeypatch.setattr(workshop, "ADAPTERS", tmp_path / "published")


def test_a_preference_goes_on_with_the_adapter_of_the_training_before(
    shop, make_model, byte_tokenizer
):
    name = workshop.run_name("smollm2-135m", AFTER, PAIRS, 0)
    first = workshop.run_name("smollm2-135m", BEFORE, SHOWN, 0)
    workshop.tuned_model("smollm2-135m", AFTER, PAIRS, 0)
    start, log = workshop.find_adapter(first), read_log(workshop.find_adapter(name))
    assert start is not None, "the training before was made, under its own name"
    assert log.losses[0] == pytest.approx(math.log(2), abs=1e-5) and len(log.losses) == 10
    assert log.examples == 16 and log.tuning["before"] == asdict(BEFORE)
    run, _ = workshop.begin("smollm2-135m", AFTER, PAIRS, 0)
    expected = put_on(make_model(), start, base=registry.model_fingerprint("smollm2-135m"))
    (pair,) = encode_couples(byte_tokenizer, expected, COMPARED[:1])
    likely = dict(run.examples)[pair]
    assert likely.tolist() == pytest.approx(likelihoods(expected, [pair])[0].tolist(), rel=1e-3)
    repeated, _ = workshop.begin("smollm2-135m", replace(AFTER, max_steps=2), PAIRS, 0)
    assert repeated.run().log == pytest.approx(log.losses[:2], rel=1e-4), "as the audit does"


def test_a_preference_that_was_killed_goes_on_from_its_checkpoint(shop, monkeypatch, capsys):
    move = Run._move
    whole = workshop.train_anew("smollm2-135m", replace(AFTER, epochs=3), PAIRS, 0, "whole")[0]

    def die_at_thirteen(run, *logged):
        if isinstance(run, PreferenceRun) and run.done == 13:
            raise KeyboardInterrupt
        move(run, *logged)

    monkeypatch.setattr(Run, "_move", die_at_thirteen)
    with pytest.raises(KeyboardInterrupt):
        workshop.train_anew("smollm2-135m", replace(AFTER, epochs=3), PAIRS, 0, "killed")
    monkeypatch.setattr(Run, "_move", move)
    resumed = workshop.train_anew("smollm2-135m", replace(AFTER, epochs=3), PAIRS, 0, "killed")[0]
    assert "going on at step 10" in capsys.readouterr().err
    assert resumed.log == pytest.approx(whole.log, rel=1e-4)


def test_pairs_are_parted_in_their_order():
    assert split([*COMPARED[:1], *SHOWN, *COMPARED[1:]]) == (SHOWN, COMPARED)
    assert split(SHOWN) == (SHOWN, [])


def test_what_could_not_be_trained_with_is_refused(make_model, byte_tokenizer):
    with pytest.raises(BookError, match="at least one comparison"):
        PreferenceRun(make_model(), byte_tokenizer, SHOWN, TUNING)
    with pytest.raises(BookError, match="two different replies"):
        Comparison(ask("q"), "yes", "yes")
    with pytest.raises(BookError, match="beta above 0"):
        replace(TUNING, beta=0.0)
    with pytest.raises(BookError, match="method of lora, rslora, dora.*'full'"):
        Preference(method="full")
    with pytest.raises(BookError, match="one method, rank and targets"):
        replace(TUNING, before=Tuning(rank=8))
