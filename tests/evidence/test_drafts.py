"""Of a study's drafts the first that is fit to send, once mended, is kept for each question."""

import json
from types import SimpleNamespace

import pytest

from experiments.core import Answer, BookError, Example
from experiments.evidence.analysis import drafts
from experiments.evidence.analysis.drafts import keep, main, write_kept
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.variants.supplied import Supplied
from experiments.tasks.kept import Kept, read_kept
from experiments.tasks.settings import Settings

FIT, MENDABLE, LOST = ("Your Aldra 480 has 14 months [1]. Orvanta Care", "You just have 14months!",
                       "We give 14 months.")
TEXTS = {0: (LOST, FIT, LOST), 1: (MENDABLE, LOST, LOST), 2: (FIT, FIT, "You have 15 months.")}
MENDED = "You have 14 months [1]. Orvanta Care"


def results(folder, split="train"):
    """Return three drafts a question, of three questions that ask the same."""
    examples = [Example(name, "[1] Draft page: ...\nCustomer: How long, Aldra 480?",
                        (FIT, "14 months"), split=split) for name in "abc"]
    return SimpleNamespace(
        study=SimpleNamespace(name="drafted", split=split, seeds=(0, 1, 2), arms={"shown": None}),
        bench=SimpleNamespace(folder=folder, settings=Settings(kind="style")), examples=examples,
        answers=lambda arm, seed: [Answer(e.id, text)
                                   for e, text in zip(examples, TEXTS[seed], strict=True)])


def test_the_first_fit_draft_is_kept_and_a_question_without_one_is_left_out(tmp_path):
    expected = [Kept("a", MENDED, drafts=3, fit=2), Kept("b", FIT, drafts=3, fit=2)]
    assert keep(results(tmp_path), "shown") == expected
    assert write_kept(results(tmp_path), "shown") == tmp_path / "kept.jsonl"
    assert read_kept(tmp_path) == expected
    assert json.loads((tmp_path / "kept.jsonl").read_text().splitlines()[0]) == {
        "id": "a", "reply": MENDED, "drafts": 3, "fit": 2}


def test_answers_to_held_out_questions_are_no_drafts(tmp_path):
    with pytest.raises(BookError, match="asks the test split; what is trained on is drafted"):
        keep(results(tmp_path, split="test"), "shown")


def labelled(recipe, told):
    """Return the answers of a prompt that may show two of four labelled messages."""
    examples = tuple(Example(name, f"message {name}", ("billing",), split="train")
                     for name in "abcd")
    bench = SimpleNamespace(task="tiny", settings=Settings(kind="classification"), seed=0,
                            with_seed=lambda seed: bench, examples=lambda split: list(examples))
    return SimpleNamespace(
        study=SimpleNamespace(name="teacher", split="train", seeds=(0,), arms={"long": recipe}),
        bench=bench, examples=examples,
        answers=lambda arm, seed=None: [Answer(e.id, told[e.id]) for e in examples])


def test_where_nothing_is_graded_all_is_kept_but_what_the_prompt_could_show():
    told = {"a": "billing", "b": "none", "c": "app", "d": "billing"}
    found = labelled(Supplied(FewShot(shots=1), examples=2), told)
    pool = {e.id for e in found.study.arms["long"].choose(found.bench)}
    assert len(pool) == 2
    assert keep(found, "long") == [Kept(name, told[name], drafts=1, fit=1)
                                   for name in "abcd" if name not in pool]


@pytest.mark.parametrize("recipe", [FewShot(), Supplied(FewShot())])
def test_a_prompt_that_could_show_every_train_question_teaches_none(recipe):
    with pytest.raises(BookError, match="may show any train question.*Wrap its recipe"):
        keep(labelled(recipe, dict.fromkeys("abcd", "none")), "long")


def test_the_command_writes_the_drafts_of_a_declared_study(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(drafts, "declared_studies",
                        lambda: {"drafted": results(tmp_path).study})
    monkeypatch.setattr(drafts, "replay", lambda study: results(tmp_path))
    assert main(["drafted"]) == 0
    assert "2 of 3 questions have a draft that is kept" in capsys.readouterr().out
    assert main(["other"]) == 2 and "drafted" in capsys.readouterr().err
