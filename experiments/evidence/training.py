"""Train the adapters that studies declare, publish them, and repeat their first steps.

    train_study(declared_studies()["routing-tuned"])     -> data/adapters/routing-tuned-lora-seed0/
    repeat_first_steps(study, "LoRA", 0)                 -> the losses of the log, or AuditFailed
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import ADAPTERS
from experiments.evidence.audit import AuditFailed
from experiments.evidence.study import Study, slug
from experiments.models.workshop import find_adapter, run_name, train_adapter

REPEATED_STEPS = 2
# Of a loss: other machines add in another order. A changed example or setting moves it far more.
LOSS_TOLERANCE = 1e-3


def trained_arms(study: Study) -> list[str]:
    """Name the arms of a study whose model is trained."""
    return [arm for arm, recipe in study.arms.items() if hasattr(recipe, "tuning")]


def train_study(study: Study, arm: str | None = None, seed: int | None = None) -> list[Path]:
    """Train what is not there yet of a study's adapters; give their folders.

    Full training leaves no adapter: its weights are the size of the model.
    """
    folders = []
    for name, each, pairs in _runs(study, arm, seed):
        tuning = study.arms[name].tuning
        run = run_name(study.model, tuning, pairs, each)
        title = f"{study.name}-{slug(name)}-seed{each}"
        folders.append(find_adapter(run) or train_adapter(
            study.model, tuning, pairs, each, run, ADAPTERS / title, title))
    return folders


def repeat_first_steps(study: Study, arm: str, seed: int) -> list[float]:
    """Take the first optimiser steps of an arm again and compare their losses with the log.

    Raises AuditFailed where one differs by more than LOSS_TOLERANCE.
    """
    from experiments.models.adapters import read_log
    from experiments.models.finetune import train
    from experiments.models.registry import load_weights

    ((_, _, pairs),) = _runs(study, arm, seed)
    tuning = study.arms[arm].tuning
    folder = find_adapter(run_name(study.model, tuning, pairs, seed))
    if folder is None:
        raise BookError(f"study {study.name}: arm {arm!r} has no adapter for seed {seed}; run "
                        f"`python -m experiments train {study.name}`")
    first = dataclasses.replace(tuning, max_steps=REPEATED_STEPS)
    losses = train(*load_weights(study.model), pairs, first, seed=seed).log
    for step, (published, measured) in enumerate(zip(read_log(folder).losses, losses), start=1):
        if abs(measured - published) > LOSS_TOLERANCE * published:
            raise AuditFailed(
                f"adapter {folder.name}: step {step} of its training had a loss of {published}, "
                f"and now has {measured:.6f}. Data, settings or libraries changed since: train "
                "it again, or undo the change")
    return losses


def _runs(study: Study, arm: str | None, seed: int | None) -> Iterator[tuple]:
    """Give (arm, seed, pairs) of the trained arms that are asked for."""
    arms = [arm] if arm else [a for a in trained_arms(study)
                              if study.arms[a].tuning.method != "full"]
    if not arms or arms[0] not in trained_arms(study):
        raise BookError(f"study {study.name}: {arm or 'no arm'} is trained; its trained arms are: "
                        f"{', '.join(trained_arms(study)) or 'none'}")
    opened = study.open()
    for name in arms:
        for each in study.seeds if seed is None else (seed,):
            bench = opened.with_seed(each).lend(study.arms[name])
            yield name, each, study.arms[name].pairs(bench)
