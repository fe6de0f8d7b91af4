"""What a GPU changes: formats of numbers, where weights lie, how much fits. Faked or counted."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from peft.tuners.lora.layer import LoraLayer
from transformers import AutoModelForCausalLM

from experiments.core import BookError
from experiments.core.machine import describe_machine, hardware, peak_bytes
from experiments.models import load, memory, registry
from experiments.models.inference.generate import TorchGenerator
from experiments.models.load import load_folder
from experiments.models.nf4 import round_weights
from experiments.models.registry import load_model, load_weights
from experiments.models.training import workshop
from experiments.models.training.adapters import put_on
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask
from tests.models.gpu import LARGE, stand_in

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(8)]
SHORT = {"rank": 4, "learning_rate": 1e-2, "batch_size": 4, "epochs": 2}
T4 = "Tesla T4"
WIDTH = 64  # four-bit layers of fewer columns cannot answer on a CPU


@pytest.fixture
def gpu(monkeypatch, own_cache, tmp_path, make_model, byte_tokenizer):
    """Let this machine compute as a GPU would, with a tiny model for one of the hub's."""
    stand_in(monkeypatch, tmp_path / "hub", make_model(width=WIDTH), byte_tokenizer)
    monkeypatch.setattr("experiments.models.convert.converted_folder",
                        lambda gguf, sha256: tmp_path / "hub")


def test_the_reference_computes_in_32_bits_and_a_hub_model_where_that_is_asked_for(gpu):
    assert load_weights("smollm2-135m")[0].dtype == torch.float32
    assert load_weights(LARGE)[0].dtype == torch.bfloat16
    assert load_weights(LARGE, exact=True)[0].dtype == torch.float32
    for name, kind in (("smollm2-135m", torch.float32), (LARGE, torch.bfloat16)):
        layer = load_weights(name, nf4=True)[0].model.layers[0].mlp.up_proj
        assert isinstance(layer, Linear4bit) and layer.compute_dtype == kind


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_full_training_is_in_32_bits_whatever_the_gpu_prefers(
        monkeypatch, own_cache, tmp_path, make_model, byte_tokenizer, dtype):
    stand_in(monkeypatch, tmp_path, make_model(width=WIDTH), byte_tokenizer, dtype)
    trained = workshop.tuned_model(LARGE, Tuning("full", **SHORT), PAIRS, seed=0)
    losses = workshop.find_log(trained.fingerprint).losses
    assert trained.model.dtype == torch.float32 and losses[-1] < losses[0]


def test_what_was_trained_on_four_bits_answers_with_them_in_a_gpus_format(gpu):
    asked = workshop.tuned_model(LARGE, Tuning("qlora", **SHORT), PAIRS, seed=0)
    layer = asked.model.model.layers[0].mlp.up_proj
    assert isinstance(layer, LoraLayer) and isinstance(layer.base_layer, Linear4bit)
    assert layer.base_layer.weight.dtype == torch.uint8
    (said,) = asked.generate([ask("question xxx")], max_new_tokens=6)
    assert said.completion_tokens > 0


def test_the_reference_answers_with_the_same_numbers_as_in_its_records(gpu):
    asked = workshop.tuned_model("smollm2-135m", Tuning("qlora", **SHORT), PAIRS, seed=0)
    assert not [m for m in asked.model.modules() if isinstance(m, (LoraLayer, Linear4bit))]


def test_four_bits_with_an_adapter_beside_them_say_what_the_merged_weights_say(
        own_cache, tmp_path, monkeypatch, make_model, byte_tokenizer):
    stand_in(monkeypatch, tmp_path, make_model(width=WIDTH), byte_tokenizer, torch.float32)
    tuning = Tuning("qlora", **SHORT)
    workshop.tuned_model(LARGE, tuning, PAIRS, seed=0)
    folder = workshop.find_adapter(workshop.run_name(LARGE, tuning, PAIRS, 0))
    base, likely = registry.model_fingerprint(LARGE), []
    for merge in (True, False):
        weights, tokenizer = load_folder(str(tmp_path), nf4=True)
        for layer in weights.modules():
            if isinstance(layer, Linear4bit):  # a processor's own kernel rounds the scales again
                layer.support_avx512bf16_for_cpu = False
        weights = put_on(round_weights(weights) if merge else weights, folder, base=base,
                         merge=merge)
        generator = TorchGenerator("tiny", "0" * 16, weights, tokenizer)
        likely.append(generator.log_likelihoods([p for p, _ in PAIRS], [r for _, r in PAIRS]))
    assert likely[0] == pytest.approx(likely[1], abs=1e-3)


def test_on_a_gpu_weights_go_there_as_they_are_read(monkeypatch, tmp_path, make_model,
                                                    byte_tokenizer):
    stand_in(monkeypatch, tmp_path, make_model(width=WIDTH), byte_tokenizer)
    monkeypatch.setattr(load, "best_device", lambda: ("meta", torch.float16))
    monkeypatch.setattr(torch.nn.Module, "to", lambda *_: pytest.fail("moved as a whole"))
    model, _ = load_folder(str(tmp_path))
    assert {(w.device.type, w.dtype) for w in model.parameters()} == {("meta", torch.float16)}


def test_four_bit_weights_are_laid_on_the_gpu_too(monkeypatch, gpu, tmp_path):
    asked = {}
    monkeypatch.setattr(load, "best_device", lambda: ("cuda", torch.float16))
    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained",
                        lambda place, **settings: asked.update(settings))
    load_folder(str(tmp_path / "hub"), nf4=True)
    assert asked["device_map"] == {"": "cuda"}
    assert asked["quantization_config"].bnb_4bit_compute_dtype == torch.float16


def test_weights_that_would_not_fit_are_refused_before_they_are_fetched(monkeypatch, gpu):
    monkeypatch.setattr(memory, "best_device", lambda: ("cuda", torch.float16))
    monkeypatch.setattr(memory, "free_megabytes", lambda device: 14_700)
    monkeypatch.setattr(load, "load_folder", lambda *_, **__: pytest.fail("fetched"))
    for ask_for in (load_model, load_weights):
        with pytest.raises(BookError, match="qwen2.5-7b take about 15,2.. MB, and 14,700 MB are "
                                            "free on the GPU.*QLoRA"):
            ask_for("qwen2.5-7b")
    with pytest.raises(pytest.fail.Exception, match="fetched"):
        load_weights("qwen2.5-7b", nf4=True)


def test_what_torch_keeps_for_its_next_tensor_counts_as_free(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2_000_000_000, 16_000_000_000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 9_000_000_000)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 1_000_000_000)
    assert memory.free_megabytes("cuda") == 10_000


def test_a_model_of_the_hub_is_shared_while_somebody_holds_it_and_then_gone(gpu):
    one = load_model(LARGE)
    assert load_model(LARGE) is one
    del one
    memory.release()
    assert LARGE not in registry._in_use


def test_a_record_names_the_card_first_and_a_processor_has_none(monkeypatch):
    assert "card" not in describe_machine() and memory.card() == ""
    monkeypatch.setattr(memory, "best_device", lambda: ("cuda", torch.float16))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: T4)
    made = describe_machine(memory.card())
    assert made["card"] == T4 and made["hardware"] == f"{T4}, {hardware()}"


def test_a_training_says_where_it_runs_and_its_minutes_only_where_they_were_measured(
        monkeypatch, gpu):
    assert workshop.pace("smollm2-135m", 60_000) == "; on two cores about 4 minutes"
    assert workshop.pace(LARGE, 60_000) == ""
    monkeypatch.setattr(memory, "card", lambda: T4)
    assert workshop.pace("smollm2-135m", 60_000) == workshop.pace(LARGE, 1) == "; on Tesla T4"


def test_a_finished_training_is_kept_where_the_system_has_no_resource_module(monkeypatch, gpu):
    import psutil

    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    monkeypatch.setattr(psutil.Process, "memory_info",
                        lambda _: SimpleNamespace(peak_wset=321_000_000))
    assert peak_bytes() is None
    tuned = workshop.tuned_model(LARGE, Tuning(**SHORT), PAIRS, seed=0)
    assert workshop.find_log(tuned.fingerprint).peak_megabytes == 321


OFFLINE = """
import socket

def refuse(*_, **__):
    raise AssertionError("reached for the network")

socket.getaddrinfo = socket.socket.connect = socket.socket.connect_ex = refuse
from experiments.models.registry import embedder_folder, load_weights
from experiments.retrieval.search.embed import Embedder

Embedder(embedder_folder()).encode(["a text that no cache holds"])
load_weights("smollm2-135m")
from huggingface_hub import constants

print(constants.HF_HUB_OFFLINE)
"""


@pytest.mark.model
def test_the_installed_models_load_without_a_network_and_leave_the_hub_switched_on():
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_OFFLINE")}
    done = subprocess.run([sys.executable, "-c", OFFLINE], env=clean, text=True,
                          capture_output=True)
    assert (done.stdout, done.returncode) == ("False\n", 0), done.stderr
