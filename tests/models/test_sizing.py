"""Sizing: what a training needs, counted from shapes, and never less than it takes."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.core.paths import ROOT
from experiments.models.registry import HUB
from experiments.models.training.sizing import (
    HUB_SHAPES,
    Shape,
    answering_memory,
    shape_of,
    trained_weights,
    training_memory,
    weights_megabytes,
)
from experiments.models.training.tuning import Tuning

SMALL = Shape(layers=30, hidden=576, intermediate=1536, keys=192, heads=9, vocabulary=49152,
              tied=True)
QLORA = Tuning(method="qlora", rank=16)
T4 = 14_700  # megabytes that a T4 of 16 GB has free


def test_a_toy_is_counted_by_hand():
    toy = Shape(layers=2, hidden=4, intermediate=8, keys=2, heads=2, vocabulary=10, tied=False)
    # A layer: 4x4 and 4x4, two of 4x2, three of 4x8.
    assert toy.linear_weights == 2 * (16 + 16 + 8 + 8 + 3 * 32) == 288
    assert toy.embedding_weights == 80
    # Rank 1: inputs plus outputs of all seven.
    assert trained_weights(toy, Tuning(rank=1)) == 2 * (8 + 8 + 6 + 6 + 3 * 12) == 128
    assert trained_weights(toy, Tuning(rank=1, targets="attention")) == 2 * (8 + 6)
    assert trained_weights(toy, Tuning(method="full")) == 368


@pytest.mark.parametrize(("name", "billions"), [
    ("qwen2.5-1.5b", 1.54), ("smollm2-1.7b", 1.71), ("qwen2.5-7b", 7.61)])
def test_the_shapes_of_the_hub_models_add_up_to_what_their_cards_state(name, billions):
    shape = HUB_SHAPES[name]
    assert (shape.linear_weights + shape.embedding_weights) / 1e9 == pytest.approx(billions,
                                                                                   abs=0.006)


def test_a_small_batch_of_short_examples_takes_less_than_a_full_part():
    few, many = (training_memory(SMALL, Tuning(batch_size=n), longest=50, reply=5).activations
                 for n in (2, 24))
    assert few == pytest.approx(many / 12)


def test_every_model_of_the_hub_has_a_shape():
    assert HUB_SHAPES.keys() == HUB.keys()


def test_a_shape_is_read_from_a_configuration_with_or_without_a_width_of_heads():
    given = {"num_hidden_layers": 30, "hidden_size": 576, "intermediate_size": 1536,
             "vocab_size": 49152, "num_attention_heads": 9, "num_key_value_heads": 3,
             "tie_word_embeddings": True}
    assert shape_of(SimpleNamespace(**given)) == SMALL
    assert shape_of(SimpleNamespace(**given, head_dim=64)) == SMALL


def test_the_adapter_counts_of_the_small_model_are_those_of_its_logs():
    # 2,442,240 at rank 8 stands in the training logs of chapter 10, and so do the others.
    assert trained_weights(SMALL, Tuning(rank=8)) == 2_442_240
    assert trained_weights(SMALL, Tuning(rank=8, targets="attention")) == 460_800


def test_the_longest_example_decides():
    parts = [training_memory(SMALL, Tuning(batch_size=12), longest=n, reply=5).activations
             for n in (100, 1200, 2400, 4800)]
    assert parts == sorted(parts)
    # From twelve rows of 100 to one of 1,200: each of 1,200 tokens attends to 1,100 more, in 9
    # heads of 30 layers and once more; but the logits are those of one row and not of twelve.
    scores = 31 * 9 * 1200 * 1100 * 4
    logits = 3 * (12 - 1) * 6 * 49152 * 4
    assert parts[1] - parts[0] == pytest.approx((scores - logits) / 1e6)


def test_a_qlora_of_every_hub_model_fits_a_t4_at_the_longest_sequence_and_lora_of_the_largest_not():
    for shape in HUB_SHAPES.values():
        assert training_memory(shape, QLORA, longest=2048, gpu=True).total < T4
    for kind in (Tuning(method="full"), Tuning(rank=16)):
        assert training_memory(HUB_SHAPES["qwen2.5-7b"], kind, longest=512, gpu=True).total > T4


def test_what_is_trained_on_a_t4_can_be_asked_on_it():
    seven, fits = HUB_SHAPES["qwen2.5-7b"], []
    for shape in HUB_SHAPES.values():
        for way in (Tuning(method="full"), Tuning(rank=16), QLORA):
            trained = training_memory(shape, way, longest=2048, gpu=True).total < T4
            fits.append(trained)
            assert not trained or answering_memory(shape, way, longest=2048, gpu=True) < T4
    assert any(fits) and not all(fits)
    # Its four bits read back into 16 would not fit: so it answers with them.
    assert answering_memory(seven, Tuning(rank=16), longest=2048, gpu=True) > T4
    # 28 layers, keys and values of 512 numbers each, two bytes, for 16,384 tokens.
    assert answering_memory(seven, QLORA, longest=2048, gpu=True) == pytest.approx(
        weights_megabytes(seven, nf4=True, width=2) + 28 * 2 * 512 * 2 * 16_384 / 1e6)
    # On processors all is in 32 bits, as QLoRA's weights are when they are read back.
    assert answering_memory(seven, QLORA, longest=2048) == answering_memory(
        seven, Tuning(rank=16), longest=2048)


def test_four_bits_make_the_base_smaller_and_leave_the_embeddings_whole():
    whole = training_memory(SMALL, Tuning(rank=16), longest=60).base
    rounded = training_memory(SMALL, QLORA, longest=60).base
    assert whole == pytest.approx(4 * (SMALL.linear_weights + SMALL.embedding_weights) / 1e6)
    assert rounded == pytest.approx(
        (4.125 / 8 * SMALL.linear_weights + 4 * SMALL.embedding_weights) / 1e6)


STEP = """
import sys
from pathlib import Path
from experiments.core import Message
from experiments.models.training.finetune import Run
from experiments.models.registry import load_weights
from experiments.models.training.sizing import shape_of, training_memory
from experiments.models.training.tuning import Tuning
from experiments.models.training.workshop import longest_laid

def peak():  # megabytes; rusage would begin at what the parent process held
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e3

method, words = sys.argv[1], int(sys.argv[2])
tuning = Tuning(method=method, rank=8, batch_size=8, epochs=1)
pairs = [((Message("user", "word " * words),), "fine")] * int(sys.argv[3])
model, tokenizer = load_weights("smollm2-135m", nf4=tuning.nf4)
longest, reply = longest_laid(model, tokenizer, tuning, pairs)
before = peak()
Run(model, tokenizer, pairs, tuning).run()
took = peak() - before
needed = training_memory(shape_of(model.config), tuning, longest=longest, reply=reply)
print(longest, took, needed.state + needed.activations)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from Linux")
@pytest.mark.parametrize(("method", "words", "rows"), [
    ("lora", 60, 8), ("lora", 1300, 1), ("qlora", 1300, 1)])
def test_a_real_step_takes_no_more_than_the_estimate_at_the_longest_example(method, words, rows):
    done = subprocess.run([sys.executable, "-c", STEP, method, str(words), str(rows)], cwd=ROOT,
                          text=True, capture_output=True, check=True)
    longest, took, needed = map(float, done.stdout.split())
    assert longest > words
    assert needed / 4 < took < needed, f"took {took:,.0f} MB of {needed:,.0f} estimated"
