"""The articles' procedures: every leaf by a named project, or proven out of reach."""

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.decide.agreement import outcomes
from experiments.decide.articles.bands import Matrix, VolumeBands
from experiments.decide.articles.checklist import EightQuestions, UseCases
from experiments.decide.articles.distinctions import FiveQuestions, OneDistinction
from experiments.decide.articles.lists import ThreeLists
from experiments.decide.articles.procedures import OTHER_READINGS, PROCEDURES, TITLES, place_of
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.verdict import CONFLICT, GAP, Step, Verdict, walk

EVERY = (*PROCEDURES, *OTHER_READINGS)
STILL = {"changes": "yearly", "private_documents": False}
TUNABLE = {"prompted_hard": True, "measured_retrieval": True, "labelled_examples": 250,
           "fault": "behaviour", "changes": "quarterly", "queries_per_month": 100_000,
           "held_out_set": True, "can_retrain": True}
QUIET = {"private_documents": False, "known_questions": True, "fault": "behaviour"}

# Each leaf of each procedure, and a project that gets exactly this answer from it.
REACHED = [
    (FiveQuestions(), "1: changing facts", "RAG", {"changes": "monthly"}),
    (FiveQuestions(), "2: private documents", "RAG", {"changes": "quarterly"}),
    (FiveQuestions(), "3: behaviour", "tune", {**STILL, "fault": "behaviour"}),
    (FiveQuestions(), "3: facts", "RAG", {**STILL, "fault": "facts"}),
    (FiveQuestions(), "3: not known", "RAG", STILL),
    (FiveQuestions(reads_on=True), "1: changing facts", "RAG", {}),
    (FiveQuestions(reads_on=True), "2: private documents", "RAG", {"changes": "yearly"}),
    (FiveQuestions(reads_on=True), "3: behaviour", "tune", {**STILL, "fault": "behaviour"}),
    (FiveQuestions(reads_on=True), "3: facts", "RAG", {**STILL, "fault": "facts"}),
    (FiveQuestions(reads_on=True), "3: not known", "RAG", STILL),
    (FiveQuestions(reads_on=True), "4: volume", "tune",
     {**STILL, "fault": "facts", "queries_per_month": 3_040_001}),
    (FiveQuestions(reads_on=True), "5: both", "both",
     {**STILL, "fault": "facts", "other_fault": True}),
    (OneDistinction(), "not known", "RAG", {}),
    (OneDistinction(), "both", "both", {"fault": "behaviour", "other_fault": True}),
    (OneDistinction(), "behaviour", "tune", {"fault": "behaviour"}),
    (OneDistinction(), "facts", "RAG", {"fault": "facts"}),
    (ThreeLists(), "hybrid list", "both",
     {"changes": "weekly", "product_fit": True, "runs_search": True, "runs_training": True}),
    (ThreeLists(), "retrieval list", "RAG", {**QUIET, "needs_citations": True}),
    (ThreeLists(), "tuning list", "tune",
     {**QUIET, "labelled_examples": 500, "prompted_hard": True}),
    (ThreeLists(), "prompting first", "prompt", QUIET),
    (ThreeLists(needs_all=True), "hybrid list", "both",
     {"changes": "daily", "product_fit": True, "runs_search": True, "runs_training": True}),
    (ThreeLists(needs_all=True), "retrieval list", "RAG",
     {"changes": "weekly", "needs_citations": True}),
    (ThreeLists(needs_all=True), "tuning list", "tune",
     {**QUIET, "labelled_examples": 500, "prompted_hard": True, "strict_format": True,
      "deep_reasoning": True}),
    (ThreeLists(needs_all=True), "prompting first", "prompt", {}),
    (EightQuestions(), "1: prompt first", "prompt", {}),
    (EightQuestions(), "2: measure retrieval", "RAG", {"prompted_hard": True}),
    (EightQuestions(), "3: too few examples", "prompt", {**TUNABLE, "labelled_examples": 199}),
    (EightQuestions(), "4: facts", "RAG", {**TUNABLE, "fault": "facts"}),
    (EightQuestions(), "5: moves too fast", "prompt", {**TUNABLE, "changes": "monthly"}),
    (EightQuestions(), "5: moves too fast, facts missing", "RAG",
     {**TUNABLE, "changes": "monthly", "other_fault": True}),
    (EightQuestions(), "6: too small", "prompt", {**TUNABLE, "queries_per_month": 49_999}),
    (EightQuestions(), "6: too small, facts missing", "RAG",
     {**TUNABLE, "queries_per_month": 49_999, "other_fault": True}),
    (EightQuestions(), "7: no test set", "undecided", {**TUNABLE, "held_out_set": False}),
    (EightQuestions(), "8: cannot retrain", "prompt", {**TUNABLE, "can_retrain": False}),
    (EightQuestions(), "8: cannot retrain, facts missing", "RAG",
     {**TUNABLE, "can_retrain": False, "other_fault": True}),
    (EightQuestions(), "8: tune and retrieve", "both", {**TUNABLE, "other_fault": True}),
    (EightQuestions(), "8: tune", "tune", TUNABLE),
    (UseCases(), "website chatbot", "RAG", {"use_case": "website chatbot"}),
    (UseCases(), "extraction", "tune", {"use_case": "extraction", "fault": "behaviour"}),
    (UseCases(), "extraction, outside facts", "both",
     {"use_case": "extraction", "fault": "facts"}),
    (UseCases(), "classification", "tune", {"use_case": "classification"}),
    (UseCases(), "agent: prompt", "prompt", {"use_case": "tool agent"}),
    (UseCases(), "agent: retrieve", "RAG", {"use_case": "tool agent", "prompted_hard": True}),
    (UseCases(), "agent: tune", "tune",
     {"use_case": "tool agent", "prompted_hard": True, "measured_retrieval": True}),
    (UseCases(), "code", "RAG", {"use_case": "code"}),
    (UseCases(), "document that fits", "long context",
     {"use_case": "one document", "corpus_tokens": 200_000}),
    (UseCases(), "document too long", "RAG",
     {"use_case": "one document", "corpus_tokens": 200_001}),
    (VolumeBands(), "below 10 million", "RAG", {"queries_per_month": 9_999_999}),
    (VolumeBands(), "10 to 50 million", "undecided", {"queries_per_month": 10_000_000}),
    (Matrix(), "structured output", "tune", {"strict_format": True}),
    (Matrix(), "moving facts, moderate traffic", "RAG",
     {"queries_per_month": 10_000_000, "changes": "weekly"}),
    (Matrix(), "still facts, highest traffic", "tune",
     {"queries_per_month": 100_000_001, "changes": "quarterly"}),
    (Matrix(), "deep reasoning", "both",
     {"queries_per_month": 50_000_000, "deep_reasoning": True}),
    (Matrix(), "hard latency", "tune", {"queries_per_month": 10_000_000, "latency_ms": 99}),
]
# No combination of answers gets these, which the test below proves by running all of them.
UNREACHED = {
    "Heym tree": ("4: volume", "5: both"),
    "Actian bands": ("from 50 million: tune", "from 50 million: hybrid"),
}


@pytest.mark.parametrize(("procedure", "leaf", "recommendation", "answers"), REACHED)
def test_a_leaf_is_reached_by_a_named_project(procedure, leaf, recommendation, answers):
    verdict = procedure.verdict(Profile(**answers))
    assert (verdict.recommendation, verdict.leaves) == (recommendation, (leaf,))
    assert verdict.reasons and not verdict.candidates


@pytest.mark.parametrize("procedure", EVERY, ids=lambda one: one.name)
def test_every_other_leaf_is_out_of_reach(procedure):
    found = outcomes(procedure)
    assert found.unreached == UNREACHED.get(procedure.name, ())
    named = {leaf for one, leaf, _, _ in REACHED if one == procedure}
    assert named == set(found.reached)
    assert named | set(found.unreached) == {leaf.name for leaf in procedure.leaves()}


@pytest.mark.parametrize("procedure", EVERY, ids=lambda one: one.name)
def test_a_procedure_looks_only_at_the_questions_that_it_says_it_asks(procedure):
    drawn = random.Random(f"questions of {procedure.name}")
    for _ in range(300):
        one, other = (Profile(**{name: drawn.choice(asked["answers"])
                                 for name, asked in QUESTIONS.items()}) for _ in range(2))
        same = {name: getattr(one, name) for name in procedure.asks}
        assert procedure.verdict(one) == procedure.verdict(replace(other, **same))


@pytest.mark.parametrize("procedure", EVERY, ids=lambda one: one.name)
def test_every_question_that_is_asked_matters_to_somebody(procedure):
    codes = outcomes(procedure).codes
    idle = {name for axis, name in enumerate(procedure.asks)
            if (codes == codes.take([0], axis=axis)).all()}
    # Word for word, nobody comes as far as the tree's last two questions.
    dead = {"queries_per_month", "other_fault"}
    assert idle == (dead if procedure == FiveQuestions() else set())


@pytest.mark.parametrize("procedure", EVERY, ids=lambda one: one.name)
def test_every_rule_is_a_claim_of_the_procedures_own_article(procedure):
    for leaf in procedure.leaves():
        assert place_of(leaf.claim, procedure.article).startswith(TITLES[procedure.article])


def test_reasons_that_are_no_leaves_are_claims_of_the_article_too():
    every = Profile(changes="weekly", needs_citations=True, fault="behaviour", prompted_hard=True,
                    strict_format=True, deep_reasoning=True, labelled_examples=2_000)
    reasons = ThreeLists().verdict(every).reasons
    assert len(reasons) == 2 + 4 + 3
    assert all(place_of(reason.backing, "s2") for reason in reasons)


def test_a_claim_of_another_article_has_no_place():
    assert place_of("rule-s3-uc-website", "s0") == ""


def test_the_tree_word_for_word_counts_as_the_ledger_counts():
    # con-27: of 32 profiles none reaches question 4 or 5; of the 16 that need both, 14 get
    # retrieval and 2 tuning. Read on, at most 4 of the 16 reach the hybrid.
    answers = itertools.product(("monthly", "yearly"), (True, False), ("facts", "behaviour"),
                                (100_000, 5_000_000), (True, False))
    profiles = [Profile(changes=c, private_documents=p, fault=f, queries_per_month=q,
                        other_fault=o) for c, p, f, q, o in answers]
    assert len(profiles) == 32
    strict = [FiveQuestions().verdict(profile) for profile in profiles]
    assert not any(step.startswith(("4.", "5.")) for one in strict for step in one.path)
    both = [one.recommendation for one, p in zip(strict, profiles, strict=True) if p.other_fault]
    assert Counter(both) == {"RAG": 14, "tune": 2}
    kind = Counter(FiveQuestions(reads_on=True).verdict(p).recommendation
                   for p in profiles if p.other_fault)
    assert kind["both"] == 4


def test_the_matrix_has_gaps_and_conflicts_among_the_ledgers_96_profiles():
    # By hand, without structured output (48): below 10 M none (12 gaps). At 20 M, weekly: RAG,
    # and half of it in conflict with hard latency; else latency tunes or nothing (2 x 2 gaps).
    # At 70 M, three rates: reasoning or latency alone decide, both conflict, neither is a gap.
    # At 200 M the same, but still facts tune, so there no gap and reasoning conflicts twice.
    counts = Counter()
    for volume, changes, flags in itertools.product(
            (5_000_000, 20_000_000, 70_000_000, 200_000_000), ("weekly", "monthly", "quarterly"),
            itertools.product((False, True), repeat=3)):
        profile = Profile(queries_per_month=volume, changes=changes, strict_format=flags[0],
                          deep_reasoning=flags[1], latency_ms=80 if flags[2] else 2_000)
        counts[profile.strict_format, Matrix().verdict(profile).recommendation] += 1
    assert counts[False, GAP] == 12 + 2 * 2 + 3 + 2
    assert counts[False, CONFLICT] == 2 + 3 + (1 + 1 + 2)
    # With structured output nothing is a gap, and whatever says RAG or both is a conflict:
    # 20 M weekly (4), and deep reasoning from 70 M (2 volumes x 3 rates x 2).
    assert counts[True, GAP] == 0 and counts[True, CONFLICT] == 4 + 12


def test_the_bands_from_fifty_million_name_two_techniques():
    for queries in (50_000_000, 200_000_000):
        verdict = VolumeBands().verdict(Profile(queries_per_month=queries))
        assert (verdict.recommendation, verdict.candidates) == (CONFLICT, ("tune", "both"))


def test_two_lists_that_apply_are_a_conflict_and_none_is_a_gap():
    both = ThreeLists().verdict(Profile(strict_format=True, labelled_examples=500))
    assert (both.recommendation, both.candidates) == (CONFLICT, ("RAG", "tune"))
    none = ThreeLists().verdict(Profile(**QUIET, prompted_hard=True, labelled_examples=499))
    assert (none.recommendation, none.leaves) == (GAP, ())


def test_another_kind_of_product_is_a_gap_of_the_use_cases():
    assert UseCases().verdict(Profile(use_case="other")).recommendation == GAP


def test_a_tree_without_an_end_is_a_gap_and_an_end_that_does_not_stop_is_kept():
    assert walk((Step("Is it?", lambda p: True),), Profile()).recommendation == GAP
    verdict = FiveQuestions(reads_on=True).verdict(Profile(**STILL, fault="behaviour"))
    assert verdict.path[-1] == "5. Are facts and behaviour both needed? no"
    assert verdict.recommendation == "tune"


def test_a_verdict_is_a_known_one():
    with pytest.raises(BookError, match="guess"):
        Verdict("guess", (), (), ())
