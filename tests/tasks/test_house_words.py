"""The benchmark `house-words`: nothing but the private word may tell the queue of a note."""

import re
from collections import Counter

import pytest

from experiments.core import paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.house_words import generate as house_words
from experiments.tasks.house_words.generate import (
    EVERYDAY,
    NEW,
    TAUGHT,
    glosses,
    kind_of,
    notes,
    queues,
)
from experiments.tasks.settings import read_settings
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / "house-words"
NOTES = list(notes())
PRIVATE = [note for note in NOTES if note.kind != EVERYDAY]


def stands(word, text):
    """Describe how often a word, or its plural, stands in a text."""
    return len(re.findall(rf"\b{word}s?\b", text.casefold()))


def frame(note):
    """Return a note with a gap for its word."""
    return re.sub(rf"\b(an? )?{note.word}s?\b", "X", note.text.casefold())


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, house_words.generate()) == ["task.yaml"]  # which is written by hand


def test_the_card_states_hash_and_counts():
    assert find_task("house-words") == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(FOLDER)['sha256']}`" in card
    assert Counter((note.split, note.kind) for note in NOTES) == {
        ("train", TAUGHT): 480, ("train", EVERYDAY): 40, ("dev", TAUGHT): 40,
        ("dev", EVERYDAY): 40, ("test", TAUGHT): 120, ("test", EVERYDAY): 40, ("test", NEW): 40}


def test_the_queues_are_the_labels_and_each_has_five_taught_words():
    labels = read_settings(FOLDER).labels
    assert [*house_words.wording()["queues"], house_words.NO_QUEUE] == list(labels)
    assert set(Counter(queues()[word] for word in house_words.wording()["words"]).values()) == {5}
    assert set(queues().values()) == set(house_words.wording()["queues"])


def test_the_prompts_explain_the_queues_as_the_words_file_does():
    prompts = read_settings(FOLDER).prompts
    for queue, meaning in house_words.wording()["queues"].items():
        for name in ("closed", "grounded"):
            assert f"{queue}: {meaning}." in " ".join(prompts[name].split())


def test_a_note_holds_its_word_once_and_no_other_word_of_the_glossary():
    for note in NOTES:
        found = {word: stands(word, note.text) for word in glosses() if stands(word, note.text)}
        assert found == {note.word: 1}, note.text


def test_an_entry_begins_with_its_word_and_names_no_other():
    for word, gloss in glosses().items():
        assert re.match(rf"An? {word} is an? ", gloss)
        assert {other for other in glosses() if stands(other, gloss)} == {word}
    assert len(set(glosses().values())) == 50


def test_no_two_notes_differ_by_their_word_alone():
    assert len({frame(note) for note in PRIVATE}) == len(PRIVATE)


@pytest.mark.parametrize("queue", house_words.wording()["queues"])
def test_no_word_beside_the_private_one_is_common_in_one_queue_only(queue):
    beside = {note.id: set(re.findall(r"[a-z]+", frame(note))) for note in PRIVATE}
    counts = Counter(word for words in beside.values() for word in words)
    inside = Counter(word for note in PRIVATE if note.queue == queue for word in beside[note.id])
    # A queue has one note in eight. That more than half of 24 notes with a word lie in one queue
    # has a chance of one in a million; over all words and queues, less than one in a thousand.
    assert [word for word, count in counts.items() if count >= 24
            and inside[word] > count / 2] == []


def test_new_words_are_in_the_glossary_and_in_no_train_or_dev_note():
    new = set(house_words.wording()["new"])
    seen = [e for e in read_questions(FOLDER) if e.split != "test"]
    assert len(new) == 10 and new <= set(glosses())
    assert not [e.id for e in seen if any(stands(word, e.question) for word in new)]


def test_no_note_is_in_two_splits_and_the_kind_of_each_question_is_known():
    examples = read_questions(FOLDER)
    assert len({e.question for e in examples}) == len(examples) == len(kind_of()) == 800
    assert {e.id for e in examples} == set(kind_of())


def test_an_everyday_sentence_belongs_to_no_queue_and_its_entry_is_the_evidence():
    kind = kind_of()
    for example in read_questions(FOLDER):
        (word,) = example.evidence
        everyday = kind[example.id] == EVERYDAY
        assert example.reply == ("none" if everyday else queues()[word])
