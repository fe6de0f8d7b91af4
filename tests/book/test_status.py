"""The status page: every declared study, its true tier, and when a cached chapter was audited."""

import json
from dataclasses import replace

import pytest
from tiny_book import STUDY, code, notebook, record_study, write_book

from experiments.book.build.runner import Outcome
from experiments.book.chapter import STUDY_MIME
from experiments.book.pages import status
from experiments.book.source.notebooks import read_notebook
from experiments.evidence.checks.published import Published, read_published
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay

RUN = {"seconds": 60.0, "parameters": {"mode": "audit", "sample": 3}, "key": "k",
       "hardware": "A CPU", "python": "3", "torch": "2", "transformers": "5",
       "commit": "0123456789abcdef-dirty", "date": "2026-11-20T10:00Z"}
FACTS = {"study": "tiny", "model": "fake", "tier": "4 of 160 asked again", "audited": 4,
         "identical": 3, "near_tie": 1, "records": 160, "hardware": "A CPU",
         "dates": ["2026-11-20", "2026-11-20"]}
TIMINGS = FACTS | {"study": "timings: one", "tier": "recorded", "audited": 0, "records": 99}


@pytest.fixture
def layout(tmp_path, monkeypatch):
    """Make the tiny book, recorded and not yet run."""
    made = write_book(tmp_path)
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(made.data / "results"))
    record_study(made)
    return made


def shown(layout, *facts, cached=False, published=None):
    """Return the page of a book whose chapter left some facts."""
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {STUDY_MIME: one}}
               for one in facts]
    ran = notebook(code(STUDY) | {"outputs": outputs}, book_run=RUN)
    layout.executed.mkdir(parents=True, exist_ok=True)
    (layout.executed / "01_tiny.ipynb").write_text(json.dumps(ran))
    published = read_published(layout.data / "published.yaml") if published is None else published
    return status.status_page(layout, [Outcome("01_tiny", 60.0, cached)], published)


def plain(text):
    return text.replace("\\", "")


def test_a_study_names_how_many_answers_were_asked_again(layout):
    text = plain(shown(layout, FACTS))
    assert "| 01_tiny | tiny | 4 of 160 asked again | 160 | 4: 3 identical, 1 near-tie |" in text
    assert "| tiny-rate | tiny | 4 of 160 asked again |" in text
    assert ("4 of 160 recorded answers were asked again when their chapters ran: 3 identical, 1 as "
            "likely to the model as the recorded one, 0 differences") in text


def test_a_declared_study_that_left_nothing_is_replayed_and_listed(layout):
    text = plain(shown(layout))
    assert "| 01_tiny | tiny | replayed only | 160 | 0 |" in text
    assert "Of 1 studies with 160 answers none was asked again." in text


def test_a_number_of_two_studies_names_both_tiers(layout):
    entry = Published("gap", "tiny", "contains", "rag", "percent", 1.0, "rag", 1.0, (0.0, 2.0),
                      minus_study="elsewhere")
    text = plain(shown(layout, FACTS, published=[entry]))
    assert "| gap | tiny; elsewhere | 4 of 160 asked again; replayed only |" in text


def test_a_chapter_from_the_cache_says_when_it_was_audited(layout):
    text = plain(shown(layout, FACTS, cached=True))
    assert "1 of 1 chapters come from the cache of earlier builds (run on 2026-11-20; commits " \
           "0123456789ab-dirty)." in text
    assert "| 4 of 160 | earlier build (cache): 2026-11-20T10:00Z, commit 0123456789ab-dirty |" \
           in text


def test_timings_are_recorded_and_count_as_no_answers(layout):
    text = plain(shown(layout, FACTS, TIMINGS))
    assert "| 01_tiny | timings: one | recorded | 99 | 0 |" in text
    assert "4 of 160 recorded answers" in text and "Of 0 studies" in text


def test_a_line_break_in_a_records_hardware_lets_no_directive_into_the_page(layout):
    hostile = "CPU\n\n```{raw} html\n<script>alert(1)</script>\n```\n"
    text = shown(layout, FACTS | {"hardware": hostile})
    assert not any(line.lstrip().startswith(("```", "<")) for line in text.splitlines())
    assert "```" not in text and "<script>" not in text
    assert "\\{raw\\}" in text


def test_hardware_is_one_line_wherever_it_is_named(layout):
    (study,) = declared_studies(layout.root / "chapters").values()
    results = replay(study)
    machine = results.machines[0] | {"hardware": "A CPU\n# of mine"}
    assert replace(results, machines=(machine,)).hardware == "A CPU # of mine"


def test_what_a_chapter_left_is_read_from_its_outputs(layout):
    shown(layout, FACTS, TIMINGS)
    left = status.provenance(read_notebook(layout.executed / "01_tiny.ipynb"))
    assert [one["study"] for one in left] == ["tiny", "timings: one"]
