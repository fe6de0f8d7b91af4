"""`python -m experiments decide`: questions on a terminal, a file, plain errors, and a figure."""

import subprocess
import sys
from itertools import combinations

import pytest

from experiments.book.figures.agreement import _number, agreement_plot
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.decide.ask import ask_profile
from experiments.decide.own.procedure import Book
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.report import report


def decide(*words, given=""):
    """Run the command with `given` typed in."""
    return subprocess.run([sys.executable, "-m", "experiments", "decide", *words], cwd=ROOT,
                          input=given, capture_output=True, text=True, timeout=120)


def answering(*lines):
    """Return a reader of lines that ends like a file does."""
    left = iter(lines)

    def read(prompt):
        for line in left:
            return line
        raise EOFError
    return read


def test_empty_lines_take_every_default():
    shown = []
    profile, assumed = ask_profile(answering(*[""] * len(QUESTIONS)), shown.append)
    assert profile == Profile() and assumed == tuple(QUESTIONS)
    assert shown[0].startswith(f"{len(QUESTIONS)} questions.")


def test_help_and_bad_answers_ask_again():
    shown = []
    lines = ["?", "fact", "facts", "perhaps", "y", *[""] * (len(QUESTIONS) - 2)]
    profile, assumed = ask_profile(answering(*lines), shown.append)
    assert profile == Profile(fault="facts", other_fault=True)
    assert "fault" not in assumed and len(assumed) == len(QUESTIONS) - 2
    assert any("yesterday's" in line for line in shown)
    assert any("expected one of facts" in line for line in shown)
    assert any("expected yes or no, got 'perhaps'" in line for line in shown)


def test_an_early_end_of_input_names_the_question():
    with pytest.raises(BookError, match="question 3 of 26 .use_case."):
        ask_profile(answering("facts", ""), lambda line: None)


def test_the_report_has_every_verdict_with_its_claim_and_what_is_open():
    text = report(Profile(fault="behaviour", prompted_hard=True), ("changes",))
    for part in ("THE PROJECT", "THE ARTICLES", "THE BOOK", "WHERE THE BOOK'S VERDICT FLIPS",
                 "NOT MEASURED YET", "Heym tree", "Actian matrix", "gap: no rule applies",
                 "[acc-knowledge-vs-behaviour-rule: RAG vs Fine-Tuning: When Each Wins in 2026"):
        assert part in " ".join(text.split()) or part in text
    assert "changes               monthly  (assumed)" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_report_names_a_conflict_and_what_a_team_lacks():
    text = report(Profile(fault="facts", queries_per_month=70_000_000))
    assert "conflict: tune and both" in text
    assert "Build the search" in text and "Before that you need ingestion" not in text
    # Without numbers the book has no opinion, and no other answer gives it one.
    text = report(Profile(fault="facts"), book=Book({}))
    assert "no other single answer changes it" in text


def test_the_trained_reader_names_both_benchmarks_where_it_is_recommended():
    text = " ".join(report(Profile(
        fault="facts", queries_per_month=200_000_000, labelled_examples=400, prompted_hard=True,
        measured_retrieval=True, held_out_set=True, runs_search=True)).split())
    assert "THE BOOK both" in text
    assert "On a help centre" in text and "on a documentation for developers no gain" in text
    assert "raft-gain-devdocs" in text and "declined only a part" in text


def test_a_file_is_decided():
    done = decide("--profile", "data/profile_example.yaml")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "THE BOOK RAG First 1. Measure the search" in said  # the rest it says is there
    assert "Training the reader behind the search (RAFT) would be worth a trial" in said
    assert "of 7 procedures: RAG 6" in done.stdout


@pytest.mark.parametrize(("text", "named"), [
    ("faults: facts\n", "did you mean fault?"),
    ("fault: fact\n", "facts, behaviour, unknown"),
    ("latency_ms: soon\n", "milliseconds"),
])
def test_a_bad_file_ends_with_a_message_and_status_two(tmp_path, text, named):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    done = decide("--profile", str(path))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert named in done.stderr and "mine.yaml" in done.stderr


def test_a_terminal_that_ends_early_is_an_error_and_no_traceback():
    done = decide(given="facts\n")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "question 2 of 26" in done.stderr and "--profile FILE" in done.stderr


def test_answers_on_a_terminal_are_decided():
    done = decide(given="\n" * len(QUESTIONS))
    assert done.returncode == 0, done.stderr
    assert "1. What is wrong with the answers" in done.stdout
    assert "fault                 unknown  (assumed)" in done.stdout


def test_equal_agreement_gives_equal_bytes_and_other_agreement_does_not():
    names = ["a", "b", "c"]
    pairs = dict.fromkeys(combinations(names, 2), 0.5)
    drawn = agreement_plot(names, pairs, label="kappa")
    assert drawn.text.startswith("<?xml")
    assert drawn == agreement_plot(names, dict(pairs), label="kappa")
    assert drawn != agreement_plot(names, pairs | {("a", "c"): None}, label="kappa")


def test_a_figure_of_agreement_needs_all_pairs():
    with pytest.raises(BookError, match="each pair"):
        agreement_plot(["a", "b", "c"], {("a", "b"): 0.1}, label="kappa")
    with pytest.raises(BookError, match="two judges"):
        agreement_plot(["a"], {}, label="kappa")


def test_a_cell_has_two_decimals_and_no_sign_without_a_value():
    assert [_number(value) for value in (None, -0.001, 0.106, -0.25, 1.0)] == [
        "–", "0.00", "0.11", "−0.25", "1.00"]
