"""Claimed orders, published numbers, declared studies and the articles' claims."""

import dataclasses
import json
from types import SimpleNamespace

import pytest
import yaml

from experiments.core import Answer, BookError, Example
from experiments.evidence.analysis.articles import article_claim, article_claims
from experiments.evidence.checks.claims import ClaimFailed, expect_not_separated, expect_order
from experiments.evidence.checks.published import (
    PublishedDrift,
    check_published,
    derive_published,
    read_published,
)
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.results import Results
from experiments.tasks.settings import Settings
from tests.evidence.tiny import write_chapter


def made(tier="recorded", **right):
    """Return results of 40 questions of which each arm gets its first `right` ones."""
    examples = tuple(Example(f"q{n}", "?", ("yes",), group=f"g{n}") for n in range(40))
    by_arm = {
        (arm, 0): {e.id: Answer(e.id, "yes" if n < count else "no", (), 100 + n % 2, 2)
                   for n, e in enumerate(examples)}
        for arm, count in right.items()
    }
    study = SimpleNamespace(name="lamps", arms=dict.fromkeys(right), seeds=(0,))
    return Results(study, SimpleNamespace(settings=Settings()), examples, by_arm, (), tier)


def test_an_order_that_the_records_support_is_a_sentence_with_numbers():
    sentence = expect_order(made(rag=30, bare=10), "rag", "bare", "contains")
    assert sentence.startswith("rag is better than bare in contains: 75.0 % against 25.0 %, a "
                               "difference of 50.0 points [")
    assert sentence.endswith("] on 40 questions.")


def test_a_reversed_order_fails():
    with pytest.raises(ClaimFailed, match="records say the other way round: 25.0 % against 75.0"):
        expect_order(made(rag=30, bare=10), "bare", "rag", "contains")


def test_an_order_within_the_noise_fails():
    with pytest.raises(ClaimFailed, match="not separated"):
        expect_order(made(rag=11, bare=10), "rag", "bare", "contains")


def test_fewer_false_refusals_are_better():
    results = made(rag=30, bare=10)
    for answers in results.by_arm.values():
        for name, answer in answers.items():
            text = "I don't know." if answer.text == "no" else "yes"
            answers[name] = Answer(name, text)
    assert "25.0 % against 75.0 %" in expect_order(results, "rag", "bare", "false_refusal")
    with pytest.raises(ClaimFailed, match="other way round"):
        expect_order(results, "bare", "rag", "false_refusal")


def test_not_separated_is_a_result_and_is_asserted_too():
    sentence = expect_not_separated(made(rag=11, bare=10), "rag", "bare", "contains")
    assert sentence.startswith("rag and bare are not separated in contains: 27.5 % against 25.0 %")
    with pytest.raises(ClaimFailed, match="records tell them apart"):
        expect_not_separated(made(rag=30, bare=10), "rag", "bare", "contains")


def test_nothing_scored_supports_nothing():
    with pytest.raises(ClaimFailed, match="could not be scored"):
        expect_not_separated(made(rag=30, bare=10), "rag", "bare", "hit")


# Published numbers ---------------------------------------------------------------------------

ENTRIES = [
    {"id": "rag", "study": "lamps", "metric": "contains", "arm": "rag", "unit": "percent",
     "tolerance": 4},
    {"id": "gain", "study": "lamps", "metric": "contains", "arm": "rag", "minus": "bare",
     "unit": "percent", "tolerance": 10},
    {"id": "prompt", "study": "lamps", "metric": "prompt_tokens", "arm": "rag", "unit": "tokens",
     "tolerance": 5},
]


@pytest.fixture
def book():
    return {"lamps": made(rag=30, bare=10)}


@pytest.fixture
def published(tmp_path, book):
    path = tmp_path / "published.yaml"
    path.write_text(yaml.safe_dump(ENTRIES))
    assert derive_published(book, path) == 3
    return path


def edit(path, number, **changes):
    rows = yaml.safe_load(path.read_text())
    rows[number].update(changes)
    path.write_text(yaml.safe_dump(rows))


def test_a_difference_can_be_taken_between_two_studies(tmp_path):
    path = tmp_path / "published.yaml"
    row = ENTRIES[1] | {"minus": "plain", "minus_study": "fans"}
    path.write_text(yaml.safe_dump([row]))
    both = {"lamps": made(rag=30), "fans": made(plain=10)}
    assert derive_published(both, path) == 1
    (entry,) = check_published(both, path)
    assert entry.value == 50.0  # 30 of 40 minus 10 of 40
    assert entry.studies == ("lamps", "fans")
    with pytest.raises(BookError, match="no study is named 'fans'; known studies: lamps"):
        check_published({"lamps": made(rag=30)}, path)
    drifted = {"lamps": made(rag=30), "fans": made("live", plain=12)}
    assert len(check_published(drifted, path)) == 1  # 5 points, of 10 allowed to a live study
    with pytest.raises(PublishedDrift):
        check_published({"lamps": made(rag=30), "fans": made(plain=12)}, path)
    path.write_text(yaml.safe_dump([ENTRIES[0] | {"minus_study": "fans"}]))
    with pytest.raises(BookError, match="minus_study names the study of `minus`"):
        read_published(path)


def test_two_studies_of_different_length_differ_on_the_questions_of_the_shorter(tmp_path):
    path = tmp_path / "published.yaml"
    path.write_text(yaml.safe_dump([ENTRIES[1] | {"minus": "plain", "minus_study": "fans"}]))
    plain = made(plain=10)
    first = dataclasses.replace(plain, examples=plain.examples[:20])
    derive_published({"lamps": made(rag=30), "fans": first}, path)
    assert read_published(path)[0].value == 50.0  # all of the first 20, minus 10 of them
    others = tuple(dataclasses.replace(e, id=f"other-{e.id}") for e in first.examples)
    with pytest.raises(BookError, match="lamps was not asked 20 of the 20 questions"):
        derive_published({"lamps": made(rag=30), "fans": dataclasses.replace(
            first, examples=others)}, path)


def test_studies_that_asked_different_questions_have_no_difference():
    fewer = made(plain=10)
    fewer = dataclasses.replace(fewer, examples=fewer.examples[:39])
    with pytest.raises(BookError, match="the same questions in both arms"):
        made(rag=30).difference("rag", "plain", "contains", other=fewer)


def test_values_and_intervals_are_derived_and_ids_kept(published, book):
    rows = yaml.safe_load(published.read_text())
    assert [row["id"] for row in rows] == ["rag", "gain", "prompt"]
    assert [row["value"] for row in rows] == [75.0, 50.0, 100.5]
    low, high = rows[0]["interval"]
    assert 58 < low < 65 and 85 < high < 90  # 75 +- 1.96 * 6.8
    assert "minus" not in rows[0] and rows[1]["minus"] == "bare"
    assert published.read_text().startswith("# Every number")
    assert len(check_published(book, published)) == 3
    before = published.read_bytes()
    derive_published(book, published)
    assert published.read_bytes() == before


@pytest.mark.parametrize("changes", [{"value": 75.1}, {"value": 74.9}, {"interval": [60.0, 99.0]}])
def test_an_altered_number_is_named_with_what_was_recomputed(published, book, changes):
    edit(published, 0, **changes)
    with pytest.raises(PublishedDrift, match=r"rag: published .*, recomputed 75.00 \["):
        check_published(book, published)


def test_records_made_anew_may_drift_by_the_tolerance_up_or_down(published):
    for right in (29, 31):  # 2.5 points
        live = {"lamps": made("live", rag=right, bare=10)}
        check_published(live, published)
        with pytest.raises(PublishedDrift):
            check_published({"lamps": made(rag=right, bare=10)}, published)
    with pytest.raises(PublishedDrift, match="rag: published 75.0"):
        check_published({"lamps": made("live", rag=33, bare=10)}, published)


@pytest.mark.parametrize(("number", "tolerance"), [(0, 14.0), (0, 0), (1, 50.0), (2, 100.5)])
def test_a_tolerance_is_smaller_than_the_effect_it_guards(published, book, number, tolerance):
    edit(published, number, tolerance=tolerance)
    with pytest.raises(BookError, match="smaller than the effect it guards"):
        check_published(book, published)
    before = published.read_bytes()
    with pytest.raises(BookError, match="smaller than the effect it guards"):
        derive_published(book, published)
    assert published.read_bytes() == before


@pytest.mark.parametrize(("changes", "message"), [
    ({"unit": "seconds"}, "unit is percent or tokens, not 'seconds'"),
    ({"metric": "bleu"}, "in percent one can publish exact_match"),
    ({"metric": "prompt_tokens"}, "in percent one can publish"),
    ({"value": "75"}, "are numbers"),
    ({"interval": [1]}, "are numbers"),
    ({"colour": "red"}, "expected the fields id, study"),
    ({"id": "gain"}, "two entries have the id 'gain'"),
    ({"study": "other"}, "no study is named 'other'; known studies: lamps"),
    ({"arm": "raft"}, "no arm 'raft'"),
    ({"metric": "hit"}, "could not be scored"),
    ({"value": None, "interval": None}, "are numbers|no value yet"),
])
def test_a_malformed_entry_is_named(published, book, changes, message):
    edit(published, 0, **changes)
    with pytest.raises(BookError, match=message):
        check_published(book, published)


def test_an_entry_without_a_value_asks_for_publish(published, book):
    published.write_text(yaml.safe_dump(ENTRIES))
    with pytest.raises(BookError, match="'rag' has no value yet; run `python -m experiments pub"):
        check_published(book, published)


def test_no_file_publishes_nothing(tmp_path):
    assert read_published(tmp_path / "none.yaml") == []
    (tmp_path / "bad.yaml").write_text("a: [")
    with pytest.raises(BookError, match="not readable YAML"):
        read_published(tmp_path / "bad.yaml")


def test_published_numbers_are_checked_against_the_studies_of_the_chapters(
    results, study, tmp_path, monkeypatch
):
    chapters = tmp_path / "chapters"
    write_chapter(chapters / "01_a.ipynb", f"""
from tests.evidence.tiny import make_study
study = make_study({str(study.task)!r})""")
    monkeypatch.setenv("KNOW_OR_BEHAVE_CHAPTERS", str(chapters))
    path = tmp_path / "published.yaml"
    path.write_text(yaml.safe_dump([{**ENTRIES[0], "arm": "look-up", "tolerance": 3}]))
    assert derive_published(path=path) == 1
    assert [entry.value for entry in check_published(path=path)] == [100.0]


# Declared studies ----------------------------------------------------------------------------

CELL = 'study = Study(name="{}", task="support", arms={{"closed": ClosedBook(), "rag": Rag(k=2)}})'


def test_studies_are_found_in_tagged_cells_in_the_order_of_the_chapters(tmp_path):
    write_chapter(tmp_path / "02_b.ipynb", CELL.format("second"))
    write_chapter(tmp_path / "01_a.ipynb", ["# As lines\n", CELL.format("first")])
    write_chapter(tmp_path / "03_c.ipynb", "raise SystemExit(1)", tags=["parameters"])
    found = declared_studies(tmp_path)
    assert list(found) == ["first", "second"]
    assert found["second"].arms["rag"].k == 2


def test_two_studies_with_one_name_are_refused(tmp_path):
    write_chapter(tmp_path / "01_a.ipynb", CELL.format("same"))
    write_chapter(tmp_path / "02_b.ipynb", CELL.format("same"))
    with pytest.raises(BookError, match="'same', in 01_a.ipynb and 02_b.ipynb"):
        declared_studies(tmp_path)


@pytest.mark.parametrize(("source", "message"), [
    ("1/0", "01_a.ipynb, cell 1: the declaration raised ZeroDivisionError"),
    ("import sys; sys.exit(0)", "cell 1: the declaration raised SystemExit"),
    ("study = (", "cell 1: the declaration raised SyntaxError"),
    ("study = Study('x', 'support', {})", "cell 1: study 'x' needs arms"),
    ("study = Graft()", "NameError.*may use Study and the recipes .*Rag"),
    ("x = 1", "it makes no Study"),
])
def test_a_declaration_that_fails_names_chapter_and_cell(tmp_path, source, message):
    write_chapter(tmp_path / "01_a.ipynb", source)
    with pytest.raises(BookError, match=message):
        declared_studies(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_an_unreadable_chapter_is_named(tmp_path, content):
    (tmp_path / "01_a.ipynb").write_text(content)
    with pytest.raises(BookError, match="01_a.ipynb: not a readable notebook"):
        declared_studies(tmp_path)


def test_a_missing_folder_of_chapters_is_named(tmp_path):
    with pytest.raises(BookError, match="none: expected the folder of the chapters"):
        declared_studies(tmp_path / "none")


# Articles ------------------------------------------------------------------------------------

def test_a_claim_has_a_paraphrase_and_its_places():
    claim = article_claim("acc-rag-weights-untouched")
    assert claim.paraphrase.startswith("Retrieval leaves the language model exactly as it was")
    assert claim.sources == (
        "RAG vs Fine-Tuning: When to Use Each in 2026, What Is RAG",
        "RAG vs Fine-Tuning: Which AI Approach Is Right for Your Project?, What RAG Actually Does")


def test_all_claims_are_readable_and_distinct():
    claims = article_claims()
    assert len(claims) == 317
    assert all(claim.paraphrase and claim.sources for claim in claims.values())


def test_an_unknown_claim_lists_its_near_matches(tmp_path):
    with pytest.raises(BookError, match="did you mean acc-rag-weights-untouched"):
        article_claim("acc-rag-weight-untouched")
    with pytest.raises(BookError, match="lists all 317"):
        article_claim("zzz")
    with pytest.raises(BookError, match="none.yaml: expected the articles' claims"):
        article_claim("x", tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text(json.dumps({"claims": [{"id": "x"}]}))
    with pytest.raises(BookError, match="bad.yaml: expected the articles' claims"):
        article_claim("x", tmp_path / "bad.yaml")
