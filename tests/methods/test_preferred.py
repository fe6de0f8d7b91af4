"""What is compared: a good reply and a worse one, of examples that were not shown."""

import json
from dataclasses import replace

import pytest

from experiments.core import REFUSAL, BookError
from experiments.methods.bench import open_bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.preferred import Preferred
from experiments.methods.training.self_taught import SelfTaught
from experiments.models.training.comparisons import Comparison, Preference, split
from experiments.models.training.tuning import Tuning
from experiments.tasks.house_style.rules import broken_rules
from tests.methods.conftest import write_task

STYLED = Preferred(examples=25, compared=100, wording="bare")


@pytest.fixture(scope="module")
def styled():
    """Open the house style's own task, with the fake model."""
    return open_bench("house-style", "fake").lend(STYLED)


def test_the_pairs_are_those_of_the_training_before_and_then_the_comparisons(styled):
    shown, compared = split(STYLED.pairs(styled))
    before = FineTuned(tuning=Tuning(), examples=25, wording="bare")
    assert shown == before.pairs(styled.lend(before)), "the adapter before is shared"
    assert len(compared) == 100
    asked = {prompt[-1].content for prompt, _ in shown}
    assert not asked & {one.prompt[-1].content for one in compared}


def test_more_comparisons_hold_all_of_the_fewer_and_another_seed_draws_others(styled):
    fewer = STYLED.compare(styled)
    more = replace(STYLED, compared=200).compare(styled)
    assert more[:100] == fewer
    assert STYLED.compare(styled.with_seed(1)) != fewer
    rest = replace(STYLED, compared=0).compare(styled)
    assert len(rest) == 352 - 25


def test_the_chosen_reply_is_in_style_and_the_rejected_has_one_fault(styled):
    values = 0
    for one in replace(STYLED, compared=200).compare(styled):
        assert broken_rules(one.chosen) == []
        fault = broken_rules(one.rejected)
        assert len(fault) <= 1
        if not fault:
            # The fault is the value: that which the draft holds and nobody asked for.
            values += 1
            words = set(one.rejected.split()) - set(one.chosen.split())
            page = "".join(one.prompt[-1].content.split()).replace("liters", "litres")
            assert any("".join(word.split()) in page for word in words)
    assert 5 <= values <= 60


def test_where_nothing_was_shown_before_there_are_comparisons_alone(styled):
    bare = replace(STYLED, tuning=Preference(), compared=0)
    assert len(bare.pairs(styled)) == 352
    assert all(isinstance(pair, Comparison) for pair in bare.pairs(styled))


def test_in_a_task_of_questions_a_refusal_and_an_answer_are_compared(lamps):
    recipe = Preferred(train_k=1, tuning=Preference())
    by_question = {one.prompt[-1].content.split("\n")[-1]: one for one in recipe.compare(lamps)}
    asked = by_question["Question: Which shade has Lamp 12?"]
    assert (asked.chosen, asked.rejected) == ("coral [1]", REFUSAL)
    # Lamp 12 has no price; its colour is the tempting answer.
    unknown = by_question["Question: What does Lamp 12 cost?"]
    assert (unknown.chosen, unknown.rejected) == (REFUSAL, "coral [1]")
    assert "[1] Lamp" in unknown.prompt[-1].content
    closed = Preferred(tuning=Preference()).compare(lamps)
    assert "coral" in {one.rejected for one in closed}, "without a passage nothing is cited"


def test_balanced_comparisons_prefer_as_many_refusals_as_answers(lamps):
    chosen = [one.chosen for one in Preferred(
        tuning=Preference(), compared=4, balanced=True).compare(lamps)]
    assert sorted(reply == REFUSAL for reply in chosen) == [False, False, True, True]
    with pytest.raises(BookError, match="want 4 of either kind; 3 prefer a refusal and 6 an"):
        Preferred(tuning=Preference(), compared=8, balanced=True).compare(lamps)


def test_too_few_examples_are_refused(lamps):
    # The six train lamps have nine questions; two are shown.
    with pytest.raises(BookError, match="8 examples should be compared.*has 7"):
        Preferred(examples=2, compared=8).compare(lamps)


def keep(folder, *names, likely=()):
    rows = [{"id": name, "reply": f"reply of {name}", "drafts": 4, "fit": 2} for name in names]
    for row, one in zip(rows, likely, strict=False):
        row["log_probability"] = one
    (folder / "kept.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_self_taught_learn_kept_drafts_with_the_questions_own_prompt(tmp_path):
    bench = open_bench(str(write_task(tmp_path / "lamps")), "fake")
    keep(bench.folder, "lamp-10-colour", "lamp-12-colour")
    (prompt, reply), _ = SelfTaught().pairs(bench)
    assert prompt[-1].content == "Question: Which shade has Lamp 10?"
    assert reply == "reply of lamp-10-colour"
    assert len(SelfTaught(examples=1).pairs(bench)) == 1
    # The same question with the reply of the train split, for a measure of what the drafts cost.
    (same, true), _ = SelfTaught(true_replies=True).pairs(bench)
    assert (same, true) == (prompt, "amber")


def test_the_surest_drafts_are_kept_and_the_most_doubtful_get_the_true_reply(tmp_path):
    bench = open_bench(str(write_task(tmp_path / "lamps")), "fake")
    names = [e.id for e in bench.examples("train") if e.id.endswith("colour")][:4]
    keep(bench.folder, *names, likely=(-0.2, -3.0, -0.1, -1.0))
    replies = [reply for _, reply in SelfTaught(surest=2).pairs(bench)]
    assert replies == [f"reply of {names[0]}", f"reply of {names[2]}"], "in the order of the file"
    true = {e.id: e.reply for e in bench.examples("train")}
    assert [reply for _, reply in SelfTaught(checked=2).pairs(bench)] == [
        replies[0], true[names[1]], replies[1], true[names[3]]]
    assert [reply for _, reply in SelfTaught(surest=2, checked=1).pairs(bench)] == [
        true[names[0]], replies[1]]


def test_doubts_that_nobody_knows_are_no_filter(tmp_path):
    bench = open_bench(str(write_task(tmp_path / "lamps")), "fake")
    keep(bench.folder, "lamp-10-colour", "lamp-12-colour")
    with pytest.raises(BookError, match="want 1 kept drafts.*of some it is unknown"):
        SelfTaught(surest=1).pairs(bench)
    keep(bench.folder, "lamp-10-colour", "lamp-12-colour", likely=(-0.2, -0.1))
    with pytest.raises(BookError, match="want 3 kept drafts.*there are 2"):
        SelfTaught(checked=3).pairs(bench)


def test_drafts_that_are_missing_too_few_or_not_of_train_are_refused(tmp_path):
    bench = open_bench(str(write_task(tmp_path / "lamps")), "fake")
    with pytest.raises(BookError, match="no kept drafts. Record a study"):
        SelfTaught().pairs(bench)
    keep(bench.folder, "lamp-10-colour")
    with pytest.raises(BookError, match="wants 2 kept drafts.*there are 1"):
        SelfTaught(examples=2).pairs(bench)
    keep(bench.folder, "lamp-16-colour")
    with pytest.raises(BookError, match="lamp-16-colour is no train question"):
        SelfTaught().pairs(bench)
    (bench.folder / "kept.jsonl").write_text("{}\n")
    with pytest.raises(BookError, match="not a file of kept drafts"):
        SelfTaught().pairs(bench)
