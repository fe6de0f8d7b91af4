"""The rungs of a ladder, and the train split that is held out where a folder has none."""

from dataclasses import replace
from math import ceil

import pytest

from experiments.core import BookError, Example
from experiments.evidence.ladder.rungs import (
    LEAST_TRAINED,
    MOST_TRAINED,
    SEARCHED,
    rungs_for,
    with_train_split,
)
from experiments.evidence.studies.declared import declared_studies
from experiments.methods.bench import open_bench
from experiments.methods.training.fine_tuned import check_leaks
from experiments.tasks.settings import Settings
from tests.evidence.tiny import write_task


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Open 90 lamps with 108 questions, all of the test split."""
    return open_bench(str(write_task(tmp_path_factory.mktemp("task") / "lamps", lamps=90)), "fake")


def asked_and_trained(bench):
    return bench.examples("test"), bench.examples("train")


def test_half_of_the_questions_are_held_out_in_whole_groups(bench):
    asked, trained = asked_and_trained(with_train_split(bench, "test"))
    assert len(trained) == 54 and len(asked) == 54
    assert not {e.group for e in asked} & {e.group for e in trained}
    assert sorted(e.id for e in asked + trained) == sorted(e.id for e in bench.all_examples)


def test_the_seed_draws_what_is_held_out(bench):
    first, again, other = ([e.id for e in with_train_split(one, "test").examples("train")]
                           for one in (bench, bench, bench.with_seed(1)))
    assert first == again != other


def test_questions_of_one_wording_stay_together(bench):
    # Pairs of groups ask the same words, and each group asks two things: blocks of four.
    examples = tuple(Example(f"{n}-{part}", f"what of {part} {n // 2}?", ("x",), group=f"g{n}")
                     for n in range(60) for part in ("colour", "Price"))
    again = replace(bench, all_examples=examples)
    held = with_train_split(again, "test")
    asked, trained = asked_and_trained(held)
    assert len(trained) == 60
    check_leaks(held, trained)  # raises where a wording or a group is on both sides
    assert {int(e.group[1:]) // 2 for e in asked} == set(range(30)) - {
        int(e.group[1:]) // 2 for e in trained}


def test_what_dev_asks_too_is_not_held_out(bench):
    examples = tuple(Example(f"{n}", f"what of {n % 100}?", ("x",), group=f"g{n}",
                             split="dev" if n >= 100 else "test") for n in range(110))
    held = with_train_split(replace(bench, all_examples=examples), "test")
    trained = held.examples("train")
    check_leaks(held, trained)
    assert len(trained) == 50 and not {e.id for e in trained} & {str(n) for n in range(10)}


def test_too_little_to_hold_out_says_how_much_is_needed(bench):
    few = replace(bench, all_examples=bench.all_examples[:50])
    with pytest.raises(BookError, match="of 50 at most half .* 25. Training needs 40: bring 80"):
        with_train_split(few, "test")


def test_one_large_group_cannot_be_parted(bench):
    one = replace(bench, all_examples=tuple(replace(e, group="all") for e in bench.all_examples))
    with pytest.raises(BookError, match="in whole groups: 0"):
        with_train_split(one, "test")


def test_a_train_split_is_taken_as_it_is_and_a_small_one_refused(bench):
    marked = [replace(e, split="train") for e in bench.all_examples[:LEAST_TRAINED]]
    enough = replace(bench, all_examples=(*marked, *bench.all_examples[LEAST_TRAINED:]))
    assert with_train_split(enough, "test") is enough
    small = replace(bench, all_examples=(*marked[:30], *bench.all_examples[30:]))
    with pytest.raises(BookError, match="30 are marked .* mark 10 more"):
        with_train_split(small, "test")


def test_rungs_go_from_untrained_to_trained_and_train_on_no_more_than_the_chapters_did():
    for kind, most in (("questions", 160), ("classification", 300), ("extraction", 120)):
        rungs = rungs_for(Settings(kind=kind), train=1000)
        trained = [rung.trained for rung in rungs if not rung.bracket]
        assert trained == sorted(trained) and any(trained)
        assert {r.recipe.examples for r in rungs if r.trained} == {most}
        assert {r.recipe.examples for r in rungs_for(Settings(kind=kind), most) if r.trained} == {0}


def test_the_rates_are_those_that_the_chapters_searched_for_at_their_steps():
    studies = declared_studies()
    for one in SEARCHED.values():
        study = studies[one.study]
        recipe, tuning = study.arms[one.arm], study.arms[one.arm].tuning
        examples = recipe.examples or len(open_bench(study.task, "fake").examples("train"))
        assert (tuning.learning_rate, tuning.batch_size) == (one.rate, one.batch_size)
        assert abs(tuning.epochs * ceil(examples / tuning.batch_size) - one.steps) <= tuning.epochs
        assert one.tuning(examples) == tuning


@pytest.mark.parametrize("kind", MOST_TRAINED)
def test_fewer_examples_are_seen_more_often_so_that_the_steps_are_about_as_many(kind):
    def steps(train):
        tunings = [r.recipe.tuning for r in rungs_for(Settings(kind=kind), train) if r.trained]
        return [one.epochs * train / one.batch_size for one in tunings]

    for few, many in zip(steps(40), steps(MOST_TRAINED[kind]), strict=True):
        assert few == pytest.approx(many, rel=0.1)


def test_a_tuned_model_is_asked_with_the_bare_wording_where_there_is_one():
    worded = Settings(kind="classification", wordings={"bare": {"closed": "Queue?"}})
    assert {r.recipe.wording for r in rungs_for(worded, 100) if r.trained} == {"bare"}
    assert {r.recipe.wording for r in rungs_for(Settings(kind="extraction"), 100)
            if r.trained} == {""}
