"""Fewer examples and wrong labels: drawn by the seed, and found without knowing where they are."""

import dataclasses

import numpy as np
import pytest

from experiments.core import BookError, Example
from experiments.methods.baselines.majority import Majority
from experiments.methods.baselines.neighbours import Neighbours
from experiments.methods.bench import open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.training import noise
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.variants.supplied import Supplied
from experiments.tasks.routing.generate import read_traits

LABELS = ["billing", "refunds", "returns"]
TWENTY = [Example(f"m{n}", f"message {n}", (LABELS[n % 3],)) for n in range(20)]
# Two heaps of five. The last of each bears the label of the other heap.
HEAPS = np.array([[1.0, 0.02 * n] for n in range(5)] + [[0.02 * n, 1.0] for n in range(5)])
HEAPS = HEAPS / np.linalg.norm(HEAPS, axis=1, keepdims=True)
MARKED = ["app"] * 4 + ["orders"] * 5 + ["app"]


def changed(spoiled):
    """Name the examples whose label is no longer the true one."""
    return [e.id for e, true in zip(spoiled, TWENTY, strict=True) if e.reply != true.reply]


@pytest.mark.parametrize("share, count", [(0.0, 0), (0.1, 2), (0.3, 6), (0.5, 10)])
def test_exactly_the_share_gets_another_label(share, count):
    assert len(changed(noise.spoil(TWENTY, share, LABELS, 0))) == count


def test_a_greater_share_spoils_all_that_a_lesser_does_in_the_same_way():
    few, many = (noise.spoil(TWENTY, share, LABELS, 0) for share in (0.1, 0.5))
    assert set(changed(few)) < set(changed(many))
    replies = {e.id: e.reply for e in many}
    assert all(replies[e.id] == e.reply for e in few if e.id in changed(few))


def test_another_seed_spoils_others():
    assert changed(noise.spoil(TWENTY, 0.3, LABELS, 0)) != changed(
        noise.spoil(TWENTY, 0.3, LABELS, 1))


def test_one_label_cannot_be_replaced():
    with pytest.raises(BookError, match="at least two labels"):
        noise.spoil(TWENTY, 0.3, ["billing"], 0)


def test_neighbours_disagree_with_a_label_that_lies_in_the_other_heap():
    # Eight of nine are asked: for "orders" in the first heap its four heap mates all say "app".
    found = noise.disagreement(HEAPS, MARKED)
    assert set(np.argsort(-found)[:2]) == {4, 9}
    assert found[4] > 0.9 and found[0] < 0.5


def test_a_label_that_the_rest_would_not_give_has_the_greatest_loss():
    losses = noise.held_out_loss(HEAPS, MARKED, 0)
    assert set(np.argsort(-losses)[:2]) == {4, 9}
    assert losses[4] > np.log(2) > losses[0], "worse than a guess, and better"


def test_a_label_seen_in_no_other_fold_has_a_large_loss_and_not_an_infinite_one():
    losses = noise.held_out_loss(HEAPS, ["app"] * 4 + ["orders"] * 5 + ["returns"], 0)
    assert losses.argmax() == 9 and losses[9] == pytest.approx(-np.log(1e-6))


@pytest.mark.parametrize("finder", ["neighbours", "loss"])
def test_the_tenth_that_looks_worst_is_looked_at(finder):
    assert set(noise.suspects(finder, HEAPS, MARKED, 0)) <= {4, 9}
    assert len(noise.suspects(finder, HEAPS, MARKED, 0)) == 1  # a tenth of ten


def test_by_chance_somebody_looks_where_the_seed_says():
    picks = {seed: noise.suspects("random", HEAPS, MARKED, seed) for seed in range(8)}
    assert picks[0] == noise.suspects("random", HEAPS, MARKED, 0)
    assert len({place for (place,) in picks.values()}) > 1
    with pytest.raises(BookError, match="random, neighbours, loss, not 'hunch'"):
        noise.suspects("hunch", HEAPS, MARKED, 0)


def test_looking_gives_the_true_label_back_and_leaves_the_rest():
    spoiled = noise.spoil(TWENTY, 0.3, LABELS, 0)
    places = [int(name[1:]) for name in changed(spoiled)]
    assert len(changed(noise.mend(spoiled, TWENTY, places[:2]))) == 4
    assert noise.mend(spoiled, TWENTY, places) == TWENTY


def replies(bench):
    """Map the train questions that a method is given to their labels."""
    return {e.id: e.reply for e in bench.examples("train")}


def test_more_examples_hold_all_of_the_fewer_and_the_questions_stay(lamps):
    three, five = (Supplied(examples=n).supply(lamps) for n in (3, 5))
    assert len(replies(three)) == 3 and replies(three).items() < replies(five).items()
    assert three.examples("test") == lamps.examples("test")
    assert replies(Supplied(examples=3).supply(lamps.with_seed(1))) != replies(three)


def test_the_whole_split_trains_as_if_nothing_were_supplied(lamps):
    assert Supplied(FineTuned()).pairs(lamps) == FineTuned().pairs(lamps)


def test_a_tuned_recipe_is_trained_on_the_spoiled_labels(lamps):
    right = FineTuned().pairs(lamps)
    wrong = Supplied(FineTuned(), noise=0.5).pairs(lamps)
    assert [prompt for prompt, _ in wrong] == [prompt for prompt, _ in right]
    # Half of nine examples, rounded to even, are four.
    assert sum(a[1] != b[1] for a, b in zip(wrong, right, strict=True)) == 4


def test_repair_gives_some_labels_back(lamps):
    right = replies(lamps)
    spoiled = replies(Supplied(noise=0.9).supply(lamps))
    mended = replies(Supplied(noise=0.9, repair="neighbours").supply(lamps))
    assert sum(spoiled[i] != right[i] for i in right) == 8
    assert sum(mended[i] != right[i] for i in right) in (7, 8)  # one of nine is looked at


def test_what_the_audit_asks_a_recipe_it_asks_through_the_supply():
    inner = FineTuned(wording="terse", constrained=True)
    outer = Supplied(inner)
    assert (outer.wording, outer.constrained, outer.tuning) == ("terse", True, inner.tuning)
    assert not Supplied(Neighbours()).trained and not Supplied(ClosedBook()).wording


def test_the_methods_that_read_the_train_split_see_the_supply_only(lamps):
    asked = [e.asked() for e in lamps.examples("test")]
    (commonest,) = {a.text for a in lamps.cook(Supplied(Majority(), examples=1))(asked)}
    (only,) = replies(Supplied(examples=1).supply(lamps)).values()
    assert commonest == only
    with pytest.raises(BookError, match="shows 4 examples of the train split, which has 3"):
        lamps.cook(Supplied(FewShot(shots=4), examples=3))


def test_a_supply_that_cannot_be_made_is_refused(lamps):
    for wrong in ({"noise": 1.0}, {"examples": -1}, {"repair": "hunch"}):
        with pytest.raises(BookError):
            Supplied(**wrong)
    with pytest.raises(BookError, match="wants 40 examples of the train split, which has 9"):
        Supplied(examples=40).supply(lamps)


def test_a_rare_kind_of_message_is_left_out_but_for_those_kept():
    routing = open_bench("routing", "fake")
    traits = read_traits(routing.folder)

    def rare(kept):
        supply = Supplied(examples=100, rare="other-keyword", kept=kept).supply(routing)
        return [e.id for e in supply.examples("train") if "other-keyword" in traits[e.group]]

    assert rare(0) == [] and len(rare(20)) == 20 and set(rare(20)) < set(rare(30))
    with pytest.raises(BookError, match="187 .* split without the trait .* which has 186"):
        Supplied(examples=187, rare="other-keyword").supply(routing)
    with pytest.raises(BookError, match="not 5 of 3"):
        Supplied(examples=3, rare="other-keyword", kept=5)


def test_a_task_without_traits_has_no_rare_messages(lamps):
    with pytest.raises(BookError, match="traits stand in messages_a.yaml"):
        Supplied(examples=3, rare="typo").supply(lamps)


def test_a_setting_left_out_keeps_the_fingerprint(lamps):
    plain = Supplied(FineTuned(), examples=5)
    assert lamps.fingerprint(plain) == lamps.fingerprint(dataclasses.replace(plain, noise=0.0))
    assert lamps.fingerprint(plain) != lamps.fingerprint(dataclasses.replace(plain, noise=0.1))
