"""The nouns of the book: what is asked, what is found, what is answered.

A real instance, from the benchmark `support`, before any code:

    Document(id="aldra-220", title="Aldra 220 kettle", text="The Aldra 220 ...", metadata={})
    Chunk(doc_id="aldra-220", start=0, end=412, text="The Aldra 220 ...")
    Example(id="aldra-220-warranty-test", question="How many months ...?",
            answers=("18 months", "18"), evidence=("aldra-220",), split="test",
            group="aldra-220")
    Hit(chunk=Chunk(...), score=0.71, rank=1)
    Answer(example_id="aldra-220-warranty-test", text="18 months [1]", hits=(Hit(...),),
           prompt_tokens=311, completion_tokens=6,
           stage_seconds={"search": 0.02, "prefill": 0.9, "decode": 0.2})
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from experiments.core.fingerprints import ONLY_WHEN_SET

SPLITS = ("train", "dev", "test")

# What every method says instead of guessing; the scorer knows it and its variants.
REFUSAL = "I don't know."


@dataclass(frozen=True)
class Document:
    """One document of a task; `text` is what chunks are cut from."""

    id: str
    title: str
    text: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """A passage. `document.text[start:end] == text`, always."""

    doc_id: str
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """Name the passage by document and character offsets."""
        return f"{self.doc_id}:{self.start}-{self.end}"

    @classmethod
    def cut(cls, document: Document, start: int, end: int) -> "Chunk":
        """Cut characters start..end out of a document."""
        if not 0 <= start < end <= len(document.text):
            raise ValueError(
                f"chunk {start}:{end} does not fit document {document.id} "
                f"of {len(document.text)} characters"
            )
        return cls(document.id, start, end, document.text[start:end])


@dataclass(frozen=True)
class Question:
    """What a method may see of an example: no answers, no evidence."""

    id: str
    text: str
    user: str = ""


@dataclass(frozen=True)
class Example:
    """A question with its gold answers. Empty `answers` means unanswerable.

    `evidence` names the documents that hold the answer. `group` is what the
    question is about (a product, an article): splits and bootstrap respect it.
    `user` is who asks, in tasks where that decides what may be shown.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    split: str = "test"
    group: str = ""
    user: str = field(default="", metadata=ONLY_WHEN_SET)

    @property
    def answerable(self) -> bool:
        """Return whether the documents hold an answer."""
        return bool(self.answers)

    @property
    def reply(self) -> str:
        """Return the ideal reply: the first gold answer, or the refusal."""
        return self.answers[0] if self.answers else REFUSAL

    def asked(self) -> Question:
        """Strip everything that a method must not see."""
        return Question(self.id, self.question, self.user)


@dataclass(frozen=True)
class Hit:
    """A passage that a search returned. Rank 1 is best; higher score is better."""

    chunk: Chunk
    score: float
    rank: int


@dataclass(frozen=True)
class Message:
    """One turn of a chat: role is system, user or assistant."""

    role: str
    content: str


Prompt = tuple[Message, ...]


@dataclass(frozen=True)
class Answer:
    """What a method said to one question, and what it took.

    Tokens are the generator's own. `stage_seconds` gives wall seconds by stage
    (embed, search, prefill, decode); a batch's seconds are shared evenly.
    `log_probability` (nats) is how likely the model held its own words, where it tells.
    `failure` is why there is no answer: the text is empty then, and counts as wrong.
    """

    example_id: str
    text: str
    hits: tuple[Hit, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    log_probability: float | None = None
    failure: str = field(default="", metadata=ONLY_WHEN_SET)

    def after(self, *earlier: "Answer") -> "Answer":
        """Return the same answer, with the tokens and seconds of earlier steps added to its own."""
        steps = (*earlier, self)
        stages = dict.fromkeys(stage for step in steps for stage in step.stage_seconds)
        failure = next((step.failure for step in steps if step.failure), "")
        return replace(
            self, text="" if failure else self.text, failure=failure,
            prompt_tokens=sum(step.prompt_tokens for step in steps),
            completion_tokens=sum(step.completion_tokens for step in steps),
            stage_seconds={stage: sum(step.stage_seconds.get(stage, 0.0) for step in steps)
                           for stage in stages})

    def as_json(self) -> dict:
        """Return the answer as plain JSON; passages shrink to their offsets."""
        likely = {} if self.log_probability is None else {
            "log_probability": round(self.log_probability, 4)}
        failed = {"failure": self.failure} if self.failure else {}
        return {
            "text": self.text,
            "hits": [
                {"doc_id": h.chunk.doc_id, "start": h.chunk.start, "end": h.chunk.end,
                 "score": round(h.score, 6), "rank": h.rank}
                for h in self.hits
            ],
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "stage_seconds": {k: round(v, 4) for k, v in self.stage_seconds.items()},
            **likely, **failed,
        }

    @classmethod
    def from_json(cls, example_id: str, row: Mapping,
                  documents: Mapping[str, Document]) -> "Answer":
        """Read `as_json` back; passage texts are cut from `documents` again.

        Raises KeyError when a cited document is missing, ValueError when an
        offset does not fit it.
        """
        hits = tuple(
            Hit(Chunk.cut(documents[h["doc_id"]], h["start"], h["end"]), h["score"], h["rank"])
            for h in row["hits"]
        )
        return cls(example_id, row["text"], hits, row["prompt_tokens"],
                   row["completion_tokens"], dict(row["stage_seconds"]), row.get("log_probability"),
                   row.get("failure", ""))


@dataclass(frozen=True)
class Record:
    """One answer to one example by one method with one seed, and where it ran.

    `fingerprint` covers recipe, task data, model weights and prompt texts;
    `machine` says hardware, library versions, commit and date.
    """

    study: str
    arm: str
    seed: int
    fingerprint: str
    answer: Answer
    machine: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict:
        """Return the record as one plain JSON object."""
        return {
            "study": self.study, "arm": self.arm, "seed": self.seed,
            "example_id": self.answer.example_id, "fingerprint": self.fingerprint,
            "answer": self.answer.as_json(), "machine": dict(self.machine),
        }

    @classmethod
    def from_json(cls, row: Mapping, documents: Mapping[str, Document]) -> "Record":
        """Read `as_json` back. Raises KeyError for a missing field."""
        answer = Answer.from_json(row["example_id"], row["answer"], documents)
        return cls(row["study"], row["arm"], row["seed"], row["fingerprint"],
                   answer, dict(row["machine"]))


@dataclass(frozen=True)
class Score:
    """A metric's value for one answer; None means it could not be scored.

    None is counted and shown; it is never zero.
    """

    metric: str
    value: float | None
