"""Where a verdict flips: one answer changed, all others kept.

    flips(Book(), Profile(fault="facts", corpus_tokens=2_000_000))[0]
    -> Flip(question="fault", now="facts", then="behaviour", recommendation="prompt")

For a number the threshold itself is searched for, by halving between two answers of the grid.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.verdict import Procedure


@dataclass(frozen=True)
class Flip:
    """Other answers to one question, and the recommendation that any of them brings."""

    question: str
    now: str
    then: str
    recommendation: str


def flips(procedure: Procedure, profile: Profile) -> list[Flip]:
    """List the single answers that change the recommendation, in the order of the questions."""
    asked = (name for name in QUESTIONS if name in procedure.asks)
    return [flip for name in asked for flip in _flips_of(procedure, profile, name)]


def _flips_of(procedure: Procedure, profile: Profile, name: str) -> list[Flip]:
    now = getattr(profile, name)
    stays = procedure.verdict(profile).recommendation

    def says(value: Any) -> str:
        return procedure.verdict(replace(profile, **{name: value})).recommendation

    if QUESTIONS[name]["unit"] is None:
        brings: dict[str, list[str]] = {}
        for value in QUESTIONS[name]["answers"]:
            brings.setdefault(says(value), []).append(write(value))
        return [Flip(name, write(now), " or ".join(values), said)
                for said, values in brings.items() if said != stays]
    found = []
    below = sorted((v for v in QUESTIONS[name]["answers"] if v < now), reverse=True)
    above = sorted(v for v in QUESTIONS[name]["answers"] if v > now)
    for side, word in ((below, "at most"), (above, "at least")):
        kept, said = now, stays
        for value in side:
            while says(value) != said:  # between two answers of the grid there may be a third
                kept = _threshold(says, kept, value)
                said = says(kept)
                found.append(Flip(name, write(now), f"{word} {write(kept)}", said))
            kept = value
    return found


def _threshold(says: Callable[[int], str], kept: int, other: int) -> int:
    """Find the number nearest to `kept` of which something else is said, by halving."""
    said = says(kept)
    while abs(other - kept) > 1:
        middle = (kept + other) // 2
        if says(middle) == said:
            kept = middle
        else:
            other = middle
    return other


def write(value: object) -> str:
    """Write an answer as a person would."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
