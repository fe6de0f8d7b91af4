"""Adapters of a study are trained once, published, asked again and begun anew by the audit."""

import json
import shutil
from dataclasses import replace

import pytest

from experiments.book.tables import tier_line
from experiments.core import BookError
from experiments.evidence.checks import audit as room
from experiments.evidence.checks import training
from experiments.evidence.checks.audit import RETRAINED, audit, audit_results
from experiments.evidence.checks.run import record
from experiments.evidence.checks.sampling import AuditFailed
from experiments.evidence.studies.replay import replay
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.training.fine_tuned import FineTuned
from experiments.models import registry
from experiments.models.training import workshop
from experiments.models.training.adapters import CONFIG, LOG, WEIGHTS, damage, read_log
from experiments.models.training.tuning import Tuning
from tests.evidence.tiny import make_study, write_task
from tests.models.conftest import byte_tokenizer, make_model  # noqa: F401 (fixtures)

TUNING = Tuning(rank=2, learning_rate=1e-2, batch_size=4, epochs=2)


@pytest.fixture
def tuned(tmp_path, monkeypatch, own_cache, make_model, byte_tokenizer):  # noqa: F811
    """Declare and record a study of a tiny trained arm with two seeds, published in a folder."""
    folder = write_task(tmp_path / "lamps", lamps=14)
    lines = (folder / "questions.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    rows = [row | {"split": "train" if n < 12 else "test"} for n, row in enumerate(rows)]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr(registry, "load_weights",
                        lambda name, **_: (make_model(context_tokens=2048), byte_tokenizer))
    monkeypatch.setattr(workshop, "ADAPTERS", tmp_path / "adapters")
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(tmp_path / "results"))
    registry._load_local.cache_clear()
    study = make_study(folder, name="tuned", model="smollm2-135m", seeds=(0, 1), arms={
        "closed book": ClosedBook(), "LoRA": FineTuned(tuning=TUNING)})
    training.train_study(study)
    record(study, progress=False)
    yield study
    registry._load_local.cache_clear()


def test_training_a_study_publishes_each_seed_once(tuned):
    folders = training.train_study(tuned)
    assert [folder.name for folder in folders] == ["tuned-lora-seed0", "tuned-lora-seed1"]
    logs = [read_log(folder) for folder in folders]
    assert [log.name for log in logs] == ["tuned-lora-seed0", "tuned-lora-seed1"]
    assert logs[0].losses != logs[1].losses
    twin = replace(tuned, name="twin", seeds=(1,))
    assert training.train_study(twin) == folders[1:], "two studies share a run"


def test_training_mends_a_damaged_adapter_that_was_published(tuned, own_cache):
    folder, other = training.train_study(tuned)
    shutil.rmtree(own_cache / "adapters")
    before = read_log(folder)
    config = json.loads((folder / CONFIG).read_text())
    for spoil in (lambda: (folder / WEIGHTS).write_bytes(b"cut off"),
                  lambda: (folder / CONFIG).write_text(json.dumps(config | {"lora_alpha": 32}))):
        spoil()
        with pytest.raises(BookError, match="train the adapter again"):
            audit(tuned, sample=4)
        untouched = (other / LOG).read_bytes()
        assert training.train_study(tuned) == [folder, other] and not damage(folder)
        assert read_log(folder).name == before.name
        assert read_log(folder).losses == pytest.approx(before.losses, rel=1e-4)
        assert (other / LOG).read_bytes() == untouched
        audit(tuned, sample=4)


def test_an_arm_that_is_not_trained_is_refused_with_the_names_of_those_that_are(tuned):
    with pytest.raises(BookError, match="closed book is trained; its trained arms are: LoRA"):
        training.train_study(tuned, "closed book")


def test_the_audit_asks_trained_arms_again_and_begins_one_training_anew(tuned):
    *answers, begun = audit(tuned, sample=4)
    assert {(v.arm, v.kind) for v in answers} == {("closed book", "identical"),
                                                 ("LoRA", "identical")}
    first = read_log(training.train_study(tuned)[begun.seed]).losses[:2]
    assert begun.kind == RETRAINED and begun.arm == "LoRA"
    assert begun.measured == ", ".join(f"{loss:.4f}" for loss in first)


def test_a_near_tie_of_a_trained_arm_is_judged_by_the_model_that_was_trained(tuned, monkeypatch):
    judges = []

    def note(published, measured, bench):
        judges.append(bench.generator.fingerprint)
        return "identical", ""

    monkeypatch.setattr(room, "compare", note)
    audit(tuned, sample=4, seed="both seeds of LoRA are drawn")
    trained = {read_log(folder).fingerprint for folder in training.train_study(tuned)}
    assert set(judges) == trained | {registry.model_fingerprint("smollm2-135m")}


def test_an_arm_whose_adapter_is_not_shipped_is_recorded_only(tuned, own_cache):
    for folder in training.train_study(tuned):
        (folder / WEIGHTS).unlink()
    shutil.rmtree(own_cache / "adapters")
    verdicts = audit(tuned, sample=4)
    assert {v.arm for v in verdicts if v.kind != RETRAINED} == {"closed book"}
    line = tier_line(replay(tuned).stated("audited", verdicts))
    assert line.startswith("4 of ")
    assert "Cannot be asked again, because these adapters are not shipped: LoRA." in line
    assert line.endswith("The first steps of a training were taken again: the losses of its log.")


def test_a_trained_arm_that_was_not_drawn_is_said_to_wait_for_its_turn(tuned):
    line = tier_line(replay(tuned).stated("audited"))
    assert "their turn comes: LoRA." in line and "not shipped" not in line


def test_the_one_question_of_a_short_audit_goes_to_an_arm_that_can_be_asked(tuned, own_cache):
    first, _ = training.train_study(tuned)
    (first / WEIGHTS).unlink()
    shutil.rmtree(own_cache / "adapters")
    for seed in "abcdefgh":
        asked = audit_results(replay(tuned), sample=4, seed=seed, most_tokens=1, training=False)
        assert {(v.arm, v.seed) for v in asked} < {("closed book", 0), ("closed book", 1),
                                                   ("LoRA", 1)} and len(asked) == 1


def test_a_training_that_would_go_another_way_fails_the_audit(tuned):
    for folder in training.train_study(tuned):
        row = json.loads((folder / LOG).read_text())
        row["losses"][1] *= 1.01
        (folder / LOG).write_text(json.dumps(row))
    with pytest.raises(AuditFailed, match="step 2 of its training had a loss of"):
        audit(tuned, sample=1)


def test_a_training_without_its_log_is_no_evidence(tuned, own_cache):
    for folder in training.train_study(tuned):
        shutil.rmtree(folder)
    shutil.rmtree(own_cache / "adapters")
    with pytest.raises(BookError, match="no log of the training of arm 'LoRA'"):
        audit(tuned, sample=1)


def test_builds_take_turns_in_beginning_the_trainings_of_the_chapters_anew(monkeypatch):
    trained = {f"study-{n}": make_study("lamps", name=f"study-{n}", arms={
        "LoRA": FineTuned(tuning=TUNING)}) for n in range(8)}
    asked = {"plain": make_study("lamps", name="plain", arms={"closed book": ClosedBook()})}
    monkeypatch.setattr(room, "declared_studies", lambda: trained | asked)
    begun = []
    for commit in range(20):
        monkeypatch.setenv("KNOW_OR_BEHAVE_AUDIT_SEED", str(commit))
        begun.append({name for name, study in trained.items() if room.is_begun(study)})
    assert {len(some) for some in begun} == {3}
    assert set.union(*begun) == set(trained)
    own = make_study("lamps", name="own", arms=trained["study-0"].arms)
    assert room.is_begun(own)
