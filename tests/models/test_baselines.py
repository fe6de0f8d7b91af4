"""The yardsticks are right: operations counted by hand, plain generation plain."""

import pytest
import torch

from experiments.models.timing.baselines import (
    gemm_ceiling,
    generate_plainly,
    prefill_operations,
    train_with_trl,
)
from tests.models.conftest import ask


def test_prefill_operations_are_those_counted_by_hand(make_model):
    model = make_model()
    # Width 32, MLP 64, 2 key heads of 8. Weights a layer: q and o 32 * 32, k and v 32 * 16,
    # gate, up and down 32 * 64; two layers. The head: 259 tokens * 32.
    weights = 2 * (2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 64)
    head = 2 * 259 * 32
    # One prompt of 3 tokens sees 1 + 2 + 3 = 6 pairs; each costs 4 * 32 in 2 layers.
    assert prefill_operations(model, [[1, 2, 3]]) == 2 * weights * 3 + 6 * 4 * 32 * 2 + head
    # Ten tokens shared, then one each: 55 pairs, and two tokens that see 11.
    shared = list(range(10))
    assert prefill_operations(model, [[*shared, 1], [*shared, 2]]) == (
        2 * weights * 12 + (55 + 22) * 4 * 32 * 2 + 2 * head
    )


def test_the_ceiling_is_a_plausible_speed():
    assert 1e8 < gemm_ceiling(128, 3) < 1e14


def test_plain_generation_is_that_of_transformers(make_model, byte_tokenizer, plain):
    prompts = [ask("abc?"), ask("a longer question")]
    said = generate_plainly(make_model(), byte_tokenizer, prompts, 9)
    assert said == [plain(prompt, 9) for prompt in prompts]


@pytest.mark.filterwarnings("ignore")
def test_trl_trains_on_the_same_pairs(make_model, byte_tokenizer, capfd):
    model = make_model()
    before = [w.clone() for w in model.parameters()]
    pairs = [(ask(f"question {n}"), f"reply {n}") for n in range(16)]
    assert train_with_trl(model, byte_tokenizer, pairs, rank=4) > 0
    trained = [w for n, w in model.named_parameters() if "lora_B" in n]
    assert trained and all(bool(w.abs().max() > 0) for w in trained)
    frozen = [w for n, w in model.named_parameters() if "lora" not in n]
    assert all(torch.equal(a, b) for a, b in zip(before, frozen, strict=True))
    assert capfd.readouterr() == ("", "")
