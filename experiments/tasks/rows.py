"""What the rows of a generated questions.jsonl share: ids and an order that tell nothing.

    text_id("n", "Two herons at dock 4 since the morning.")    -> "n-17a7613f"
"""

import hashlib
from collections.abc import Iterable

from experiments.core.nouns import SPLITS


def text_id(letter: str, text: str) -> str:
    """Return an id made of a question's text, which tells nothing more than the text."""
    return f"{letter}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def in_order(rows: Iterable[dict]) -> list[dict]:
    """Sort rows of questions.jsonl split by split, and by their ids within."""
    return sorted(rows, key=lambda row: (SPLITS.index(row["split"]), row["id"]))
