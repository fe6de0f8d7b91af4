"""The first day's predictions: each chapter says what git does not show, with the right minutes."""

import json
import re
from datetime import datetime

import pytest

from experiments.core.paths import CHAPTERS, DATA
from experiments.evidence.timing.timings import read_timings

# The chapters whose first predictions were committed after their run had begun.
CHAPTERS_OF_THE_FIRST_DAY = (
    "00_asking", "02_prompt", "02_shape", "03_retrieval", "06_refusing", "07_access",
    "08_two_hops", "09_training", "12_facts", "16_raft", "21_latency", "23_freshness")
SAID = re.compile(
    r"Git does not show that predictions (\d+) (?:to|and) (\d+) came first(?: on `support`)?: they "
    r"were committed at (\d\d:\d\d) UTC on 21 November 2026, (\d+) minutes after the (run|timing) "
    r"of `([\w-]+)` began[.,]")


def hypothesis(chapter):
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    (text,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "hypothesis")
    return " ".join(text.split())


def began(kind, name):
    """Return the moment at which a run, or a set of timings, was begun."""
    if kind == "timing":
        dates = [row["machine"]["date"] for row in read_timings(name).settings.values()]
    else:
        dates = [json.loads(line)["machine"]["date"]
                 for path in (DATA / "results" / name).glob("*.jsonl")
                 for line in path.read_text(encoding="utf-8").splitlines()]
    return datetime.fromisoformat(min(dates))


@pytest.mark.parametrize("chapter", CHAPTERS_OF_THE_FIRST_DAY)
def test_a_chapter_says_how_long_after_its_run_its_predictions_were_committed(chapter):
    (said,) = SAID.finditer(hypothesis(chapter))
    first, last, clock, minutes, kind, name = said.groups()
    committed = datetime.fromisoformat(f"2026-11-21T{clock}Z")
    assert (committed - began(kind, name)).total_seconds() == 60 * int(minutes) > 0
    assert 1 <= int(first) < int(last)


def test_the_predictions_of_the_first_day_are_all_named():
    ends = [SAID.search(hypothesis(chapter)).groups()[:2] for chapter in CHAPTERS_OF_THE_FIRST_DAY]
    assert sum(int(last) - int(first) + 1 for first, last in ends) == 68


@pytest.mark.parametrize("chapter", CHAPTERS_OF_THE_FIRST_DAY)
def test_no_chapter_of_the_first_day_claims_more(chapter):
    before_later_ones = hypothesis(chapter).split("more were ")[0].split(" ninth was ")[0]
    assert not re.search(r"[Ww]ritten (when|before)|(wrote|written) this before", before_later_ones)
