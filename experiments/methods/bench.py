"""The bench lends a method what it may use: documents, indexes, a model, a seed.

Questions leave the bench without answers and without evidence. Only a recipe whose
class says `sees_gold = True` is cooked on a bench that also lends gold documents.
"""

import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from experiments.core import (
    Answer,
    BookError,
    Chunk,
    Document,
    Example,
    Hit,
    Message,
    Prompt,
    Question,
    fingerprint,
)
from experiments.methods.passages import TitledIndex, build_index
from experiments.methods.prompts import Templates, templates_for
from experiments.models import registry
from experiments.models.interface import Form, Generator, complete
from experiments.models.training.tuning import Tuning
from experiments.retrieval.documents.chunk import Chunker
from experiments.retrieval.documents.load import read_documents
from experiments.retrieval.search.embed import Embedder
from experiments.tasks.catalogue import find_task
from experiments.tasks.folder import documents_folder, read_questions
from experiments.tasks.settings import Settings, read_settings

Answerer = Callable[[Sequence[Question]], list[Answer]]


class Recipe(Protocol):
    """What a bench asks of a method, which is a `base.Method`."""

    @property
    def sees_gold(self) -> bool: ...
    @property
    def constrained(self) -> bool: ...
    @property
    def wording(self) -> str: ...
    def build(self, bench: "Bench") -> Answerer: ...


@dataclass
class Bench:
    """A task, a model and a seed, opened; see `open_bench`."""

    task: str
    folder: Path
    documents: dict[str, Document]
    all_examples: tuple[Example, ...]
    model: str
    settings: Settings = field(default_factory=Settings)
    seed: int = 0
    lends_gold: bool = False
    constrained: bool = False
    wording: str = ""
    prompts: dict[str, Prompt] = field(default_factory=dict)
    shelf: dict = field(default_factory=dict)

    def cook(self, recipe: Recipe) -> Answerer:
        """Build a recipe's answerer on the bench as the recipe may see it; see `lend`."""
        return recipe.build(self.lend(recipe))

    def lend(self, recipe: Recipe) -> "Bench":
        """Return the bench with what a recipe asks for: gold documents, a form, other wording."""
        return dataclasses.replace(self, lends_gold=recipe.sees_gold,
                                   constrained=recipe.constrained, wording=recipe.wording)

    @cached_property
    def form(self) -> Form | None:
        """The form that answers are held to: the task's schema, or its labels; None without."""
        if not self.constrained:
            return None
        if not self._form():
            raise BookError(f"task {self.task}: constrained decoding needs a JSON Schema or labels "
                            "in its task.yaml; leave `constrained` out for plain questions")
        return Form(self.settings.schema, tuple(self.settings.labels))

    def with_seed(self, seed: int) -> "Bench":
        """Return the bench with another seed: other demonstrations and samples, the same data."""
        view = dataclasses.replace(self, seed=seed, prompts={})
        view.data_fingerprint = self.data_fingerprint  # hashing them takes some 20 ms
        return view

    def fingerprint(self, recipe: Recipe) -> str:
        """Hash recipe, task data, model weights and prompt texts, without loading weights."""
        return fingerprint(recipe, self.data_fingerprint, registry.model_fingerprint(self.model),
                           self.lend(recipe).templates, self.settings.max_new_tokens, *self._form(),
                           *self.settings.databases)

    def _form(self) -> list:
        """What a method may know of the form of an answer, where the task says something."""
        return [part for part in (self.settings.labels, self.settings.schema) if part]

    @cached_property
    def templates(self) -> Templates:
        """Word the prompts as the task wants them, or in the other wording that is lent."""
        return templates_for(self.task, self.settings.prompts, self.wording,
                             self.settings.wordings)

    @cached_property
    def data_fingerprint(self) -> str:
        """Hash the documents and questions of the task."""
        return fingerprint(tuple(self.documents.values()), self.all_examples)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Map document ids to titles."""
        return {name: document.title for name, document in self.documents.items()}

    @property
    def generator(self) -> Generator:
        """Load the model when it is first needed, once for all views of this bench."""
        if "generator" not in self.shelf:
            self._make_room("tuned")
            self.shelf["generator"] = registry.load_model(self.model)
        return self.shelf["generator"]

    def _make_room(self, name: str) -> None:
        """Take a model of the hub off the shelf: a GPU may not hold it beside the next."""
        if self.model in registry.HUB:
            self.shelf.pop(name, None)

    def examples(self, split: str) -> list[Example]:
        """List the examples of a split; for scoring, never for a method."""
        return [e for e in self.all_examples if e.split == split]

    def demonstrations(self, count: int, refusals: int = 0) -> list[Example]:
        """Draw at most `count` train examples by the seed, `refusals` of them unanswerable."""
        train = self.examples("train")
        answerable = [e for e in train if e.answerable]
        refused = [e for e in train if not e.answerable]
        draw = random.Random(f"demonstrations/{self.seed}")
        refusals = min(refusals, count, len(refused))
        shown = min(count - refusals, len(answerable))
        chosen = draw.sample(answerable, shown) + draw.sample(refused, refusals)
        draw.shuffle(chosen)
        return chosen

    def gold(self, question: Question, chunk_tokens: int = 0) -> list[Chunk]:
        """Lend the gold passages: of each evidence document the chunk that holds an answer.

        Without `chunk_tokens`, or where no chunk holds one, it is the whole document. For
        an unanswerable question it is what its group names, if there is such a document.
        """
        if not self.lends_gold:
            raise PermissionError("this recipe does not declare sees_gold = True")
        example = self._by_id[question.id]
        names = example.evidence or (example.group,)
        found = []
        for document in (self.documents[name] for name in names if name in self.documents):
            whole = Chunk.cut(document, 0, len(document.text))
            cut = self.chunker.cut(document, chunk_tokens)
            holding = [c for c in cut if any(a in c.text for a in example.answers)]
            found.append(holding[0] if holding else whole if example.answerable else cut[0])
        return found

    @cached_property
    def chunker(self) -> Chunker:
        """Lend the chunker, which counts the embedder's word pieces."""
        return Chunker(registry.embedder_folder())

    @property
    def embedder(self) -> Embedder:
        """Lend the sentence embedder, one for all indexes: its weights are loaded once."""
        if "embedder" not in self.shelf:
            self.shelf["embedder"] = Embedder(registry.embedder_folder())
        return self.shelf["embedder"]

    def index(self, search: str, chunk_tokens: int, rerank: str = "") -> TitledIndex:
        """Lend a search index over the task's chunks; see `passages.SEARCHES` and `RERANKERS`."""
        key = (search, chunk_tokens, rerank)
        if key not in self.shelf:
            self.shelf[key] = build_index(self, search, chunk_tokens, rerank)
        return self.shelf[key]

    def tuned(self, tuning: Tuning, pairs: Sequence[tuple[Prompt, str]]) -> "Bench":
        """Lend the same bench with a model that training changed; see `models.workshop`.

        One trained model is kept at a time. A model without weights stays as it is.
        """
        from experiments.models.training.workshop import has_weights, run_name, tuned_model

        if not has_weights(self.model):
            return self
        name = run_name(self.model, tuning, pairs, self.seed)
        if "tuned" not in self.shelf or self.shelf["tuned"].fingerprint != name:
            self.shelf.pop("tuned", None)
            self._make_room("generator")
            self.shelf["tuned"] = tuned_model(self.model, tuning, pairs, self.seed)
        return dataclasses.replace(self, shelf={**self.shelf, "generator": self.shelf["tuned"]})

    def count_tokens(self, text: str) -> int:
        """Count the generator's tokens of a piece of text."""
        return self.generator.count_tokens((Message("user", text),))

    def generate(
        self, asked: Sequence[Prompt], questions: Sequence[Question],
        hits: Sequence[Sequence[Hit]] | None = None, *,
        stage_seconds: Mapping[str, float] | None = None, max_new_tokens: int | None = None,
    ) -> list[Answer]:
        """Ask the model, held to the task's form if so cooked; one answer a prompt, in order.

        `stage_seconds` are those that each question took before, such as search. An answer
        has at most `max_new_tokens`, or as many as the task wants; one that failed says why.
        """
        hits = hits if hits is not None else [()] * len(questions)
        self.prompts.update({q.id: p for q, p in zip(questions, asked, strict=True)})
        said, failures = complete(
            self.generator, asked, seed=self.seed, form=self.form,
            max_new_tokens=max_new_tokens or self.settings.max_new_tokens,
            one_line=self.settings.one_line)
        return [
            Answer(q.id, c.text, tuple(h), c.prompt_tokens, c.completion_tokens,
                   {**(stage_seconds or {}), "prefill": c.prefill_seconds,
                    "decode": c.decode_seconds}, c.log_probability, failures.get(place, ""))
            for place, (q, h, c) in enumerate(zip(questions, hits, said, strict=True))
        ]

    @cached_property
    def _by_id(self) -> dict[str, Example]:
        return {e.id: e for e in self.all_examples}


def open_bench(task: str, model: str = "smollm2-135m") -> Bench:
    """Open a shipped task by name, or any folder with `documents/` and a question file.

    Raises BookError when an evidence document is missing or the data are malformed.
    """
    registry.check_name(model)
    folder = find_task(task)
    examples = read_questions(folder)
    documents = {d.id: d for d in read_documents(documents_folder(folder))}
    for example in examples:
        if missing := [name for name in example.evidence if name not in documents]:
            raise BookError(f"{folder.name}: question {example.id} names the evidence document "
                            f"{missing[0]!r}, which is not in {folder / 'documents'}. Evidence is "
                            "the file's path below documents/ without its ending.")
    return Bench(folder.name, folder, documents, tuple(examples), model, read_settings(folder))
