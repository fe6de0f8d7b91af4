"""Train the adapters that studies declare, publish them, and repeat their first steps.

    train_study(declared_studies()["tuned-routing"])     -> data/adapters/tuned-routing-lora-seed0/
    repeat_first_steps(study, "LoRA", 0, study.open())   -> the losses of the log, or AuditFailed
"""

import dataclasses
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import slug
from experiments.evidence.checks.sampling import AuditFailed
from experiments.evidence.studies.study import Study
from experiments.models.training.comparisons import Preference, split
from experiments.models.training.workshop import (
    begin,
    find_adapter,
    find_log,
    publish_adapter,
    published_adapters,
    run_name,
    train_adapter,
)

REPEATED_STEPS = 2
# Of a loss: other machines add in another order. A changed example or setting moves it far more.
LOSS_TOLERANCE = 1e-3


def trained_arms(study: Study) -> list[str]:
    """Name the arms of a study whose model is trained into an adapter.

    Full training leaves none: its weights are the size of the model.
    """
    return [arm for arm, recipe in study.arms.items()
            if recipe.trained and recipe.tuning.method != "full"]


def train_study(study: Study, arm: str | None = None, seed: int | None = None, *,
                with_weights: bool = True) -> list[Path]:
    """Train what is missing or damaged of a study's adapters; publish them or their logs alone."""
    arms = [arm] if arm else trained_arms(study)
    if not arms or arms[0] not in trained_arms(study):
        raise BookError(f"study {study.name}: {arm or 'no arm'} is trained; its trained arms are: "
                        f"{', '.join(trained_arms(study)) or 'none'}")
    opened, folders = study.open(), []
    for name in arms:
        for each in study.seeds if seed is None else (seed,):
            tuning, pairs, run = _training(study, opened, name, each)
            found = find_adapter(run, sound=True) or train_adapter(
                study.model, tuning, pairs, each, run)
            title = f"{study.name}-{slug(name)}-seed{each}"
            folders.append(publish_adapter(found, title, with_weights=with_weights))
    return folders


def has_adapter(study: Study, arm: str, seed: int, bench) -> bool:
    """Return whether a trained arm can be asked without training it first."""
    *_, run = _training(study, bench, arm, seed)
    return find_adapter(run) is not None


def shipped_adapters(study: Study) -> set[Path]:
    """Find the folders of the adapters that a study's arms ask, or go on from, in the book."""
    opened, found = study.open(), set()
    for arm in trained_arms(study):
        for seed in study.seeds:
            tuning, pairs, run = _training(study, opened, arm, seed)
            found.add(find_adapter(run))
            if isinstance(tuning, Preference) and tuning.before:
                shown, _ = split(pairs)
                found.add(find_adapter(run_name(study.model, tuning.before, shown, seed)))
    return found & set(published_adapters())


def repeat_first_steps(study: Study, arm: str, seed: int, bench) -> list[float]:
    """Take the first optimiser steps of an arm again and compare their losses with the log.

    Raises AuditFailed where one differs by more than LOSS_TOLERANCE.
    """
    tuning, pairs, run = _training(study, bench, arm, seed)
    log = find_log(run)
    if log is None:
        raise BookError(f"study {study.name}: no log of the training of arm {arm!r} with seed "
                        f"{seed}; run `python -m experiments train {study.name}`")
    first = dataclasses.replace(tuning, max_steps=REPEATED_STEPS)
    planned, _ = begin(study.model, first, pairs, seed)
    losses = planned.run().log
    for step, (published, measured) in enumerate(zip(log.losses, losses, strict=False), 1):
        if abs(measured - published) > LOSS_TOLERANCE * published:
            raise AuditFailed(
                f"adapter {log.name}: step {step} of its training had a loss of {published}, "
                f"and now has {measured:.6f}. Data, settings or libraries changed since: train "
                "it again, or undo the change")
    return losses


def _training(study: Study, bench, arm: str, seed: int) -> tuple:
    """Return the tuning, the pairs and the name of one training run."""
    recipe = study.arms[arm]
    pairs = recipe.pairs(bench.with_seed(seed).lend(recipe))
    return recipe.tuning, pairs, run_name(study.model, recipe.tuning, pairs, seed)
