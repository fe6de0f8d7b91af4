"""Do the passages hold what an answer says, and does the one that it cites?

A real instance, from the benchmark `support`, before any code:

    shown    ("[1] Bremo 730 robot: ... The robot runs for 26 minutes. It costs $143. ...",)
    answer   "26 minutes [1]"
    ground("26 minutes [1]", shown)
    -> Grounding(value="26 minutes", holders=(1,), foreign=(), cited=(1,), passages=1)

Grounded means quoted: the whole answer, normalised as SQuAD does and without its citation,
is a run of words of one passage. That is strict towards an answer in its own words, and it
is blind to a quotation that answers another question. A refusal claims nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.evidence.metrics.score import as_run, cited_numbers, is_refusal, normalise, tokens

QUOTED, COPIED, FOREIGN, OWN_WORDS, NOTHING, REFUSED = (
    "quoted from a passage", "copied from a worked example", "with a number from nowhere",
    "in other words", "empty", "refused")
KINDS = (QUOTED, COPIED, FOREIGN, OWN_WORDS, NOTHING, REFUSED)


@dataclass(frozen=True)
class Grounding:
    """What ties an answer to the passages it was given; passages count from 1.

    `holders` are the passages that hold all of the value, `foreign` the numbers in it that
    no passage holds, `cited` the numbers cited, also of passages that are not there.
    `copied` says that the value is the reply of a worked example.
    """

    value: str
    holders: tuple[int, ...]
    foreign: tuple[str, ...]
    cited: tuple[int, ...]
    passages: int
    copied: bool = False
    refused: bool = False

    @property
    def kind(self) -> str:
        """Return which of KINDS the answer is; the first that fits."""
        if self.refused or not self.value:
            return REFUSED if self.refused else NOTHING
        if self.holders or self.copied:
            return QUOTED if self.holders else COPIED
        return FOREIGN if self.foreign else OWN_WORDS

    @property
    def cites_existing(self) -> bool | None:
        """Return whether every cited passage exists; None without a citation."""
        if not self.cited:
            return None
        return all(1 <= number <= self.passages for number in self.cited)

    @property
    def cites_holder(self) -> bool | None:
        """Return whether a cited passage holds the value; None without a citation."""
        return bool(set(self.cited) & set(self.holders)) if self.cited else None


def ground(text: str, shown: Sequence[str], replies: Sequence[str] = ()) -> Grounding:
    """Tie an answer's text to the passages as the model saw them, titles included.

    `replies` are those of the worked examples in its prompt.
    """
    value = normalise(text)
    runs = [as_run(passage) for passage in shown]
    holders = [n for n, run in enumerate(runs, start=1) if value and as_run(text) in run]
    known = {token for run in runs for token in run.split()}
    foreign = dict.fromkeys(_foreign(text, known))
    copied = bool(value) and value in {normalise(reply) for reply in replies}
    return Grounding(value, tuple(holders), tuple(foreign), tuple(cited_numbers(text)),
                     len(shown), copied, is_refusal(text))


def _foreign(text: str, known: set[str]) -> list[str]:
    """List the numbers that are not known; one that ends a sentence cut short is forgiven."""
    said = tokens(text)
    numbers = [token for token in said if token[-1].isdigit()]
    cut_short = len(said) > 1 and re.search(r"\d$", text)
    if cut_short and any(token.startswith(numbers[-1]) for token in known):
        numbers.pop()
    return [number for number in numbers if number not in known]
