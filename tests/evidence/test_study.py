"""A study is recorded once, resumes exactly, and is replayed only when nothing is amiss."""

import dataclasses
import json
import random
import shutil

import pytest

from experiments.__main__ import main
from experiments.core import BookError, fingerprint
from experiments.evidence.checks.run import record, run
from experiments.evidence.metrics.score import METRICS
from experiments.evidence.studies import declared, recorder, records
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.study import Study
from experiments.methods import bench as bench_module
from experiments.methods.base import Method
from experiments.methods.prompting.closed_book import ClosedBook
from tests.evidence.tiny import Lookup, make_study, write_task

FILE = "look-up.seed0.jsonl"


def lines(folder):
    """Return every record without what may differ between two runs: seconds and date."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        rows = [row for _, row in records.read_rows(path)]
        for row in rows:
            row["answer"].pop("stage_seconds")
            row["machine"].pop("date")
        found[path.name] = rows
    return found


def rewrite(results, change, name=FILE):
    """Change the rows of a file and seal it again, as a careful forger would."""
    path = results / "lamps" / name
    rows = [row for _, row in records.read_rows(path)]
    change(rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    seal = json.loads((path.parent / "seal.json").read_text())
    records.seal(path.parent, seal["study"])


def test_a_recorded_study_has_a_line_an_answer_in_the_order_of_the_split(results, study):
    rows = [row for _, row in records.read_rows(results / "lamps" / FILE)]
    assert [row["example_id"] for row in rows] == [
        e.id for e in study.open().examples("test")]
    assert rows[2]["answer"]["text"] == "The cable of Lamp 1 measures 3 metres. [1]"
    assert rows[0]["machine"].keys() == {"hardware", "python", "torch", "transformers", "commit",
                                         "date"}
    assert set(rows[0]["scores"]) == set(study.metrics)


def test_replay_scores_the_raw_answers(results, study):
    one = replay(study)
    # The fake model repeats the sentence with the length: right on all 35, never refusing 7.
    contains = one.estimate("look-up", "contains")
    assert (contains.value, contains.questions, contains.unscored) == (1, 35, 7)
    assert one.estimate("look-up", "citation_precision").value == 1
    assert one.estimate("look-up", "correct_refusal").value == 0
    assert one.estimate("closed book", "contains").value == 0
    assert one.difference("look-up", "closed book", "contains").value == 1
    assert one.scores("look-up", "contains")[:3] == [("lamp-0", 1), ("lamp-0", None), ("lamp-1", 1)]
    assert one.tier == "recorded" and one.audit == () and "cores" in one.hardware


def test_a_table_has_a_row_an_arm_with_everything_a_reader_asks(results, study):
    row = replay(study).table(("contains", "hit"))[0]
    assert list(row) == ["arm", "n", "unscored", "contains", "hit", "prompt_tokens",
                         "completion_tokens", "seconds", "tier"]
    assert (row["arm"], row["n"], row["unscored"]) == ("closed book", 42,
                                                       {"contains": 7, "hit": 42})
    assert row["hit"].value is None and row["completion_tokens"] == 1 and row["prompt_tokens"] > 20


def test_an_unknown_arm_seed_or_metric_lists_the_known(results, study):
    one = replay(study)
    with pytest.raises(BookError, match="no arm 'rag'.*closed book, look-up"):
        one.estimate("rag", "contains")
    with pytest.raises(BookError, match="seed 7"):
        one.answers("look-up", 7)
    with pytest.raises(BookError, match="unknown metric 'bleu'.*exact_match"):
        one.estimate("look-up", "bleu")


def test_seeds_are_recorded_apart_and_averaged(lamps, tmp_path):
    study = make_study(lamps, seeds=(0, 1))
    record(study, tmp_path, progress=False)
    one = replay(study, tmp_path)
    assert sorted(p.name for p in (tmp_path / "lamps").glob("*.jsonl")) == [
        "closed-book.seed0.jsonl", "closed-book.seed1.jsonl", "look-up.seed0.jsonl",
        "look-up.seed1.jsonl"]
    assert one.estimate("look-up", "contains").questions == 35
    spread = one.seed_spread("look-up", "contains")
    assert (spread.low, spread.high, spread.seeds) == (1, 1, 2)


def test_a_limit_takes_the_first_questions(lamps, tmp_path):
    study = make_study(lamps, limit=3)
    record(study, tmp_path, progress=False)
    assert len(replay(study, tmp_path).examples) == 3


# Planted faults ------------------------------------------------------------------------------

def test_an_altered_answer_breaks_the_seal(results, study):
    path = results / "lamps" / FILE
    path.write_text(path.read_text().replace("3 metres", "4 metres", 1))
    with pytest.raises(BookError, match=f"{FILE}: changed since it was sealed"):
        replay(study)


def test_an_altered_score_is_found_even_under_a_fresh_seal(results, study):
    rewrite(results, lambda rows: rows[4]["scores"].update(contains=0.0))
    with pytest.raises(BookError, match=f"{FILE}:5: a stored score was altered.*stored as 0.0"):
        replay(study)


@pytest.mark.parametrize(("metric", "value"), [("correct_refusal", 0.0), ("contains", None)])
def test_a_score_altered_to_or_from_none_is_found(results, study, metric, value):
    rewrite(results, lambda rows: rows[2]["scores"].update({metric: value}))
    with pytest.raises(BookError, match=f"{FILE}:3: a stored score was altered"):
        replay(study)


def test_an_altered_answer_under_a_fresh_seal_contradicts_its_scores(results, study):
    rewrite(results, lambda rows: rows[2]["answer"].update(text="99 metres"))
    with pytest.raises(BookError, match=f"{FILE}:3: a stored score was altered"):
        replay(study)


def test_a_stored_score_is_never_used(results, study):
    rewrite(results, lambda rows: [row.pop("scores") for row in rows])
    assert replay(study).estimate("look-up", "contains").value == 1


@pytest.mark.parametrize(("change", "message"), [
    (lambda rows: rows.pop(5), "1 questions have no answer, such as lamp-4-cable"),
    (lambda rows: rows.append(rows[5]), "question lamp-4-cable is answered twice"),
    (lambda rows: rows[5].update(example_id="lamp-99"), "no answer, such as lamp-4-cable"),
    (lambda rows: rows.append({**rows[5], "example_id": "x"}), "x is not a question"),
    (lambda rows: rows[0].update(seed=1), ":1: expected a record of study, arm and seed"),
    (lambda rows: rows[0].update(arm="closed book"), ":1: expected a record of study"),
    (lambda rows: rows[0].update(fingerprint="0"), ":1: recipe, data, weights or prompts changed"),
])
def test_a_gap_a_double_or_a_stranger_is_an_error_and_not_another_denominator(
    results, study, change, message
):
    rewrite(results, change)
    with pytest.raises(BookError, match=message):
        replay(study)


def test_a_missing_seal_is_an_error(results, study):
    (results / "lamps" / "seal.json").unlink()
    with pytest.raises(BookError, match="no seal.json"):
        replay(study)


def test_a_changed_recipe_asks_for_new_records(results, study, lamps):
    changed = make_study(lamps, arms={**study.arms, "look-up": Lookup(score=0.4)})
    with pytest.raises(BookError, match="recipe, data, weights or prompts changed.*--anew"):
        replay(changed)


def test_changed_data_ask_for_new_records(tmp_path):
    task = write_task(tmp_path / "task")
    study = make_study(task)
    record(study, tmp_path, progress=False)
    path = task / "documents" / "lamp-3.md"
    path.write_text(path.read_text() + "New.\n")
    with pytest.raises(BookError, match="recipe, data, weights or prompts changed"):
        replay(study, tmp_path)


def test_another_declaration_than_the_recorded_one_is_refused(results, lamps):
    with pytest.raises(BookError, match="look-up.seed0.jsonl is declared or sealed, but not both"):
        replay(make_study(lamps, arms={"closed book": ClosedBook()}))
    with pytest.raises(BookError, match="task, split, limit or model differ"):
        replay(make_study(lamps, limit=20))


# Resuming ------------------------------------------------------------------------------------

def test_a_file_cut_anywhere_is_completed_to_the_same_records(results, study, tmp_path):
    whole, draw = lines(results / "lamps"), random.Random(0)
    for _ in range(20):
        folder = tmp_path / "cut" / "lamps"
        shutil.copytree(results / "lamps", folder)
        (folder / "seal.json").unlink()
        for path in folder.glob("*.jsonl"):
            with open(path, "r+b") as stream:
                stream.truncate(draw.randrange(path.stat().st_size + 1))
        record(study, tmp_path / "cut", progress=False)
        assert lines(folder) == whole
        shutil.rmtree(tmp_path / "cut")


def test_a_slice_partly_on_disk_is_answered_as_a_whole(lamps, tmp_path):
    asked = []

    @dataclasses.dataclass(frozen=True)
    class Watched(Method):
        def build(self, bench):
            answer = Lookup().build(bench)
            return lambda questions: asked.append([q.id for q in questions]) or answer(questions)

    study = make_study(lamps, arms={"watched": Watched()})
    ids = [e.id for e in study.open().examples("test")]
    record(study, tmp_path, progress=False)
    assert asked == [ids[:32], ids[32:]]
    path = tmp_path / "lamps" / "watched.seed0.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:40]))
    (tmp_path / "lamps" / "seal.json").unlink()
    asked.clear()
    record(study, tmp_path, progress=False)
    assert asked == [ids[32:]]
    assert len(path.read_text().splitlines()) == 42


def test_a_finished_study_asks_for_anew(results, study):
    before = (results / "lamps" / FILE).read_bytes()
    with pytest.raises(BookError, match="finished and sealed on .* add --anew"):
        record(study, progress=False)
    assert (results / "lamps" / FILE).read_bytes() == before


def test_anew_swaps_the_records_only_when_all_are_made(results, study, monkeypatch):
    before = (results / "lamps" / FILE).read_bytes()
    answer_slice = recorder.answer_slice

    def stop(answerer, examples, arm):
        if arm == "look-up":
            raise KeyboardInterrupt
        return answer_slice(answerer, examples, arm)

    monkeypatch.setattr(recorder, "answer_slice", stop)
    with pytest.raises(KeyboardInterrupt):
        record(study, anew=True, progress=False)
    assert (results / "lamps" / FILE).read_bytes() == before
    assert replay(study).estimate("look-up", "contains").value == 1
    monkeypatch.undo()
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(results))
    record(study, anew=True, progress=False)
    replay(study)
    assert [p.name for p in results.iterdir()] == ["lamps"]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_kill_between_the_two_steps_of_the_swap_is_repaired(results, study, swapped):
    """Leave what `--anew` leaves when it dies before or after the second rename."""
    shutil.copytree(results / "lamps", results / ".lamps.old")
    if not swapped:
        (results / "lamps").rename(results / ".lamps.anew")
    with pytest.raises(BookError, match="finished and sealed"):
        record(study, progress=False)
    replay(study)
    assert [p.name for p in results.iterdir()] == ["lamps"]


def test_a_changed_recipe_is_recorded_anew_from_nothing(results, study, lamps):
    changed = make_study(lamps, arms={**study.arms, "look-up": Lookup(score=0.4)})
    shutil.copytree(results / "lamps", results / ".lamps.anew")  # left by an older recipe
    (results / ".lamps.anew" / "seal.json").unlink()
    with pytest.raises(BookError, match="add --anew"):
        record(changed, progress=False)
    record(changed, anew=True, progress=False)
    assert {a.hits[0].score for a in replay(changed).answers("look-up")} == {0.4}


def test_a_new_arm_joins_a_sealed_study(results, study, lamps):
    before = (results / "lamps" / FILE).read_bytes()
    wider = make_study(lamps, arms={**study.arms, "second": Lookup(score=0.1)})
    with pytest.raises(BookError, match="second.seed0.jsonl is declared or sealed, but not both"):
        replay(wider)
    record(wider, progress=False)
    assert replay(wider).estimate("second", "contains").value == 1
    assert (results / "lamps" / FILE).read_bytes() == before


def test_a_file_of_no_arm_is_not_sealed_in(lamps, study, tmp_path):
    (tmp_path / "lamps").mkdir()
    (tmp_path / "lamps" / "rag.seed0.jsonl").write_text("")
    with pytest.raises(BookError, match="rag.seed0.jsonl: no arm and seed of study"):
        record(study, tmp_path, progress=False)


def test_a_method_that_drops_or_swaps_an_answer_is_stopped(lamps, tmp_path):
    @dataclasses.dataclass(frozen=True)
    class Careless(Method):
        def build(self, bench):
            answer = Lookup().build(bench)
            return lambda questions: answer(questions)[::-1]

    with pytest.raises(BookError, match="'careless' must give one answer to each question, in"):
        record(make_study(lamps, arms={"careless": Careless()}), tmp_path, progress=False)


def test_a_changed_metric_is_taken_over_by_rescoring(results, study, monkeypatch):
    before = lines(results / "lamps")
    contains = METRICS["contains"]

    def stricter(example, answer):
        return dataclasses.replace(contains(example, answer), value=None)

    monkeypatch.setitem(METRICS, "contains", stricter)
    with pytest.raises(BookError, match="the metric changed.*record lamps --rescore"):
        replay(study)
    monkeypatch.setattr(declared, "declared_studies", lambda: {"lamps": study})
    assert main(["record", "lamps", "--rescore"]) == 0
    assert replay(study).estimate("look-up", "contains").value is None
    after = lines(results / "lamps")
    assert after[FILE][0]["scores"]["contains"] is None
    assert [r["answer"] for r in after[FILE]] == [r["answer"] for r in before[FILE]]
    assert [p.name for p in results.iterdir()] == ["lamps"]


def test_progress_names_the_arm_on_stderr(study, tmp_path, capsys):
    record(study, tmp_path)
    shown = capsys.readouterr()
    assert shown.out == "" and "closed book" in shown.err and "42/42" in shown.err


# Declaring -----------------------------------------------------------------------------------

@pytest.mark.parametrize(("changes", "message"), [
    ({"metrics": ("bleu",)}, "unknown metric 'bleu'; known metrics: exact_match"),
    ({"name": "My Study"}, "such as 'my-study'"),
    ({"arms": {}}, "needs arms"),
    ({"arms": {"a b": ClosedBook(), "a-b": ClosedBook()}}, "names differ"),
    ({"arms": {"rag": ClosedBook}}, "'rag' to be a method, such as .*, came <class"),
    ({"arms": {"mine": lambda: None}}, "derives from experiments.methods.base.Method"),
    ({"seeds": ()}, "distinct seeds"),
    ({"seeds": (1, 1)}, "distinct seeds"),
    ({"limit": 0}, "at least 1, got 0"),
])
def test_a_declaration_that_cannot_be_recorded_is_refused(lamps, changes, message):
    with pytest.raises(BookError, match=message):
        make_study(lamps, **changes)


def test_an_empty_split_is_an_error(lamps, tmp_path):
    with pytest.raises(BookError, match='no question with "split": "dev"'):
        record(make_study(lamps, split="dev"), tmp_path, progress=False)


def test_the_study_has_defaults_that_need_no_more_than_arms():
    study = Study("plain", "support", {"closed book": ClosedBook()})
    assert (study.seeds, study.split, study.limit, study.model) == ((0,), "test", None,
                                                                    "smollm2-135m")


def test_a_replay_hashes_the_task_s_data_once_for_all_arms_and_seeds(lamps, tmp_path, monkeypatch):
    study = make_study(lamps, seeds=(0, 1))
    record(study, tmp_path, progress=False)
    hashed = []
    monkeypatch.setattr(bench_module, "fingerprint", lambda *parts: (
        hashed.append(parts) if len(parts) == 2 else None, fingerprint(*parts))[1])
    replay(study, tmp_path)
    assert len(hashed) == 1


# Running -------------------------------------------------------------------------------------

def test_run_replays_audits_or_records(results, study):
    assert run(study, mode="replay").tier == "recorded"
    audited = run(study, mode="audit", sample=2)
    assert audited.tier == "audited" and len(audited.audit) == 4
    before = (results / "lamps" / "seal.json").stat().st_ino
    assert run(study, mode="record").tier == "live"
    assert (results / "lamps" / "seal.json").stat().st_ino != before
    with pytest.raises(BookError, match="audit, replay, record, not 'redo'"):
        run(study, mode="redo")
