"""Tables, figures and transcripts: what they say is right, and nothing breaks out of them."""

import dataclasses
import re
import sys
from html.parser import HTMLParser

import pytest
from fake_results import RIGHT, make_results

from experiments.book import chapter
from experiments.book.figures.base import (
    METHOD_COLOURS,
    dot_plot,
    line_plot,
    risk_coverage,
    risk_curve,
)
from experiments.book.names import METRIC_TITLES
from experiments.book.tables import Table, results_table, tier_line
from experiments.book.transcripts import shorten, transcripts, verdict
from experiments.core import REFUSAL, Answer, BookError, Example
from experiments.evidence.checks import run as runs
from experiments.evidence.checks.audit import Verdict
from experiments.evidence.metrics.registry import KNOWN
from experiments.tasks.settings import Settings


def column(table, heading):
    index = next(i for i, text in enumerate(table.header) if heading in text)
    return [row[index] for row in table.rows]


def test_a_table_gives_percent_interval_n_and_unscored():
    table = results_table(make_results(), ("contains", "correct_refusal"), "Title")
    assert table.header[1] == "contains the answer, % (n = 20, 4 unscored)"
    assert table.header[2] == "right refusals, % (n = 4, 20 unscored)"
    values = column(table, "contains")
    assert [value.split(" ")[0] for value in values] == ["5.0", "10.0", "60.0", "90.0"]
    assert re.fullmatch(r"60\.0 \[\d\d\.\d,\s\d\d\.\d\]", values[2])
    assert column(table, "right refusals")[2].startswith("100.0 [")


def test_floor_and_ceiling_rows_are_marked():
    table = results_table(make_results(), ("contains",), "Title")
    assert column(table, "method") == ["guess (floor)", "closed book", "rag", "oracle (ceiling)"]
    assert 'class="book-floor"' in table._repr_html_()


def test_what_cannot_be_scored_is_a_dash_and_never_zero():
    table = results_table(make_results(answerable=0, unanswerable=3), ("contains",), "Title")
    assert column(table, "contains") == ["–"] * 4
    assert "n = 0, 3 unscored" in table.header[1]


def test_counts_stand_in_the_cells_when_arms_differ():
    table = results_table(make_results(), ("citation_precision",), "Title")
    assert table.header[1] == "citation precision, % (n = 0, 24 unscored)"
    table = results_table(make_results(), ("hit",), "Title")
    assert table.header[1] == "gold document found, %"
    assert column(table, "gold document")[1] == "– (n = 0, 24 unscored)"


def test_the_tier_is_stated_with_its_provenance():
    verdicts = [Verdict("tiny", "rag", 0, f"q{n}", "?", kind, "a", "a")
                for n, kind in enumerate(["identical", "identical", "near-tie"])]
    line = tier_line(make_results(verdicts=verdicts))
    assert line == ("3 of 96 asked again: 96 answers of 2026-11-20 on Test CPU, 2 cores, all "
                    "scored again; of those asked again when this chapter ran: 2 identical, "
                    "1 near-tie.")
    assert tier_line(make_results(tier="live")).endswith("made when this chapter ran.")
    with pytest.raises(BookError, match="unknown tier 'guessed'"):
        tier_line(make_results(tier="guessed"))


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, text):
        super().__init__()
        self.seen = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)


def test_text_cannot_break_out_of_a_table_or_a_transcript():
    table = Table(("<b>",), (("<script>alert(1)</script>",),), "<i>", ("<u>",), ("",))
    assert Tags(table._repr_html_()).seen == {
        "div", "table", "caption", "thead", "tbody", "tr", "th", "p"}
    shown = transcripts(make_results(), {"a <em>failure</em>": ("rag", "q15")})
    assert Tags(shown._repr_html_()).seen == {"div", "p", "strong", "dl", "dt", "dd"}


def test_a_table_is_readable_as_plain_text():
    assert repr(Table(("a", "long"), (("x", "1"), ("yy", "2")), "Title", ("Note.",))) == (
        "Title\na   long\nx   1\nyy  2\nNote.")


def test_a_transcript_shows_question_passages_answer_and_verdict():
    text = repr(transcripts(make_results(), {"a success": ("rag", "q3")}))
    assert text == (
        "a success (rag)\n"
        "  question: How long is Kettle 3's <i>warranty</i>?\n"
        "  gold answer: 4 months\n"
        "  passage 1, gold document: Kettle 3 <b>: The Kettle 3 has a warranty of 4 months.\n"
        "  answer: 4 months\n"
        "  verdict: right")


def test_a_transcript_of_a_question_that_was_not_asked_is_refused():
    with pytest.raises(BookError, match="has no question 'q99'"):
        transcripts(make_results(), {"a surprise": ("rag", "q99")})


@pytest.mark.parametrize(("answers", "text", "words"), [
    (("4 months",), "It is 4 months.", "right"),
    (("4 months",), "5 months", "wrong"),
    (("4 months",), REFUSAL, "refused, although the documents hold the answer"),
    ((), REFUSAL, "rightly refused"),
    ((), "5 months", "should have refused"),
])
def test_the_verdict_is_put_in_words(answers, text, words):
    assert verdict(Example("q", "?", answers), Answer("q", text), Settings()) == words


@pytest.mark.parametrize(("text", "words"), [
    ("SELECT name FROM lamp WHERE price IN (20)", "right rows"),
    ("SELECT name FROM lamp", "other rows"),
    ("SELECT shade FROM lamp", "not answered: no such column: shade"),
])
def test_the_verdict_on_a_query_is_what_the_database_says(text, words):
    script = "CREATE TABLE lamp(name, price); INSERT INTO lamp VALUES ('a', 20), ('b', 30);"
    gold = "SELECT name FROM lamp WHERE price = 20"
    lamps = Settings(kind="sql", databases=(script,))
    assert verdict(Example("q", "?", (gold,)), Answer("q", text), lamps) == words


def test_a_long_passage_is_cut_around_the_gold_answer():
    passage = "word " * 100 + "18 months " + "more " * 100
    cut = shorten(passage, ("18 months",))
    assert "18 months" in cut and cut.startswith("… ") and cut.endswith(" …") and len(cut) < 226
    assert shorten(passage, ()).startswith("word word")
    assert shorten(passage, ("more",)).count("…") == 2
    assert shorten("a\n b", ("x",)) == "a b"


def test_equal_results_give_equal_figures():
    assert dot_plot(make_results(), "contains") == dot_plot(make_results(), "contains")


def test_a_dot_plot_has_the_colours_of_its_methods_and_no_date():
    drawing = dot_plot(make_results(), "contains").text
    assert METHOD_COLOURS["rag"].lower() in drawing
    assert METHOD_COLOURS["closed_book"].lower() in drawing
    assert "<dc:date>" not in drawing


def test_every_metric_has_a_title():
    assert set(METRIC_TITLES) == set(KNOWN)


def test_an_arm_that_was_not_scored_has_no_dot():
    with pytest.raises(BookError, match="scored no question"):
        dot_plot(make_results(answerable=0, unanswerable=3), "contains")


def test_a_label_in_a_methods_colour_is_readable_on_white():
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for colour in METHOD_COLOURS.values():
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_risk_and_coverage_are_counted_surest_first():
    results = make_results({"rag": 2}, answerable=3, unanswerable=1)
    # Scores fall with the question's number. Right, right, wrong; the fourth is refused.
    assert risk_curve(results, "rag") == ([0.25, 0.5, 0.75], [0.0, 0.0, 1 / 3])
    assert risk_coverage(results, ["rag"]).text.startswith("<?xml")


def test_a_method_without_passages_has_no_risk_curve():
    with pytest.raises(BookError, match="no answer with a passage"):
        risk_curve(make_results(), "closed book")


def test_a_line_needs_a_value_at_every_place():
    one = make_results().estimate("rag", "contains")
    with pytest.raises(BookError, match="series 'rag' has 1 values for 2 places"):
        line_plot([1, 2], {"rag": [one]}, x_label="k", y_label="%")


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed."""
    things = []
    monkeypatch.setattr("IPython.display.display", lambda thing, raw=False: things.append(thing))
    return things


def test_a_run_leaves_its_provenance_also_where_no_table_shows_it(shown, monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: "a kernel")
    begun = Verdict("tiny", "rag", 0, "", "the losses", "retrained", "1", "1")
    monkeypatch.setattr(runs, "_run", lambda *_: make_results(RIGHT, verdicts=[begun]))
    runs.run(make_results().study, mode="audit")
    (provenance,) = shown
    assert provenance[chapter.STUDY_MIME] == {
        "study": "tiny", "model": "smollm2-135m", "tier": "replayed only", "audited": 0,
        "identical": 0, "near_tie": 0, "records": 96, "hardware": "Test CPU, 2 cores",
        "dates": ["2026-11-20", "2026-11-20"]}


@pytest.mark.parametrize("tier", ["audited", "recorded"])
def test_records_of_which_nothing_was_asked_again_are_replayed_only(tier):
    line = tier_line(make_results(tier=tier))
    assert line == ("Replayed only: 96 answers of 2026-11-20 on Test CPU, 2 cores, all scored "
                    "again.")


def test_costs_are_tokens_seconds_and_dollars(shown):
    chapter.show_cost(make_results())
    (table,) = shown
    # Prompts have 100 to 123 tokens, so 111.5 on average; an answer takes 0.75 s.
    row = dict(zip(table.header, table.rows[2], strict=True))
    assert (row["method"], row["prompt tokens"], row["seconds"]) == ("rag", "112", "0.75")
    assert row["USD for 1,000 answers here"] == f"{750 / 3600 * 0.10:.3f}"
    assert row["USD for their prompts, hosted"] == f"{111_500 / 1e6 * 1.75:.3f}"


@pytest.mark.parametrize(("card", "dollars", "note"), [
    ("NVIDIA H100 80GB HBM3", f"{750 / 3600 * 2.95:.3f}", "Here: one H100, rented by the hour"),
    ("Tesla T4", "–", "Here: Tesla T4; data/prices.yaml has no one price of an hour for that."),
])
def test_a_gpus_answers_cost_its_hour_or_nothing_that_is_made_up(shown, card, dollars, note):
    results = make_results()
    results = dataclasses.replace(results, machines=({**results.machines[0], "card": card},))
    chapter.show_cost(results)
    (table,) = shown
    assert table.rows[2][table.header.index("USD for 1,000 answers here")] == dollars
    assert any(each.startswith(note) for each in table.notes)
    assert not any("two cores and no GPU" in each for each in table.notes)


def test_records_of_two_machines_have_no_one_price(shown):
    results = make_results()
    machine = results.machines[0]
    results = dataclasses.replace(results, machines=(machine, {**machine, "card": "Tesla T4"}))
    chapter.show_cost(results)
    assert any("Here: Tesla T4 and processors;" in each for each in shown[0].notes)


def test_where_the_system_tells_no_peak_of_memory_none_is_shown(shown, monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    chapter.show_cost(make_results())
    assert not any("memory" in each for each in shown[0].notes)


def test_claims_are_shown_with_article_paraphrase_verdict_and_evidence(shown):
    chapter.show_claims([("acc-rag-weights-untouched", "supported", "The hashes are equal.")])
    table, left = shown
    claim, where, judged, evidence = table.rows[0]
    assert claim.startswith("Retrieval leaves the language model exactly as it was")
    assert "RAG vs Fine-Tuning: When to Use Each in 2026" in where
    assert (judged, evidence) == ("supported", "The hashes are equal.")
    assert left == {chapter.CLAIMS_MIME: {"verdicts": [
        ["acc-rag-weights-untouched", "supported", "The hashes are equal."]]}}


@pytest.mark.parametrize(("claim", "judged", "message"), [
    ("acc-rag-nonsense", "supported", "acc-rag-nonsense"),
    ("acc-rag-weights-untouched", "proved",
     "verdict 'proved' is none of supported, in part, refuted"),
])
def test_unknown_claims_and_verdicts_are_refused(claim, judged, message):
    with pytest.raises(BookError, match=message):
        chapter.show_claims([(claim, judged, "Evidence.")])


def test_a_claims_sentence_names_published_numbers_only(shown):
    with pytest.raises(BookError, match="no published number is named 'nothing-like-it'"):
        chapter.show_claims(
            [("acc-rag-weights-untouched", "supported", "By {{ nothing-like-it }}.")])
