"""A converted model is whole, or it is converted again."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from experiments.models import convert
from experiments.models.convert import converted_folder, is_sound

SHA256 = "ab" * 32


@pytest.fixture
def gguf(tmp_path, own_cache, monkeypatch):
    """Return a pretended GGUF and a conversion that writes two small files, and counts."""
    conversions = []

    def pretend(path, folder):
        conversions.append(folder)
        (folder / "model.safetensors").write_bytes(b"numbers")
        (folder / "config.json").write_text("{}")

    monkeypatch.setattr(convert, "_convert", pretend)
    path = tmp_path / "Small.Q4_1.gguf"
    path.write_bytes(b"quantised numbers")
    return path, conversions


def test_a_model_is_converted_once(gguf, own_cache):
    path, conversions = gguf
    first = converted_folder(path, SHA256)
    assert first == own_cache / "models" / "small.q4_1-abababababababab"
    assert converted_folder(path, SHA256) == first
    assert len(conversions) == 1
    assert (first / "model.safetensors").read_bytes() == b"numbers"
    left = {entry.name for entry in (own_cache / "models").iterdir() if entry.is_dir()}
    assert left == {first.name}, "no draft may stay behind"


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "forget", "garble"])
def test_a_damaged_copy_is_converted_again(gguf, damage):
    path, conversions = gguf
    folder = converted_folder(path, SHA256)
    file, sums = folder / "model.safetensors", folder / "checksums.json"
    {
        "flip": lambda: file.write_bytes(b"numbErs"),
        "cut": lambda: file.write_bytes(b"num"),
        "remove": file.unlink,
        "forget": sums.unlink,
        "garble": lambda: sums.write_text("[]"),
    }[damage]()
    assert not is_sound(folder)
    assert converted_folder(path, SHA256) == folder
    assert is_sound(folder)
    assert file.read_bytes() == b"numbers"
    assert len(conversions) == 2


def test_a_conversion_that_fails_leaves_nothing(gguf, own_cache, monkeypatch):
    path, _ = gguf

    def fail(path, folder):
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(convert, "_convert", fail)
    with pytest.raises(OSError, match="disk full"):
        converted_folder(path, SHA256)
    assert not [entry for entry in (own_cache / "models").iterdir() if entry.is_dir()]


def test_what_a_killed_conversion_left_is_not_used(gguf, own_cache):
    path, _ = gguf
    draft = own_cache / "models" / "small.q4_1-abababababababab.draft"
    draft.mkdir(parents=True)
    (draft / "half").write_text("left")
    assert {entry.name for entry in converted_folder(path, SHA256).iterdir()} == {
        "model.safetensors", "config.json", "checksums.json"
    }
    assert not draft.exists()


def test_of_two_that_ask_at_once_one_converts(gguf, monkeypatch):
    path, conversions = gguf
    ours = convert._convert
    monkeypatch.setattr(
        convert, "_convert", lambda *both: (time.sleep(0.3), ours(*both)))
    with ThreadPoolExecutor(2) as pool:
        folders = set(pool.map(lambda _: converted_folder(path, SHA256), range(2)))
    assert len(folders) == len(conversions) == 1


@pytest.mark.model
def test_the_reference_model_holds_the_numbers_of_its_gguf():
    import numpy as np
    from gguf import GGUFReader, dequantize
    from safetensors import safe_open

    from experiments.models.registry import REFERENCE, weights_file

    gguf = weights_file()
    folder = converted_folder(gguf, REFERENCE.sha256)
    tensors = {t.name: t for t in GGUFReader(gguf).tensors}
    pairs = {
        "token_embd.weight": "model.embed_tokens.weight",
        "blk.0.ffn_down.weight": "model.layers.0.mlp.down_proj.weight",
        "blk.29.attn_output.weight": "model.layers.29.self_attn.o_proj.weight",
        "output_norm.weight": "model.norm.weight",
    }
    with safe_open(folder / "model.safetensors", framework="np") as held:
        for ours, theirs in pairs.items():
            tensor = tensors[ours]
            wanted = dequantize(tensor.data, tensor.tensor_type)
            assert np.array_equal(held.get_tensor(theirs), wanted), theirs
    assert hashlib.sha256(gguf.read_bytes()).hexdigest() == REFERENCE.sha256
