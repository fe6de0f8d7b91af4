"""The rungs of the ladder for each kind of task, and what they are trained on.

    rungs_for(Settings(), train=300)[3]
    -> Rung("RAG (one passage)", Rag(k=1, search="keyword", ...), "03_retrieval")

From cheap to dear to build, to keep and to run, as the table lists them: no training before
training, a short prompt before a long one. Their settings are those that the book's chapters
chose on dev splits of their own. Nothing is chosen on the questions that are asked.
"""

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import BookError, Example
from experiments.methods.base import Method
from experiments.methods.baselines.guess import Guess
from experiments.methods.baselines.linear import Linear
from experiments.methods.baselines.majority import Majority
from experiments.methods.baselines.oracle import Oracle
from experiments.methods.bench import Bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.prompting.few_shot import FewShot
from experiments.methods.prompting.long_context import LongContext
from experiments.methods.retrieving.rag import Rag
from experiments.methods.training.fine_tuned import FineTuned
from experiments.methods.training.raft import Raft
from experiments.models.registry import HUB, REFERENCE
from experiments.models.training.tuning import Tuning
from experiments.tasks.settings import Settings

LEAST_TRAINED = 40
# As many as the chapters trained on, by kind of task: more would take hours on two cores.
MOST_TRAINED = {"questions": 160, "classification": 300, "extraction": 120, "style": 200,
                "sql": 192}
BARE = "bare"  # the wording, where a task has it, that a tuned model needs no more than
CHANCE, ORACLE = "chance", "oracle"


@dataclass(frozen=True)
class Searched:
    """A training of a chapter: the rate that dev chose for it, at so many steps of a batch.

    The best rate moves with the number of steps (chapter 10_kinds). So a folder with fewer
    examples sees each of them more often, and takes as many steps (17_parts asks what it buys).
    """

    study: str
    arm: str
    rate: float
    steps: int
    batch_size: int

    def tuning(self, examples: int) -> Tuning:
        """Return the tuning that takes about these steps over so many examples."""
        passes = round(self.steps * self.batch_size / max(examples, 1))
        return Tuning(learning_rate=self.rate, batch_size=self.batch_size,
                      epochs=max(passes, 1))


CLOSED_BOOK, READER = "tuned closed book", "RAFT"
SEARCHED = {
    "classification": Searched("tuned-routing", "LoRA", 1e-3, 142, 8),
    "extraction": Searched("tuned-clauses-own", "LoRA, own rate", 4e-3, 60, 4),
    "style": Searched("style-replies", "200 replies", 1e-3, 50, 4),
    "sql": Searched("sql-tuned", "LoRA", 2e-3, 144, 4),
    # On dev no rate knew more than another; this one reads best under a search.
    CLOSED_BOOK: Searched("raft-trap-best", "tuned, own rate", 5e-4, 60, 8),
    READER: Searched("raft-best", "RAFT, own rate", 2e-3, 40, 4),
}


@dataclass(frozen=True)
class Rung:
    """A step of the ladder, and the chapter that is about it; brackets are no product."""

    name: str
    recipe: Method
    chapter: str

    @property
    def trained(self) -> bool:
        """Return whether a language model is trained for it."""
        return self.recipe.trained

    @property
    def bracket(self) -> bool:
        """Return whether it only frames the others."""
        return self.name in (CHANCE, ORACLE)


def expect_searched(model: str) -> None:
    """Refuse to train a model at rates that were searched for another; raises BookError.

    A rate that nobody chose for it would make training look worse than it is.
    """
    if model in HUB:
        raise BookError(
            f"the rates here were searched on dev for {REFERENCE.name}, and {model} needs others. "
            "Declare a Study on dev whose arms are FineTuned with a Tuning each, learning_rate "
            "from 5e-5 to 5e-4 to begin with, and take the best, as chapter 10_kinds does")


def rungs_for(settings: Settings, train: int) -> tuple[Rung, ...]:
    """List the rungs for a task's kind, with `train` questions to learn from."""
    most = MOST_TRAINED[settings.kind]
    trained, examples = min(train, most), most if train > most else 0
    if settings.kind == "questions":
        return _for_questions(examples, trained)
    shots = 8 if settings.kind == "classification" else 4
    tuned = FineTuned(tuning=SEARCHED[settings.kind].tuning(trained), examples=examples,
                      wording=BARE if BARE in settings.wordings else "")
    # A style is checked afterwards; there is no form to hold a decoder to.
    form = {"classification": "labels", "extraction": "schema"}.get(settings.kind)
    return (
        Rung(CHANCE, Majority(), "01_measure"),
        *([Rung("linear head", Linear(), "00_asking")]
          if settings.kind == "classification" else []),
        Rung("prompt", ClosedBook(), "02_shape"),
        Rung("few-shot", FewShot(shots=shots, refusals=0), "02_shape"),
        Rung("nearest examples", FewShot(shots=shots, nearest=True), "02_shape"),
        Rung("tuned", tuned, "09_training"),
        *([Rung(f"tuned, held to the {form}", dataclasses.replace(tuned, constrained=True),
                "09_training")] if form else []),
    )


def _for_questions(examples: int, trained: int) -> tuple[Rung, ...]:
    rag = Rag(k=2, search="keyword")
    tuned = FineTuned(tuning=SEARCHED[CLOSED_BOOK].tuning(trained), examples=examples,
                      search="keyword")
    raft = Raft(tuning=SEARCHED[READER].tuning(trained), examples=examples, search="keyword",
                oracle_share=1.0, k=1)
    return (
        Rung(CHANCE, Guess(), "01_measure"),
        Rung("closed book", ClosedBook(), "02_prompt"),
        Rung("few-shot", FewShot(), "02_prompt"),
        Rung("RAG (one passage)", dataclasses.replace(rag, k=1), "03_retrieval"),
        Rung("RAG", rag, "03_retrieval"),
        Rung("RAG reranked", dataclasses.replace(rag, rerank="max_sim"), "05_reading"),
        Rung("long context", LongContext(), "02_prompt"),
        Rung(CLOSED_BOOK, tuned, "12_facts"),
        Rung("tuned + RAG", dataclasses.replace(tuned, k=1), "16_raft"),
        Rung(READER, raft, "16_raft"),
        Rung(ORACLE, Oracle(), "03_retrieval"),
    )


def with_train_split(bench: Bench, split: str) -> Bench:
    """Return a bench with enough to train on: its own train split, or one held out of `split`.

    What is held out is at most half of the questions, in whole groups drawn by the bench's
    seed. Raises BookError, saying how many it needs, when there is too little.
    """
    train = len(bench.examples("train"))
    if train >= LEAST_TRAINED:
        return bench
    if train:
        raise BookError(
            f"task {bench.task}: training needs {LEAST_TRAINED} questions, and {train} are marked "
            f'"split": "train"; mark {LEAST_TRAINED - train} more, of groups that are not asked')
    asked = len(bench.examples(split))
    held = _draw(bench, split, min(asked // 2, MOST_TRAINED[bench.settings.kind]))
    if len(held) < LEAST_TRAINED:
        raise BookError(
            f'task {bench.task}: no question is marked "split": "train", and of {asked} at most '
            f"half are held out, in whole groups: {len(held)}. Training needs {LEAST_TRAINED}: "
            f"bring {2 * LEAST_TRAINED} questions or more, in small groups")
    return dataclasses.replace(bench, all_examples=tuple(
        dataclasses.replace(e, split="train") if e.id in held else e for e in bench.all_examples))


def need_evidence(bench: Bench, rung: Rung, asked: Sequence[Example]) -> None:
    """Raise BookError where a rung needs the documents that hold the answers, and one is missing.

    Without them RAFT would learn to refuse, and the oracle would hand over nothing.
    """
    readers = {Raft: bench.examples("train"), Oracle: asked}
    lacking = [e.id for e in readers.get(type(rung.recipe), ())
               if e.answerable and not e.evidence]
    if lacking:
        raise BookError(f"task {bench.task}: {rung.name} needs the document of every answer, and "
                        f'{len(lacking)} questions have no "evidence", such as {lacking[0]}')


def _draw(bench: Bench, split: str, most: int) -> set[str]:
    """Draw ids of at most so many questions of a split: whole blocks, of this split only."""
    blocks = [b for b in _blocks(bench.all_examples) if all(e.split == split for e in b)]
    random.Random(f"ladder/hold out/{bench.seed}").shuffle(blocks)
    held: set[str] = set()
    for block in blocks:
        if len(held) + len(block) <= most:
            held |= {example.id for example in block}
    return held


def _blocks(examples: Sequence[Example]) -> list[list[Example]]:
    """Part examples so that no two blocks share a group or a wording, in order of appearance."""
    block_of: dict[tuple, list[Example]] = {}
    for example in examples:
        keys = _keys(example)
        first, *others = [block_of[key] for key in keys if key in block_of] or [[]]
        first.append(example)
        for other in others:
            if other is not first:
                first += other
        block_of |= {key: first for each in first for key in _keys(each)}
    return list({id(block): block for block in block_of.values()}.values())


def _keys(example: Example) -> tuple[tuple[str, str], ...]:
    return (("group", example.group),
            ("wording", " ".join(example.question.split()).casefold()))
