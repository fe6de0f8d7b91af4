"""LlamaIndex's own retriever and engine over our index find what we find."""

import math

import pytest

from experiments.core import Document
from experiments.retrieval.documents.chunk import Chunker
from experiments.retrieval.documents.load import read_documents
from experiments.retrieval.engine import default_engine, retriever
from experiments.retrieval.search.embed import Embedder
from experiments.retrieval.search.index import VectorIndex
from tests.retrieval.conftest import passages, write_five_formats

pytestmark = pytest.mark.usefixtures("own_cache")


def test_the_default_engine_shows_texts_without_their_metadata(toy):
    from experiments.retrieval.search.llama import FunctionLLM

    asked = []
    llm = FunctionLLM(lambda prompt: asked.append(prompt) or "yes")
    index = VectorIndex.build(passages("1 0 0 apples", "0 1 0 pears"), toy)
    assert default_engine(index, llm, 2).query("1 0 0").response == "yes"
    (prompt,) = asked
    assert "1 0 0 apples\n\n0 1 0 pears" in prompt and "start" not in prompt


def test_the_store_names_each_passage_with_its_document(toy):
    index = VectorIndex.build(passages("1 0 0", "0 1 0"), toy)
    (found,) = retriever(index, 1).retrieve("0 1 0")
    assert found.node.ref_doc_id == "b"
    assert (found.node.start_char_idx, found.node.end_char_idx) == (0, 5)


THINGS = ["kettle", "toaster", "lamp", "radio", "fan", "scale", "blender", "heater", "clock",
          "iron"]
FACTS = ["It has a warranty of {} months.", "It weighs {} grams and fits on a shelf.",
         "The cable is {} centimetres long.", "Spare parts cost {} dollars in our shop."]


@pytest.fixture(scope="module")
def forty_documents():
    """Write forty short articles: ten things, four facts each."""
    return [
        Document(f"{thing}-{place}", thing, f"About the {thing}.\n\n" + fact.format(
            12 + 7 * place + number) + f"\n\nQuestions about the {thing} are answered by phone.")
        for number, thing in enumerate(THINGS) for place, fact in enumerate(FACTS)]


@pytest.mark.model
def test_ten_questions_find_the_same_as_llama_indexs_own_retriever(forty_documents, model_folder):
    chunker = Chunker(model_folder)
    chunks = [chunk for document in forty_documents for chunk in chunker.cut(document, 16, 4)]
    index = VectorIndex.build(chunks, Embedder(model_folder), "forty")
    questions = [f"How many months of warranty has the {thing}?" for thing in THINGS[:5]]
    questions += [f"How long is the cable of the {thing}?" for thing in THINGS[5:]]
    theirs = retriever(index, 5)
    for question, ours in zip(questions, index.search(questions, 5), strict=True):
        found = theirs.retrieve(question)
        assert [hit.chunk.id for hit in ours] == [node.node_id for node in found]
        assert [hit.chunk.text for hit in ours] == [node.text for node in found]
        assert [hit.score for hit in ours] == pytest.approx(
            [1 + math.log(node.score) for node in found], abs=2e-6)
    for question, hits in zip(questions[:5], index.search(questions[:5], 1), strict=True):
        assert hits[0].chunk.doc_id.rsplit("-")[0] in question


@pytest.mark.model
def test_every_format_is_found_by_meaning(tmp_path, model_folder):
    write_five_formats(tmp_path / "documents")
    chunker = Chunker(model_folder)
    chunks = [chunker.whole(document) for document in read_documents(tmp_path / "documents")]
    index = VectorIndex.build(chunks, Embedder(model_folder))
    questions = {"How much water fits in the kettle?": "markdown", "How fast is the fan?": "page",
                 "How long is the lamp on?": "plain", "How many stations has the radio?": "print",
                 "What can the scale weigh?": "word"}
    found = index.search(list(questions), 1)
    assert [hits[0].chunk.doc_id for hits in found] == list(questions.values())
