"""The book's own procedure decides by published numbers, and says what it has not measured."""

import random
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.bill import bill
from experiments.costs.config import load_scenario
from experiments.decide import rules
from experiments.decide.agreement import outcomes
from experiments.decide.evidence import (
    BACKED,
    CONTRADICTED,
    OPEN,
    Rule,
    Support,
    chapter_place,
    published_numbers,
)
from experiments.decide.flips import Flip, flips, write
from experiments.decide.own import Book
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.volume import crossing, scenario_of
from experiments.evidence.declared import declared_studies
from experiments.evidence.published import Published
from experiments.tasks.catalogue import find_task, summarise

FACTS, BEHAVIOUR = Profile(fault="facts"), Profile(fault="behaviour")
# Numbers of trainings, which a test withholds or gives as it needs them.
TRAINED = ("tuned-routing-head", "tuned-own-extraction-gain", "style-tuned-gain",
           "baked-84-gain", "data-50-gain", "raft-gain", "train-tools-gain")


def number(name, low, high, *, unit="percent", minus=None):
    return Published(name, "study", "contains", "arm", unit, 1.0, minus, (low + high) / 2,
                     (low, high))


def numbers(**changed):
    """Give today's numbers without those of trainings, and the named ones with an interval."""
    known = {name: one for name, one in published_numbers().items() if name not in TRAINED}
    for name, (low, high) in changed.items():
        name = name.replace("_", "-")
        known[name] = number(name, low, high, minus="another")
    return known


def all_measured():
    return numbers(**{name.replace("-", "_"): (5.0, 20.0) for name in TRAINED})


def test_a_support_is_backed_open_or_contradicted():
    support = Support("gain", "above", 0)
    assert support.state({}) == OPEN
    assert support.state({"gain": number("gain", 0.1, 5)}) == BACKED
    assert support.state({"gain": number("gain", 0.0, 5)}) == CONTRADICTED
    assert support.state({"gain": number("gain", -9, -1)}) == CONTRADICTED
    below = Support("share", "below", 10)
    assert below.state({"share": number("share", 1, 9.9)}) == BACKED
    assert below.state({"share": number("share", 1, 10)}) == CONTRADICTED
    assert below.state({"share": Published("share", "s", "m", "a", "percent", 1.0)}) == OPEN
    around = Support("gain", "around", 0)
    assert around.state({"gain": number("gain", -1, 5)}) == BACKED
    assert around.state({"gain": number("gain", 0, 5)}) == BACKED
    assert around.state({"gain": number("gain", 0.1, 5)}) == CONTRADICTED
    assert around.state({"gain": number("gain", -5, -0.1)}) == CONTRADICTED
    with pytest.raises(BookError, match="above, below, around"):
        Support("gain", "beside")


def test_a_support_writes_its_number():
    support = Support("gain", "above", 0)
    known = {"gain": number("gain", 1, 5, minus="b")}
    assert support.describe(known) == "gain: 3.0 points [1.0, 5.0]"
    known = {"gain": number("gain", -1, 5)}
    assert support.describe(known) == "gain: 2.0 percent [-1.0, 5.0], which is not above 0"
    assert support.describe({}) == "gain: not measured in this book yet"


def test_a_rule_is_as_good_as_its_worst_number():
    rule = Rule("r", "RAG", "It holds.", "03_retrieval",
                (Support("a", "above", 0), Support("b", "above", 0)))
    good, bad = number("a", 1, 2), number("b", -2, -1)
    assert rule.state({"a": good, "b": number("b", 1, 2)}) == BACKED
    assert rule.state({"a": good}) == OPEN
    assert rule.state({"b": bad}) == CONTRADICTED
    assert rule.describe({"a": good}).startswith("chapter 03_retrieval: a: 1.5 percent")


def test_a_chapter_that_is_not_there_is_one_to_come():
    assert chapter_place("03_retrieval") == "chapter 03_retrieval"
    assert chapter_place("RAFT") == "RAFT, a chapter to come"


def test_every_rule_but_one_is_backed_by_the_published_numbers():
    """Fails when a new recording no longer supports what the book advises."""
    known = published_numbers()
    for rule in (*rules.RULES, *rules.REMARKS):
        state = CONTRADICTED if rule == rules.TUNED_LABELS else BACKED
        assert rule.state(known) == state, rule.describe(known)


# Each rule of the book and a project that it decides, with every number measured.
REACHED = [
    ("a linear head beats prompting", "linear head", False,
     {"use_case": "classification", "labelled_examples": 284}),
    ("prompting does not label", "undecided", True,
     {"use_case": "classification", "labelled_examples": 49}),
    ("tuning on few labels", "tune", True,
     {"use_case": "classification", "labelled_examples": 50}),
    ("tuning on few labels", "tune", True,
     {"use_case": "classification", "labelled_examples": 283}),
    ("look first", "undecided", True, {"private_documents": False}),
    ("what is one article long goes into the prompt", "long context", True,
     {"fault": "facts", "corpus_tokens": 500}),
    ("facts need documents", "RAG", True, {"fault": "facts"}),
    ("facts need documents", "RAG", True, {"fault": "unknown"}),
    ("examples do not extract", "undecided", False,
     {"fault": "behaviour", "use_case": "extraction"}),
    ("examples in the prompt give the format", "prompt", True,
     {"fault": "behaviour", "strict_format": True}),
    ("examples in the prompt move behaviour", "prompt", True, {"fault": "behaviour"}),
    ("tuning labels", "tune", True, {"use_case": "classification", "labelled_examples": 400}),
    ("examples do not extract", "undecided", True,
     {"fault": "behaviour", "use_case": "extraction", "labelled_examples": 119}),
    ("tuning extracts", "tune", True,
     {"fault": "behaviour", "use_case": "extraction", "labelled_examples": 120}),
    ("tuning gives the behaviour that a prompt does not", "tune", True,
     {"fault": "behaviour", "prompted_hard": True, "labelled_examples": 50}),
    ("collect approved replies", "undecided", True,
     {"fault": "behaviour", "prompted_hard": True, "labelled_examples": 49}),
    ("tuning replaces a long prompt", "tune", True,
     {"fault": "behaviour", "queries_per_month": 200_000_000, "instruction_tokens": 4_000,
      "labelled_examples": 84}),
    ("examples in the prompt move behaviour", "prompt", True,
     {"fault": "behaviour", "queries_per_month": 200_000_000, "instruction_tokens": 4_000,
      "labelled_examples": 83}),
    ("near examples call tools", "prompt", True,
     {"fault": "behaviour", "use_case": "tool agent", "labelled_examples": 159}),
    ("tuning calls the tools it knows", "tune", True,
     {"fault": "behaviour", "use_case": "tool agent", "labelled_examples": 160}),
    ("a tuned reader reads passages better", "both", True,
     {"fault": "facts", "labelled_examples": 160}),
]


@pytest.mark.parametrize(("rule", "recommendation", "measured", "answers"), REACHED)
def test_a_rule_is_reached_by_a_named_project(rule, recommendation, measured, answers):
    book = Book(all_measured() if measured else numbers())
    verdict = book.verdict(Profile(**answers))
    assert (verdict.recommendation, verdict.leaves) == (recommendation, (rule,))


def test_every_rule_of_the_book_is_named_above_and_an_open_one_is_out_of_reach():
    assert {rule for rule, *_ in REACHED} == {rule.name for rule in rules.RULES}
    book = Book()
    assert set(outcomes(book).unreached) >= {rule.name for rule in book.open_rules()}


def test_what_is_not_measured_is_said_and_decides_nothing():
    book = Book(numbers())
    verdict = book.verdict(Profile(fault="behaviour", prompted_hard=True, labelled_examples=50))
    assert (verdict.recommendation, verdict.leaves) == ("undecided", ())
    (reason,) = verdict.reasons
    assert reason.says.startswith("Open: not measured in this book yet.")
    assert "style-tuned-gain" in reason.backing
    both = book.verdict(Profile(fault="facts", labelled_examples=160))
    assert both.recommendation == "RAG" and "raft-gain" in both.reasons[1].backing


def test_a_number_that_turns_out_otherwise_takes_the_rule_away():
    book = Book(numbers(rag_gain=(-3.0, 2.0)))
    verdict = book.verdict(FACTS)
    assert verdict.recommendation == "undecided"
    assert verdict.reasons[0].says.startswith("Contradicted by the records")
    assert "which is not above 0" in verdict.reasons[0].backing


def test_without_any_number_the_book_only_says_to_look_first():
    book = Book({})
    for procedure_answers in (FACTS, BEHAVIOUR, Profile(use_case="classification")):
        assert book.verdict(procedure_answers).recommendation == "undecided"
    assert book.verdict(Profile(private_documents=False)).leaves == ("look first",)
    assert book.longest_read_tokens == 0


def test_the_book_looks_only_at_the_questions_that_it_says_it_asks():
    drawn = random.Random("questions of the book")
    book = Book(all_measured())
    for _ in range(300):
        one, other = (Profile(**{name: drawn.choice(asked["answers"])
                                 for name, asked in QUESTIONS.items()}) for _ in range(2))
        same = {name: getattr(one, name) for name in book.asks}
        assert book.verdict(one) == book.verdict(replace(other, **same))


def test_the_labels_that_a_rule_asks_for_are_those_its_training_had():
    studies = declared_studies()

    def had(study, arm):
        return studies[study].arms[arm].examples

    assert summarise(find_task("routing"))["train"] == rules.LABELLED_MESSAGES == 284
    assert summarise(find_task("desk-tools"))["train"] == rules.LABELLED_CALLS == 160
    assert had("data-sizes", "LoRA, 50") == rules.FEW_MESSAGES == 50
    assert had("baked-labels", "84 true labels") == rules.PROMPTS_MESSAGES == 84
    assert had("style-replies", "50 replies") == rules.APPROVED_REPLIES == 50
    assert had("tuned-clauses-own", "LoRA, own rate") == rules.LABELLED_CLAUSES == 120
    assert had("raft-best", "RAFT, own rate") == rules.LABELLED_QUESTIONS == 160


def test_facts_with_labels_are_retrieved_for_a_trained_reader_and_the_scope_is_said():
    verdict = Book(all_measured()).verdict(replace(FACTS, labelled_examples=160))
    assert verdict.recommendation == "both"
    first = verdict.reasons[0]
    assert "RAFT" in first.says and "135 million parameters" in first.says
    assert first.backing == "chapter 16_raft: raft-gain: 12.5 points [5.0, 20.0]"
    assert "at least 160 questions have an approved answer and its document: yes" in verdict.path
    assert "documentation for developers" in verdict.reasons[1].says


def test_facts_without_labels_are_retrieved_and_the_verdict_says_what_would_change_it():
    book = Book(all_measured())
    verdict = book.verdict(replace(FACTS, labelled_examples=159))
    assert verdict.recommendation == "RAG"
    assert any(reason.says.startswith("What would change the verdict: 160 questions")
               for reason in verdict.reasons)
    flip = Flip("labelled_examples", "159", "at least 160", "both")
    assert flip in flips(book, replace(FACTS, labelled_examples=159))


def test_a_verdict_to_tune_says_what_would_make_the_training_worthless():
    verdict = Book(all_measured()).verdict(
        Profile(fault="behaviour", use_case="tool agent", labelled_examples=160))
    assert verdict.recommendation == "tune"
    assert any("worthless" in reason.says and "train-tools-renamed" in reason.backing
               for reason in verdict.reasons)


def test_documents_that_fit_the_prompt_are_not_searched_however_many_labels_there_are():
    small = replace(FACTS, corpus_tokens=500, labelled_examples=2_000)
    assert Book(all_measured()).verdict(small).recommendation == "long context"


def test_a_reader_whose_gain_is_not_separated_is_not_recommended():
    known = {**all_measured(), "raft-gain": number("raft-gain", -1.0, 20.0, minus="RAG")}
    verdict = Book(known).verdict(replace(FACTS, labelled_examples=160))
    assert verdict.recommendation == "RAG"
    assert "which is not above 0" in verdict.reasons[1].backing
    assert not any(reason.says.startswith("What would change") for reason in verdict.reasons)


def test_the_corpus_flips_at_the_longest_prompt_that_was_read():
    book = Book(numbers(prompt_oracle_tokens=(599.0, 601.0)))
    (flip,) = [one for one in flips(book, FACTS) if one.question == "corpus_tokens"]
    assert flip == Flip("corpus_tokens", "2,000,000", "at most 600", "long context")


def test_labels_flip_at_the_measured_size_in_both_directions():
    book = Book(numbers())
    labels = replace(BEHAVIOUR, use_case="classification", labelled_examples=0)
    up = [one for one in flips(book, labels) if one.question == "labelled_examples"]
    assert up == [Flip("labelled_examples", "0", "at least 284", "linear head")]
    down = [one for one in flips(book, replace(labels, labelled_examples=2_000))
            if one.question == "labelled_examples"]
    assert down == [Flip("labelled_examples", "2,000", "at most 283", "undecided")]
    few = flips(Book(numbers(data_50_gain=(5.0, 20.0))), labels)
    assert [(one.then, one.recommendation) for one in few
            if one.question == "labelled_examples"] == [
        ("at least 50", "tune"), ("at least 284", "linear head")]


def test_a_choice_flips_by_its_other_answers():
    found = {(one.question, one.then): one.recommendation for one in flips(Book(numbers()), FACTS)}
    assert found["fault", "behaviour"] == "prompt"
    assert found["use_case", "classification"] == "undecided"
    assert ("fault", "unknown") not in found  # with private documents it stays retrieval


def test_a_volume_flips_where_tuning_becomes_the_cheaper_one():
    book = Book(all_measured())
    profile = replace(BEHAVIOUR, instruction_tokens=4_000, labelled_examples=84)
    (flip,) = [one for one in flips(book, profile) if one.question == "queries_per_month"]
    at = crossing(profile).queries_per_month
    assert flip.recommendation == "tune" and flip.then == f"at least {int(at) + 1:,}"


def test_at_the_crossing_both_cost_the_same():
    for instructions, hours, fault in ((4_000, 65, "behaviour"), (20_000, 10, "facts")):
        profile = Profile(fault=fault, instruction_tokens=instructions, labour_hours=hours)
        at = crossing(profile).queries_per_month
        scenario = scenario_of(instructions, hours)
        pair = ("rag", "tuned rag") if fault == "facts" else ("prompt", "tuned")
        plain, tuned = (bill(name, scenario).usd_per_month(at) for name in pair)
        assert plain == pytest.approx(tuned)
        assert crossing(profile).above(2 * at) and not crossing(profile).above(at / 2)


def test_more_hours_move_the_crossing_up_and_longer_instructions_down():
    at = {(tokens, hours): crossing(Profile(fault="behaviour", instruction_tokens=tokens,
                                            labour_hours=hours)).queries_per_month
          for tokens in (4_000, 8_000) for hours in (30, 100)}
    assert at[4_000, 100] > at[4_000, 30] > at[8_000, 30]
    assert at[8_000, 100] > at[8_000, 30]


def test_short_instructions_are_never_worth_training_away():
    assert crossing(Profile(fault="behaviour", instruction_tokens=50)) is None


def test_the_hours_of_a_run_are_the_profiles_hours_and_nothing_is_counted_twice():
    scenario = scenario_of(4_000, 65)
    assert scenario.tuning.labelling_hours_per_run == 65
    assert scenario.tuning.evaluation_hours_per_run == 0
    assert scenario.product.instruction_tokens == 4_000
    assert scenario.rates == load_scenario(DATA / "cost_example.yaml").rates


def test_answers_are_written_as_people_write_them():
    assert [write(value) for value in (True, False, 1_000_000, "weekly")] == [
        "yes", "no", "1,000,000", "weekly"]
