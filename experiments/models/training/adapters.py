"""Adapters on disk: small weights, where they came from, and the log of their training.

    data/adapters/routing-lora-seed0/
        adapter_model.safetensors   the factors, in 16 bits: 4.9 MB at rank 8
        adapter_config.json         as peft writes it
        training.json               {"fingerprint": ..., "base": ..., "losses": [2.31, ...], ...}

`training.json` holds the hash of the weights, so that an edited or cut-off file is seen, the
tuning, which decides what the configuration must say, and the fingerprint of the base model, so
that an adapter is never put on another one.
"""

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from experiments.core import BookError
from experiments.core.fingerprints import sha256_file
from experiments.models.training.tuning import adapter_settings

WEIGHTS, CONFIG, LOG = "adapter_model.safetensors", "adapter_config.json", "training.json"
# What peft writes of the place and the day, which no answer depends on, and the layers: it
# writes their names in full or in part.
FREE = {"target_modules", "base_model_name_or_path", "peft_version", "revision",
        "inference_mode", "auto_mapping"}


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
    for config in trained.model.peft_config.values():
        config.base_model_name_or_path = None  # a folder of this machine; the log names the base
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
                        "delete its folder and train the adapter again") from error


def run_of(folder: Path) -> str:
    """Return the name of the run that an adapter's log is of; each log is read once."""
    seen = (folder / LOG).stat()
    return _run_of(folder, seen.st_ino, seen.st_mtime_ns, seen.st_size)


@cache
def _run_of(folder: Path, *_version: int) -> str:
    return read_log(folder).fingerprint


def damage(folder: Path) -> str:
    """Describe what of a finished adapter is not as its training left it, if anything."""
    log = read_log(folder)
    if lacking := sorted({"method", "rank", "targets"} - log.tuning.keys()):
        return f"{folder / LOG}: expected a tuning with its {lacking[0]}, found none"
    found = sha256_file(folder / WEIGHTS) if (folder / WEIGHTS).is_file() else "no file"
    if found != log.sha256:
        return f"{folder / WEIGHTS}: expected SHA-256 {log.sha256}, found {found}"
    try:
        said = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        covered = _covered(folder / WEIGHTS, said["target_modules"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        return f"{folder / CONFIG}: not the configuration of an adapter ({error})"
    if not covered:
        return f"{folder / CONFIG}: expected target_modules of the weights, found others"
    for name, value in _settings(log).items():
        if said.get(name, value) != value:
            return f"{folder / CONFIG}: expected {name} {value!r}, found {said[name]!r}"
    lacking = sorted({"r", "lora_alpha", "use_rslora", "use_dora"} - said.keys())
    return f"{folder / CONFIG}: {lacking[0]} is missing" if lacking else ""


def _covered(weights: Path, targets: Sequence[str]) -> bool:
    """Return whether the layers that a configuration names are those that the weights change."""
    from safetensors import safe_open

    with safe_open(weights, "np") as content:
        layers = {f".{name.partition('.lora_')[0]}" for name in content.keys()}  # noqa: SIM118
    return (all(any(layer.endswith(f".{one}") for one in targets) for layer in layers)
            and all(any(layer.endswith(f".{one}") for layer in layers) for one in targets))


def _settings(log: TrainingLog) -> dict:
    """Return what else the configuration must say, by the tuning in the log."""
    from peft import LoraConfig

    made = LoraConfig(**adapter_settings(*map(log.tuning.get, ("method", "rank", "targets"))))
    plain = json.loads(json.dumps(made.to_dict(), default=list))
    return {name: value for name, value in plain.items() if name not in FREE}


def check_adapter(folder: Path, base: str) -> None:
    """Refuse an adapter that is damaged, or that was trained on another base model."""
    log = read_log(folder)
    if fault := damage(folder):
        raise BookError(f"{fault}. Restore it from git, or train the adapter again")
    if log.base != base:
        raise BookError(f"adapter {log.name} was trained on the base model {log.base}, not on "
                        f"{base}: an adapter fits the weights that it was trained with, and no "
                        "others. Train it again on this model")


def put_on(model, folder: Path, *, base: str, merge: bool = True):
    """Put an adapter on a freshly loaded model, whose fingerprint is `base`.

    It is merged into the weights, or left beside them: four bits cannot hold the sum. Raises
    BookError for an adapter that is not what its log says, and for another base: its numbers
    would be added to weights that they were not made for.
    """
    from peft import PeftModel

    check_adapter(folder, base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        adapted = PeftModel.from_pretrained(model, str(folder))
        return adapted.merge_and_unload() if merge else adapted.get_base_model()
