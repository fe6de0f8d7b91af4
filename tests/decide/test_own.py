"""The book's own procedure decides by published numbers, and says what it has not measured."""

import random
import re
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.costs.bill import bill
from experiments.costs.config import load_scenario
from experiments.decide.articles.volume import about, crossing, right_answers, scenario_of
from experiments.decide.flips import Flip, flips, write
from experiments.decide.own import rules, training
from experiments.decide.own.procedure import Book
from experiments.decide.own.support import (
    BACKED,
    CONTRADICTED,
    OPEN,
    Rule,
    Support,
    chapter_place,
    published_numbers,
)
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.projects import PROJECTS
from experiments.decide.report import report
from experiments.evidence.checks.published import Published
from experiments.evidence.studies.declared import declared_studies
from experiments.tasks.catalogue import find_task, summarise

FACTS, BEHAVIOUR = Profile(fault="facts"), Profile(fault="behaviour")
# Numbers of trainings, which a test withholds or gives as it needs them.
TRAINED = ("tuned-own-extraction-gain", "style-tuned-gain", "baked-84-gain", "data-50-gain",
           "raft-gain-bare", "train-tools-gain")
READY = {"prompted_hard": True, "held_out_set": True, "runs_search": True,
         "measured_retrieval": True, "queries_per_month": 200_000_000}


def number(name, low, high, *, unit="percent", minus=None):
    return Published(name, "study", "contains", "arm", unit, 1.0, minus, (low + high) / 2,
                     (low, high))


def numbers(**changed):
    """Return today's numbers without those of trainings, and the named ones with an interval."""
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


def test_every_rule_is_backed_by_the_published_numbers():
    """Fails when a new recording no longer supports what the book advises."""
    known = published_numbers()
    for rule in (*rules.RULES, *rules.REMARKS):
        assert rule.state(known) == BACKED, rule.describe(known)


# Each rule of the book and a project that it decides, with every number measured.
REACHED = [
    ("a linear head first", "linear head", False,
     {"use_case": "classification", "labelled_examples": 100}),
    ("few labels: the nearest in the prompt", "prompt", True,
     {"use_case": "classification", "labelled_examples": 99}),
    ("prompting does not label", "undecided", True,
     {"use_case": "classification", "labelled_examples": 0}),
    ("look first", "undecided", True, {"private_documents": False}),
    ("documents that fit go into the prompt", "long context", True,
     {"fault": "facts", "corpus_tokens": 500, "window_tokens": 8_192}),
    ("documents that fit go into the prompt", "long context", True,
     {"fault": "facts", "corpus_tokens": 50_000, "queries_per_month": 10_000,
      "window_tokens": 1_000_000, "labelled_examples": 2_000}),
    ("facts need documents", "RAG", True,
     {"fault": "facts", "corpus_tokens": 50_000, "queries_per_month": 10_000}),
    ("facts need documents", "RAG", True,
     {"fault": "facts", "corpus_tokens": 50_000, "queries_per_month": 10_000_000,
      "window_tokens": 1_000_000}),
    ("facts need documents", "RAG", True, {"fault": "facts"}),
    ("facts need documents", "RAG", True, {"fault": "unknown"}),
    ("examples do not extract", "undecided", False,
     {"fault": "behaviour", "use_case": "extraction"}),
    ("examples in the prompt give the format", "prompt", True,
     {"fault": "behaviour", "strict_format": True}),
    ("examples in the prompt move behaviour", "prompt", True, {"fault": "behaviour"}),
    ("examples do not extract", "undecided", True,
     {"fault": "behaviour", "use_case": "extraction", "labelled_examples": 119, **READY}),
    ("tuning extracts", "tune", True,
     {"fault": "behaviour", "use_case": "extraction", "labelled_examples": 120, **READY}),
    ("tuning gives the behaviour that a prompt does not", "tune", True,
     {"fault": "behaviour", "labelled_examples": 50, **READY}),
    ("the prompt has been tried", "undecided", True,
     {"fault": "behaviour", "labelled_examples": 49, **READY}),
    ("near examples call tools", "prompt", True,
     {"fault": "behaviour", "use_case": "tool agent", "labelled_examples": 159, **READY}),
    ("tuning calls the tools it knows", "tune", True,
     {"fault": "behaviour", "use_case": "tool agent", "labelled_examples": 160, **READY}),
    ("a tuned reader reads passages better", "both", True,
     {"fault": "facts", "labelled_examples": 160, **READY}),
]


@pytest.mark.parametrize(("rule", "recommendation", "measured", "answers"), REACHED)
def test_a_rule_is_reached_by_a_named_project(rule, recommendation, measured, answers):
    book = Book(all_measured() if measured else numbers())
    verdict = book.verdict(Profile(**answers))
    assert (verdict.recommendation, verdict.leaves) == (recommendation, (rule,))


def test_every_rule_of_the_book_is_named_above():
    assert {rule for rule, *_ in REACHED} == {rule.name for rule in rules.RULES}


def test_what_is_not_measured_is_said_and_decides_nothing():
    book = Book(numbers())
    verdict = book.verdict(Profile(fault="behaviour", labelled_examples=50, **READY))
    assert (verdict.recommendation, verdict.leaves) == ("undecided", ())
    assert verdict.reasons[0].says.startswith("Open: not measured in this book yet.")
    assert "style-tuned-gain" in verdict.reasons[0].backing
    both = book.verdict(Profile(fault="facts", labelled_examples=160, **READY))
    assert both.recommendation == "RAG" and "raft-gain-bare" in both.reasons[1].backing
    assert both.trial == ""


def test_a_training_whose_price_cannot_be_computed_decides_nothing():
    known = {name: one for name, one in all_measured().items() if name != "ladder-raft"}
    verdict = Book(known).verdict(Profile(fault="facts", labelled_examples=160, **READY))
    assert (verdict.recommendation, verdict.trial) == ("RAG", "")


def test_a_number_that_turns_out_otherwise_takes_the_rule_away():
    book = Book(numbers(rag_gain=(-3.0, 2.0)))
    verdict = book.verdict(FACTS)
    assert verdict.recommendation == "undecided"
    assert verdict.reasons[-1].says.startswith("Contradicted by the records")
    assert "which is not above 0" in verdict.reasons[-1].backing


def test_without_any_number_the_book_only_says_to_look_first():
    book = Book({})
    for procedure_answers in (FACTS, BEHAVIOUR, Profile(use_case="classification")):
        assert book.verdict(procedure_answers).recommendation == "undecided"
    assert book.verdict(Profile(private_documents=False)).leaves == ("look first",)


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

    assert summarise(find_task("desk-tools"))["train"] == rules.LABELLED_CALLS == 160
    assert had("data-sizes", "LoRA, 100") == rules.LEVEL_MESSAGES == 100
    assert had("baked-labels", "84 true labels") == rules.PROMPTS_MESSAGES == 84
    assert had("style-replies", "50 replies") == rules.APPROVED_REPLIES == 50
    assert had("tuned-clauses-own", "LoRA, own rate") == rules.LABELLED_CLAUSES == 120
    assert had("raft-best", "RAFT, own rate") == rules.LABELLED_QUESTIONS == 160


# The two projects of a reader who must decide within a month (a company of 60).
HELP_DESK = Profile(fault="facts", use_case="website chatbot", changes="weekly",
                    corpus_tokens=150_000, queries_per_month=8_000, labelled_examples=300)
ROUTING = Profile(fault="behaviour", use_case="classification", queries_per_month=5_000,
                  labelled_examples=5_000)


def test_a_help_desk_that_has_only_begun_is_not_sent_into_training():
    verdict = Book().verdict(HELP_DESK)
    assert verdict.recommendation == "RAG"
    tests, prompt, search = (step.says for step in verdict.first)
    assert tests.startswith("Write 100 to 200 test questions")
    assert prompt.startswith("Try the prompt") and search.startswith("Build the search")
    at = right_answers(HELP_DESK, training.READER.pair, *training.READER.shares(Book().numbers))
    assert at.at.queries_per_month > 100_000 > HELP_DESK.queries_per_month
    assert f"from about {about(at.at.queries_per_month)} queries a month" in verdict.trial
    assert "you expect 8,000" in verdict.trial and "no gain was shown" in verdict.trial
    assert "raft-gain-bare: " in verdict.trial and "raft-gain-devdocs: " in verdict.trial


def test_ticket_routing_begins_with_a_linear_head():
    verdict = Book().verdict(ROUTING)
    assert verdict.recommendation == "linear head" and verdict.trial == ""
    assert verdict.first[0].says == "Set 100 to 200 labelled messages aside for testing."
    assert "tuned-routing-head" in verdict.reasons[0].backing


def lacking(profile):
    """Name what somebody lacks to whom no training may be recommended."""
    shares = {one.rule.name: one for one in training.TRAININGS}
    (name,) = Book().verdict(profile).leaves
    one = shares[name]
    known = published_numbers()
    searches = one is training.READER
    lacks = [question for question in ("prompted_hard", "held_out_set")
             if not getattr(profile, question)]
    lacks += ["a look"] if profile.fault == "unknown" else []
    lacks += [q for q in ("runs_search", "measured_retrieval")
              if searches and not getattr(profile, q)]
    scenario = scenario_of(profile.instruction_tokens, profile.labour_hours, searches=searches)
    plain, tuned = (bill(approach, scenario).usd_per_month(profile.queries_per_month)
                    / known[share].value for approach, share in (
                        (one.pair.plain, one.plain), (one.pair.tuned, one.tuned)))
    return [*lacks, *(["volume"] if tuned > plain else []),
            *(["examples"] if profile.labelled_examples < one.examples else [])]


def test_nobody_is_sent_into_training_who_lacks_what_it_takes():
    """No drawn project of 4,000 trains without prompt, search, test set, labels and volume."""
    drawn, book, trained, withheld = random.Random("who may train"), Book(), 0, 0
    for _ in range(4_000):
        profile = Profile(**{name: drawn.choice(asked["answers"])
                             for name, asked in QUESTIONS.items()})
        profile = replace(profile, queries_per_month=int(10 ** drawn.uniform(2, 9)),
                          labelled_examples=int(10 ** drawn.uniform(0, 4)),
                          labour_hours=drawn.choice([10, 65, 200]),
                          window_tokens=drawn.choice([0, 8_192, 1_000_000]))
        verdict = book.verdict(profile)
        if verdict.recommendation in ("tune", "both"):
            trained += 1
            assert lacking(profile) == [], profile
        withheld += bool(verdict.trial)
    assert trained > 50 and withheld > 1_000


@pytest.mark.parametrize("question", ["prompted_hard", "held_out_set", "runs_search",
                                      "measured_retrieval"])
def test_each_step_that_is_missing_holds_the_training_back(question):
    ready = Profile(fault="facts", labelled_examples=160, **READY)
    book = Book()
    assert book.verdict(ready).recommendation == "both" and book.verdict(ready).first == ()
    lacks = book.verdict(replace(ready, **{question: False}))
    assert lacks.recommendation == "RAG" and len(lacks.first) == 1
    assert "once that is done" in lacks.trial


def test_nobody_trains_who_has_not_looked_at_what_is_wrong():
    verdict = Book().verdict(Profile(fault="unknown", labelled_examples=160, **READY))
    assert verdict.recommendation == "RAG"
    assert [step.says[:26] for step in verdict.first] == ["Collect fifty wrong answer"]


def test_the_volume_from_which_a_reader_is_trained_is_that_of_the_cost_model():
    ready = Profile(fault="facts", labelled_examples=160, **READY)
    (flip,) = [one for one in flips(Book(), ready) if one.question == "queries_per_month"]
    at = right_answers(ready, training.READER.pair, *training.READER.shares(Book().numbers)).at
    assert flip.recommendation == "RAG"
    assert flip.then == f"at most {int(at.queries_per_month):,}"


def test_facts_with_labels_are_retrieved_for_a_trained_reader_and_the_scope_is_said():
    verdict = Book(all_measured()).verdict(Profile(fault="facts", labelled_examples=160, **READY))
    assert verdict.recommendation == "both"
    first = verdict.reasons[0]
    assert "RAFT" in first.says and "135 million parameters" in first.says
    assert first.backing.startswith("chapter 16_raft: raft-gain-bare: 12.5 points [5.0, 20.0]; ")
    assert "documentation for developers no gain" in first.says
    assert "raft-gain-devdocs" in first.backing


def test_a_verdict_to_tune_says_what_would_make_the_training_worthless():
    verdict = Book(all_measured()).verdict(
        Profile(fault="behaviour", use_case="tool agent", labelled_examples=160, **READY))
    assert verdict.recommendation == "tune"
    assert any("worthless" in reason.says and "train-tools-renamed" in reason.backing
               for reason in verdict.reasons)


def test_documents_go_into_the_prompt_where_the_window_is_known_and_the_price_is_lower():
    book = Book()
    small = replace(FACTS, corpus_tokens=50_000, queries_per_month=10_000, labelled_examples=2_000)
    assert book.verdict(replace(small, window_tokens=50_000)).recommendation == "long context"
    assert book.verdict(replace(small, window_tokens=49_999)).recommendation == "RAG"
    unknown = book.verdict(small)
    assert unknown.recommendation == "RAG"
    assert any("Look up the window, and measure both" in one.says for one in unknown.reasons)


def test_no_size_of_our_own_sets_is_printed_as_a_threshold():
    """The mean length of our prompts and the size of our train split say nothing to a reader."""
    for profile in (*PROJECTS.values(), HELP_DESK, ROUTING, FACTS, BEHAVIOUR):
        text = report(profile)
        assert not re.search(r"\b(283|284|611)\b", text), text
        assert "at most 159" not in text


def test_a_reader_whose_gain_is_not_separated_is_not_recommended():
    known = {**all_measured(), "raft-gain-bare": number("raft-gain-bare", -1.0, 20.0, minus="RAG")}
    verdict = Book(known).verdict(Profile(fault="facts", labelled_examples=160, **READY))
    assert verdict.recommendation == "RAG" and verdict.trial == ""
    assert "which is not above 0" in verdict.reasons[1].backing


def test_labels_flip_at_about_a_hundred_and_at_none():
    book = Book()
    labels = replace(BEHAVIOUR, use_case="classification", labelled_examples=0)
    up = [one for one in flips(book, labels) if one.question == "labelled_examples"]
    assert up == [Flip("labelled_examples", "0", "at least 1", "prompt"),
                  Flip("labelled_examples", "0", "at least 100", "linear head")]
    down = [one for one in flips(book, replace(labels, labelled_examples=2_000))
            if one.question == "labelled_examples"]
    assert down == [Flip("labelled_examples", "2,000", "at most 99", "prompt"),
                    Flip("labelled_examples", "2,000", "at most 0", "undecided")]


def test_a_choice_flips_by_its_other_answers():
    found = {(one.question, one.then): one.recommendation for one in flips(Book(numbers()), FACTS)}
    assert found["fault", "behaviour"] == "prompt"
    assert found["use_case", "classification"] == "undecided"
    assert ("fault", "unknown") not in found  # with private documents it stays retrieval


def test_a_long_prompt_that_works_is_kept_and_its_price_is_said():
    profile = replace(BEHAVIOUR, instruction_tokens=4_000, queries_per_month=200_000_000)
    verdict = Book().verdict(profile)
    assert verdict.recommendation == "prompt"
    at = crossing(profile).queries_per_month
    assert any(f"pay from about {about(at)} queries" in one.says for one in verdict.reasons)


@pytest.mark.parametrize(("plain", "tuned", "pays"), [
    (0.0, 0.0, False), (0.0, 5.0, True), (5.0, 0.0, False)])
def test_a_share_of_none_is_no_division(plain, tuned, pays):
    found = right_answers(FACTS, training.READER.pair, plain, tuned)
    assert (found.pays, found.at) == (pays, None)


def test_at_the_volume_that_is_named_a_right_answer_costs_the_same():
    at = right_answers(FACTS, training.READER.pair, 30.0, 60.0).at.queries_per_month
    scenario = scenario_of(FACTS.instruction_tokens, FACTS.labour_hours, searches=True)
    plain, tuned = (bill(name, scenario).usd_per_month(at) for name in ("rag", "tuned rag"))
    assert plain / 0.3 == pytest.approx(tuned / 0.6)


@pytest.mark.parametrize(("volume", "written"), [
    (283_766, "280,000"), (1_250_000.5, "1,300,000"), (97.2, "97"), (0.2, "0")])
def test_a_volume_is_written_with_two_digits(volume, written):
    assert about(volume) == written


def test_at_the_crossing_both_cost_the_same():
    for instructions, hours in ((4_000, 65), (20_000, 10)):
        profile = Profile(fault="behaviour", instruction_tokens=instructions, labour_hours=hours)
        at = crossing(profile).queries_per_month
        scenario = scenario_of(instructions, hours)
        plain, tuned = (bill(name, scenario).usd_per_month(at) for name in ("prompt", "tuned"))
        assert plain == pytest.approx(tuned)
        assert crossing(profile).above(2 * at) and not crossing(profile).above(at / 2)


def test_worked_examples_are_no_gain_of_training_a_reader():
    assert crossing(Profile(fault="facts", instruction_tokens=20_000, labour_hours=10)) is None
    product = scenario_of(20_000, 10, searches=True).product
    assert product.tuned_instruction_tokens == product.instruction_tokens == 20_000


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
