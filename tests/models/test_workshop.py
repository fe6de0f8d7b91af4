"""Trained models are found where they lie, trained once, and resumed after a kill."""

import threading

import pytest
import torch

from experiments.core import BookError
from experiments.models import memory, registry
from experiments.models.training import adapters, workshop
from experiments.models.training.adapters import read_log
from experiments.models.training.comparisons import Comparison, Preference
from experiments.models.training.finetune import Run
from experiments.models.training.preference import PreferenceRun
from experiments.models.training.tuning import Tuning
from tests.models.conftest import ask

PAIRS = [(ask(f"question {'x' * n}"), f"reply {n}") for n in range(10)]
TUNING = Tuning(rank=4, learning_rate=1e-2, batch_size=2, epochs=4)


@pytest.fixture(autouse=True)
def tiny_base(monkeypatch, own_cache, tmp_path, make_model, byte_tokenizer):
    """Let the reference model be the tiny one, and nothing be published."""
    monkeypatch.setattr(registry, "load_weights",
                        lambda name, **_: (make_model(), byte_tokenizer))
    monkeypatch.setattr(workshop, "ADAPTERS", tmp_path / "published")


def tune(seed=0, tuning=TUNING):
    return workshop.tuned_model("smollm2-135m", tuning, PAIRS, seed)


def test_what_was_trained_once_is_not_trained_again(monkeypatch):
    first = tune()
    monkeypatch.setattr(Run, "run", lambda *_, **__: pytest.fail("trained twice"))
    again = tune()
    assert first.fingerprint == again.fingerprint
    for one, other in zip(first.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(pytest.fail.Exception, match="trained twice"):
        tune(seed=1)


def test_full_training_leaves_a_log_and_no_weights():
    tuning = Tuning("full", learning_rate=1e-3, batch_size=2, epochs=1)
    name = tune(tuning=tuning).fingerprint
    log = workshop.find_log(name)
    assert (len(log.losses), log.tuning["method"]) == (5, "full") and log.trained_weights > 1000
    assert workshop.find_adapter(name) is None
    assert workshop.publish_adapter(workshop.cache_folder("adapters") / name, "full-seed0",
                                    with_weights=False).name == "full-seed0"
    assert workshop.find_log(name).name == "full-seed0"


@pytest.fixture
def cached():
    """Train into the cache; gives (name of the run, folder)."""
    name = workshop.run_name("smollm2-135m", TUNING, PAIRS, 0)
    return name, workshop.train_adapter("smollm2-135m", TUNING, PAIRS, 0, name)


def test_a_published_adapter_goes_before_the_cache(cached):
    name, found = cached
    assert workshop.find_adapter(name) == found and workshop.find_adapter("other") is None
    folder = workshop.publish_adapter(found, "tiny-seed0")
    assert workshop.find_adapter(name) == folder == workshop.ADAPTERS / "tiny-seed0"
    log = read_log(folder)
    assert workshop.find_log(name) == log and workshop.find_log("other") is None
    assert (log.name, log.examples, len(log.losses)) == ("tiny-seed0", 10, 20)
    assert log.tuning["rank"] == 4 and log.peak_megabytes > 0


def test_a_run_is_published_once_and_the_log_can_come_without_the_weights(cached):
    name, found = cached
    bare = workshop.publish_adapter(found, "bare", with_weights=False)
    assert [path.name for path in bare.iterdir()] == ["training.json"]
    assert workshop.find_log(name).name == "bare"
    assert workshop.find_adapter(name) == found, "a bare log gives no weights"
    assert workshop.publish_adapter(found, "again") == bare, "the first title stays"
    assert workshop.find_adapter(name) == bare and workshop.find_log(name).name == "bare"
    assert workshop.publish_adapter(bare, "a third time") == bare


def test_looking_for_an_adapter_reads_each_log_once_and_sees_a_new_one(cached, monkeypatch):
    name, found = cached
    workshop.publish_adapter(found, "tiny-seed0")
    assert workshop.find_adapter(name) == workshop.ADAPTERS / "tiny-seed0"
    with monkeypatch.context() as patch:
        patch.setattr(adapters, "read_log", lambda folder: pytest.fail(f"read {folder} again"))
        assert workshop.find_adapter(name) == workshop.ADAPTERS / "tiny-seed0"
    log = workshop.ADAPTERS / "tiny-seed0" / "training.json"
    log.write_text(log.read_text().replace(name, "another"))
    assert workshop.find_adapter("another") == workshop.ADAPTERS / "tiny-seed0"


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_damaged_adapter_in_the_cache_is_made_again(cached, name):
    run, folder = cached
    (folder / name).write_bytes((folder / name).read_bytes()[:-9])
    assert workshop.find_adapter(run) is None
    tune()
    assert workshop.find_adapter(run) == folder


def test_a_run_that_was_killed_goes_on_from_its_checkpoint(monkeypatch, capsys):
    step = Run._step
    whole = workshop.train_anew("smollm2-135m", TUNING, PAIRS, 0, "whole")[0]

    def die_at_thirteen(run, batch):
        if run.done == 13:
            raise KeyboardInterrupt
        step(run, batch)

    monkeypatch.setattr(Run, "_step", die_at_thirteen)
    with pytest.raises(KeyboardInterrupt):
        workshop.train_anew("smollm2-135m", TUNING, PAIRS, 0, "killed")
    monkeypatch.setattr(Run, "_step", step)
    resumed = workshop.train_anew("smollm2-135m", TUNING, PAIRS, 0, "killed")[0]
    assert "going on at step 10" in capsys.readouterr().err
    assert resumed.log == pytest.approx(whole.log, rel=1e-5)


@pytest.mark.parametrize(("tuning", "pairs"), [
    (TUNING, PAIRS),
    (Preference(rank=4), [*PAIRS, Comparison(ask("which?"), "this one", "not that")]),
], ids=["replies", "comparisons"])
def test_a_run_that_would_not_fit_is_refused_before_anything_is_computed(
        monkeypatch, tuning, pairs):
    monkeypatch.setattr(memory, "free_megabytes", lambda device: 0)
    for kind in (Run, PreferenceRun):
        monkeypatch.setattr(kind, "__init__", lambda *_, **__: pytest.fail("planned a run"))
    with pytest.raises(BookError, match="needs about .* MB, of which .* tokens, and 0 MB are free"):
        workshop.tuned_model("smollm2-135m", tuning, pairs, seed=0)


def test_what_has_no_weights_here_cannot_be_trained():
    assert workshop.has_weights("smollm2-135m") and not workshop.has_weights("fake")
    with pytest.raises(BookError, match="behind a server"):
        workshop.has_weights("endpoint:m@http://localhost:1/v1")


def test_of_two_that_train_the_same_at_once_the_second_waits_and_trains_nothing(
    monkeypatch
):
    name = workshop.run_name("smollm2-135m", TUNING, PAIRS, 0)
    run, begun, told, runs = Run.run, threading.Event(), threading.Event(), []

    def slow(self, **how):
        runs.append(self)
        begun.set()
        assert told.wait(20), "the second did not say that it waits"
        return run(self, **how)

    class Heard:
        def write(self, text):
            if "another process is at it" in text:
                told.set()

        def flush(self):
            pass

    monkeypatch.setattr(Run, "run", slow)
    monkeypatch.setattr(workshop.sys, "stderr", Heard())
    first = threading.Thread(target=workshop.train_adapter,
                             args=("smollm2-135m", TUNING, PAIRS, 0, name))
    first.start()
    assert begun.wait(20)
    folder = workshop.train_adapter("smollm2-135m", TUNING, PAIRS, 0, name)
    first.join()
    assert len(runs) == 1 and workshop.find_adapter(name) == folder
