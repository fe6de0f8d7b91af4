"""What a rule of the book rests on: published numbers, each with what it must show.

    Support("rag-gain", "above", 0)     the 95 % interval of rag-gain lies above 0; "around"
                                        says that it holds 0, so that nothing is told apart

A rule whose numbers all show it is backed. One whose number is not published yet is open, and
one whose number shows something else is contradicted; neither decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.core import BookError
from experiments.core.paths import CHAPTERS
from experiments.evidence.checks.published import Published, read_published

BACKED, OPEN, CONTRADICTED = "backed", "open", "contradicted"
SIDES = ("above", "below", "around")
NOT_MEASURED = "not measured in this book yet"

Numbers = Mapping[str, Published]


@dataclass(frozen=True)
class Support:
    """A published number (by id) whose interval lies `above`, `below` or `around` a bound."""

    id: str
    side: str
    bound: float = 0.0

    def __post_init__(self):
        if self.side not in SIDES:
            raise BookError(f"{self.id}: a support lies {', '.join(SIDES)}, got {self.side!r}")

    def state(self, numbers: Numbers) -> str:
        """Return whether the number is there and shows what it must."""
        entry = numbers.get(self.id)
        if entry is None or entry.interval is None:
            return OPEN
        low, high = entry.interval
        found = "above" if low > self.bound else "below" if high < self.bound else "around"
        return BACKED if found == self.side else CONTRADICTED

    def describe(self, numbers: Numbers) -> str:
        """Write the number with its interval, or that it is missing."""
        entry = numbers.get(self.id)
        if entry is None or entry.interval is None:
            return f"{self.id}: {NOT_MEASURED}"
        unit = "points" if entry.minus and entry.unit == "percent" else entry.unit
        low, high = entry.interval
        shown = f"{self.id}: {entry.value:.1f} {unit} [{low:.1f}, {high:.1f}]"
        backed = self.state(numbers) == BACKED
        return shown if backed else f"{shown}, which is not {self.side} {self.bound:g}"


@dataclass(frozen=True)
class Rule:
    """A rule of the book: what it recommends, where that was measured, and the numbers."""

    name: str
    recommendation: str
    says: str
    chapter: str
    supports: tuple[Support, ...]

    def state(self, numbers: Numbers) -> str:
        """Return whether all numbers back the rule; a missing one weighs less than a contrary."""
        states = {support.state(numbers) for support in self.supports}
        return next((state for state in (CONTRADICTED, OPEN) if state in states), BACKED)

    def describe(self, numbers: Numbers) -> str:
        """Write the rule's chapter and numbers in one line."""
        shown = "; ".join(support.describe(numbers) for support in self.supports)
        place = chapter_place(self.chapter)
        return f"{place}: {shown}" if shown else place


def chapter_place(name: str) -> str:
    """Name a chapter; a topic without a notebook is a chapter to come."""
    written = (CHAPTERS / f"{name}.ipynb").exists()
    return f"chapter {name}" if written else f"{name}, a chapter to come"


def published_numbers() -> dict[str, Published]:
    """Read all published numbers by id."""
    return {entry.id: entry for entry in read_published()}
