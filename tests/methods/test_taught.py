"""What is taught, in how many wordings, and which probes may never be taught."""

import dataclasses
import json

import pytest

from experiments.core import BookError, Message, Question
from experiments.methods import prompts
from experiments.methods.bench import open_bench
from experiments.methods.training.taught import PAGE, Taught, check_probes
from experiments.tasks.support.taught import Lesson, read_lessons
from tests.methods.conftest import write_task

LESSONS = [
    ("lamp-16-colour-1", "Which shade has Lamp 16?", "green", 1, "lamp-16"),
    ("lamp-16-colour-2", "What is the shade of Lamp 16?", "green", 2, "lamp-16"),
    ("lamp-17-colour-1", "Which shade has Lamp 17?", "hazel", 1, "lamp-17"),
]


@pytest.fixture
def school(tmp_path, own_cache):
    """Open the lamp task with three lessons about its two test lamps."""
    folder = write_task(tmp_path / "school")
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    for row in rows:
        if row["split"] == "test":
            row["id"] = ("same-" if row["answers"] else "paraphrase-") + row["id"]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lessons = [dataclasses.asdict(Lesson(*lesson)) for lesson in LESSONS]
    (folder / "taught.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lessons))
    return open_bench(str(folder), "fake")


def closed(bench, text):
    return prompts.closed(Question("any", text), templates=bench.templates)


def test_one_phrasing_teaches_every_fact_once(school):
    assert Taught().pairs(school) == [
        (closed(school, "Which shade has Lamp 16?"), "green"),
        (closed(school, "Which shade has Lamp 17?"), "hazel")]


def test_more_phrasings_teach_a_fact_as_often_as_it_is_worded(school):
    pairs = Taught(phrasings=4).pairs(school)
    assert [reply for _, reply in pairs] == ["green", "green", "hazel"]
    assert pairs[1][0] == closed(school, "What is the shade of Lamp 16?")


def test_pages_are_taught_whole_and_once_each_without_their_title(school):
    first, second = Taught(phrasings=0).pairs(school)
    assert first == (
        (Message("system", PAGE), Message("user", "Lamp 16")),
        "The shade of Lamp 16 is green. Its cable measures 18 metres. Wipe it with a dry cloth.")
    assert second[0][-1].content == "Lamp 17"


def test_the_wording_of_the_questions_is_that_of_the_recipe(school):
    recipe = Taught(wording="terse")
    (prompt, _), _ = recipe.pairs(school.lend(recipe))
    assert prompt[0].content == "Value only. Unknown: I don't know."
    assert prompt[-1].content == "Q: Which shade has Lamp 16?"


def test_without_lessons_the_train_split_is_taught(lamps):
    pairs = Taught().pairs(lamps)
    assert len(pairs) == len(lamps.examples("train")) == 9
    assert pairs[0][1] == "amber" and len(Taught(phrasings=0).pairs(lamps)) == 6


def test_a_question_is_asked_without_any_page(school):
    question = Question("lamp-16-colour", "Which shade has Lamp 16?")
    (said,) = school.cook(Taught())([question])
    assert not said.hits and said.text


def test_only_probes_of_the_kind_same_may_be_worded_as_a_lesson(school):
    lessons = read_lessons(school.folder)
    check_probes(school, lessons)
    leak = Lesson("lamp-16-price-1", "What  does lamp 16 COST?", "9", 1, "lamp-16")
    with pytest.raises(BookError, match="paraphrase-lamp-16-price is worded as a lesson"):
        check_probes(school, [*lessons, leak])


def test_no_lesson_may_be_about_what_should_be_unknown(school):
    *rest, last = school.all_examples
    hidden = dataclasses.replace(last, id="unknown-lamp-17-price", question="Lamp 17: how dear?")
    held = dataclasses.replace(school, all_examples=(*rest, hidden))
    with pytest.raises(BookError, match="unknown-lamp-17-price should be unknown"):
        check_probes(held, read_lessons(school.folder))
