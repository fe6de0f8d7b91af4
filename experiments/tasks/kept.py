"""Replies that a model drafted and a program mended and let pass: a task's kept.jsonl.

    {"id": "aldra-480-warranty-train", "reply": "Your Aldra 480 has 14 months [1]. Orvanta Care",
     "drafts": 4, "fit": 1}

One of four drafts was fit to send, so it is kept: nobody wrote it, and nobody read it. Where
nothing is graded, as with the answers of a longer prompt, there is one draft and it is fit; how
likely the teacher held it (nats) is kept with it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from experiments.core import BookError

KEPT = "kept.jsonl"


@dataclass(frozen=True)
class Kept:
    """The draft that is kept for a train question, and how many of its drafts were fit."""

    id: str
    reply: str
    drafts: int
    fit: int
    log_probability: float | None = None

    def as_json(self) -> dict:
        """Return the row of the file, without a likelihood that nobody knows."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def read_kept(folder: Path) -> list[Kept]:
    """Read a task's kept drafts in file order; raises BookError without the file."""
    path = folder / KEPT
    if not path.is_file():
        raise BookError(f"{path}: no kept drafts. Record a study that answers the train split, "
                        "and run `python -m experiments.evidence.analysis.drafts STUDY`")
    try:
        return [Kept(**json.loads(line))
                for line in path.read_text(encoding="utf-8").splitlines()]
    except (ValueError, TypeError) as error:
        raise BookError(f"{path}: not a file of kept drafts ({error}). Restore it from git, or "
                        "run `python -m experiments.evidence.analysis.drafts STUDY`") from error
