"""What is read, and what is taught, on which day."""

import dataclasses
import json

import pytest

from experiments.core import BookError
from experiments.methods.bench import open_bench
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.taught_on import TaughtOn
from experiments.methods.variants.daily import Daily, on
from experiments.tasks.support.feed import day_of
from tests.methods.conftest import write_task

CHUNKS = Rag(search="keyword", shots=0)


@pytest.fixture
def feed(tmp_path, own_cache):
    """Open a shop of two lamps: 16 turns from green to amber on day 2, 17 goes on day 3."""
    folder = write_task(tmp_path / "feed")
    pages = {"day-0/lamp-16": "The shade of Lamp 16 is green.",
             "day-0/lamp-17": "The shade of Lamp 17 is hazel.",
             "day-2/lamp-16": "The shade of Lamp 16 is amber."}
    for path in (folder / "documents").iterdir():
        path.unlink()
    for name, text in pages.items():
        path = folder / "documents" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Lamp {name[-2:]}\n\n{text}\n")
    values = {"day-0/lamp-16": "green", "day-0/lamp-17": "hazel", "day-2/lamp-16": "amber"}
    events = [(0, "added", "lamp-16"), (0, "added", "lamp-17"), (2, "rewritten", "lamp-16"),
              (3, "deleted", "lamp-17")]
    write(folder / "feed.jsonl", [dict(zip(("day", "change", "product"), e, strict=True))
                                  for e in events])
    write(folder / "taught.jsonl", [
        {"id": name, "question": f"Which shade has Lamp {name[-2:]}?", "reply": value,
         "phrasing": 1, "document": name} for name, value in values.items()])
    write(folder / "questions.jsonl", [
        {"id": f"lamp-16-shade-day-{day}", "question": "Which shade has Lamp 16?",
         "answers": ["green" if day < 2 else "amber"],
         "evidence": ["day-0/lamp-16" if day < 2 else "day-2/lamp-16"], "split": "test",
         "group": "lamp-16"} for day in range(5)])
    return open_bench(str(folder), "fake")


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def pages_read(feed, recipe):
    questions = [e.asked() for e in feed.examples("test")]
    return [answer.hits[0].chunk.doc_id for answer in feed.cook(recipe)(questions)]


def test_a_bench_of_a_day_has_the_pages_of_that_day(feed):
    assert sorted(on(feed, 1).documents) == ["day-0/lamp-16", "day-0/lamp-17"]
    assert sorted(on(feed, 4).documents) == ["day-2/lamp-16"]


def test_a_bench_without_a_feed_is_the_same_every_day(lamps):
    assert on(lamps, 5) is lamps


def test_an_index_made_every_day_gives_the_page_of_the_day(feed):
    assert pages_read(feed, Daily(CHUNKS)) == ["day-0/lamp-16"] * 2 + ["day-2/lamp-16"] * 3


def test_an_index_made_every_third_day_is_out_of_date_between(feed):
    assert pages_read(feed, Daily(CHUNKS, every=3)) == (
        ["day-0/lamp-16"] * 3 + ["day-2/lamp-16"] * 2)


def test_the_same_prompt_is_asked_once_and_answered_for_every_day(feed, monkeypatch):
    asked = []
    generate = type(feed.generator).generate

    def counting(self, prompts, **options):
        asked.append(len(prompts))
        return generate(self, prompts, **options)

    monkeypatch.setattr(type(feed.generator), "generate", counting)
    answers = feed.cook(Daily(CHUNKS))([e.asked() for e in feed.examples("test")])
    assert asked == [2] and len(answers) == 5
    assert len({a.text for a in answers[:2]}) == len({a.text for a in answers[2:]}) == 1
    assert [day_of(a.example_id) for a in answers] == [0, 1, 2, 3, 4]
    assert feed.prompts["lamp-16-shade-day-4"] == feed.prompts["lamp-16-shade-day-2"]


def test_a_day_teaches_the_facts_that_held_on_it(feed):
    replies = {day: [reply for _, reply in TaughtOn(day=day).pairs(feed)] for day in (0, 2, 3)}
    assert replies == {0: ["green", "hazel"], 2: ["hazel", "amber"], 3: ["amber"]}


def test_a_reader_of_facts_shares_the_training_of_day_zero(feed):
    taught = TaughtOn(wording="terse")
    recipe = Daily(dataclasses.replace(CHUNKS, wording="terse"), weights=taught)
    assert recipe.pairs(feed.lend(recipe)) == taught.pairs(feed.lend(taught))
    assert recipe.tuning == taught.tuning and not Daily().trained


def test_two_wordings_and_an_index_that_is_never_made_are_refused():
    with pytest.raises(BookError, match="'' and 'terse'"):
        Daily(CHUNKS, weights=FineTuned(wording="terse"))
    with pytest.raises(BookError, match="not 0"):
        Daily(every=0)
