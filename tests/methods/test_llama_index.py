"""Our batched RAG and LlamaIndex's own query engine find and say the same."""

import pytest

from experiments.core import Message
from experiments.methods import prompts
from experiments.methods.bench import open_bench
from experiments.methods.rag import Rag
from experiments.tasks.settings import MAX_NEW_TOKENS


@pytest.mark.model
def test_ten_questions_get_the_same_passages_and_the_same_answers_from_llama_index():
    from experiments.retrieval.engine import query_engine

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

    engine = query_engine(index.inner, complete, 2, passage=passage,
                          template="{context_str}\nQuestion: {query_str}")
    for question, answer in zip(questions, ours, strict=True):
        theirs = engine.query(question.text)
        assert [node.node_id for node in theirs.source_nodes] == [
            hit.chunk.id for hit in answer.hits
        ]
        assert theirs.response == answer.text
