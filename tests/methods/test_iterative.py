"""How Iterative walks from page to page: four pages, searched by hand."""

from experiments.core import Chunk, Example, Hit
from experiments.methods.retrieving.iterative import Iterative, new_names
from tests.methods.mixers import (
    BRIDGE,
    BRIDGE_WITH_PAGES,
    COMPARISON,
    TAUGHT,
    TAUGHT_WITH_PAGES,
    Scripted,
    assert_calls_and_order_do_not_matter,
    documents,
    found,
    mixers,
    say,
)

REPLIES = {BRIDGE.text: say("80 cm [2]", tokens=300),
           COMPARISON.text: say("Mixer 110 [1]", tokens=500)}


PLAIN = Iterative()


def walk(question, recipe=PLAIN):
    """Search for one question without any model; give the hits and the queries."""
    bench = mixers()
    (hits,) = recipe.find(bench, [question.text])
    return hits, bench.index("keyword", 256).queries


def test_names_that_the_first_page_brings_lead_to_the_second():
    hits, queries = walk(BRIDGE)
    assert queries == [BRIDGE.text, f"{BRIDGE.text} Mixer 220"]
    assert found(hits) == ["pofa-hook", "mixer-220"]
    assert [hit.rank for hit in hits] == [1, 2]


def test_one_search_for_the_same_bridge_takes_the_wrong_mixer():
    (ranked,) = mixers().index("keyword", 256).search([BRIDGE.text], 2)
    assert found(ranked) == ["pofa-hook", "mixer-110"]


def test_both_pages_of_a_comparison_are_found_though_no_name_is_new():
    hits, queries = walk(COMPARISON)
    assert queries == [COMPARISON.text, COMPARISON.text]
    assert found(hits) == ["mixer-110", "mixer-220"]


def test_a_page_found_before_is_passed_over_with_all_its_passages():
    pages = documents()
    hook = pages["pofa-hook"]
    half = hook.text.index("It costs")
    chunks = [Chunk.cut(hook, 0, half), Chunk.cut(hook, half, len(hook.text)),
              Chunk.cut(pages["mixer-220"], 0, len(pages["mixer-220"].text))]
    bench = mixers(chunks=chunks)
    (hits,) = Iterative().find(bench, ["What does the Pofa hook cost? It costs how much?"])
    # The second half of the hook's page shares "it" and "costs", the mixer's page shares "the".
    assert found(hits) == ["pofa-hook", "mixer-220"]


def test_one_hop_is_the_plain_search_and_a_third_hop_brings_a_third_page():
    assert found(walk(BRIDGE, Iterative(hops=1))[0]) == ["pofa-hook"]
    hits, queries = walk(BRIDGE, Iterative(hops=3))
    # The mixer's page names nothing new; of the pages left, the Mixer 110's shares most words.
    assert queries[2] == queries[1]
    assert found(hits) == ["pofa-hook", "mixer-220", "mixer-110"]


def test_where_no_page_is_left_the_walk_ends():
    page = documents()["mixer-110"]
    bench = mixers(chunks=[Chunk.cut(page, 0, len(page.text))])
    assert [found(hits) for hits in Iterative().find(bench, [BRIDGE.text])] == [["mixer-110"]]


def test_a_name_is_capitalised_inside_a_sentence_new_and_listed_once():
    page = ("Mixer 330 comes first. It was made for the Mixer 220, the Tavo; not for the Pofa "
            "hook, Mixer 220 or 110 others. Oslo")
    chunk = Chunk("page", 0, len(page), page)
    assert new_names("Who sells the Pofa hook?", [Hit(chunk, 1.0, 1)]) == ["Mixer 220", "Tavo"]


def test_no_model_is_asked_while_searching_and_one_call_answers():
    model = Scripted({}, REPLIES)
    bench = mixers(model)
    Iterative().find(bench, [BRIDGE.text, COMPARISON.text])
    assert model.asked == []
    bridge, comparison = bench.cook(Iterative(shots=0))([BRIDGE, COMPARISON])
    assert len(model.asked) == 2
    assert (bridge.prompt_tokens, bridge.completion_tokens) == (300, 30)
    assert (comparison.prompt_tokens, comparison.completion_tokens) == (500, 50)
    assert bridge.stage_seconds["search"] == comparison.stage_seconds["search"] >= 0
    assert set(bridge.stage_seconds) == {"search", "prefill", "decode"}


def test_the_model_reads_one_page_a_hop_in_the_order_of_the_hops():
    model = Scripted({}, REPLIES)
    (answer,) = mixers(model).cook(Iterative(shots=0))([BRIDGE])
    assert answer.text == "80 cm [2]" and found(answer.hits) == ["pofa-hook", "mixer-220"]
    assert model.asked[-1][-1].content.splitlines() == BRIDGE_WITH_PAGES


def test_a_worked_answer_shows_the_pages_of_its_own_walk():
    model = Scripted({}, REPLIES)
    mixers(model, examples=[TAUGHT]).cook(Iterative())([BRIDGE])
    _, shown, reply, _ = model.asked[-1]
    assert shown.content.splitlines() == TAUGHT_WITH_PAGES
    assert reply.content == "9 kg [2]"


def test_a_train_question_whose_answer_the_walk_misses_is_not_shown():
    # Its words lead to the Mixer 110 and, by that name, to the lid: the 7 kg stand on neither.
    missed = Example("missed", "How heavy is the mixer that takes the Nupa tray?", ("7 kg",),
                     ("mixer-220",), "train", "mixer-220")
    model = Scripted({}, REPLIES)
    mixers(model, examples=[TAUGHT, missed]).cook(Iterative())([BRIDGE])
    shown = [message.content for message in model.asked[-1] if message.role == "assistant"]
    assert shown == ["9 kg [2]"]


def test_answers_do_not_depend_on_the_call_or_on_the_order():
    answer = mixers(Scripted({}, REPLIES)).cook(Iterative(shots=0))
    assert_calls_and_order_do_not_matter(answer)
    assert answer([]) == []
