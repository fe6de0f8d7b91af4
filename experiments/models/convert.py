"""Turn a quantised GGUF file into safetensors, once, in the cache.

Loading the GGUF takes half a minute, loading what it is converted to takes a second.
The weights are the same numbers: Q4_1 dequantised to float32.
"""

import contextlib
import json
import os
import shutil
from pathlib import Path

from experiments.core.fingerprints import sha256_file
from experiments.core.paths import cache_folder
from experiments.models.weights import known_sha256

CHECKSUMS = "checksums.json"


def converted_folder(gguf: Path, sha256: str) -> Path:
    """Return the folder with the converted model; convert if it is missing or damaged.

    Two processes that ask at once wait for one conversion.
    """
    from filelock import FileLock

    target = cache_folder("models") / f"{gguf.stem.lower()}-{sha256[:16]}"
    if not is_sound(target):
        with FileLock(f"{target}.lock"):
            if not is_sound(target):
                _replace(target, gguf)
    return target


def is_sound(folder: Path) -> bool:
    """Return whether every file of a converted model has the checksum noted beside it."""
    try:
        noted = json.loads((folder / CHECKSUMS).read_text())
        return bool(noted) and all(known_sha256(folder / n) == h for n, h in noted.items())
    except (OSError, ValueError, AttributeError):
        return False


def _replace(target: Path, gguf: Path) -> None:
    """Convert beside the target, then rename: a killed conversion leaves no half model."""
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        _convert(gguf, draft)
        sums = {path.name: sha256_file(path) for path in sorted(draft.iterdir())}
        (draft / CHECKSUMS).write_text(json.dumps(sums, indent=1))
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _convert(gguf: Path, folder: Path) -> None:
    """Write model and tokenizer to `folder`."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    with quiet():
        import torch

        source = AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, dtype=torch.float32, local_files_only=True
        )
        tokenizer = AutoTokenizer.from_pretrained(
            gguf.parent, gguf_file=gguf.name, local_files_only=True)
        # A model loaded from GGUF refuses to be saved as long as its configuration
        # says that it is quantised, so its weights move into a model that is not.
        settings = source.config.to_dict()
        settings.pop("quantization_config", None)
        config = AutoConfig.for_model(**settings)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        model.load_state_dict(source.state_dict())
        model.tie_weights()
        model.generation_config = source.generation_config
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


@contextlib.contextmanager
def quiet():
    """Silence the progress bars and advice of transformers for a while."""
    from transformers.utils import logging

    level, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()
