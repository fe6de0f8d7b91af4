"""How Decomposed follows a plan: scripted plans on four pages, searched by hand."""

import pytest

from experiments.core import paths
from experiments.methods.retrieving.decomposed import NAMED, STEPS_TOKENS, WORKED, Decomposed, split
from tests.methods.mixers import (
    BRIDGE,
    BRIDGE_WITH_PAGES,
    COMPARISON,
    TAUGHT,
    TAUGHT_WITH_PAGES,
    Scripted,
    assert_calls_and_order_do_not_matter,
    found,
    mixers,
    say,
)

LOOK_UP = "Which mixer does the Pofa hook fit?"
PLANS = {
    BRIDGE.text: say(f"{LOOK_UP} | How long is the cable of the {{1}}?", tokens=100),
    COMPARISON.text: say("How long is the cable of the Mixer 110? | "
                         "How long is the cable of the Mixer 220?", tokens=200),
}
REPLIES = {
    LOOK_UP: say("Mixer 220 [1]", tokens=40),
    BRIDGE.text: say("80 cm [2]", tokens=300),
    COMPARISON.text: say("Mixer 110 [1]", tokens=500),
}


def script():
    """Return a model that plans well."""
    return Scripted(PLANS, REPLIES)


def follow(plan, question=BRIDGE):
    """Follow one plan with a model that writes it; give the trace and the model."""
    model = Scripted({question.text: say(plan)}, REPLIES)
    (trace,) = Decomposed().follow(mixers(model), [question])
    return trace, model


@pytest.mark.parametrize(("plan", "steps"), [
    ("Which fan? | How loud is the {1}?", ("Which fan?", "How loud is the {1}?")),
    ("Which fan?|How loud?", ("Which fan?", "How loud?")),
    ("Which fan?", ("Which fan?", "Which fan?")),
    ("Which fan? |", ("Which fan?", "Which fan?")),
    ("One? | Two? | Three?", ("One?", "Two? | Three?")),
])
def test_a_line_is_read_as_two_steps_or_as_one_step_twice(plan, steps):
    assert split(plan) == steps


def test_the_second_step_of_a_bridge_names_what_the_first_step_found():
    (trace,) = Decomposed().follow(mixers(script()), [BRIDGE])
    assert trace.said == "Mixer 220"
    assert trace.steps == (LOOK_UP, "How long is the cable of the Mixer 220?")
    assert found(trace.hits) == ["pofa-hook", "mixer-220"]
    assert [hit.rank for hit in trace.hits] == [1, 2]


def test_the_first_step_is_asked_about_its_own_passage_only():
    model = script()
    Decomposed().follow(mixers(model), [BRIDGE])
    looked_up = model.asked[1]
    assert looked_up[-1].content == (
        "[1] Pofa hook: This hook fits the Mixer 220 alone. It costs $4.\n"
        f"Question: {LOOK_UP}")
    assert len(looked_up) == 2 + 2 * len(NAMED)


def test_the_steps_of_a_comparison_are_looked_up_without_an_answer_in_between():
    model = script()
    bench = mixers(model)
    (trace,) = Decomposed().follow(bench, [COMPARISON])
    assert found(trace.hits) == ["mixer-110", "mixer-220"]
    assert trace.said == "" and len(trace.spent) == len(model.asked) == 1
    assert bench.index("keyword", 256).queries == list(trace.steps)


def test_what_was_not_taken_apart_is_searched_as_it_is_and_shown_once():
    trace, model = follow("How long is the cable?")
    assert trace.steps == ("How long is the cable?", "How long is the cable?")
    assert found(trace.hits) == ["mixer-110"]
    assert len(model.asked) == 1


def test_a_wrong_name_in_the_middle_leads_to_the_wrong_page():
    model = Scripted(PLANS, REPLIES | {LOOK_UP: say("Mixer 110 [1]")})
    (trace,) = Decomposed().follow(mixers(model), [BRIDGE])
    assert found(trace.hits) == ["pofa-hook", "mixer-110"]


def test_more_passages_a_step_are_joined_with_those_of_the_first_step_in_front():
    (trace,) = Decomposed(k=2).follow(mixers(script()), [BRIDGE])
    # Step 1 shares 4 words with the hook's page, and "the" and "mixer" with all others, the first
    # by id being the Mixer 110. Step 2 shares 4 with the Mixer 220 and 3 with the Mixer 110.
    assert found(trace.hits) == ["pofa-hook", "mixer-110", "mixer-220"]
    assert [hit.rank for hit in trace.hits] == [1, 2, 3]


def test_the_plan_is_asked_for_without_any_page_and_with_room_for_two_questions():
    model = script()
    mixers(model).cook(Decomposed(shots=0))([BRIDGE])
    plan = model.asked[0]
    assert len(plan) == 2 + 2 * len(WORKED)
    assert plan[-1].content == f"Question: {BRIDGE.text}"
    assert not any("[1]" in message.content for message in plan)
    assert model.budgets == [STEPS_TOKENS, 24, 24]


def test_the_answer_is_read_from_the_passages_of_both_steps():
    model = script()
    (answer,) = mixers(model).cook(Decomposed(shots=0))([BRIDGE])
    assert answer.text == "80 cm [2]" and found(answer.hits) == ["pofa-hook", "mixer-220"]
    assert model.asked[-1][-1].content.splitlines() == BRIDGE_WITH_PAGES


def test_an_answer_costs_what_all_its_steps_cost():
    bridge, comparison = mixers(script()).cook(Decomposed(shots=0))([BRIDGE, COMPARISON])
    assert (bridge.prompt_tokens, bridge.completion_tokens) == (100 + 40 + 300, 10 + 4 + 30)
    assert (comparison.prompt_tokens, comparison.completion_tokens) == (200 + 500, 20 + 50)
    assert bridge.stage_seconds["prefill"] == pytest.approx(1 + 0.4 + 3)
    assert comparison.stage_seconds["decode"] == pytest.approx(0.2 + 0.5)
    assert bridge.stage_seconds["search"] >= 0


def test_a_worked_answer_shows_the_pages_that_its_own_plan_finds():
    plan = say("Which mixer does the Rima lid fit? | How heavy is the {1}?")
    model = Scripted(PLANS | {TAUGHT.question: plan},
                     REPLIES | {"Which mixer does the Rima lid fit?": say("Mixer 110 [1]")})
    mixers(model, examples=[TAUGHT]).cook(Decomposed())([COMPARISON])
    _, shown, reply, _ = model.asked[-1]
    assert shown.content.splitlines() == TAUGHT_WITH_PAGES
    assert reply.content == "9 kg [2]"


def test_answers_do_not_depend_on_the_call_or_on_the_order():
    assert_calls_and_order_do_not_matter(mixers(script()).cook(Decomposed(shots=0)))


def test_no_worked_example_is_about_anything_in_the_benchmark():
    names = {"Pofa", "Ondo", "Remi", "Sibo", "Nupa", "Gamlo", "Tirex", "Ruda", "Lesto"}
    worked = " ".join([part for example in WORKED for part in example]
                      + [text for one in NAMED for text in (one.question, *one.passages)])
    assert all(name in worked for name in names)
    folder = paths.TASKS / "support-two-hop"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("documents/*.md"))]
    texts.append((folder / "questions.jsonl").read_text(encoding="utf-8"))
    assert len(texts) == 337
    assert not [name for name in names for text in texts if name in text]
