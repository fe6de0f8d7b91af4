"""The public benchmark HotpotQA, in the `gpu` profile: questions over two paragraphs of Wikipedia.

One made-up row, in the shape of the data set's, before any code:

    {"id": "5a7", "question": "Which river runs through the town where Ada Alm was born?",
     "answer": "the Mur", "type": "bridge",
     "supporting_facts": {"title": ["Ada Alm", "Graz"], "sent_id": [0, 1]},
     "context": {"title": ["Ada Alm", "Graz", ...], "sentences": [["Ada Alm ..."], [...], ...]}}

It is fetched by name at its first use and kept in the cache; nothing of it is in this repository.
Yang et al., "HotpotQA: A Dataset for Diverse, Explainable Multi-hop Question Answering" (2018);
CC BY-SA 4.0. The questions come from its public validation split, the "distractor" setting: the
documents are the ten paragraphs that stand beside each question, of all questions drawn together.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping
from pathlib import Path

from experiments.core import BookError, paths
from experiments.core.paths import slug
from experiments.core.profile import expect_gpu_profile
from experiments.tasks.folder import json_lines, prepare_once

REPOSITORY, SETTING, SPLIT = "hotpotqa/hotpot_qa", "distractor", "validation"
DRAWN = {"test": 300, "dev": 100, "train": 200}


def prepare() -> Path:
    """Make the task's folder in the cache, once; raises BookError outside the `gpu` profile."""
    return prepare_once(paths.cache_folder("tasks") / "hotpotqa", lambda: generate(_fetch()))


def generate(rows: Iterable[Mapping], drawn: Mapping[str, int] = DRAWN) -> dict[str, str]:
    """Make the files of the task out of rows of the data set: relative path -> content.

    The draw is seeded. No paragraph that holds a part of an answer serves two splits: a row
    whose paragraphs another split has already is passed over. Raises BookError when too few
    rows are left.
    """
    shuffled = sorted(rows, key=lambda row: row["id"])
    random.Random("hotpotqa").shuffle(shuffled)
    split_of: dict[str, str] = {}
    questions, files = [], {}
    for split, count in drawn.items():
        taken = 0
        while taken < count and shuffled:
            row = shuffled.pop()
            gold = sorted(set(row["supporting_facts"]["title"]))
            if any(split_of.get(title, split) != split for title in gold):
                continue
            split_of |= dict.fromkeys(gold, split)
            questions.append(_question(row, gold, split))
            files |= _documents(row["context"])
            taken += 1
        if taken < count:
            raise BookError(f"{REPOSITORY}: {count} questions are wanted for {split}, and only "
                            f"{taken} are there; fetch the data set again")
    return files | {"questions.jsonl": json_lines(questions)}


def name_of(title: str) -> str:
    """Name a paragraph's document: its title's letters, and a hash: titles differ by signs."""
    return f"{slug(title)[:60]}-{hashlib.sha256(title.encode()).hexdigest()[:6]}"


def _question(row: Mapping, gold: list[str], split: str) -> dict:
    return {"id": row["id"], "question": row["question"].strip(), "answers": [row["answer"]],
            "evidence": [name_of(title) for title in gold], "split": split, "group": row["id"]}


def _documents(context: Mapping) -> dict[str, str]:
    """Write each paragraph as a page with its title."""
    return {f"documents/{name_of(title)}.md": f"# {title}\n\n{''.join(sentences).strip()}\n"
            for title, sentences in zip(context["title"], context["sentences"], strict=True)}


def _fetch() -> list[dict]:
    """Read the split from the hub, without the much larger one beside it."""
    expect_gpu_profile(f"the data set {REPOSITORY}", "take the task support-two-hop")
    from datasets import load_dataset

    return list(load_dataset(REPOSITORY, SETTING, split=SPLIT, streaming=True))
