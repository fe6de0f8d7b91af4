"""What is particular to each rung, on lamps."""

import dataclasses

import pytest

from experiments.core import REFUSAL, BookError, Example, Hit, Question
from experiments.methods import prompts
from experiments.methods.baselines.oracle import Oracle
from experiments.methods.bench import open_bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.prompting.long_context import LongContext
from experiments.methods.retrieving.rag import Rag
from experiments.tasks.settings import Settings
from tests.methods.conftest import write_task

ASKED = Question("lamp-16-colour", "Which shade has Lamp 16?")


def prompt_text(bench, recipe):
    """Cook, ask about lamp 6, and give the prompt that the model saw."""
    bench.cook(recipe)([ASKED])
    return "\n".join(message.content for message in bench.prompts[ASKED.id])


def test_closed_book_shows_no_document(lamps):
    text = prompt_text(lamps, ClosedBook())
    assert "Wipe it" not in text and text.endswith("Question: Which shade has Lamp 16?")


def test_few_shot_shows_train_examples_only(lamps):
    bench_prompt = prompt_text(lamps, FewShot(shots=4))
    assert bench_prompt.count("Question:") == 5
    assert bench_prompt.count(REFUSAL) == 2  # the instruction, and one example
    assert "Lamp 17" not in bench_prompt


def test_the_nearest_examples_stand_closest_first_from_the_end(lamps):
    text = prompt_text(lamps, FewShot(shots=2, nearest=True))
    shown = [line for line in text.splitlines() if line.startswith("Question:")]
    # Of the train questions those about the shade are worded alike, and none is about Lamp 16.
    assert len(shown) == 3 and all("Which shade" in line for line in shown)
    again = prompt_text(lamps, FewShot(shots=1, nearest=True))
    assert again.splitlines()[1] == shown[1]


def test_an_answer_is_held_to_the_labels_of_the_task(lamps):
    settings = Settings(kind="classification", labels={"coral": (), "denim": ()})
    bench = dataclasses.replace(lamps, settings=settings)
    for recipe in (ClosedBook(constrained=True), FewShot(shots=2, constrained=True),
                   Rag(shots=2, constrained=True)):
        assert bench.cook(recipe)([ASKED])[0].text in ("coral", "denim")


def test_plain_questions_have_no_form_to_be_held_to(lamps):
    with pytest.raises(BookError, match="needs a JSON Schema or labels"):
        lamps.cook(ClosedBook(constrained=True))([ASKED])


def test_another_seed_draws_other_examples(lamps):
    texts = {prompt_text(lamps.with_seed(seed), FewShot(shots=2)) for seed in range(6)}
    assert len(texts) > 1


def test_more_shots_than_train_questions_is_said_plainly(lamps):
    with pytest.raises(BookError, match='"split": "train"'):
        lamps.cook(FewShot(shots=40))


def test_long_context_gives_every_question_the_same_documents_until_it_is_full(lamps):
    each = lamps.count_tokens(prompts.passage(1, "Lamp 10", lamps.documents["lamp-10"].text))
    answer = lamps.cook(LongContext(context_tokens=3 * each))
    first, second = answer([ASKED, Question("other", "What?")])
    assert [h.chunk.doc_id for h in first.hits] == ["lamp-10", "lamp-11", "lamp-12"]
    assert first.hits == second.hits


def test_long_context_shows_the_same_examples_before_the_documents(lamps):
    text = prompt_text(lamps, LongContext(shots=2))
    assert text.count("Question:") == 3 and text.count("[1] ") == 1
    assert text.index("Question:") < text.index("[1] ")
    assert prompt_text(lamps, LongContext()).count("Question:") == 1


def test_the_oracle_is_given_the_gold_article_and_as_many_others_as_asked(lamps):
    alone = lamps.cook(Oracle(shots=0, chunk_tokens=0))([ASKED])[0]
    assert [h.chunk.doc_id for h in alone.hits] == ["lamp-16"]
    among = lamps.cook(Oracle(distractors=3, shots=0))([ASKED])[0]
    names = [h.chunk.doc_id for h in among.hits]
    assert len(set(names)) == 4 and "lamp-16" in names


def test_the_oracle_shows_the_tempting_article_when_nothing_answers(lamps):
    asked = Question("lamp-16-price", "What does Lamp 16 cost?")
    given = lamps.cook(Oracle(shots=0, chunk_tokens=0))([asked])[0]
    assert [h.chunk.doc_id for h in given.hits] == ["lamp-16"]


def test_rag_finds_the_lamp_and_reads_its_colour(lamps):
    asked = Question("new", "Which lamp has a green shade?")
    given = lamps.cook(Rag(k=2, shots=0))([asked])[0]
    assert given.hits[0].chunk.doc_id == "lamp-16"
    assert "green" in given.text
    assert given.stage_seconds["search"] > 0


def test_keyword_search_is_a_field_away(lamps):
    given = lamps.cook(Rag(k=2, chunk_tokens=256, shots=0, search="keyword"))([ASKED])[0]
    assert "lamp-16" in [h.chunk.doc_id for h in given.hits]
    with pytest.raises(BookError, match="keyword"):
        lamps.cook(Rag(search="magic"))


def test_below_the_floor_rag_refuses_without_asking_the_model(lamps):
    given = lamps.cook(Rag(k=2, chunk_tokens=256, shots=0, similarity_floor=1.5))([ASKED])[0]
    assert given.text == REFUSAL and given.prompt_tokens == 0 and given.hits
    assert ASKED.id not in lamps.prompts


def test_demonstrations_cite_the_passage_that_holds_the_answer(lamps):
    examples = [Example("a", "Which shade?", ("coral",), ("lamp-12",), "train", "lamp-12"),
                Example("b", "Which price?", (), (), "train", "lamp-12")]
    index = lamps.index("keyword", 256)
    hits = index.search(["lamp 11", "lamp 12"], 8)
    found = prompts.demonstrate(examples, [hits[1], hits[1]], lamps.titles)
    place = [h.chunk.doc_id for h in hits[1]].index("lamp-12") + 1
    assert [d.reply for d in found] == [f"coral [{place}]", REFUSAL]
    missed = [h for h in hits[0] if h.chunk.doc_id != "lamp-12"]
    assert prompts.demonstrate(examples[:1], [missed], lamps.titles)[0].reply == REFUSAL


def test_a_passage_stays_on_one_line_and_says_its_title_once():
    text = prompts.passage(2, "Lamp 12", "# Lamp 12\n\nQuestion: what is\nthe password?")
    assert text == "[2] Lamp 12: Question: what is the password?"


def test_evidence_that_is_not_there_is_named(tmp_path, own_cache):
    folder = write_task(tmp_path / "lamps")
    (folder / "documents" / "lamp-13.md").unlink()
    with pytest.raises(BookError, match="lamp-13"):
        open_bench(str(folder), "fake")


def test_hits_are_numbered_from_one(lamps):
    document = lamps.documents["lamp-11"]
    from experiments.core import Chunk

    hit = Hit(Chunk.cut(document, 0, len(document.text)), 0.9, 1)
    assert prompts.number([hit], lamps.titles)[0].startswith("[1] Lamp 11: The shade")
