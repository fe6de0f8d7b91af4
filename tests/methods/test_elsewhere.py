"""Weights of one task are asked another, and old skills are mixed into a training."""

import pytest

from experiments.core import BookError
from experiments.methods.bench import open_bench
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.mixed import Mixed
from experiments.methods.variants import elsewhere
from experiments.methods.variants.elsewhere import Elsewhere
from experiments.models.training.tuning import Tuning
from experiments.models.training.workshop import find_adapter, published_adapters, run_name
from experiments.tasks.general.generate import kind_of
from tests.methods.conftest import write_task

ROUTING = FineTuned(tuning=Tuning(rank=8, learning_rate=1e-3, epochs=4), wording="bare")


def test_the_pairs_are_those_of_the_other_task_in_its_own_wording(lamps):
    pairs = Elsewhere("routing", ROUTING).pairs(lamps)
    (system, user), reply = pairs[0]
    assert len(pairs) == 284 and system.content == "Name the queue."
    first = open_bench("routing", "fake").examples("train")[0]
    assert (user.content, reply) == (first.question, first.reply)


def test_the_published_adapter_of_each_seed_is_found_by_what_made_it():
    bench = open_bench("general")
    names = []
    for seed in (0, 1, 2):
        recipe = Elsewhere("routing", ROUTING)
        pairs = recipe.pairs(bench.with_seed(seed))
        found = find_adapter(run_name(bench.model, recipe.tuning, pairs, seed))
        assert found in published_adapters()
        names.append(found.name)
    assert len(set(names)) == 3 and names[1:] == ["tuned-routing-lora-seed1",
                                                  "tuned-routing-lora-seed2"]


def test_other_examples_of_a_seed_are_drawn_as_they_were_at_home(lamps, monkeypatch, tmp_path):
    home = open_bench(str(write_task(tmp_path / "home")), "fake")
    monkeypatch.setattr(elsewhere, "open_bench", lambda task, model: home)
    recipe = FineTuned(examples=3)
    for seed in (0, 1):
        assert (Elsewhere("home", recipe).pairs(lamps.with_seed(seed))
                == recipe.pairs(home.with_seed(seed)))


def test_a_quarter_of_the_pairs_is_mixed_in_and_none_of_the_own_is_left_out():
    bench = open_bench("routing", "fake")
    recipe = Mixed(ROUTING)
    own = ROUTING.pairs(bench.lend(ROUTING))
    pairs = recipe.pairs(bench.lend(recipe))
    assert pairs[:284] == own and len(pairs) == 284 + 95
    prompt, reply = pairs[-1]
    general = {e.question: e for e in open_bench("general", "fake").examples("train")}
    assert prompt[0].content == "Do what the user asks. Reply in a few words."
    assert reply == general[prompt[1].content].reply
    assert len({prompt[1].content for prompt, _ in pairs[284:]}) == 95


def test_kinds_that_are_not_trained_are_never_mixed_in():
    bench = open_bench("general", "fake")
    assert {kind_of(e.id) for e in bench.examples("train")} == {
        "twice", "count", "swap", "capital", "sum", "opposite"}


def test_a_share_that_the_other_task_cannot_fill_is_refused():
    bench = open_bench("routing", "fake")
    recipe = Mixed(ROUTING, share=0.5)
    with pytest.raises(BookError, match="wants 284 examples of its train split, which has 102"):
        recipe.pairs(bench.lend(recipe))
    with pytest.raises(BookError, match="above 0 and below 1, not 1"):
        Mixed(share=1.0)


def test_a_mixture_can_be_asked_elsewhere(lamps):
    recipe = Elsewhere("routing", Mixed(ROUTING))
    assert len(recipe.pairs(lamps)) == 379 and recipe.tuning == ROUTING.tuning


def test_old_weights_are_asked_in_the_words_and_held_to_the_form_of_the_new_task():
    bench = open_bench("desk-tools-second", "fake")
    plain, held = (Elsewhere("desk-tools", FineTuned(wording="bare")),
                   Elsewhere("desk-tools", FineTuned(wording="bare"), constrained=True,
                             wording="bare"))
    assert "reserve_space" in bench.lend(plain).templates.closed
    assert bench.lend(held).templates.closed == "Request to call."
    assert bench.lend(plain).form is None
    assert bench.lend(held).form.schema == bench.settings.schema
    assert plain.pairs(bench.lend(plain)) == held.pairs(bench.lend(held))
