"""A run against a server loses no answer: stopped, refused, too long, unscorable or moved."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from experiments.__main__ import main
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.ladder import trial
from experiments.evidence.metrics import registry as metrics
from experiments.methods.bench import open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.models.inference.generate import TorchGenerator
from tests.evidence.tiny import write_task
from tests.models.conftest import byte_tokenizer, make_model  # noqa: F401 (fixtures)
from tests.models.test_misbehaving import counted, serving, url  # noqa: F401 (fixture)


@pytest.fixture
def folder(tmp_path):
    return write_task(tmp_path / "lamps", lamps=50)  # 60 questions


def words(folder, name, url, *more):  # noqa: F811
    return ["run", "--task", str(folder), "--methods", "closed_book", "--model",
            f"endpoint:{name}@{url}", *map(str, more)]


def start(typed, cache):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *typed], cwd=ROOT, text=True,
        env={**os.environ, "KNOW_OR_BEHAVE_CACHE": str(cache)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A suite that a shell runs in the background is deaf to Ctrl-C; its children are not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))


def wait_for(url, name, count):  # noqa: F811
    """Wait until so many requests were counted; half a minute at most."""
    for _ in range(600):
        if counted(url)[name] >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"only {counted(url)}")


@pytest.mark.parametrize("name", ["hanging", "trickling", "paced", "spent 200"])
def test_one_interrupt_ends_a_run_within_seconds(folder, tmp_path, url, name):  # noqa: F811
    process = start(words(folder, name, url), tmp_path / "cache")
    wait_for(url, "asked", 1)
    time.sleep(0.2)
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130 and time.monotonic() - pressed < 5
    assert "stopped; what was recorded is kept: the same command goes on" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("out", [False, True])
def test_the_same_command_resumes_and_asks_nothing_twice(folder, tmp_path, url, out):  # noqa: F811
    more = ["--out", tmp_path / "records.jsonl"] if out else []
    process = start(words(folder, "hangs 40", url, *more), tmp_path / "cache")
    wait_for(url, "answered", 40)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    before = counted(url)
    with serving("misbehaving_server.py") as other:
        again = subprocess.run(
            [sys.executable, "-m", "experiments", *words(folder, "hangs 40", url, *more)],
            cwd=ROOT, text=True, capture_output=True, timeout=60,
            env={**os.environ, "KNOW_OR_BEHAVE_CACHE": str(tmp_path / "cache"),
                 "KNOW_OR_BEHAVE_ENDPOINT": other})
        assert again.returncode == 0, again.stderr
        assert counted(other)["asked"] == 60 - 40, "what was paid for was asked again"
    assert counted(url) == before
    assert "50 answerable and 10 unanswerable" in again.stdout
    assert not list((tmp_path / "cache" / "run").iterdir()), "nothing waits when all is done"
    if out:
        assert len((tmp_path / "records.jsonl").read_text().splitlines()) == 60


@pytest.fixture
def run(folder, url, own_cache, capsys):  # noqa: F811
    """Run a model by name; give status, output and error output."""
    def go(name, *more):
        status = main(words(folder, name, url, *more))
        told = capsys.readouterr()
        return status, told.out, told.err

    return go


def test_a_question_that_is_always_refused_is_recorded_and_named(run, tmp_path):
    out = tmp_path / "records.jsonl"
    status, told, _ = run("refusing 400 Lamp 7", "--out", out)
    assert status == 0
    assert "closed_book: no answer, counted as wrong, to 1 question (lamp-7-cable): " in told
    assert "status 400: too much" in told
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 60
    failed = [row for row in rows if "failure" in row["answer"]]
    assert [row["example_id"] for row in failed] == ["lamp-7-cable"]
    assert failed[0]["answer"]["text"] == "" and failed[0]["scores"]["contains"] == 0.0


def test_where_every_question_is_refused_nothing_is_recorded(run, own_cache):
    status, _, told = run("refusing 400 ")
    assert status == 2 and "All 32 questions asked so far went unanswered" in told
    assert "question lamp-0-cable: " in told
    assert not list(own_cache.rglob("*.jsonl"))


def test_a_scorer_that_fails_loses_one_score_and_no_answer(run, url, monkeypatch):  # noqa: F811
    def broken(example, answer):
        if example.id == "lamp-9-cable":
            raise RecursionError("a gold answer that leads nowhere")
        return plain(example, answer)

    plain = metrics.METRICS["contains"]
    monkeypatch.setitem(metrics.METRICS, "contains", broken)
    for _ in range(2):
        status, told, _ = run("good")
        assert status == 0 and ("not scored, left out of the shares: 1 question (lamp-9-cable): "
                                "a gold answer that leads nowhere") in told
    monkeypatch.setitem(metrics.METRICS, "contains", plain)
    status, told, _ = run("good")
    assert status == 0 and "not scored" not in told
    assert counted(url)["asked"] == 60, "a mended question made others be asked again"


def test_a_prompt_too_long_for_the_window_is_recorded_and_stops_no_other(
        folder, own_cache, make_model, byte_tokenizer):  # noqa: F811
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open()]
    rows[3]["question"] = "How long? " + "x" * 900
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    bench = open_bench(str(folder))
    bench.shelf["generator"] = TorchGenerator("tiny", "0" * 16, make_model(context_tokens=700),
                                              byte_tokenizer)
    study = trial.Opened(name="run", task=str(folder), arms={"closed": ClosedBook()}, limit=8,
                         metrics=("contains", "false_refusal"), bench=bench)
    results = trial.measure(study, own_cache / "here")
    why = results.unanswered("closed")
    assert list(why) == [rows[3]["id"]] and "its prompt has" in why[rows[3]["id"]]
    assert "reads 700" in why[rows[3]["id"]]
    assert f"counted as wrong, to 1 question ({rows[3]['id']})" in trial.describe(results)
    assert all(a.completion_tokens for a in results.answers("closed") if not a.failure)


def test_one_question_that_is_too_long_is_an_error_for_ask(folder, url, own_cache):  # noqa: F811
    from experiments.evidence.ladder.trace import ask

    with pytest.raises(BookError, match="status 400: too much"):
        ask("Why?", task=str(folder), method="closed_book", model=f"endpoint:refusing 400 @{url}")


def test_messages_of_run_name_a_command_that_exists(folder, tmp_path, capsys):
    out = tmp_path / "records.jsonl"
    left = tmp_path / "records.jsonl.unfinished" / "run"
    left.mkdir(parents=True)
    (left / "closed_book.seed0.jsonl".replace("_", "-")).write_text(json.dumps(
        {"study": "run", "arm": "closed_book", "seed": 0, "example_id": "lamp-0-cable",
         "fingerprint": "another", "answer": {}}) + "\n")
    status = main(["run", "--task", str(folder), "--methods", "closed_book", "--model", "fake",
                   "--out", str(out)])
    told = capsys.readouterr().err
    assert status == 2 and "record run" not in told
    assert "delete its folder and give the same `python -m experiments run` command" in told
