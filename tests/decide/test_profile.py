"""A project's answers: what is read, what is refused, and a grid that misses no case."""

import random
from dataclasses import replace

import pytest

from experiments.core import BookError
from experiments.core.paths import DATA
from experiments.decide.articles.procedures import OTHER_READINGS, PROCEDURES
from experiments.decide.own.procedure import Book
from experiments.decide.profile import (
    LARGEST,
    QUESTIONS,
    Profile,
    grid,
    grid_size,
    load_profile,
    read_answer,
    read_profile,
)
from experiments.decide.projects import PROJECTS

EVERY = (*PROCEDURES, *OTHER_READINGS, Book())
# The book weighs these against each other; test_own tests the crossings at their own numbers.
PRICED = {"queries_per_month", "instruction_tokens", "labour_hours", "corpus_tokens",
          "window_tokens", "labelled_examples"}


def test_every_question_has_a_text_a_hint_and_its_default_among_the_answers():
    for name, asked in QUESTIONS.items():
        assert asked["question"].endswith("?") and asked["hint"].endswith("."), name
        assert asked["default"] in asked["answers"] and len(set(asked["answers"])) > 0, name


def test_the_grid_has_every_combination_once():
    # 3 faults, yes or no, 2 latencies
    profiles = list(grid(("fault", "other_fault", "latency_ms")))
    assert len(profiles) == len(set(profiles)) == grid_size(
        ("fault", "other_fault", "latency_ms")) == 12
    assert profiles[0] == Profile(fault="facts", other_fault=False, latency_ms=80)
    assert profiles[-1] == Profile(fault="unknown", other_fault=True, latency_ms=2_000)


def test_the_whole_grid_is_counted_by_hand():
    # fault, use case, how often, corpus, volume, latency, instructions, prompt bill, labelled,
    # hours (as the window: one answer); then 15 questions of yes or no.
    assert grid_size() == 3 * 7 * 5 * 3 * 6 * 2 * 2 * 2 * 4 * 1 * 2**15


@pytest.mark.parametrize("procedure", EVERY, ids=lambda one: one.name)
def test_the_numbers_of_the_grid_stand_for_all_numbers(procedure):
    """A number drawn anywhere is decided like one of the grid's numbers beside it."""
    drawn = random.Random(f"numbers of {procedure.name}")
    weighed = PRICED if isinstance(procedure, Book) else set()
    numbers = [name for name in procedure.asks if QUESTIONS[name]["unit"] and name not in weighed]
    for _ in range(60):
        profile = Profile(**{name: drawn.choice(QUESTIONS[name]["answers"])
                             for name in procedure.asks})
        for name in numbers:
            answers = QUESTIONS[name]["answers"]
            value = int(10 ** drawn.uniform(0, 9.5))
            near = {max((a for a in answers if a <= value), default=min(answers)),
                    min((a for a in answers if a >= value), default=max(answers))}
            said = procedure.verdict(replace(profile, **{name: value})).recommendation
            assert said in {procedure.verdict(replace(profile, **{name: a})).recommendation
                            for a in near}, (name, value, profile)


def test_answers_are_read_as_people_write_them():
    assert read_answer("needs_citations", " Yes ") is True
    assert read_answer("needs_citations", "n") is False
    assert read_answer("queries_per_month", "1,500_000") == 1_500_000
    assert [read_answer("queries_per_month", text) for text in ("8,000", "10k", "2 M")] == [
        8_000, 10_000, 2_000_000]
    assert read_answer("changes", "WEEKLY") == "weekly"


@pytest.mark.parametrize(("name", "given", "named"), [
    ("fault", "fact", "facts, behaviour, unknown"),
    ("needs_citations", "maybe", "yes or no"),
    ("needs_citations", 1, "yes or no"),
    ("needs_citations", None, "yes or no"),
    ("queries_per_month", "many", "whole number of queries a month"),
    ("queries_per_month", -1, "whole number"),
    ("queries_per_month", 1.5, "whole number"),
    ("queries_per_month", True, "whole number"),
    ("queries_per_month", LARGEST + 1, "whole number"),
    ("queries_per_month", "²", "whole number"),
    ("queries_per_month", "k", "whole number"),
    ("queries_per_month", "10%", "whole number"),
    ("changes", ["weekly"], "expected one of daily"),
    ("changes", "", "expected one of daily"),
])
def test_a_bad_answer_is_named_with_what_is_expected(name, given, named):
    with pytest.raises(BookError, match=named) as raised:
        read_answer(name, given)
    assert name in str(raised.value)


def test_an_unknown_question_names_the_nearest_one():
    with pytest.raises(BookError, match="did you mean needs_citations"):
        read_profile({"need_citation": True})
    with pytest.raises(BookError, match="known: fault"):
        read_profile({"zzz": True})
    with pytest.raises(BookError, match="fault: facts"):
        read_profile(["fault"])


def test_a_file_gives_a_profile_and_says_what_it_left_out(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("fault: behaviour\nstrict_format: yes\n")
    profile, assumed = load_profile(path)
    assert profile == Profile(fault="behaviour", strict_format=True)
    assert "fault" not in assumed and len(assumed) == len(QUESTIONS) - 2


@pytest.mark.parametrize("text", ["{", "- a\n", "", "fault: [\n", "fault: wrong\n", "\x00"])
def test_a_bad_file_is_named(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(BookError, match="mine.yaml"):
        load_profile(path)


def test_a_missing_file_and_a_binary_one_are_named(tmp_path):
    with pytest.raises(BookError, match="nothing.yaml"):
        load_profile(tmp_path / "nothing.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00fault")
    with pytest.raises(BookError, match="binary.yaml"):
        load_profile(tmp_path / "binary.yaml")


def test_the_shipped_example_and_the_twelve_projects_are_answers_to_the_questions():
    profile, _ = load_profile(DATA / "profile_example.yaml")
    assert profile.fault == "facts" and profile.corpus_tokens == 2_000_000
    assert len(PROJECTS) == 12
    for name, project in PROJECTS.items():
        for question, asked in QUESTIONS.items():
            assert getattr(project, question) in asked["answers"], (name, question)
