"""The classifiers without a language model: votes, rules and a linear head, worked out by hand."""

import json

import numpy as np
import pytest

from experiments.core import REFUSAL, BookError, Question
from experiments.methods.baselines.keywords import Keywords
from experiments.methods.baselines.linear import Linear
from experiments.methods.baselines.majority import Majority
from experiments.methods.baselines.neighbours import Neighbours
from experiments.methods.bench import open_bench

LABELS = """kind: classification
labels:
  billing: [invoice, charge, vat]
  refunds: [refund, money back]
  returns: [send back, parcel]
  none: []
"""


def bench_of(folder, train, settings=LABELS):
    """Open a task with `train` as pairs of text and label, and one test question."""
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "page.md").write_text("# Page\n\nNothing.\n")
    if settings:
        (folder / "task.yaml").write_text(settings)
    rows = [{"id": f"t{n}", "question": text, "answers": [label] if label else [],
             "split": "train"} for n, (text, label) in enumerate(train)]
    rows.append({"id": "asked", "question": "?", "answers": ["billing"], "split": "test"})
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return open_bench(str(folder), "fake")


def say(bench, recipe, *texts):
    """Ask a recipe; give the texts of its answers."""
    asked = [Question(f"q{n}", text) for n, text in enumerate(texts)]
    answers = bench.cook(recipe)(asked)
    assert [a.example_id for a in answers] == [q.id for q in asked]
    return [a.text for a in answers]


class ArrowEmbedder:
    """A text is its direction (x, y), so that cosines can be worked out by hand."""

    def __init__(self, folder):
        self.folder = folder

    def embed(self, texts):
        """Read the two numbers of each text and normalise them."""
        rows = np.array([[float(n) for n in text.split()] for text in texts], dtype=np.float32)
        rows = rows.reshape(-1, 2)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def arrows(monkeypatch):
    """Put the toy embedder in the place of MiniLM."""
    monkeypatch.setattr("experiments.methods.bench.Embedder", ArrowEmbedder)
    monkeypatch.setattr("experiments.models.registry.embedder_folder", lambda: None)


def test_majority_says_the_most_frequent_train_answer(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "billing"), ("b", "none"), ("c", "none")])
    assert say(bench, Majority(), "anything", "else") == ["none", "none"]


def test_majority_gives_a_tie_to_the_answer_that_comes_first(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "refunds"), ("b", "none"), ("c", "none"),
                                      ("d", "refunds")])
    assert say(bench, Majority(), "anything") == ["refunds"]


def test_majority_counts_unanswerable_questions_as_refusals(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", None), ("b", None), ("c", "none")])
    assert say(bench, Majority(), "anything") == [REFUSAL]


def test_the_label_with_most_keyword_hits_wins(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "none")])
    assert say(bench, Keywords(), "Invoices, one invoice, refund", "money back, refund, VAT") == [
        "billing", "refunds"]


def test_keywords_count_in_any_case_and_with_regular_endings(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "none")])
    assert say(bench, Keywords(), "CHARGED TWICE", "refunded?", "two parcels", "refunding") == [
        "billing", "refunds", "returns", "refunds"]


def test_a_keyword_inside_another_word_does_not_count(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "none")])
    assert say(bench, Keywords(), "elevated", "private", "surcharge") == ["none"] * 3


def test_a_tie_goes_to_the_label_that_task_yaml_lists_first(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "none")])
    assert say(bench, Keywords(), "refund the parcel", "a parcel and an invoice") == [
        "refunds", "billing"]


def test_no_keyword_at_all_is_none(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "billing")])
    assert say(bench, Keywords(), "hello there", "") == ["none", "none"]


def test_keywords_needs_labels_and_says_how_to_write_them(tmp_path):
    bench = bench_of(tmp_path / "t", [("a", "billing")], settings="")
    with pytest.raises(BookError, match="keywords needs labels.*task.yaml, such as `labels"):
        bench.cook(Keywords())


def test_the_k_nearest_vote(tmp_path, arrows):
    # Seen from (1, 0) the cosines are 1, 0.89, 0.71 and 0.
    bench = bench_of(tmp_path / "t", [("1 0", "billing"), ("2 1", "refunds"), ("1 1", "refunds"),
                                      ("0 1", "none")])
    assert say(bench, Neighbours(k=1), "1 0") == ["billing"]
    assert say(bench, Neighbours(k=3), "1 0") == ["refunds"]


def test_equal_votes_go_to_the_label_of_the_nearest_voter(tmp_path, arrows):
    bench = bench_of(tmp_path / "t", [("1 1", "refunds"), ("2 1", "billing"), ("0 1", "none")])
    assert say(bench, Neighbours(k=2), "1 0") == ["billing"]
    assert say(bench, Neighbours(k=3), "1 0") == ["billing"]


def test_more_neighbours_than_train_questions_are_all_of_them(tmp_path, arrows):
    bench = bench_of(tmp_path / "t", [("1 0", "billing"), ("0 1", "none"), ("0 2", "none")])
    assert say(bench, Neighbours(k=99), "1 0") == ["none"]


def test_a_linear_head_separates_two_directions(tmp_path, arrows):
    bench = bench_of(tmp_path / "t", [("1 0", "billing"), ("3 1", "billing"), ("0 1", "none"),
                                      ("1 3", "none")])
    assert say(bench, Linear(), "5 1", "1 5") == ["billing", "none"]


def test_a_weaker_penalty_fits_the_odd_example_that_a_stronger_one_gives_up(tmp_path, arrows):
    # Five of one label to one of the other, and the one stands where it should.
    train = [("1 0", "billing")] * 5 + [("0 1", "none")]
    bench = bench_of(tmp_path / "t", train)
    assert say(bench, Linear(c=0.01), "0 1") == ["billing"]
    assert say(bench, Linear(c=100.0), "0 1") == ["none"]


def test_a_linear_head_needs_two_labels(tmp_path, arrows):
    bench = bench_of(tmp_path / "t", [("1 0", "billing"), ("0 1", "billing")])
    with pytest.raises(BookError, match="two different answers.*'billing'"):
        bench.cook(Linear())


@pytest.mark.parametrize("recipe", [Majority(), Neighbours(), Linear()], ids=str)
def test_a_classifier_without_train_questions_says_what_is_missing(tmp_path, arrows, recipe):
    bench = bench_of(tmp_path / "t", [])
    with pytest.raises(BookError, match='needs questions with "split": "train"'):
        bench.cook(recipe)


@pytest.mark.parametrize("recipe", [Neighbours(), Linear()], ids=str)
def test_an_answer_says_what_embedding_took_and_that_nothing_was_searched(
        tmp_path, arrows, recipe):
    bench = bench_of(tmp_path / "t", [("1 0", "billing"), ("0 1", "none")])
    answer, = bench.cook(recipe)([Question("q", "1 0")])
    assert set(answer.stage_seconds) == {"embed"} and answer.stage_seconds["embed"] >= 0
    assert answer.hits == () and answer.prompt_tokens == 0


@pytest.mark.parametrize("recipe", [Neighbours(k=3), Linear()], ids=str)
def test_with_minilm_a_paraphrase_gets_the_label_of_its_like(tmp_path, own_cache, recipe):
    train = [("Where is my parcel?", "returns"), ("The package has not arrived.", "returns"),
             ("The courier never came.", "returns"), ("I need a copy of the bill.", "billing"),
             ("You took the money twice.", "billing"), ("Send me an invoice.", "billing")]
    bench = bench_of(tmp_path / "t", train)
    assert say(bench, recipe, "My box did not come yet.", "I was billed two times.") == [
        "returns", "billing"]
