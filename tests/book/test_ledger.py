"""The page on all claims: every claim is there, and every verdict is of this build."""

import html
import json
import re

import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from tiny_book import code, notebook, write_chapter

from experiments.book.chapter import CLAIMS_MIME
from experiments.book.pages import ledger as page
from experiments.book.pages.claim_outcomes import Judgement, left_verdicts, outcome, read_catalogue
from experiments.book.source.notebooks import read_notebook, source
from experiments.core import BookError
from experiments.core.paths import DATA, ROOT
from experiments.costs.recomputed import Cell, recompute

TITLES = {article: f"Article {article[1]}" for article in page.ARTICLES}


def claim(name, *articles, testability="measure-here", **fields):
    return {"id": name, "paraphrase": f"The claim {name}.", "figures": [], "kind": "cost",
            "testability": testability,
            "source": [{"doc": one, "title": TITLES[one], "section": "FAQ"} for one in articles],
            **fields}


CLAIMS = [
    claim("acc-both", "s0", "s3", experiment="Ask s3 twice. Settled in con-01."),
    claim("acc-one", "s0", figures=[{"name": "gain", "min": 1500, "max": 2000, "unit": "calls"}]),
    claim("acc-open", "s1", experiment="Train with 1 < n & $2."),
    claim("cost-open", "s1", testability="recompute-from-prices", experiment="Multiply."),
    claim("cost-sum", "s4", testability="recompute-from-prices", experiment="Add."),
    claim("cite-only", "s4", testability="cite-only", note="No source given."),
    claim("con-only", "s2", testability="contradiction-between-sources", contradictions=["con-01"],
          experiment="Settled by con-01: Measure."),
]
CONTRADICTION = {"id": "con-01", "docs": ["s0", "s2"], "claims": ["acc-one", "con-only"],
                 "disagreement": "s0 says 1, s2 says 2.", "recomputation": "None.",
                 "how_the_book_settles_it": "Measure."}
CELL = Cell("cost-sum", "Article 4", "gain", "", (1, 1), (2, 2), "1 + 1", "the article itself",
            "a sum", "", "differs")


@pytest.fixture
def written(tmp_path):
    """Write a file of claims, with the changes that a test makes."""
    def write(**changes):
        path = tmp_path / "claims.yaml"
        path.write_text(yaml.safe_dump({
            "documents": {one: {"title": title} for one, title in TITLES.items()},
            "claims": CLAIMS, "contradictions": [CONTRADICTION], **changes}))
        return path
    return write


@pytest.fixture
def show(written):
    """Write the page for some judgements, in a book of three chapters."""
    def write(**judgements):
        found = {name.replace("_", "-"): told for name, told in judgements.items()}
        chapters = {"01_a": "Is it *a*?", "02_b": "Is it b?", "20_cost": "What does it cost?"}
        return page.write_ledger(page.Ledger(read_catalogue(written()), found, [CELL], chapters), 3)
    return write


def ran(*verdicts):
    """Return a notebook that showed claims."""
    output = {"output_type": "display_data", "metadata": {},
              "data": {CLAIMS_MIME: {"verdicts": [list(one) for one in verdicts]}}}
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a table"}}
    return notebook(code("1") | {"outputs": [shown]}, code("2") | {"outputs": [shown, output]})


def counts(text):
    """Read the table of counts: {row: [all, Heym, Devlyn, unsigned, Ergini, Actian]}."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: [int(re.sub(r"\[(\d+)\].*", r"\1", cell)) for cell in row[1:]]
            for row in rows[2:]}


def section(text, heading):
    return re.split(r"^#{2,3} ", text.split(heading, 1)[1], flags=re.MULTILINE)[0]


def test_verdicts_are_what_chapters_left_in_their_order():
    first = ran(("acc-one", "supported", "So."), ("acc-both", "refuted", ""))
    found = left_verdicts({"01_a": first,
                           "02_b": ran(("acc-one", "not separated", "Or not."))})
    assert found == {
        "acc-one": [Judgement("01_a", "supported", "So."),
                    Judgement("02_b", "not separated", "Or not.")],
        "acc-both": [Judgement("01_a", "refuted", "")]}


@pytest.mark.parametrize(("verdicts", "recomputed", "testability", "expected"), [
    (["supported"], False, "measure-here", "supported"),
    (["refuted", "refuted"], True, "cite-only", "refuted"),
    (["in part", "out of scope here"], True, "measure-here", "in part"),
    (["in part", "supported"], True, "measure-here", "chapters differ"),
    (["out of scope here"], True, "measure-here", "out of scope here"),
    (["out of scope here", "not separated"], False, "measure-here", "not separated"),
    (["supported", "refuted", "out of scope here"], False, "measure-here", "chapters differ"),
    ([], True, "cite-only", "recomputed"),
    ([], False, "measure-here", "open"),
    ([], False, "recompute-from-prices", "open"),
    ([], False, "contradiction-between-sources", "weighed below"),
    ([], False, "cite-only", "not testable here"),
])
def test_a_claim_has_one_outcome(written, verdicts, recomputed, testability, expected):
    one = claim("acc-one", "s0", testability=testability)
    made = read_catalogue(written(claims=[one], contradictions=[])).claims["acc-one"]
    judgements = [Judgement("01_a", verdict, "") for verdict in verdicts]
    assert outcome(made, judgements, recomputed) == expected


def test_a_claim_of_two_articles_counts_under_both_and_once_in_all(show):
    text = show(acc_both=[Judgement("01_a", "supported", "So.")])
    found = counts(text)
    assert found["claims"] == [7, 2, 2, 1, 1, 2]
    assert found["supported"] == [1, 1, 0, 0, 1, 0]
    assert found["open"] == [3, 1, 2, 0, 0, 0]
    assert found["recomputed"] == [1, 0, 0, 0, 0, 1]
    assert found["weighed below"] == [1, 0, 0, 1, 0, 0]
    assert found["not testable here"] == [1, 0, 0, 0, 0, 1]
    assert "(*FAQ*; also Ergini)" in section(text, "### Heym: supported (1)")
    assert "(*FAQ*; also Heym)" in section(text, "### Ergini: supported (1)")
    assert text.count("(claims-acc-both)=") == 1


def test_a_claim_that_holds_in_part_has_its_row_and_its_section(show):
    text = show(acc_both=[Judgement("01_a", "in part", "On one of two.")])
    assert counts(text)["in part"] == [1, 1, 0, 0, 1, 0]
    assert "*In part* in [Is it" in section(text, "### Heym: in part (1)")
    assert "- **In part**: one half of the claim stands" in text


def test_two_chapters_that_judge_a_claim_are_both_shown_and_linked(show):
    told = section(show(acc_one=[Judgement("01_a", "supported", "By 3 <b>."),
                                 Judgement("02_b", "refuted", "Not so.")]),
                   "### Heym: chapters differ (1)")
    assert ("*Supported* in [Is it \\*a\\*\\?](chapters/01_a.ipynb#the-articles-claims): "
            "By 3 \\<b\\>\\.") in told
    assert "*Refuted* in [Is it b\\?](chapters/02_b.ipynb#the-articles-claims): Not so\\." in told
    assert "Figures: gain\\: 1\\,500 to 2\\,000 calls." in told


def test_a_claim_that_no_chapter_judges_says_why(show):
    text = show()
    told = section(text, "### Devlyn: open (2)")
    assert "*Not measured yet.* What would settle it: Train with 1 \\< n \\& \\$2\\." in told
    assert "*Not recomputed yet.* What would settle it: Multiply\\." in told
    told = section(text, "### Actian: recomputed (1)")
    assert ("*Recomputed* in [What does it cost\\?](chapters/20_cost.ipynb#the-articles-claims), "
            "sum by sum; differs: 1.") in told
    told = section(text, "### Actian: not testable here (1)")
    assert "*Not tested:* nothing here could measure it." in told
    assert "Our note: No source given\\." in told
    told = section(text, "### unsigned: weighed below (1)")
    assert "*Not judged alone.*\n" in told and "contradicted: [con-01](#con-01)" in told


def test_a_contradiction_is_settled_only_by_a_chapter_that_could_judge(show):
    text = show(acc_one=[Judgement("01_a", "out of scope here", "Why.")])
    told = section(text, "## Where the articles contradict one another")
    assert "(con-01)=\n**con-01, Heym, unsigned.** Heym says 1\\, unsigned says 2\\." in told
    assert "*What would settle it:* Measure\\." in told
    assert "[`acc-one`](#claims-acc-one) out of scope here" in told
    text = show(acc_one=[Judgement("02_b", "refuted", "So.")])
    told = section(text, "## Where the articles contradict one another")
    assert ("*How the book settles it:* Measure\\. Chapters: "
            "[Is it b\\?](chapters/02_b.ipynb#the-articles-claims).") in told


def test_a_build_of_some_chapters_says_that_it_is(written):
    found = page.Ledger(read_catalogue(written()), {}, [CELL], {"01_a": "Is it a?"})
    assert "This build holds 1 of the book's 26 chapters" in page.write_ledger(found, 26)
    assert "*Recomputed* in `20_cost`, sum by sum" in page.write_ledger(found, 26)
    assert "the book's 1 chapters, as this build ran them" in page.write_ledger(found, 1)


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script> & more", "$5 and $6", "a | b [c](d) `e` *f* _g_ {{ h }} {cite}`i`",
    "# 1. - + ~x~ ^y^ \\ !z", "84% > 71%; (a + b) / 2 = c"])
def test_a_text_cannot_break_out_of_the_page(text):
    shown = MarkdownIt("commonmark").use(dollarmath_plugin).render(page.escape(text))
    assert shown == f"<p>{html.escape(text)}</p>\n"


def test_articles_are_called_by_name_also_in_ranges_but_not_inside_ids():
    assert page.escape("s0-s2 and s4: see cost-s3-table") == (
        "Heym\\, Devlyn\\, unsigned and Actian\\: see cost\\-s3\\-table")


def test_every_claim_of_the_articles_stands_under_each_article_that_makes_it():
    catalogue = read_catalogue(DATA / "claims.yaml")
    text = page.write_ledger(page.Ledger(catalogue, {}, recompute(), {}), 26)
    for name, one in catalogue.claims.items():
        assert len(re.findall(rf"^  `{name}`", text, re.MULTILINE)) == len(one.sections), name
    for name in catalogue.contradictions:
        assert text.count(f"({name})=") == 1
    found = counts(text)
    for column, whole in enumerate(found.pop("claims")):
        assert sum(row[column] for row in found.values()) == whole


def test_every_article_has_its_entry_in_the_bibliography():
    keys = re.findall(r"@\w+\{([^,]+),", (ROOT / "references.bib").read_text(encoding="utf-8"))
    assert {key for _, key in page.ARTICLES.values()} <= set(keys)
    assert set(page.ARTICLES) == set(read_catalogue(DATA / "claims.yaml").titles)


@pytest.mark.parametrize(("changes", "told"), [
    ({"claims": [{"id": "acc-one"}]}, "expected documents, claims and contradictions"),
    ({"contradictions": []}, "con-only names the unknown contradiction 'con-01'"),
    ({"claims": [claim("acc-one", "s0", testability="guess")]}, "unknown testability 'guess'"),
    ({"contradictions": [CONTRADICTION | {"claims": ["acc-none"]}]}, "unknown claim 'acc-none'"),
])
def test_a_file_of_claims_that_does_not_fit_together_is_refused(written, changes, told):
    with pytest.raises(BookError, match=told):
        read_catalogue(written(**changes))


def test_an_article_without_a_short_name_is_refused(tmp_path):
    layout = write_chapter(tmp_path, "01_a", code("1"))
    text = (DATA / "claims.yaml").read_text(encoding="utf-8")
    (layout.data / "claims.yaml").write_text(
        text.replace("documents:\n", f"documents:\n  s5: {json.dumps({'title': 'New'})}\n", 1))
    with pytest.raises(BookError, match="have not the same articles: s5"):
        page.ledger_page(layout, [])


@pytest.mark.parametrize(("chapter", "claim", "verdict", "told"), [
    ("04_cutting", "chunk-512-default", "in part", "one of many"),
    ("05_finding", "lat-qdrant-p99-50", "in part", "another store"),
    ("09_training", "cost-thousands-of-style-tokens", "in part", "hundreds, not"),
    ("10_kinds", "cost-a100-thousands-epoch", "supported", "By arithmetic"),
    ("11_examples", "acc-ft-consistent-mediocre", "in part", "one training an arm"),
    ("14_preferences", "fmt-dpo-vs-sft", "not separated", "three trainings"),
    ("15_sql", "acc-code-copilot-no-ft", "in part", "picked after the results"),
    ("16_raft", "raft-simple-layering-works", "in part", "trainings"),
    ("16_raft", "raft-best-results", "in part", "one of two benchmarks"),
    ("16_raft", "raft-80-20", "not separated", "third pair is level"),
    ("16_raft", "acc-oracle-absent-robustness", "in part", "that it filters is not shown"),
    ("17_parts", "raft-three-components", "in part", "one training an arm"),
    ("18_ladder", "acc-hybrid-96-rag-89", "in part", "one of two benchmarks"),
    ("18_ladder", "acc-ft-consistency", "in part", "chosen on these very"),
    ("18_ladder", "cost-rag-30-50-more-input", "in part", "depends on the prompt"),
    ("20_cost", "cost-rag-near-zero-update", "supported", "A sum at list prices"),
    ("20_cost", "cost-rag-cheaper-to-start", "in part", "Quicker was not measured"),
    ("20_cost", "cost-200-usd-whole-life", "in part", "that we assume"),
    ("21_latency", "lat-rag-50-300", "in part", "Only with a reranker"),
    ("21_latency", "lat-rag-200-800", "in part", "Only with a reranker"),
    ("21_latency", "lat-ft-zero", "in part", "No hosted model was timed"),
])
def test_a_verdict_claims_no_more_than_its_evidence(chapter, claim, verdict, told):
    """Judge the verdicts that once overreached: one benchmark, one training, other products."""
    cells = read_notebook(ROOT / "chapters" / f"{chapter}.ipynb")["cells"]
    (text,) = [source(cell) for cell in cells if f'("{claim}",' in source(cell)]
    entry = text.split(f'("{claim}",')[1].split('\n    ("')[0]
    assert f'"{verdict}"' in entry, entry
    assert told in re.sub(r'"\s*f?"', "", text)
