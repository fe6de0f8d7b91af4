"""LlamaIndex's citing engine over our index: its prompt, its numbers, our model and documents."""

import pytest

from experiments.retrieval.engine import citation_engine
from experiments.retrieval.search.index import VectorIndex
from tests.retrieval.conftest import passages

pytestmark = pytest.mark.usefixtures("own_cache")


def test_sources_are_numbered_in_the_order_of_the_search_and_know_their_document(toy):
    index = VectorIndex.build(passages("1 0 0 apples", "0 1 0 pears", "0 0 1 plums"), toy)
    asked = []
    engine = citation_engine(index, lambda text: asked.append(text) or "pears [1]", 2)
    said = engine.query("0 2 1")
    assert said.response == "pears [1]"
    assert [node.text for node in said.source_nodes] == [
        "Source 1:\n0 1 0 pears\n", "Source 2:\n0 0 1 plums\n"]
    assert [node.node.ref_doc_id for node in said.source_nodes] == ["b", "c"]
    (prompt,) = asked
    assert prompt.index("Source 1:\n0 1 0 pears") < prompt.index("Source 2:\n0 0 1 plums")
    assert "Query: 0 2 1" in prompt and "apples" not in prompt


def test_a_long_passage_becomes_several_sources_of_one_document(toy):
    index = VectorIndex.build(passages("1 0 0 " + "Another word stands here. " * 300), toy)
    sources = citation_engine(index, lambda text: "no", 1).query("1 0 0").source_nodes
    assert len(sources) > 1
    assert {node.node.ref_doc_id for node in sources} == {"a"}
    assert [node.text.split("\n")[0] for node in sources] == [
        f"Source {number}:" for number in range(1, len(sources) + 1)]
