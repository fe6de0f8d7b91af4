"""What RAFT trains on: oracles, distractors, replies; and the same reader with other passages."""

import dataclasses
import random

import pytest

from experiments.core import REFUSAL, Answer, BookError, Example
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.raft import Raft, place, sentence_with, without_quote
from experiments.methods.variants.given import Given
from experiments.models.training.tuning import Tuning

SEEDS = range(3)


def shown(recipe, bench):
    """Map the ids of the train examples to (passages, reply) of their training records."""
    chosen = recipe.choose(bench)
    records = recipe.show(bench, chosen)
    return {e.id: (one.passages, one.reply) for e, one in zip(chosen, records, strict=True)}


def titles(passages):
    """Read the titles of numbered passages: "[1] Lamp 12: ..." is Lamp 12."""
    return [line.split(": ")[0].split("] ")[1] for line in passages]


def test_a_training_pair_holds_the_oracle_among_distractors_and_cites_it(lamps):
    pairs = dict(zip((e.id for e in lamps.examples("train")),
                     Raft(oracle_share=1.0, train_k=3).pairs(lamps), strict=True))
    prompt, reply = pairs["lamp-12-colour"]
    assert prompt[0].content == lamps.templates.grounded
    *passages, question = prompt[-1].content.split("\n")
    assert len(passages) == 3 and question == "Question: Which shade has Lamp 12?"
    place_of_oracle = 1 + titles(passages).index("Lamp 12")
    assert reply == f"coral [{place_of_oracle}]"


@pytest.mark.parametrize("kind", ["hard", "random"])
@pytest.mark.parametrize("seed", SEEDS)
def test_passages_are_distinct_and_a_distractor_is_never_the_oracle(lamps, kind, seed):
    bench = lamps.with_seed(seed)
    for share, oracles in ((1.0, 1), (0.0, 0)):
        recipe = Raft(oracle_share=share, train_k=4, distractors=kind)
        for name, (passages, _) in shown(recipe, bench).items():
            found = titles(passages)
            assert len(found) == len(set(found)) == 4
            if name.endswith("colour"):
                own = f"Lamp {name.split('-')[1]}"
                assert found.count(own) == oracles


def test_hard_distractors_are_the_best_that_the_search_finds_elsewhere(lamps):
    questions = [e.asked() for e in lamps.examples("train")]
    ranked = lamps.index("keyword", 256).search([q.text for q in questions], 8)
    barred = [("lamp-12",)] * len(questions)
    placed = place(lamps, Raft(), questions, [[]] * len(questions), barred, 3)
    for hits, best in zip(placed, ranked, strict=True):
        expected = [h.chunk.id for h in best if h.chunk.doc_id != "lamp-12"][:3]
        assert sorted(h.chunk.id for h in hits) == sorted(expected)


def test_the_share_of_oracles_is_what_the_seed_draws_and_grows_with_the_share(lamps):
    answerable = [e for e in lamps.examples("train") if e.answerable]
    for seed in SEEDS:
        kept = {share: {e.id for e in answerable
                        if Raft(oracle_share=share).keeps_oracle(e, seed)}
                for share in (0.0, 0.4, 0.8, 1.0)}
        drawn = {e.id for e in answerable
                 if random.Random(f"oracle share/{e.id}/{seed}").random() < 0.4}
        assert kept[0.4] == drawn and not kept[0.0] and len(kept[1.0]) == len(answerable)
        assert kept[0.4] <= kept[0.8]
        replies = [reply for _, reply in
                   shown(Raft(oracle_share=0.4), lamps.with_seed(seed)).values()]
        assert sum(reply.endswith("]") for reply in replies) == len(drawn)


def test_the_share_comes_out_over_many_examples():
    asked = [Example(f"e{n}", "?", ("yes",)) for n in range(1000)]
    kept = sum(Raft(oracle_share=0.8).keeps_oracle(e, 0) for e in asked)
    assert 750 <= kept <= 850  # 800, and four standard errors of 12.6


def test_an_example_without_oracle_is_refused_or_memorised(lamps):
    refuse = shown(Raft(oracle_share=0.0), lamps)
    memorise = shown(Raft(oracle_share=0.0, missing="memorise"), lamps)
    assert refuse["lamp-12-colour"][1] == REFUSAL
    assert memorise["lamp-12-colour"][1] == "coral"
    assert refuse["lamp-12-price"][1] == memorise["lamp-12-price"][1] == REFUSAL
    assert [each[0] for each in refuse.values()] == [each[0] for each in memorise.values()]


def test_an_unanswerable_example_shows_what_the_search_finds(lamps):
    passages, reply = shown(Raft(oracle_share=1.0), lamps)["lamp-12-price"]
    question = next(e.question for e in lamps.examples("train") if e.id == "lamp-12-price")
    (best,) = lamps.index("keyword", 256).search([question], 1)
    assert f"Lamp {best[0].chunk.doc_id.split('-')[1]}" in titles(passages) and reply == REFUSAL


def test_the_place_of_the_oracle_follows_the_seed_and_not_a_habit(lamps):
    places = {reply for seed in range(8) for reply in (
        shown(Raft(oracle_share=1.0), lamps.with_seed(seed))["lamp-12-colour"][1],)}
    assert places == {"coral [1]", "coral [2]"}
    assert Raft().pairs(lamps) == Raft().pairs(lamps) != Raft().pairs(lamps.with_seed(1))


def test_a_quoting_reply_begins_with_the_sentence_and_the_answer_is_read_behind_it(lamps):
    _, reply = shown(Raft(oracle_share=1.0, quote=True), lamps)["lamp-12-colour"]
    assert reply.startswith("«The shade of Lamp 12 is coral.» coral [")
    answer = Answer("lamp-12-colour", reply)
    assert without_quote(answer).text == reply.split("» ")[1]
    assert without_quote(dataclasses.replace(answer, text="«The shade")).text == "«The shade"
    assert without_quote(dataclasses.replace(answer, text=REFUSAL)).text == REFUSAL


def test_the_sentence_is_the_first_that_holds_an_answer():
    text = "# Lamp 12\n\nIts cord has 1.5 m. The lamp costs $12. It costs $12 in red."
    assert sentence_with(text, ["$12"]) == "The lamp costs $12."
    assert sentence_with(text, ["1.5 m"]) == "Its cord has 1.5 m."
    assert sentence_with(text, ["green"]) == text


def test_quoting_leaves_room_for_the_quote(lamps):
    asked = [e.asked() for e in lamps.examples("test")]
    taken = []
    real = lamps.generator.generate
    lamps.generator.generate = (
        lambda *a, **k: taken.append(k["max_new_tokens"]) or real(*a, **k))
    lamps.cook(Raft(quote=True))(asked)
    lamps.cook(Raft())(asked)
    assert taken == [72, 24]


def test_raft_refuses_leaks_and_tasks_whose_answers_stand_in_no_passage(lamps):
    *rest, held = lamps.all_examples
    leaking = dataclasses.replace(
        lamps, all_examples=(*rest, dataclasses.replace(held, group="lamp-10")))
    with pytest.raises(BookError, match="would leak"):
        Raft().pairs(leaking)
    labels = dataclasses.replace(lamps.settings, kind="classification", labels={"a": ("b",)})
    with pytest.raises(BookError, match="stand in no passage"):
        Raft().pairs(dataclasses.replace(lamps, settings=labels))


@pytest.mark.parametrize("wrong", [{"missing": "guess"}, {"distractors": "soft"},
                                   {"oracle_share": 80}, {"train_k": 0}])
def test_settings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(BookError, match="not "):
        Raft(**wrong)


@pytest.mark.parametrize("reader", [Rag(search="keyword", k=3, shots=1), Raft(k=3),
                                    FineTuned(k=3)])
def test_a_reader_is_given_the_gold_passage_among_distractors_or_none(lamps, reader):
    asked = [e.asked() for e in lamps.examples("test")]
    for context, count in (("oracle", 1), ("distractors", 0)):
        for given in lamps.cook(Given(reader, context))(asked):
            own = "-".join(given.example_id.split("-")[:2])
            found = [hit.chunk.doc_id for hit in given.hits]
            assert len(set(found)) == 3 and found.count(own) == count


def test_a_given_reader_is_trained_as_the_reader_itself(lamps):
    reader = Raft(tuning=Tuning(epochs=1))
    assert Given(reader).pairs(lamps) == reader.pairs(lamps)
    assert Given(reader).tuning == reader.tuning and not Given(Rag()).trained


@pytest.mark.parametrize("wrong", [{"context": "none"}, {"reader": FineTuned(k=0)}])
def test_a_given_reader_reads(wrong):
    with pytest.raises(BookError, match="a context is one of"):
        Given(**wrong)
