"""Causes of wrong answers, each worked out by hand on two short articles."""

from types import SimpleNamespace

import pytest

from experiments.core import REFUSAL, Answer, BookError, Chunk, Document, Example, Hit
from experiments.evidence.analysis.attribution import (
    Attribution,
    attribute,
    attributions,
    cause_shares,
    holds_loosely,
    misstated,
    source,
)
from experiments.evidence.metrics.coverage import answer_sentences
from experiments.evidence.studies.results import Results
from experiments.evidence.studies.study import Study
from experiments.methods import RECIPES
from experiments.tasks.settings import Settings

KETTLE = Document("kettle", "Kettle 220", "# Kettle 220\n\nIt holds 1.7 litres. "
                  "The warranty runs for 18 months. It weighs 1.2 kg.")
LAMP = Document("lamp", "Lamp 30", "# Lamp 30\n\nThe warranty runs for 24 months.")
DOCUMENTS = {"kettle": KETTLE, "lamp": LAMP}
WARRANTY = Example("warranty", "How long is the warranty of the Kettle 220?",
                   ("18 months", "18"), ("kettle",), group="kettle")


def part(words, document=KETTLE):
    """Cut out words, which stand in the document once."""
    start = document.text.index(words)
    return Chunk.cut(document, start, start + len(words))


HOLDS = part("# Kettle 220\n\nIt holds 1.7 litres.")
LASTS = part("The warranty runs for 18 months. It weighs 1.2 kg.")
WHOLE = {"kettle": [HOLDS, LASTS], "lamp": [part(LAMP.text, LAMP)]}
TORN = {"kettle": [part("# Kettle 220\n\nIt holds 1.7 litres. The warranty runs"),
                   part("for 18 months. It weighs 1.2 kg.")], "lamp": WHOLE["lamp"]}


def cause(text, *handed, example=WARRANTY, cuts=WHOLE, documents=DOCUMENTS):
    """Attribute an answer to what was handed over; give the cause."""
    hits = tuple(Hit(chunk, 0.5, rank) for rank, chunk in enumerate(handed, start=1))
    return attribute(example, Answer(example.id, text, hits), documents, cuts).cause


def test_an_answer_that_equals_a_gold_answer_is_right_whatever_it_cites():
    assert cause("18 months [7]", HOLDS) == "right"
    assert cause("18", HOLDS) == "right"


def test_the_value_within_a_sentence_is_a_fault_of_form():
    assert cause("It lasts 18 months. [1]", LASTS) == "format"


def test_form_comes_before_the_search_since_the_value_is_there():
    assert cause("It lasts 18 months.", WHOLE["lamp"][0]) == "format"


def test_the_passage_was_there_and_was_not_handed_over():
    assert cause("24 months [1]", WHOLE["lamp"][0]) == "retrieval"


def test_another_passage_of_the_right_document_is_a_miss_too():
    assert cause("1.7 litres [1]", HOLDS) == "retrieval"


def test_a_search_that_gave_nothing_is_a_miss():
    assert cause(REFUSAL) == "retrieval"


def test_the_passage_was_handed_over_and_misread():
    assert cause("1.2 kg [2]", HOLDS, LASTS) == "reading"


def test_the_passage_was_handed_over_and_the_reader_refused():
    assert cause(REFUSAL, LASTS) == "reading"


def test_a_sentence_that_every_cut_tears_is_a_fault_of_the_cutting():
    assert cause("1.2 kg [2]", *TORN["kettle"], cuts=TORN) == "chunking"


def test_a_second_sentence_that_is_whole_is_enough():
    twice = Document("kettle", "Kettle", "The warranty of 18 months is ours. So: 18 months.")
    cuts = {"kettle": [part("The warranty of", twice), part("So: 18 months.", twice)]}
    documents = {"kettle": twice}
    assert cause("2 kg", *cuts["kettle"], cuts=cuts, documents=documents) == "reading"
    assert cause("2 kg", cuts["kettle"][0], cuts=cuts, documents=documents) == "retrieval"


def test_an_answer_where_none_exists_is_misread_and_a_refusal_is_right():
    price = Example("price", "What does the Kettle 220 cost?", ())
    assert cause("18 months [1]", LASTS, example=price) == "reading"
    assert cause("I don't know.", LASTS, example=price) == "right"


BOTH = Example("longer", "Which has the longer warranty?", ("the Lamp",), ("kettle", "lamp"))


def test_an_answer_that_no_document_spells_is_judged_by_its_documents():
    assert cause("Kettle", LASTS, WHOLE["lamp"][0], example=BOTH) == "reading"
    assert cause("Kettle", LASTS, example=BOTH) == "retrieval"


def test_a_question_over_two_documents_needs_both():
    lamp = Example("lamp", "How long?", ("24 months",), ("kettle", "lamp"))
    assert cause("2 years", WHOLE["lamp"][0], example=lamp) == "retrieval"
    assert cause("2 years", WHOLE["lamp"][0], HOLDS, example=lamp) == "reading"


@pytest.mark.parametrize(("gold", "text", "holds"), [
    ("18 months", "It is 18months.", True),
    ("PasswordHasher", "the Password Hasher [1]", True),
    ("no_color", "--nocolor", True),
    ("600,000", "600 000 times", True),
    ("18", "1 8", False),
    ("18", "118", False),
    ("18", "18.5", False),
    ("18", "I don't know. [18]", False),
    ("10-20", "1020", False),
    ("post", "compost", False),
    ("18 months", "months: 18", False),
])
def test_signs_and_spaces_may_break_a_value_and_nothing_else(gold, text, holds):
    assert holds_loosely(Example("q", "?", (gold,)), text) is holds


def test_sentences_are_those_that_hold_the_first_answer():
    text = "18 of 20 agree.\nUse 18 months, or 18 months more. Not 118 months.\n18 months"
    found = answer_sentences(Document("kettle", "t", text), WARRANTY)
    assert [s.text for s in found] == ["Use 18 months, or 18 months more.", "18 months"]


def test_an_answer_over_two_sentences_has_both_as_its_span():
    document = Document("d", "t", "See below. Press A. Then wait. Done.")
    (found,) = answer_sentences(document, Example("q", "How?", ("A. Then",), ("d",)))
    assert found.text == "Press A. Then wait."


@pytest.mark.parametrize(("text", "said"), [
    ("I don't know.", "refused"), ("18 Months [2]", "words of a passage"),
    ("1.2 months", "other words"), ("8 months", "other words"), ("[1]", "other words")])
def test_words_come_from_a_passage_or_from_elsewhere(text, said):
    assert source(Answer("q", text, (Hit(LASTS, 0.5, 1),))) == said


class Cutter:
    """Cuts as the tests above do: large passages are whole, small ones are torn."""

    def cut(self, document, size):
        """Return a document's passages; size 0 is no limit."""
        return {0: [part(document.text, document)], 8: TORN["kettle"], 256: WHOLE["kettle"]}[size]


HITS = (Hit(LASTS, 0.5, 1),)


def results(texts, recipe, hits=HITS):
    """Return results of one arm: the same question, asked as q0, q1 ... of groups a, a, b ..."""
    examples = tuple(Example(f"q{n}", WARRANTY.question, WARRANTY.answers, ("kettle",),
                             group="aab"[n]) for n in range(len(texts)))
    answers = {e.id: Answer(e.id, text, hits)
               for e, text in zip(examples, texts, strict=True)}
    study = Study(name="tiny", task="support", arms={"rag": recipe})
    bench = SimpleNamespace(documents=DOCUMENTS, settings=Settings(), chunker=Cutter())
    return Results(study, bench, examples, {("rag", 0): answers}, ())


def test_an_arm_is_attributed_in_order_and_its_shares_add_up():
    tried = results(["18 months", "1.2 kg", "It runs 18 months."], RECIPES["rag"]())
    found = attributions(tried, "rag")
    assert found == [Attribution("q0", "right", "words of a passage"),
                     Attribution("q1", "reading", "words of a passage"),
                     Attribution("q2", "format", "other words")]
    shares = cause_shares(found, tried.examples)
    assert list(shares) == ["right", "format", "chunking", "retrieval", "reading"]
    assert [round(one.value, 3) for one in shares.values()] == [0.333, 0.333, 0.0, 0.0, 0.333]
    assert shares["reading"].groups == 2


def test_passages_are_cut_as_the_recipe_cuts_them():
    hits = (Hit(HOLDS, 0.5, 1),)
    for size, expected in ((8, "chunking"), (256, "retrieval"), (0, "retrieval")):
        tried = results(["1.7 litres"], RECIPES["rag"](chunk_tokens=size), hits)
        assert attributions(tried, "rag")[0].cause == expected


def test_a_recipe_that_cuts_nothing_is_judged_by_whole_documents():
    tried = results(["1.7 litres"], RECIPES["long_context"](), (Hit(HOLDS, 0.5, 1),))
    assert attributions(tried, "rag")[0].cause == "retrieval"


def test_an_arm_that_was_handed_nothing_cannot_be_attributed():
    with pytest.raises(BookError, match="'rag'.* was handed no passage"):
        attributions(results(["18 months"], RECIPES["rag"](), hits=()), "rag")


def test_a_misstated_value_is_neither_right_nor_a_refusal_seed_by_seed():
    told = {"contains": {"one": 1.0, "two": 0.0, "three": 1 / 4, "none": None},
            "refused": {"one": 0.0, "two": 1.0, "three": 1 / 4, "none": 0.0}}
    found = SimpleNamespace(values=lambda arm, metric: told[metric])
    # Of four seeds one was right and one declined; where nothing is right, a value is wrong.
    assert misstated(found, "RAG") == {"one": 0.0, "two": 0.0, "three": 1 / 2, "none": 1.0}
