"""Scores of a classifier: which label does a text name, and how well over all labels?

A real instance, before any code:

    example  answers=("refunds",)      labels=("billing", "refunds", ..., "none")
    answer   "Queue: refunds."                  names {refunds}            label 1
    answer   "not billing but refunds"          names {billing, refunds}   label 0
    answer   "I would send this to the team."   names nothing              label 0

A text is read as a person would read it who must act on it without asking back: one label
named is an answer, and none or several are not.
"""

import re
import unicodedata
from collections.abc import Sequence

from experiments.core import Answer, BookError, Example, Score

# What a text says that names no label, or more than one.
UNCLEAR = "(unclear)"
# The label that says there is nothing to find, in tasks that have one.
NONE = "none"
_HYPHENS = re.compile(r"[\s_\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}]+")


def named(text: str, labels: Sequence[str]) -> set[str]:
    """Find the labels that a text names: whole words in any case, parted by hyphen or space."""
    folded = _fold(text)
    return {label for label in labels
            if re.search(rf"(?<!\w){re.escape(_fold(label))}(?!\w)", folded)}


def said_label(answer: Answer, labels: Sequence[str]) -> str:
    """Return the one label that an answer names, or UNCLEAR."""
    found = named(answer.text, labels)
    return found.pop() if len(found) == 1 else UNCLEAR


def label(example: Example, answer: Answer, labels: Sequence[str]) -> Score:
    """1 when the answer names the gold label and no other, else 0; None without a gold label."""
    if not example.answerable:
        return Score("label", None)
    return Score("label", float(said_label(answer, labels) == example.answers[0]))


def noticed(example: Example, answer: Answer, labels: Sequence[str]) -> Score:
    """1 when the answer is right about whether the label is NONE, whichever else it names.

    An unclear answer is wrong; None without a gold label. Raises BookError in a task that has no
    label NONE.
    """
    if NONE not in labels:
        raise BookError(f"the metric 'noticed' needs a label {NONE!r}, for where there is nothing "
                        f"to notice; the task's labels are {', '.join(labels)}")
    if not example.answerable:
        return Score("noticed", None)
    said = said_label(answer, labels)
    right = (said == NONE) == (example.answers[0] == NONE)
    return Score("noticed", float(right and said != UNCLEAR))


def _fold(text: str) -> str:
    """Fold case and width, and write every hyphen, underscore and run of spaces as one space."""
    return _HYPHENS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
