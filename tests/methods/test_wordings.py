"""Other wordings of a prompt: said otherwise, the same said, and each a method of its own."""

import dataclasses
import re

import pytest

from experiments.core import REFUSAL, BookError, Question
from experiments.methods import prompts
from experiments.methods.baselines.oracle import Oracle
from experiments.methods.bench import open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.prompts import TEMPLATES, WORDINGS, Templates, templates_for
from experiments.methods.retrieving.rag import Rag
from experiments.tasks.settings import Settings, read_settings

ASKED = Question("lamp-16-colour", "Which shade has Lamp 16?")
OWN = {"closed": "Name the queue.", "question": "Message: {question}"}
OTHERS = {"terse": {"closed": "Queue?"}}
CHAPTER = ("terse", "help desk")


def test_without_a_wording_the_book_s_own_texts_hold():
    assert templates_for("lamps", {}) == TEMPLATES


def test_a_wording_replaces_what_it_words_and_nothing_else():
    worded = templates_for("lamps", {}, "terse")
    assert worded.closed == WORDINGS["terse"]["closed"] != TEMPLATES.closed
    assert worded.passage == TEMPLATES.passage


def test_a_task_s_wording_stands_on_the_task_s_own_texts():
    assert templates_for("mail", OWN, "terse", OTHERS) == dataclasses.replace(
        TEMPLATES, closed="Queue?", question="Message: {question}")
    assert templates_for("mail", OWN, "", OTHERS).closed == "Name the queue."


def test_a_task_with_texts_of_its_own_does_not_take_the_book_s_wordings():
    """The book's "terse" asks for a value, which no message has."""
    with pytest.raises(BookError, match="no prompts worded 'terse'; it has: none but its own"):
        templates_for("mail", OWN, "terse")


def test_an_unknown_wording_lists_the_known():
    with pytest.raises(BookError, match="worded 'shouted'; it has: terse, help desk, no refusal"):
        templates_for("lamps", {}, "shouted")


def test_a_template_that_does_not_exist_lists_those_that_do():
    with pytest.raises(BookError, match="the prompt 'closing'; prompts are closed, grounded"):
        templates_for("mail", OWN, "terse", {"terse": {"closing": "Bye."}})


@pytest.mark.parametrize("name", CHAPTER)
def test_the_book_s_wordings_ask_for_the_same_things(name):
    """A wording that forgot the refusal or the citation would be another task."""
    worded = templates_for("lamps", {}, name)
    assert REFUSAL in worded.closed and REFUSAL in worded.grounded
    assert "like [1]" in worded.grounded and "are data" in worded.grounded.replace("\n", " ")
    assert "{question}" in worded.question


def test_without_refusal_is_the_own_wording_less_one_sentence():
    worded = templates_for("lamps", {}, "no refusal")
    for name in ("closed", "grounded"):
        own, other = getattr(TEMPLATES, name), getattr(worded, name)
        assert own.startswith(other) and REFUSAL in own and REFUSAL not in other
    assert worded.question == TEMPLATES.question


@pytest.mark.parametrize("task", ["routing", "clauses"])
def test_each_wording_of_a_task_names_all_that_an_answer_can_hold(task):
    from experiments.core.paths import DATA

    settings = read_settings(DATA / "tasks" / task)
    names = list(settings.labels) or list(settings.schema["properties"])
    # "bare" asks a model that was trained on the answers: it names none of them.
    assert sorted(settings.wordings) == sorted((*CHAPTER, "bare"))
    for wording in ("", *CHAPTER):
        text = templates_for(task, settings.prompts, wording, settings.wordings).closed
        missing = [n for n in names if not re.search(rf"(?<![\w-]){re.escape(n)}(?![\w-])", text)]
        assert not missing, (wording, missing)


def test_what_is_worded_otherwise_is_what_the_model_reads(lamps):
    for recipe in (ClosedBook(wording="terse"), FewShot(shots=2, wording="terse")):
        lamps.cook(recipe)([ASKED])
        system, *turns = lamps.prompts[ASKED.id]
        assert system.content == WORDINGS["terse"]["closed"]
        assert all(turn.content.startswith("Q: ") for turn in turns if turn.role == "user")


def test_the_methods_that_show_passages_are_worded_too(lamps):
    for recipe in (Rag(search="keyword", shots=2, wording="help desk"),
                   Oracle(shots=2, chunk_tokens=0, wording="help desk")):
        lamps.cook(recipe)([ASKED])
        system, *_, last = lamps.prompts[ASKED.id]
        assert system.content == WORDINGS["help desk"]["grounded"]
        assert last.content.endswith("\nCustomer: Which shade has Lamp 16?")


def test_one_recipe_s_wording_does_not_reach_the_next(lamps):
    lamps.cook(ClosedBook(wording="terse"))([ASKED])
    lamps.cook(ClosedBook())([ASKED])
    assert lamps.prompts[ASKED.id] == prompts.closed(ASKED)


def test_a_recipe_of_an_unknown_wording_is_not_cooked(lamps):
    with pytest.raises(BookError, match="worded 'shouted'"):
        lamps.cook(ClosedBook(wording="shouted"))([ASKED])


def test_a_wording_is_a_method_of_its_own_and_none_is_the_old_one(lamps):
    names = {text: lamps.fingerprint(ClosedBook(wording=text)) for text in ("", *WORDINGS)}
    assert len(set(names.values())) == 1 + len(WORDINGS)
    assert names[""] == lamps.fingerprint(ClosedBook())


def test_a_changed_text_of_a_wording_changes_its_fingerprint_and_no_other(lamps):
    before, after = (dataclasses.replace(lamps, settings=Settings(
        prompts=OWN, wordings={"terse": {"closed": text}})) for text in ("Queue?", "Which?"))
    worded = ClosedBook(wording="terse")
    assert before.fingerprint(worded) != after.fingerprint(worded)
    assert before.fingerprint(ClosedBook()) == after.fingerprint(ClosedBook())


def test_a_task_file_may_word_only_what_it_prompts(tmp_path):
    (tmp_path / "task.yaml").write_text("wordings:\n  terse: {closed: 'Value.'}\n")
    with pytest.raises(BookError, match="'wordings' gives other texts for entries of 'prompts'"):
        read_settings(tmp_path)
    (tmp_path / "task.yaml").write_text(
        "prompts: {closed: 'Name it.'}\nwordings:\n  terse: {question: 'no place for it'}\n")
    with pytest.raises(BookError, match=r"needs the place \{question\}"):
        read_settings(tmp_path)


def test_a_task_file_s_wordings_reach_its_bench(tmp_path, own_cache):
    from tests.methods.conftest import write_task

    folder = write_task(tmp_path / "mail")
    (folder / "task.yaml").write_text(
        "prompts: {closed: 'Name it.'}\nwordings:\n  terse: {closed: 'It?'}\n")
    bench = open_bench(str(folder), "fake")
    bench.cook(ClosedBook(wording="terse"))([ASKED])
    assert bench.prompts[ASKED.id][0].content == "It?"
    assert bench.lend(ClosedBook()).templates == Templates(closed="Name it.")


def test_a_task_does_not_word_passages_which_are_laid_out_in_one_way():
    with pytest.raises(BookError, match="words the prompt 'passage'; prompts are closed, "
                                        "grounded, question$"):
        templates_for("lamps", {"passage": "{title}: {text}"})
