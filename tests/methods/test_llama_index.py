"""Our batched RAG and LlamaIndex's own query engine find and say the same."""

import pytest

from experiments.core import Message
from experiments.methods import prompts
from experiments.methods.bench import open_bench
from experiments.methods.retrieving.rag import Rag
from experiments.tasks.settings import MAX_NEW_TOKENS


@pytest.mark.model
def test_ten_questions_get_the_same_passages_and_the_same_answers_from_llama_index():
    from llama_index.core import PromptTemplate
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.query_engine import RetrieverQueryEngine
    from llama_index.core.response_synthesizers import ResponseMode
    from llama_index.core.schema import NodeWithScore, TextNode

    from experiments.retrieval.engine import retriever
    from experiments.retrieval.search.llama import FunctionLLM

    bench = open_bench("support")
    questions = [example.asked() for example in bench.examples("dev")[:10]]
    ours = bench.cook(Rag(k=2, chunk_tokens=64, shots=2))(questions)
    index = bench.index("vector", 64)
    before = bench.prompts[questions[0].id][:-1]

    def complete(text: str) -> str:
        asked = (*before, Message("user", text))
        return bench.generator.generate([asked], max_new_tokens=MAX_NEW_TOKENS)[0].text

    def passage(rank, chunk):
        return prompts.passage(rank, bench.titles[chunk.doc_id], index.plain(chunk).text)

    class Numbered(BaseNodePostprocessor):
        """Words each passage as our prompts do, with its rank."""

        def _postprocess_nodes(self, nodes, query_bundle=None):
            return [NodeWithScore(score=found.score, node=TextNode(
                id_=found.node.node_id,
                text=passage(rank, index.inner.chunks[found.node.node_id])))
                for rank, found in enumerate(nodes, start=1)]

    engine = RetrieverQueryEngine.from_args(
        retriever(index.inner, 2), llm=FunctionLLM(complete), node_postprocessors=[Numbered()],
        # Joins passages by a line break and asks once; it hands over a list of one text.
        response_mode=ResponseMode.SIMPLE_SUMMARIZE,
        text_qa_template=PromptTemplate("{context_str}\nQuestion: {query_str}", function_mappings={
            "context_str": lambda context_str, **_: "".join(context_str)}))
    for question, answer in zip(questions, ours, strict=True):
        theirs = engine.query(question.text)
        assert [node.node_id for node in theirs.source_nodes] == [
            hit.chunk.id for hit in answer.hits
        ]
        assert theirs.response == answer.text
