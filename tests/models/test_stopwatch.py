"""One prompt alone: what is timed is what the generator does."""

import pytest
import torch

from experiments.core import BookError
from experiments.models.inference.attention import SharedPrefixCache
from experiments.models.timing import stopwatch
from experiments.models.timing.stopwatch import (
    put_beside,
    time_reading,
    time_reuse,
    time_writing,
    wear,
)
from experiments.models.training.adapters import put_on
from tests.models.test_adapters import saved  # noqa: F401  a fixture: a tiny trained adapter

# ruff: noqa: F811  tests take the fixture by its name

PROMPT = [1, *range(20, 60)]


def test_reading_is_timed_as_often_as_asked(tiny):
    times = time_reading(tiny, PROMPT, 3)
    assert len(times) == 3 and min(times) > 0


def test_every_written_token_is_timed_and_none_ends_the_answer(tiny):
    assert len(time_writing(tiny, PROMPT, 30)) == 30


def test_what_stands_behind_a_kept_front_is_read_as_in_one_piece(tiny):
    with torch.inference_mode():
        whole = SharedPrefixCache(tiny.model, prefix=0, longest=41, room=41)
        expected = stopwatch._read(tiny, whole, PROMPT)
        kept = SharedPrefixCache(tiny.model, prefix=30, longest=11, room=11)
        tiny.lay_front(kept, PROMPT[:30])
        assert stopwatch._read(tiny, kept, PROMPT[30:]) == expected
    first, after = time_reuse(tiny, PROMPT[:30], [PROMPT[30:], PROMPT[30:35]])
    assert first > 0 and len(after) == 2


def test_an_adapter_beside_the_weights_says_what_a_merged_one_says(saved, make_model):
    tokens = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        beside = put_beside(make_model(), saved, base="b" * 16)(tokens).logits
        merged = put_on(make_model(), saved, base="b" * 16)(tokens).logits
        assert torch.allclose(beside, merged, atol=1e-3)
        assert not torch.allclose(beside, make_model()(tokens).logits, atol=0.5)


def test_an_adapter_beside_the_weights_of_another_base_is_refused(saved, make_model):
    with pytest.raises(BookError, match="trained on the base model bbbb.*not on cccc"):
        put_beside(make_model(), saved, base="c" * 16)


@pytest.mark.parametrize("merged", [True, False])
def test_a_worn_adapter_answers(saved, make_model, byte_tokenizer, monkeypatch, merged):
    monkeypatch.setattr(stopwatch, "load_weights", lambda name: (make_model(), byte_tokenizer))
    monkeypatch.setattr(stopwatch, "model_fingerprint", lambda name: "b" * 16)
    worn = wear("tiny", saved, merged=merged)
    assert len(time_reading(worn, PROMPT, 2)) == 2
    left = [name for name, _ in worn.model.named_modules() if "lora_A" in name]
    assert bool(left) is not merged
