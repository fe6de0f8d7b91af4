"""Examples that come from another edition of the task than the one that is asked."""

from experiments.methods.bench import open_bench
from experiments.methods.prompting.few_shot import FewShot


def shown(recipe, seed=0):
    """The calls that the first test request is shown, and the system turn above them."""
    bench = open_bench("desk-tools-second", "fake").with_seed(seed)
    question = bench.examples("test")[0].asked()
    bench = bench.lend(recipe)
    recipe.build(bench)([question])
    system, *turns = bench.prompts[question.id]
    return system.content, [turn.content for turn in turns if turn.role == "assistant"]


def test_stale_examples_are_the_same_requests_in_the_old_names():
    fresh_list, fresh = shown(FewShot(shots=160, refusals=0))
    stale_list, stale = shown(FewShot(shots=160, refusals=0, source="desk-tools"))
    assert fresh_list == stale_list and "reserve_space" in fresh_list
    rooms = [place for place, call in enumerate(fresh) if '"name":"reserve_space"' in call]
    assert len(rooms) == 20
    assert all('"name":"book_room"' in stale[place] for place in rooms)
    assert not any("reserve_space" in call for call in stale)


def test_the_seed_draws_from_the_other_task_too():
    recipe = FewShot(shots=4, source="desk-tools")
    assert shown(recipe) == shown(recipe) != shown(recipe, seed=1)
