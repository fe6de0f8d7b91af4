"""The bench lends a method what it may use: documents, indexes, a model, a seed.

Questions leave the bench without answers and without evidence. Only a recipe whose
class says `sees_gold = True` is cooked on a bench that also lends gold documents.
"""

import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from experiments.core import (
    Answer,
    BookError,
    Document,
    Example,
    Hit,
    Message,
    Prompt,
    Question,
    fingerprint,
)
from experiments.methods import prompts

Answerer = Callable[[Sequence[Question]], list[Answer]]

MAX_NEW_TOKENS = 24


@dataclass
class Bench:
    """A task, a model and a seed, opened; see `open_bench`."""

    task: str
    folder: Path
    documents: dict[str, Document]
    all_examples: tuple[Example, ...]
    model: str
    seed: int = 0
    lends_gold: bool = False
    prompts: dict[str, Prompt] = field(default_factory=dict)
    shelf: dict = field(default_factory=dict)

    def cook(self, recipe) -> Answerer:
        """Build a recipe's answerer; lend gold documents only where the recipe says so."""
        sees_gold = getattr(recipe, "sees_gold", False)
        return recipe.build(dataclasses.replace(self, lends_gold=sees_gold))

    def with_seed(self, seed: int) -> "Bench":
        """Give the same bench with another seed: other demonstrations, other samples."""
        return dataclasses.replace(self, seed=seed, prompts={})

    def fingerprint(self, recipe) -> str:
        """Hash recipe, task data, model weights and prompt texts, without loading weights."""
        from experiments.models.registry import model_fingerprint

        return fingerprint(recipe, self.data_fingerprint, model_fingerprint(self.model),
                           prompts.TEMPLATES, MAX_NEW_TOKENS)

    @cached_property
    def data_fingerprint(self) -> str:
        """Hash the documents and questions of the task."""
        return fingerprint(tuple(self.documents.values()), self.all_examples)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Map document ids to titles."""
        return {name: document.title for name, document in self.documents.items()}

    @property
    def generator(self):
        """Load the model when it is first needed, once for all views of this bench."""
        if "generator" not in self.shelf:
            from experiments.models.registry import load_model

            self.shelf["generator"] = load_model(self.model)
        return self.shelf["generator"]

    def examples(self, split: str) -> list[Example]:
        """List the examples of a split; for scoring, never for a method."""
        return [e for e in self.all_examples if e.split == split]

    def demonstrations(self, count: int) -> list[Example]:
        """Draw at most `count` train examples by the seed; one of three or more is a refusal."""
        train = self.examples("train")
        answerable = [e for e in train if e.answerable]
        refused = [e for e in train if not e.answerable]
        draw = random.Random(f"demonstrations/{self.seed}")
        refusals = min(1, len(refused)) if count > 2 else 0
        shown = min(count - refusals, len(answerable))
        chosen = draw.sample(answerable, shown) + draw.sample(refused, refusals)
        draw.shuffle(chosen)
        return chosen

    def gold(self, question: Question) -> list[Document]:
        """Lend the documents that hold the answer.

        For an unanswerable question: the document its group names, if there is one.
        """
        if not self.lends_gold:
            raise PermissionError("this recipe does not declare sees_gold = True")
        example = self._by_id[question.id]
        names = example.evidence or (example.group,)
        return [self.documents[name] for name in names if name in self.documents]

    def index(self, search: str, chunk_tokens: int):
        """Lend a search index over the task's chunks: "vector" or "keyword"."""
        key = (search, chunk_tokens)
        if key not in self.shelf:
            self.shelf[key] = _build_index(self, search, chunk_tokens)
        return self.shelf[key]

    def count_tokens(self, text: str) -> int:
        """Count the generator's tokens of a piece of text."""
        return self.generator.count_tokens((Message("user", text),))

    def generate(
        self, asked: Sequence[Prompt], questions: Sequence[Question],
        hits: Sequence[Sequence[Hit]] | None = None, *, search_seconds: float = 0.0,
    ) -> list[Answer]:
        """Ask the model; give one answer a prompt, in order."""
        hits = hits if hits is not None else [()] * len(questions)
        self.prompts.update({q.id: p for q, p in zip(questions, asked, strict=True)})
        said = self.generator.generate(asked, max_new_tokens=MAX_NEW_TOKENS, seed=self.seed)
        return [
            Answer(q.id, c.text, tuple(h), c.prompt_tokens, c.completion_tokens,
                   {"search": search_seconds, "prefill": c.prefill_seconds,
                    "decode": c.decode_seconds})
            for q, h, c in zip(questions, hits, said, strict=True)
        ]

    @cached_property
    def _by_id(self) -> dict[str, Example]:
        return {e.id: e for e in self.all_examples}


def open_bench(task: str, model: str = "smollm2-135m") -> Bench:
    """Open a shipped task by name, or any folder with `documents/` and a question file.

    Raises BookError when an evidence document is missing or the data are malformed.
    """
    from experiments.retrieval.load import read_documents
    from experiments.tasks.catalogue import find_task
    from experiments.tasks.folder import documents_folder, read_questions

    folder = find_task(task)
    examples = read_questions(folder)
    documents = {d.id: d for d in read_documents(documents_folder(folder))}
    for example in examples:
        missing = [name for name in example.evidence if name not in documents]
        if missing:
            raise BookError(
                f"{folder.name}: question {example.id} names the evidence document "
                f"{missing[0]!r}, which is not in {folder / 'documents'}. Evidence is the "
                "file's path below documents/ without its ending."
            )
    return Bench(folder.name, folder, documents, tuple(examples), model)


def _build_index(bench: Bench, search: str, chunk_tokens: int):
    from experiments.models.registry import embedder_folder
    from experiments.retrieval.chunk import Chunker
    from experiments.retrieval.embed import Embedder
    from experiments.retrieval.index import VectorIndex
    from experiments.retrieval.keyword import KeywordIndex

    chunker = Chunker(embedder_folder())
    chunks = [c for d in bench.documents.values() for c in chunker.cut(d, chunk_tokens)]
    if search == "keyword":
        return KeywordIndex(chunks)
    if search == "vector":
        return VectorIndex.build(chunks, Embedder(embedder_folder()), bench.task)
    raise BookError(f'search is "vector" or "keyword", not {search!r}')
