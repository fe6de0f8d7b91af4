"""MiniLM: unit vectors that mean something, made once; silence on the terminal."""

import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.retrieval.search.embed import SLICE, Embedder

TEXTS = ["How long is the warranty of the kettle?", "The kettle has a guarantee of two years.",
         "Our office is closed on Sundays.", "kettle " * 300]


@pytest.fixture
def embedder(model_folder, own_cache):
    """Return an embedder with an empty cache."""
    return Embedder(model_folder)


@pytest.mark.model
def test_vectors_are_unit_float32_and_near_what_means_the_same(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (4, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert vectors[0] @ vectors[1] > 0.6 > 0.2 > vectors[0] @ vectors[2]


@pytest.mark.model
def test_order_and_repetition_of_texts_do_not_matter(embedder):
    vectors = embedder.embed([*TEXTS, TEXTS[0]])
    assert np.array_equal(vectors[0], vectors[4])
    assert embedder.encode(TEXTS[::-1])[::-1] == pytest.approx(vectors[:4], abs=1e-6)


@pytest.mark.model
def test_what_was_embedded_once_needs_no_model(embedder, model_folder, monkeypatch):
    vectors = embedder.embed(TEXTS)
    again = Embedder(model_folder)
    monkeypatch.setattr(again, "encode", None)
    assert np.array_equal(again.embed(TEXTS), vectors)


def test_who_embeds_the_same_many_texts_at_the_same_time_shares_the_work(
        model_folder, own_cache, monkeypatch):
    made = []

    def encode(self, texts):
        made.append((threading.get_ident(), len(texts)))
        time.sleep(0.02)
        return np.array([np.full(384, len(text)) for text in texts], dtype=np.float32)

    monkeypatch.setattr(Embedder, "encode", encode)
    texts = ["x" * number for number in range(1, 20 * SLICE + 1)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: Embedder(model_folder).embed(texts), range(2)))
    for vectors in both:
        assert vectors[:, 0].tolist() == list(range(1, 20 * SLICE + 1))
    assert len({who for who, _ in made}) == 2
    assert 20 * SLICE <= sum(count for _, count in made) < 30 * SLICE  # alone: 40


@pytest.mark.model
def test_the_llama_index_adapter_gives_the_same_vectors(embedder):
    vectors = embedder.embed(TEXTS[:2])
    adapter = embedder.as_llama_index()
    assert adapter.get_query_embedding(TEXTS[0]) == vectors[0].tolist()
    assert adapter.get_text_embedding_batch(TEXTS[:2]) == vectors.tolist()


@pytest.mark.model
def test_a_fresh_process_prints_nothing_and_reaches_for_no_network(model_folder, own_cache):
    code = (
        "import socket, sys, pathlib\n"
        "def refuse(*_): raise SystemExit('network')\n"
        "socket.socket.connect = refuse\n"
        "from experiments.retrieval.search.embed import Embedder\n"
        "assert 'torch' not in sys.modules\n"
        f"Embedder(pathlib.Path({str(model_folder)!r})).embed(['hello'])\n")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_texts_are_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, 384)


def test_the_fingerprint_is_that_of_the_files(model_folder, own_cache, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(model_folder, copy)
    first, same = Embedder(model_folder).fingerprint, Embedder(copy).fingerprint
    (copy / "model.safetensors").write_bytes(b"other weights")
    assert first == same != Embedder(copy).fingerprint


def test_a_folder_without_the_model_names_what_is_missing(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BookError, match="model.safetensors"):
        Embedder(tmp_path)
