"""Adapters on disk: small weights, where they came from, and the log of their training.

    data/adapters/routing-lora-seed0/
        adapter_model.safetensors   the factors, in 16 bits: 4.9 MB at rank 8
        adapter_config.json         as peft writes it
        training.json               {"fingerprint": ..., "base": ..., "losses": [2.31, ...], ...}

`training.json` holds the hash of the weights, so that an edited or cut-off file is seen, and
the fingerprint of the base model, so that an adapter is never put on another one.
"""

import json
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from experiments.core import BookError
from experiments.core.fingerprints import sha256_file

WEIGHTS, LOG = "adapter_model.safetensors", "training.json"


@dataclass(frozen=True)
class TrainingLog:
    """What is kept of a training run. Losses are nats; one entry a step in each list."""

    name: str
    fingerprint: str
    base: str
    tuning: dict
    seed: int
    examples: int
    losses: list[float]
    step_tokens: list[int]
    seconds: float
    peak_megabytes: int
    trained_weights: int
    machine: dict
    sha256: str = ""


def save_adapter(folder: Path, trained, log: TrainingLog) -> Path:
    """Write a trained adapter and its log; the log is written last, when all is there."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOG).unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained.model.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    write_log(folder, replace(log, sha256=sha256_file(folder / WEIGHTS)))
    return folder


def write_log(folder: Path, log: TrainingLog) -> None:
    """Write the log of a training into its adapter's folder."""
    text = json.dumps(asdict(log), indent=1) + "\n"
    (folder / LOG).write_text(text, encoding="utf-8", newline="\n")


def read_log(folder: Path) -> TrainingLog:
    """Read an adapter's log. Raises BookError for one that is missing or malformed."""
    path = folder / LOG
    try:
        return TrainingLog(**json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise BookError(f"{folder} holds no finished adapter: {LOG} is missing. Train it with "
                        "`python -m experiments train`") from None
    except (ValueError, TypeError) as error:
        raise BookError(f"{path}: not the log of a training ({error}). Restore it from git, or "
                        "train the adapter again") from error


def put_on(model, folder: Path, *, base: str, merge: bool = True):
    """Put an adapter on a freshly loaded model, whose fingerprint is `base`.

    It is merged into the weights, or left beside them: four bits cannot hold the sum. Raises
    BookError for weights that are not those of the log, and for another base: its numbers would
    be added to weights that they were not made for.
    """
    from peft import PeftModel

    log = read_log(folder)
    found = sha256_file(folder / WEIGHTS) if (folder / WEIGHTS).is_file() else "no file"
    if found != log.sha256:
        raise BookError(f"{folder / WEIGHTS}: expected SHA-256 {log.sha256}, found {found}. "
                        "Restore it from git, or train the adapter again")
    if log.base != base:
        raise BookError(f"adapter {log.name} was trained on the base model {log.base}, not on "
                        f"{base}: an adapter fits the weights that it was trained with, and no "
                        "others. Train it again on this model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        adapted = PeftModel.from_pretrained(model, str(folder))
        return adapted.merge_and_unload() if merge else adapted.get_base_model()
