"""Complaints are sorted by words, and advice about infrastructure names what is missing."""

from collections import Counter

import pytest

from experiments.core import BookError
from experiments.decide.articles.maturity import missing
from experiments.decide.complaints import SEEN, UNSEEN, Complaint
from experiments.decide.diagnosis import KINDS, confusion, diagnose, diagnose_project
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.verdict import TECHNIQUES
from experiments.evidence.analysis.articles import article_claims


@pytest.mark.parametrize(("text", "kind"), [
    ("It quotes last year's fee.", "facts"),
    ("It INVENTED a form.", "facts"),
    ("The JSON is broken.", "behaviour"),
    ("It quotes last year's fee, in the wrong tone.", "both"),
    ("I do not like it.", "unclear"),
    ("", "unclear"),
    ("The folder is golden.", "unclear"),  # no "old" inside another word
])
def test_a_complaint_is_sorted_by_its_words(text, kind):
    assert diagnose(text) == kind


def test_a_project_is_sorted_by_its_complaints():
    facts, form = "It is out of date.", "The JSON is broken."
    assert diagnose_project([facts] * 9 + [form]) == {"fault": "facts", "other_fault": False}
    # Two of ten are a fifth, which is enough to count.
    assert diagnose_project([facts] * 8 + [form] * 2) == {"fault": "facts", "other_fault": True}
    assert diagnose_project([form, "Hm."]) == {"fault": "behaviour", "other_fault": False}
    with pytest.raises(BookError, match="none of 2"):
        diagnose_project(["Hm.", "Oh."])


def test_a_project_of_complaints_answers_two_questions_of_a_profile():
    found = diagnose_project([one.text for one in SEEN])
    assert set(found) <= set(QUESTIONS) and Profile(**found) == Profile("facts", True)


def test_confusion_counts_every_complaint_once():
    table = confusion([Complaint("It is out of date.", "facts"), Complaint("Hm.", "facts"),
                       Complaint("Out of date, and no JSON.", "behaviour")])
    assert table == {("facts", "facts"): 1, ("facts", "unclear"): 1, ("behaviour", "both"): 1}
    assert sum(confusion(UNSEEN).values()) == len(UNSEEN)


def test_the_complaints_are_forty_and_no_two_alike():
    texts = [one.text for one in SEEN + UNSEEN]
    assert len(texts) == len(set(texts)) == 40
    for part in (SEEN, UNSEEN):
        assert Counter(one.fault for one in part) == {"facts": 10, "behaviour": 8, "both": 2}
    assert {one.fault for one in SEEN} < set(KINDS)


def test_each_technique_lacks_what_it_needs_and_no_more():
    bare = Profile()
    lacks = {name: [lack.question for lack in missing(name, bare)] for name in TECHNIQUES}
    assert lacks == {
        "prompt": [], "long context": [], "linear head": ["held_out_set"],
        "RAG": ["runs_search", "held_out_set"],
        "tune": ["runs_training", "held_out_set", "can_retrain"],
        "both": ["runs_search", "runs_training", "held_out_set", "can_retrain"]}
    ready = Profile(runs_search=True, runs_training=True, held_out_set=True, can_retrain=True)
    assert not any(missing(name, ready) for name in TECHNIQUES)
    with pytest.raises(BookError, match="undecided"):
        missing("undecided", bare)


def test_every_lack_is_asked_for_by_an_article():
    known = article_claims()
    assert all(lack.claim in known for name in TECHNIQUES for lack in missing(name, Profile()))
