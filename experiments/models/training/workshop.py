"""Where trained models come from: published adapters, the cache, or a training run.

    tuned_model("smollm2-135m", Tuning(), pairs, seed=0)

A run is named by the hash of its tuning, pairs, base weights and seed. What the book publishes
lies in data/adapters; what a reader trains lies in the cache, under its name. Nothing is trained
twice, and a run that was killed goes on where its last checkpoint stands.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from experiments.core import BookError, Prompt, fingerprint
from experiments.core.machine import describe_machine
from experiments.core.paths import ADAPTERS, cache_folder
from experiments.models.registry import ENDPOINT, FAKE, REFERENCE, model_fingerprint
from experiments.models.training.adapters import (
    LOG,
    WEIGHTS,
    TrainingLog,
    damage,
    put_on,
    read_log,
    run_of,
    save_adapter,
    write_log,
)
from experiments.models.training.comparisons import Preference, split
from experiments.models.training.tuning import Tuning

Pairs = Sequence[tuple[Prompt, str]]

STEPS_A_CHECKPOINT = 10
TOKENS_A_SECOND = 250  # what LoRA at rank 16 trains on two cores, measured


def run_name(model: str, tuning: Tuning, pairs: Pairs, seed: int) -> str:
    """Name a training run by the hash of all that decides it."""
    return fingerprint(tuning, tuple(pairs), model_fingerprint(model), seed)


def has_weights(model: str) -> bool:
    """Return whether a model can be trained; raises BookError for one behind a server."""
    if model.startswith(ENDPOINT):
        raise BookError(f"{model} is behind a server and cannot be trained here; take a model "
                        "whose weights are on this machine")
    return model != FAKE


def tuned_model(model: str, tuning: Tuning, pairs: Pairs, seed: int):
    """Return a generator over the trained weights; trains when they are nowhere to be found."""
    name = run_name(model, tuning, pairs, seed)
    from experiments.models.inference.generate import TorchGenerator
    from experiments.models.nf4 import round_weights
    from experiments.models.registry import load_weights
    from experiments.models.training.sizing import WIDTH

    if tuning.method == "full":
        trained, tokenizer, peak = train_anew(model, tuning, pairs, seed, name)
        # The weights are as large as the model and are not kept; what they took is.
        log = _log_of(model, tuning, pairs, seed, name, trained, peak)
        write_log(cache_folder("adapters", name), log)
        return TorchGenerator(f"{model}+{name}", name, trained.model, tokenizer)
    folder = find_adapter(name) or train_adapter(model, tuning, pairs, seed, name)
    weights, tokenizer = load_weights(model, nf4=tuning.nf4)
    # In 32 bits there is room for the weights as whole numbers, and they are quicker so. A GPU
    # keeps the four bits that it trained on: a model that fits only so could not be asked else.
    packed = tuning.nf4 and weights.dtype.itemsize < WIDTH
    if tuning.nf4 and not packed:
        weights = round_weights(weights)
    trained = put_on(weights, folder, base=model_fingerprint(model), merge=not packed)
    return TorchGenerator(f"{model}+{read_log(folder).name}", name, trained, tokenizer)


def find_adapter(name: str, *, sound: bool = False) -> Path | None:
    """Find the folder of a finished adapter by its run's name: published ones first.

    A damaged one in the cache is none; a published one is refused by its user, if not `sound`.
    """
    trusted = [] if sound else published_adapters()
    return next((folder for folder in _logged(name) if (folder / WEIGHTS).is_file()
                 and (folder in trusted or not damage(folder))), None)


def find_log(name: str) -> TrainingLog | None:
    """Find the log of a training run by its name; of some only the log is published."""
    return next((read_log(folder) for folder in _logged(name)), None)


def _logged(name: str) -> Iterator[Path]:
    """Yield the folders that hold the log of a run."""
    for folder in [*published_adapters(), cache_folder("adapters") / name]:
        if (folder / LOG).is_file() and run_of(folder) == name:
            yield folder


def published_adapters() -> list[Path]:
    """List the folders of the adapters, and of the bare logs, that come with the book."""
    return sorted(path.parent for path in ADAPTERS.glob(f"*/{LOG}"))


def publish_adapter(found: Path, title: str, *, with_weights: bool = True) -> Path:
    """Copy an adapter, or its log alone, under a title to what comes with the book.

    A run that is published already keeps its title: two studies may share it. One that was
    trained again brings its own log.
    """
    log = read_log(found)
    folder = next((each for each in published_adapters()
                   if run_of(each) == log.fingerprint), ADAPTERS / title)
    folder.mkdir(parents=True, exist_ok=True)
    if with_weights and folder != found:
        for path in found.glob("adapter_*"):
            shutil.copyfile(path, folder / path.name)
    kept = read_log(folder) if (folder / LOG).is_file() else None
    if kept is None or (with_weights and kept.sha256 != log.sha256):
        write_log(folder, replace(log, name=kept.name if kept else title))
    return folder


def train_adapter(model: str, tuning: Tuning, pairs: Pairs, seed: int, name: str) -> Path:
    """Train, or go on training, and save into the cache; one process at a time.

    A second one that wants the same waits, and finds what the first has saved.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(cache_folder("training") / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"training {name}: another process is at it; waiting for it", file=sys.stderr)
        lock.acquire()
    try:
        return find_adapter(name, sound=True) or _train_and_save(model, tuning, pairs, seed, name)
    finally:
        lock.release()


def _train_and_save(model: str, tuning: Tuning, pairs: Pairs, seed: int, name: str) -> Path:
    trained, _, peak = train_anew(model, tuning, pairs, seed, name)
    return save_adapter(cache_folder("adapters") / name, trained,
                        _log_of(model, tuning, pairs, seed, name, trained, peak))


def _log_of(model: str, tuning: Tuning, pairs: Pairs, seed: int, name: str, trained, peak: int
            ) -> TrainingLog:
    """Write down what a finished training was, and what it took."""
    from experiments.models.memory import card

    counts = [w.numel() for w in trained.model.parameters() if w.requires_grad]
    return TrainingLog(
        name, name, model_fingerprint(model), asdict(tuning), seed, len(pairs),
        [round(loss, 6) for loss in trained.log], trained.step_tokens,
        round(trained.seconds, 1), peak, sum(counts), describe_machine(card()))


def train_anew(model: str, tuning: Tuning, pairs: Pairs, seed: int, name: str):
    """Run the training from its last checkpoint; give (Trained, tokenizer, peak megabytes)."""
    from experiments.models.memory import peak_megabytes
    from experiments.models.training.checkpoint import resume, write_checkpoint
    from experiments.models.training.finetune import Run

    run, tokenizer = begin(model, tuning, pairs, seed, whole=True)
    path = cache_folder("training") / f"{name}.safetensors"
    resumed = resume(run, path, name)
    tokens = tuning.epochs * sum(len(each) for each, _ in run.examples)
    print(f"training {name}: {len(pairs)} examples, {len(run.plan)} steps, {tokens:,} tokens"
          + (f", going on at step {run.done}" if resumed else "")
          + pace(model, tokens), file=sys.stderr)

    def keep(done: Run) -> None:
        if done.done % STEPS_A_CHECKPOINT == 0 and done.done < len(done.plan):
            write_checkpoint(done, path, name)

    trained = run.run(progress=True, after_step=keep)
    peak = peak_megabytes()
    path.unlink(missing_ok=True)
    return trained, tokenizer, peak


def pace(model: str, tokens: int) -> str:
    """Return where a training runs, and how long it takes where that was measured."""
    from experiments.models.memory import card

    if name := card():
        return f"; on {name}"
    if model != REFERENCE.name:
        return ""
    return f"; on two cores about {tokens / TOKENS_A_SECOND / 60:.0f} minutes"


def begin(model: str, tuning: Tuning, pairs: Pairs, seed: int, *, whole: bool = False):
    """Plan a training run on a freshly loaded model; give (Run, tokenizer).

    One on comparisons goes on from the training before it, which is found or made first. A run
    that will be taken as a `whole` is refused where it would not fit, before it costs anything.
    """
    from experiments.models.registry import load_weights
    from experiments.models.training.finetune import Run

    start = None
    if isinstance(tuning, Preference) and tuning.before:
        shown, _ = split(pairs)
        name = run_name(model, tuning.before, shown, seed)
        start = find_adapter(name) or train_adapter(model, tuning.before, shown, seed, name)
    # Weights of 16 bits that AdamW moves itself become NaN, or its small steps are lost in them.
    weights, tokenizer = load_weights(model, nf4=tuning.nf4, exact=tuning.method == "full")
    if whole:
        check_memory(weights, tokenizer, tuning, pairs)
    if isinstance(tuning, Preference):
        from experiments.models.training.preference import PreferenceRun

        return PreferenceRun(weights, tokenizer, pairs, tuning, seed, start=start), tokenizer
    return Run(weights, tokenizer, pairs, tuning, seed), tokenizer


def check_memory(weights, tokenizer, tuning: Tuning, pairs: Pairs) -> None:
    """Refuse a run whose longest example would not fit, before it has taken an hour.

    Raises BookError with what it needs beside the loaded weights, and what is free.
    """
    from experiments.models.memory import free_megabytes
    from experiments.models.training.sizing import shape_of, training_memory

    longest, reply = longest_laid(weights, tokenizer, tuning, pairs)
    memory = training_memory(shape_of(weights.config), tuning, longest=longest, reply=reply,
                             gpu=weights.device.type == "cuda")
    needed, free = round(memory.state + memory.activations), free_megabytes(weights.device.type)
    if needed > free:
        raise BookError(
            f"training needs about {needed:,} MB, of which {memory.activations:,.0f} for examples "
            f"of up to {longest} tokens, and {free:,} MB are free: take a smaller model, LoRA or "
            "QLoRA instead of full training, shorter examples, or close other programs")


def longest_laid(weights, tokenizer, tuning: Tuning, pairs: Pairs) -> tuple[int, int]:
    """Return the tokens of the longest example, and of the longest reply; a comparison has two."""
    from experiments.models.training.finetune import encode
    from experiments.models.training.preference import encode_couples

    if isinstance(tuning, Preference):
        couples = encode_couples(tokenizer, weights, split(pairs)[1])
        return (max(map(len, couples)),
                max(len(one.chosen) + len(one.rejected) for one in couples))
    examples = encode(tokenizer, weights, pairs)
    return max(len(tokens) for tokens, _ in examples), max(count for _, count in examples)
