"""A small task with the fake model, and recipes that need no index."""

import json
import re
import time
from dataclasses import dataclass, replace

from experiments.core import Chunk, Hit
from experiments.evidence.studies.study import Study
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.prompting.closed_book import ClosedBook

METRICS = ("contains", "token_f1", "citation_precision", "hit", "correct_refusal")


@dataclass(frozen=True)
class Lookup(Method):
    """Read the article whose number the question names; the fake model cites it."""

    score: float = 0.5

    def build(self, bench):
        """Cook the recipe on a bench."""

        def answer(questions):
            hits = [(_find(bench, question.text, self.score),) for question in questions]
            asked = [prompts.grounded(q, prompts.number(h, bench.titles))
                     for q, h in zip(questions, hits, strict=True)]
            return bench.generate(asked, questions, hits)

        return answer


@dataclass(frozen=True)
class Slow(Method):
    """Lookup that takes its time over every slice, so that a kill can fall anywhere."""

    seconds: float = 0.1

    def build(self, bench):
        """Cook the recipe on a bench."""
        answer = Lookup().build(bench)

        def slowly(questions):
            time.sleep(self.seconds)
            return [replace(a, stage_seconds={"search": self.seconds}) for a in answer(questions)]

        return slowly


def _find(bench, text, score):
    document = bench.documents["lamp-" + re.search(r"\d+", text)[0]]
    return Hit(Chunk.cut(document, 0, len(document.text)), score, 1)


def write_task(folder, lamps=35):
    """Write `lamps` articles with a question each; a second, unanswerable, for every fifth."""
    (folder / "documents").mkdir(parents=True)
    rows = []
    for n in range(lamps):
        name = f"lamp-{n}"
        (folder / "documents" / f"{name}.md").write_text(
            f"# Lamp {n}\n\nThe cable of Lamp {n} measures {n + 2} metres. Dust it.\n")
        rows.append({"id": f"{name}-cable", "question": f"How long is the cable of Lamp {n}?",
                     "answers": [f"{n + 2} metres"], "evidence": name, "split": "test",
                     "group": name})
        if n % 5 == 0:
            rows.append({"id": f"{name}-price", "question": f"What does Lamp {n} cost?",
                         "answers": [], "split": "test", "group": name})
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def make_study(folder, **changes):
    """Declare the study of two arms on the task in `folder` (42 questions, two slices)."""
    arms = {"closed book": ClosedBook(), "look-up": Lookup()}
    return Study(**{"name": "lamps", "task": str(folder), "arms": arms, "metrics": METRICS,
                    "model": "fake", **changes})


def write_chapter(path, source, tags=("study",)):
    """Write a notebook of one tagged code cell."""
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source,
            "outputs": [], "execution_count": None}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4,
                                "nbformat_minor": 5}))
    return path
