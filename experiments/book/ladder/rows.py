"""The book's own ladder: which recorded arm is which rung, on four benchmarks.

    ladder("support")
    -> Grid of 12 rows over 150 questions: "RAG" is ("raft", "RAG, one passage"), recorded for
       the chapter on RAFT, with three seeds
    LADDERS["routing"].lacking["RAFT"]
    -> "makes no sense: a label cites no passage"

A rung that was not recorded stays in the table, with the reason. None is left out of sight.
Of the prompts of one kind a rung is the one that was best on dev; RAG on support has a second
row without worked examples, which dev preferred.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments.core import BookError
from experiments.evidence.metrics.registry import check_known
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.grid import Grid, gather
from experiments.evidence.studies.replay import replay

BRACKETS = ("chance", "oracle")
BASE = "closed book"  # the rung that every other is priced against
BARE = "RAG, no examples"  # what a price of RAG is compared with
# What a rung is called where people read it, if otherwise than in the code.
TITLES = {"oracle": "gold page, untrained reader"}
# From cheap to dear to build, to keep and to run; the brackets first and last.
RUNGS = ("chance", BASE, "few-shot", "nearest examples", "nearest, held", "linear head",
         "long context", "RAG", BARE, "RAG, held", "RAG, reranked", "tuned", "tuned, held",
         "tuned + RAG", "RAFT, refusing", "RAFT", "oracle")
# A colour for each rung: that of its method in the whole book (figures.METHOD_COLOURS).
COLOURS = {
    BASE: "closed_book", "few-shot": "few_shot", "nearest examples": "few_shot",
    "nearest, held": "few_shot", "long context": "long_context", "RAG": "rag",
    BARE: "rag", "RAG, held": "rag", "RAG, reranked": "rag", "tuned": "fine_tuned",
    "tuned, held": "fine_tuned",
    "tuned + RAG": "fine_tuned", "RAFT": "raft", "RAFT, refusing": "raft",
}


@dataclass(frozen=True)
class Ladder:
    """One benchmark's rungs: (study, arm) of each that was recorded, a reason for the others.

    `metric` says what counts as right; `shown` are the table's metrics, that one first.
    """

    task: str
    asks: str
    shown: tuple[str, ...]
    recorded: Mapping[str, tuple[str, str]]
    lacking: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        """Refuse a rung that is both recorded and lacking, or that RUNGS does not order."""
        for metric in self.shown:
            check_known(metric)
        names = [*self.recorded, *self.lacking]
        if odd := [name for name in names if name not in RUNGS or names.count(name) > 1]:
            raise BookError(f"ladder of {self.task}: {odd[0]!r} stands twice or is none of "
                            f"{', '.join(RUNGS)}")

    @property
    def metric(self) -> str:
        """Name the metric that says what a right answer is."""
        return self.shown[0]

    @property
    def rungs(self) -> list[str]:
        """List the rungs in the order of the table, recorded or not."""
        return [name for name in RUNGS if name in self.recorded or name in self.lacking]


_ASKED = ("contains", "exact_match", "correct_refusal", "false_refusal", "citation_precision")
_FIELDS = ("present_field_accuracy", "field_f1", "clause_exact", "schema_compliance")
_NO_PASSAGE = "makes no sense: {} cites no passage"
_NO_LABEL = "makes no sense: an answer is none of a few labels"
_NOT_TRIED = "not recorded: no chapter needed it"

LADDERS = {one.task: one for one in (
    Ladder("support", "facts of an invented company", _ASKED, {
        "chance": ("prompting", "guess"),
        BASE: ("prompting", "closed book"),
        "few-shot": ("prompting", "few-shot, 4"),
        "long context": ("prompting", "long context"),
        "RAG": ("raft", "RAG, one passage"),
        BARE: ("ladder-support-bare", "RAG, no examples"),
        "RAG, reranked": ("ladder-support", "RAG, reranked"),
        "tuned": ("raft", "tuned closed book"),
        "tuned + RAG": ("raft-trap-best", "tuned + RAG, own rate"),
        "RAFT, refusing": ("raft-share-best", "80 %, own rate"),
        "RAFT": ("raft-best", "RAFT, own rate"),
        "oracle": ("prompting", "oracle"),
    }, {
        "linear head": _NO_LABEL,
    }),
    Ladder("devdocs", "facts of a framework's documentation", _ASKED, {
        "chance": ("asking-devdocs", "guess"),
        BASE: ("asking-devdocs", "closed book"),
        "few-shot": ("ladder-devdocs-plain", "few-shot"),
        "RAG": ("ladder-devdocs-prompt", "RAG, two refusals"),
        BARE: ("ladder-devdocs-prompt", "RAG, no examples"),
        "RAG, reranked": ("ladder-devdocs-plain", "RAG, reranked"),
        "tuned": ("ladder-devdocs-tuned-own", "tuned, own rate"),
        "tuned + RAG": ("ladder-devdocs-tuned-own", "tuned + RAG, own rate"),
        "RAFT": ("ladder-devdocs-own", "RAFT, own rate"),
        "oracle": ("asking-devdocs", "oracle"),
    }, {
        "long context": "makes no sense: the corpus is dozens of windows long",
        "linear head": _NO_LABEL,
    }),
    Ladder("routing", "which queue a message belongs to", ("label", "exact_match"), {
        "chance": ("asking-routing", "majority"),
        BASE: ("asking-routing", "closed book"),
        "few-shot": ("asking-routing", "few-shot"),
        "nearest examples": ("tuned-routing-plain", "8 nearest examples"),
        "linear head": ("tuned-routing-plain", "linear head"),
        "RAG": ("ladder-routing", "RAG"),
        "tuned": ("tuned-routing", "LoRA"),
        "tuned, held": ("tuned-routing", "LoRA, held to the labels"),
        "tuned + RAG": ("ladder-routing-hybrid", "tuned + RAG"),
        "oracle": ("asking-routing", "oracle"),
    }, {
        "long context": "not recorded: the whole handbook in each prompt",
        BARE: "as RAG: its prompt has no examples",
        "RAG, reranked": _NOT_TRIED,
        "RAFT": _NO_PASSAGE.format("a label"),
    }),
    Ladder("clauses", "the terms of a contract clause, as JSON", _FIELDS, {
        "chance": ("ladder-clauses", "chance"),
        BASE: ("asking-clauses", "closed book"),
        "few-shot": ("asking-clauses", "few-shot"),
        "nearest, held": ("ladder-clauses", "nearest, held"),
        "RAG": ("ladder-clauses", "RAG"),
        "RAG, held": ("ladder-clauses", "RAG, held"),
        "tuned": ("tuned-clauses-own", "LoRA, own rate"),
        "tuned, held": ("tuned-clauses-own-held", "LoRA, own rate, held"),
        "tuned + RAG": ("ladder-clauses-hybrid", "tuned + RAG"),
        "oracle": ("asking-clauses", "oracle"),
    }, {
        BARE: _NOT_TRIED,
        "RAG, reranked": _NOT_TRIED,
        "linear head": "makes no sense: a form is none of a few labels",
        "RAFT": _NO_PASSAGE.format("an object of JSON"),
    }),
)}


def ladder(task: str) -> Grid:
    """Gather a benchmark's recorded rungs from their studies, on the questions common to all."""
    one, declared, replayed = LADDERS[task], declared_studies(), {}
    rows = {}
    for rung in (name for name in one.rungs if name in one.recorded):
        study, arm = one.recorded[rung]
        if study not in declared:
            raise BookError(f"ladder of {task}: rung {rung!r} is of study {study!r}, which no "
                            "chapter declares; correct experiments/book/ladder/rows.py")
        if study not in replayed:
            replayed[study] = replay(declared[study])
        rows[rung] = replayed[study], arm
    return gather(task, rows)
