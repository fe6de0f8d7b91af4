"""Adapters on disk, and training runs that were stopped."""

import json
from dataclasses import asdict

import pytest
import torch

from experiments.core import BookError
from experiments.core.paths import ADAPTERS
from experiments.models.training.adapters import (
    CONFIG,
    LOG,
    WEIGHTS,
    TrainingLog,
    check_adapter,
    damage,
    put_on,
    read_log,
    save_adapter,
    write_log,
)
from experiments.models.training.checkpoint import resume, write_checkpoint
from experiments.models.training.finetune import Run, train
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(10)]
TUNING = Tuning(rank=4, learning_rate=1e-2, batch_size=4, epochs=3)


def log(**changes):
    return TrainingLog(**{
        "name": "tiny", "fingerprint": "f" * 16, "base": "b" * 16, "tuning": asdict(TUNING),
        "seed": 0,
        "examples": 10, "losses": [2.0, 1.0], "step_tokens": [9, 9], "seconds": 1.0,
        "peak_megabytes": 100, "trained_weights": 7, "machine": {}, **changes})


@pytest.fixture
def saved(tmp_path, make_model, byte_tokenizer):
    """Train and save a tiny adapter."""
    trained = train(make_model(), byte_tokenizer, PAIRS, TUNING)
    return save_adapter(tmp_path / "tiny", trained, log())


def logits(model):
    with torch.inference_mode():
        return model(torch.tensor([[5, 6, 7, 8]])).logits


def test_a_saved_adapter_gives_back_the_trained_model(saved, make_model, byte_tokenizer):
    trained = train(make_model(), byte_tokenizer, PAIRS, TUNING).model
    merged = put_on(make_model(), saved, base="b" * 16)
    # The factors are kept in 16 bits.
    assert torch.allclose(logits(merged), logits(trained), atol=0.05)
    assert not torch.allclose(logits(merged), logits(make_model()), atol=0.5)
    assert sorted(path.name for path in saved.iterdir()) == [
        "adapter_config.json", WEIGHTS, LOG]
    told = json.loads((saved / "adapter_config.json").read_text())
    assert told["base_model_name_or_path"] is None  # a reader has no folder of ours


def test_an_adapter_on_another_base_is_refused(saved, make_model):
    with pytest.raises(BookError, match="trained on the base model bbbb.*not on cccc"):
        put_on(make_model(), saved, base="c" * 16)


def test_changed_weights_are_refused(saved, make_model):
    content = bytearray((saved / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (saved / WEIGHTS).write_bytes(content)
    with pytest.raises(BookError, match="expected SHA-256"):
        put_on(make_model(), saved, base="b" * 16)
    (saved / WEIGHTS).unlink()
    with pytest.raises(BookError, match="found no file"):
        put_on(make_model(), saved, base="b" * 16)


@pytest.mark.parametrize(("name", "change"), [
    ("lora_alpha", lambda value: 8 * value), ("r", lambda value: value + 1),
    ("use_rslora", lambda value: not value), ("alpha_pattern", lambda value: {"q_proj": 64}),
    ("rank_pattern", lambda value: {"q_proj": 2}), ("bias", lambda value: "all"),
    ("target_modules", lambda value: value[1:]), ("layers_to_transform", lambda value: [0]),
    ("modules_to_save", lambda value: ["lm_head"]), ("peft_type", lambda value: "IA3"),
])
def test_a_changed_configuration_is_refused(saved, make_model, name, change):
    said = json.loads((saved / CONFIG).read_text())
    (saved / CONFIG).write_text(json.dumps(said | {name: change(said[name])}))
    with pytest.raises(BookError, match=f"{CONFIG}: expected {name} .*train the adapter again"):
        put_on(make_model(), saved, base="b" * 16)


@pytest.mark.parametrize("text", [None, "{", "[]", "{}", '{"target_modules": []}'])
def test_a_broken_configuration_is_refused(saved, make_model, text):
    (saved / CONFIG).unlink()
    if text is not None:
        (saved / CONFIG).write_text(text)
    with pytest.raises(BookError, match=CONFIG):
        put_on(make_model(), saved, base="b" * 16)


def test_every_adapter_that_comes_with_the_book_is_sound():
    shipped = [path.parent for path in ADAPTERS.glob(f"*/{WEIGHTS}")]
    assert len(shipped) > 50 and not list(filter(None, map(damage, shipped)))


def test_a_missing_or_broken_log_is_said_plainly(saved):
    (saved / LOG).write_text(json.dumps({"name": "tiny"}))
    with pytest.raises(BookError, match="not the log of a training"):
        read_log(saved)
    (saved / LOG).unlink()
    with pytest.raises(BookError, match="holds no finished adapter"):
        read_log(saved)


class Killed(Exception):
    """Stands for a process that died."""


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_run_killed_after_any_step_goes_on_as_if_nothing_had_been(
    tmp_path, make_model, byte_tokenizer, method
):
    tuning = Tuning(method, rank=4, learning_rate=3e-3, batch_size=4, epochs=3)
    whole = train(make_model(), byte_tokenizer, PAIRS, tuning)
    path = tmp_path / "run.safetensors"

    def stop(run):
        write_checkpoint(run, path, "this run")
        if run.done == 4:
            raise Killed

    with pytest.raises(Killed):
        Run(make_model(), byte_tokenizer, PAIRS, tuning).run(after_step=stop)
    again = Run(make_model(), byte_tokenizer, PAIRS, tuning)
    assert resume(again, path, "this run") and again.done == 4
    trained = again.run()
    assert trained.log == pytest.approx(whole.log, rel=1e-5)
    assert trained.step_tokens == whole.step_tokens
    assert torch.allclose(logits(trained.model), logits(whole.model), atol=1e-4)


def test_a_checkpoint_of_another_run_is_left_alone(tmp_path, make_model, byte_tokenizer):
    run = Run(make_model(), byte_tokenizer, PAIRS, TUNING)
    path = tmp_path / "run.safetensors"
    assert not resume(run, path, "this run")
    run.run(after_step=lambda one: write_checkpoint(one, path, "another"))
    fresh = Run(make_model(), byte_tokenizer, PAIRS, TUNING)
    assert not resume(fresh, path, "this run") and fresh.done == 0


def test_a_damaged_checkpoint_is_said_plainly(tmp_path, make_model, byte_tokenizer):
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"not tensors")
    with pytest.raises(BookError, match="Delete it"):
        resume(Run(make_model(), byte_tokenizer, PAIRS, TUNING), path, "this run")


def test_a_log_without_its_tuning_is_named(saved):
    write_log(saved, log(sha256=read_log(saved).sha256, tuning={}))
    with pytest.raises(BookError, match="expected a tuning with its method"):
        check_adapter(saved, "b" * 16)
