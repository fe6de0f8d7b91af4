"""A study of a model of the hub, from first answer to table, as a GPU would run it."""

import gc
import json
import weakref

import pytest

from experiments.core import BookError
from experiments.evidence.checks.run import record
from experiments.evidence.ladder.ladder import climb
from experiments.evidence.ladder.trial import run
from experiments.evidence.studies.replay import replay
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.training.fine_tuned import FineTuned
from experiments.models import memory, registry
from experiments.models.training.tuning import Tuning
from tests.evidence.tiny import make_study, write_task
from tests.models.conftest import byte_tokenizer, make_model  # noqa: F401 (fixtures)
from tests.models.gpu import LARGE, stand_in

TUNING = {"rank": 2, "learning_rate": 1e-2, "batch_size": 4, "epochs": 1}


@pytest.fixture
def task(tmp_path, monkeypatch, own_cache, make_model, byte_tokenizer):  # noqa: F811
    """Write a task with a train split, and let the hub hold a tiny model."""
    stand_in(monkeypatch, tmp_path / "hub", make_model(context_tokens=2048, width=64),
             byte_tokenizer)
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(tmp_path / "results"))
    folder = write_task(tmp_path / "lamps", lamps=14)
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    (folder / "questions.jsonl").write_text("".join(
        json.dumps(row | {"split": "train" if n < 12 else "test"}) + "\n"
        for n, row in enumerate(rows)))
    return folder


def declare(task, **arms):
    """Declare a study of the hub's model."""
    return make_study(task, name="gpu", model=LARGE, metrics=("contains",), arms=arms)


@pytest.mark.parametrize("method", ["lora", "qlora", "full"])
def test_a_model_of_the_hub_is_asked_trained_and_asked_again(task, monkeypatch, method):
    monkeypatch.setattr(memory, "card", lambda: "NVIDIA H100 80GB HBM3")
    study = declare(task, plain=ClosedBook(), tuned=FineTuned(tuning=Tuning(method, **TUNING)))
    record(study, progress=False)
    results = replay(study)
    assert results.cards == {"NVIDIA H100 80GB HBM3"}
    assert results.hardware.startswith("NVIDIA H100 80GB HBM3, ")
    assert results.tokens("tuned")["completion"] > 0


def test_no_model_of_the_hub_stays_beside_the_next(task, monkeypatch, make_model,  # noqa: F811
                                                   byte_tokenizer):  # noqa: F811
    alive, beside = weakref.WeakSet(), []

    def load(name, **_):
        gc.collect()
        beside.append(len(alive))
        model = make_model(context_tokens=2048)
        alive.add(model)
        return model, byte_tokenizer

    monkeypatch.setattr(registry, "load_weights", load)
    rates = (1e-2, 2e-2)
    tuned = [FineTuned(tuning=Tuning(**TUNING | {"learning_rate": rate})) for rate in rates]
    record(declare(task, plain=ClosedBook(), first=tuned[0], second=tuned[1],
                   again=ClosedBook(wording="")), progress=False)
    # The plain model once or twice; each of the tuned is trained on one copy and asked on another.
    assert len(beside) >= 5 and beside == [0] * len(beside)


def test_the_ladder_trains_no_model_at_the_rates_of_another(task, tmp_path, capsys):
    folder = write_task(tmp_path / "more", lamps=70)
    climb(str(folder), model=LARGE, limit=2, seed=0, split="test", out=None)
    said = capsys.readouterr().out
    assert "searched on dev for smollm2-135m, and large needs others" in said
    assert "left out: tuned closed book, tuned + RAG, RAFT: " in said


def test_a_trained_method_by_its_name_alone_is_refused_for_another_model(task):
    with pytest.raises(BookError, match="Declare a Study on dev .* learning_rate"):
        run(str(task), ["closed_book", "fine_tuned"], model=LARGE, limit=2, seed=0, split="test",
            out=None)
