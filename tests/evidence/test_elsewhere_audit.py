"""Weights that one task trained are asked another, and the audit asks them again."""

import pytest

from experiments.evidence.checks import training
from experiments.evidence.checks.audit import IDENTICAL, RETRAINED, audit
from experiments.evidence.checks.run import record
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.variants.elsewhere import Elsewhere
from experiments.models.training import workshop
from tests.evidence.test_training import TUNING, tuned  # noqa: F401 (fixture)
from tests.evidence.tiny import make_study, write_task
from tests.models.conftest import byte_tokenizer, make_model  # noqa: F401 (fixtures)


def test_nothing_is_trained_for_it_and_the_audit_finds_the_same_answers(
        tuned, tmp_path, monkeypatch):  # noqa: F811
    def refuse(*_):
        pytest.fail("an adapter that is published was trained again")

    monkeypatch.setattr(workshop, "train_adapter", refuse)
    folder = write_task(tmp_path / "other", lamps=4)
    study = make_study(folder, name="elsewhere", model=tuned.model, seeds=(0, 1), arms={
        "LoRA": Elsewhere(str(tuned.task), FineTuned(tuning=TUNING))})
    assert training.has_adapter(study, "LoRA", 1, study.open())
    record(study, progress=False)
    kinds = [verdict.kind for verdict in audit(study, sample=2)]
    assert kinds == [IDENTICAL, IDENTICAL, RETRAINED]
