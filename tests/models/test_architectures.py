"""Current decoders with windows of attention: the right logits, or a refusal, never wrong ones."""

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from experiments.core import BookError
from experiments.models.inference.attention import SharedPrefixCache
from experiments.models.inference.generate import TorchGenerator

WINDOW, LENGTH = 8, 40
WIDE = {"max_position_embeddings": 64}
WINDOWED = {"sliding_window": WINDOW}
SWITCHED = {"sliding_window": WINDOW, "use_sliding_window": True, "max_window_layers": 1}
# Half of its layers have a window: the ones that know places.
SMOL = {"sliding_window": WINDOW, "use_sliding_window": True, "no_rope_layer_interval": 2}


def build(kind, more, tokenizer):
    """Build a tiny random model of a kind, with two layers."""
    config = AutoConfig.for_model(kind, **{
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "head_dim": 8, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
        "initializer_range": 0.3, **WIDE, **more})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoModelForCausalLM.from_config(config).eval()


@torch.inference_mode()
def logits_of(kind, more, tokenizer):
    """Return the logits of a text longer than the window: transformers' own, and the book's."""
    tokens = torch.randint(3, len(tokenizer), (LENGTH,),
                           generator=torch.Generator().manual_seed(0)).tolist()
    theirs = build(kind, more, tokenizer)(torch.tensor([tokens])).logits[0]
    generator = TorchGenerator(kind, "0" * 16, build(kind, more, tokenizer), tokenizer)
    cache = SharedPrefixCache(generator.model, prefix=0, longest=0, room=LENGTH)
    cache.open_rows(1, LENGTH)
    read = generator.forward(cache, [(0, tokens[:-1])], range(LENGTH - 1))
    return theirs, torch.cat([read, generator.step(cache, tokens[-1:])])


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3", "smollm3", "mistral", "phi3"])
def test_a_kind_without_a_window_gives_the_logits_of_transformers(kind, byte_tokenizer):
    more = {"sliding_window": None} if kind in ("mistral", "phi3") else {}
    theirs, ours = logits_of(kind, more, byte_tokenizer)
    assert theirs.std() > 0.1 and torch.allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize(("kind", "more"), [
    ("qwen2", SWITCHED), ("qwen3", SWITCHED), ("smollm3", SMOL), ("gemma3_text", WINDOWED),
    ("mistral", WINDOWED), ("phi3", WINDOWED)])
def test_a_window_that_a_text_outgrows_is_refused_with_its_name(kind, more, byte_tokenizer):
    with pytest.raises(BookError, match=f"{kind} has .*sliding.*full attention only.*endpoint"):
        logits_of(kind, more, byte_tokenizer)


@pytest.mark.parametrize(("kind", "more"), [
    ("mistral", {"sliding_window": WIDE["max_position_embeddings"]}),
    ("phi3", {"sliding_window": 512}),
    ("qwen2", {**SWITCHED, "use_sliding_window": False}),
    ("smollm3", {**SMOL, "use_sliding_window": False})])
def test_a_window_that_no_text_can_outgrow_or_that_is_off_changes_nothing(
        kind, more, byte_tokenizer):
    theirs, ours = logits_of(kind, more, byte_tokenizer)
    assert torch.allclose(ours, theirs, atol=1e-4)


def test_what_else_a_model_asks_of_its_attention_is_refused_before_an_answer(byte_tokenizer):
    more = {"layer_types": ["full_attention"] * 2, "attn_logit_softcapping": 5.0}
    with pytest.raises(BookError, match="softcap in its attention"):
        logits_of("gemma2", more, byte_tokenizer)
