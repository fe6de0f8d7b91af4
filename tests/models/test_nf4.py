"""QLoRA's four-bit weights: rounded to sixteen levels, trained beside, and read back."""

import pytest
import torch

from experiments.models.load import load_folder
from experiments.models.nf4 import round_weights
from experiments.models.training.finetune import train
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(8)]


@pytest.fixture
def folder(tmp_path, make_model, byte_tokenizer):
    """Save the tiny model as a folder of the hub's layout."""
    make_model().save_pretrained(tmp_path)
    byte_tokenizer.save_pretrained(tmp_path)
    return str(tmp_path)


def test_rounded_weights_take_at_most_sixteen_values_a_block_and_stay_close(folder, make_model):
    rounded = round_weights(load_folder(folder, nf4=True)[0])
    before = make_model().model.layers[0].mlp.up_proj.weight
    after = rounded.model.layers[0].mlp.up_proj.weight
    assert type(rounded.model.layers[0].mlp.up_proj) is torch.nn.Linear
    blocks = after.flatten().split(64)  # a scale serves 64 weights, and 32 are in a row
    assert all(block.unique().numel() <= 16 for block in blocks)
    error = ((after - before).abs().mean() / before.abs().mean()).item()
    # NF4 loses some 8 % of a large matrix, more of one of few blocks; other weights, above 100 %.
    assert 0.03 < error < 0.25


def test_the_head_and_the_embeddings_are_not_rounded(folder, make_model):
    rounded = round_weights(load_folder(folder, nf4=True)[0])
    for name in ("lm_head", "model.embed_tokens"):
        plain = make_model().get_submodule(name).weight
        assert torch.equal(rounded.get_submodule(name).weight, plain)


def test_training_beside_four_bit_weights_learns_and_leaves_them_alone(folder):
    model, tokenizer = load_folder(folder, nf4=True)
    packed = model.model.layers[0].mlp.up_proj.weight.data.clone()
    tuning = Tuning(method="qlora", rank=4, learning_rate=1e-2, batch_size=4, epochs=15)
    trained = train(model, tokenizer, PAIRS, tuning)
    layer = trained.model.base_model.model.model.layers[0].mlp.up_proj
    assert trained.log[-1] < trained.log[0] / 2
    assert torch.equal(layer.base_layer.weight.data, packed)


def test_the_first_loss_is_that_of_the_rounded_model(folder):
    tuning = Tuning(method="qlora", rank=4, batch_size=8, epochs=1)
    model, tokenizer = load_folder(folder, nf4=True)
    four_bit = train(model, tokenizer, PAIRS, tuning).log[0]
    rounded = round_weights(load_folder(folder, nf4=True)[0])
    plain = train(rounded, tokenizer, PAIRS, Tuning(rank=4, batch_size=8, epochs=1)).log[0]
    exact = train(*load_folder(folder), PAIRS, Tuning(rank=4, batch_size=8, epochs=1)).log[0]
    assert four_bit == pytest.approx(plain, rel=1e-4)
    assert four_bit != pytest.approx(exact, rel=1e-3)
