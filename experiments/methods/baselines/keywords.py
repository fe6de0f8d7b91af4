"""Keywords: the rule somebody writes before there is any model. No training, no model.

    labels:   refunds [refund, money back, ...], returns [return, send back, ...], ...
    message:  Never mind the refund for now, I first need somebody to collect this thing.
    hits:     refunds 1   -> refunds (and it should have been returns)

The lists come from the task's own task.yaml. A rule knows words and nothing else: it is
right where customers use ours, and silent or wrong where they do not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.core import Answer, BookError
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench

NO_LABEL = "none"
# Beside the keyword itself: plurals and the regular forms of a verb.
ENDINGS = "(?:s|es|d|ed|ing)?"


@dataclass(frozen=True)
class Keywords(Method):
    """Answer the label with most keyword hits; a tie goes to the first, no hit is "none"."""

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench; raises BookError for a task without labels."""
        if not bench.settings.labels:
            raise BookError(
                f"task {bench.task}: keywords needs labels with their keywords in task.yaml, such "
                "as `labels: {billing: [invoice, charge]}` under `kind: classification`; there "
                "are none")
        patterns = {label: _pattern(words)
                    for label, words in bench.settings.labels.items() if words}

        def answer(questions):
            return [Answer(q.id, _decide(patterns, q.text)) for q in questions]

        return answer


def _pattern(words: Sequence[str]) -> re.Pattern:
    """Match any of the words, whole and in any case; the longest first."""
    longest_first = sorted((word.casefold() for word in words), key=len, reverse=True)
    listed = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{listed}){ENDINGS}(?!\w)")


def _decide(patterns: dict[str, re.Pattern], text: str) -> str:
    hits = {label: len(pattern.findall(text.casefold())) for label, pattern in patterns.items()}
    best = max(hits, key=hits.get, default=NO_LABEL)
    return best if hits.get(best) else NO_LABEL
