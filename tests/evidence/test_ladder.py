"""The ladder in one command: planned, trained, asked, advised, and stopped without a loss."""

import json
from dataclasses import replace

import pytest

from experiments.__main__ import main
from experiments.core import BookError
from experiments.evidence.ladder.dry_run import Counter, plan, rehearse, rehearse_all
from experiments.evidence.ladder.ladder import climb
from experiments.evidence.ladder.rungs import Rung, rungs_for, with_train_split
from experiments.methods.bench import open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.models import registry
from experiments.models.fake import FakeGenerator
from experiments.models.training import workshop
from experiments.models.training.tuning import Tuning
from tests.evidence.tiny import write_task
from tests.models.conftest import ask, byte_tokenizer, make_model  # noqa: F401 (fixtures)

RUNGS = ["chance", "closed book", "few-shot", "RAG (one passage)", "RAG", "RAG reranked",
         "long context", "tuned closed book", "tuned + RAG", "RAFT", "oracle"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write 90 lamps with 108 questions, none of them marked to train on."""
    return write_task(tmp_path_factory.mktemp("task") / "lamps", lamps=90)


def run(folder, **changes):
    """Climb with the fake model, unless told otherwise."""
    return climb(str(folder), **{"model": "fake", "limit": 20, "seed": 0, "split": "test",
                                 "out": None, **changes})


def test_the_whole_ladder_is_announced_asked_and_advised(folder, tmp_path, own_cache, capsys):
    out = tmp_path / "records.jsonl"
    found = run(folder, out=out)
    told = capsys.readouterr().out
    assert "20 questions, " in told and "54 of 108 are held out" in told
    assert [line for line in RUNGS if f"\n{line} " in told] == RUNGS
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 20 * len(RUNGS) and list(dict.fromkeys(r["arm"] for r in rows)) == RUNGS
    # The fake model copies the sentence it is shown, so finding the passage is all there is.
    assert "RECOMMENDATION: RAG (one passage)" in found and "chapter 03_retrieval" in found
    with pytest.raises(BookError, match="exists"):
        run(folder, out=out)


def test_the_ladder_is_asked_for_alone(folder, capsys):
    words = ["run", "--task", str(folder), "--model", "fake", "--methods", "ladder, rag"]
    assert main(words) == 2 and "give it alone" in capsys.readouterr().err


def test_records_that_could_not_be_written_stop_the_ladder_before_it_starts(folder, tmp_path):
    with pytest.raises(BookError, match="cannot write records to"):
        run(folder, out=tmp_path / "nowhere" / "records.jsonl")


def test_where_there_is_too_little_the_ladder_runs_without_what_learns(
        tmp_path, own_cache, capsys):
    found = run(write_task(tmp_path / "few", lamps=20))
    told = capsys.readouterr().out
    assert "left out: tuned closed book, tuned + RAG, RAFT: " in told and "bring 80" in told
    assert "left out: few-shot: " in told and "left out: chance: " in told
    assert "RAFT" not in found and "RECOMMENDATION" in found


def test_what_needs_evidence_is_left_out_without_it(folder, own_cache):
    bench = with_train_split(open_bench(str(folder), "fake"), "test")
    bare = replace(bench, all_examples=tuple(replace(e, evidence=()) for e in bench.all_examples))
    steps, left_out = rehearse_all(bare, rungs_for(bare.settings, 54), bare.examples("test"))
    assert {"RAFT", "oracle"} == set(RUNGS) - {step.rung.name for step in steps}
    assert all('no "evidence", such as lamp-' in line for line in left_out)


def test_a_model_behind_a_server_is_asked_and_not_trained(folder, own_cache):
    bench = with_train_split(open_bench(str(folder), "fake"), "test")
    served = replace(bench, model="endpoint:x@http://localhost:1",
                     shelf={"generator": FakeGenerator()})
    steps, (left_out,) = rehearse_all(served, rungs_for(served.settings, 54),
                                      served.examples("test"))
    assert not any(step.rung.trained for step in steps) and "behind a server" in left_out


def test_the_front_that_prompts_share_is_read_once_a_slice():
    counter = Counter(FakeGenerator())
    counter.generate([ask("x" * 90 + " a" * 5), ask("x" * 90 + " b" * 5)])
    # Of 100 characters each, 91 are shared, of 6 words:
    # 6 * (0.09 + 0.91 / 32) / 500 + 0.008 * 24 / 2 seconds.
    assert counter.mean_tokens == 6
    assert counter.seconds(24) == pytest.approx(0.0974, abs=1e-4)


def test_a_training_is_counted_by_hand_and_once(folder, own_cache):
    bench = with_train_split(open_bench(str(folder), "fake"), "test")
    tuned = next(r for r in rungs_for(bench.settings, 54) if r.name == "tuned closed book")
    pairs = tuned.recipe.pairs(bench)
    words = sum(len(m.content.split()) for prompt, _ in pairs for m in prompt)
    step = rehearse(bench, tuned, bench.examples("test"))
    seen = 9  # 60 steps of eight, over 54 examples
    assert step.training_tokens == seen * (words + sum(len(reply.split()) for _, reply in pairs))
    # 15,000 tokens at 250 a second take a minute; the second rung of the run takes none.
    one = replace(step, training_tokens=15_000, run="a", left=True, answer_seconds=0.0)
    lines = plan([one, replace(one, rung=replace(tuned, name="twin"))], 10)
    assert lines[1].split()[-2:] == ["15,000", "1"]
    assert lines[2].split()[-4:] == ["15,000", "(as", "above)", "0"]
    assert "in all about 1 min: 1 to train" in lines[-1]


def test_prompts_that_the_model_cannot_read_whole_leave_a_rung_out(folder, own_cache):
    bench = open_bench(str(folder), "fake")
    small = FakeGenerator()
    small.context_tokens = 40
    bench.shelf["generator"] = small
    with pytest.raises(BookError, match="closed book needs 53 tokens, and fake reads 40"):
        rehearse(bench, Rung("closed book", ClosedBook(), "02_prompt"), bench.examples("test"))


LABELS = {"cable": ["measures", "metres"], "none": []}


def test_a_task_that_classifies_climbs_its_own_ladder(tmp_path, own_cache, capsys):
    folder = tmp_path / "messages"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "guide.md").write_text("# Guide\n\nCables are measured in metres.\n")
    (folder / "task.yaml").write_text(json.dumps({"kind": "classification", "labels": LABELS}))
    rows = [{"id": f"m{n}", "question": f"the cable {n} is short" if n % 2 else f"good day {n}",
             "answers": ["cable" if n % 2 else "none"], "group": f"m{n}"} for n in range(90)]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = run(folder)
    assert "45 of 90 are held out" in capsys.readouterr().out
    for rung in ("chance", "linear head", "prompt", "few-shot", "nearest examples", "tuned",
                 "tuned, held to the labels"):
        assert f"\n{rung} " in found
    assert "RECOMMENDATION: linear head" in found and "chapter 00_asking" in found


@pytest.fixture
def tiny(monkeypatch, own_cache, make_model, byte_tokenizer):  # noqa: F811
    """Make the reference model a tiny one whose tokens are bytes; give the list of trainings."""
    monkeypatch.setattr(registry, "load_weights",
                        lambda name, **_: (make_model(context_tokens=4096), byte_tokenizer))
    trained, train = [], workshop.train_adapter

    def noted(model, tuning, pairs, seed, name):
        trained.append(tuning)
        if len(trained) == 2:  # as if somebody pressed Ctrl-C
            raise KeyboardInterrupt
        return train(model, tuning, pairs, seed, name)

    monkeypatch.setattr(workshop, "train_adapter", noted)
    registry._load_local.cache_clear()
    yield trained
    registry._load_local.cache_clear()


def test_a_stopped_ladder_keeps_what_was_trained_and_goes_on(tmp_path, tiny, capsys):
    folder = write_task(tmp_path / "lamps", lamps=70)
    with pytest.raises(KeyboardInterrupt):
        run(folder, model="smollm2-135m", limit=4)
    assert "left out: long context: long context needs" in capsys.readouterr().out
    found = run(folder, model="smollm2-135m", limit=4)
    closed = Tuning(learning_rate=5e-4, epochs=11)
    raft = Tuning(learning_rate=2e-3, epochs=4, batch_size=4)
    assert tiny == [closed, raft, raft], "what was trained before the stop is not trained again"
    told = capsys.readouterr().out
    assert "(done)" in told and "(as above)" in told
    for name in ("tuned closed book", "tuned + RAG", "RAFT"):
        assert f"training of {name}: 42 examples, " in found
    assert run(folder, model="smollm2-135m", limit=4) == found and len(tiny) == 3
