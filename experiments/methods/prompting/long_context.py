"""Long context: put whole documents in the prompt until it is full, then ask.

    user: [1] Aldra 210 kettle: ...
          [2] Aldra 220 kettle: ...
          ... as many as fit ...
          Question: How many months of warranty has the Aldra 220 kettle?

Nothing is searched: every question gets the same documents, in the task's order, so
the prompt's long prefix is computed once for all questions. A corpus larger than the
window is cut off, and questions about the rest cannot be answered.
"""

from dataclasses import dataclass, field

from experiments.core import Chunk, Hit
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.prompting.few_shot import show


@dataclass(frozen=True)
class LongContext(Method):
    """Answer from the first documents that fit into `context_tokens`.

    `shots` worked examples, the same for all questions, stand before the documents.
    `constrained` holds the answer to the task's schema or labels.
    """

    context_tokens: int = 6000
    shots: int = field(default=0, metadata=ONLY_WHEN_SET)
    constrained: bool = field(default=False, metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench."""
        hits = fill(bench, self.context_tokens)
        passages = prompts.number(hits, bench.titles)
        shown = [show(example) for example in bench.demonstrations(self.shots)]

        def answer(questions):
            asked = [prompts.grounded(q, passages, shown, templates=bench.templates)
                     for q in questions]
            return bench.generate(asked, questions, [hits] * len(questions))

        return answer


def fill(bench: Bench, context_tokens: int) -> tuple[Hit, ...]:
    """Take whole documents in the task's order while the prompt stays within the limit."""
    hits: list[Hit] = []
    used = 0
    for document in bench.documents.values():
        text = prompts.passage(len(hits) + 1, document.title, document.text)
        used += bench.count_tokens(text)
        if used > context_tokens:
            break
        whole = Chunk.cut(document, 0, len(document.text))
        hits.append(Hit(whole, 0.0, len(hits) + 1))
    return tuple(hits)
