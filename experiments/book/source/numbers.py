"""Published numbers in prose: `{{ id }}` and `{{ id_value }}`, and nothing typed by hand.

    {{ rag-contains }}          61.5 % (95 % interval 55.0 to 68.1)
    {{ rag-contains_value }}    61.5 %
"""

import re
from collections.abc import Iterable, Mapping

from experiments.book.source.prose import PLACEHOLDER, change_prose, unknown_message
from experiments.core import BookError
from experiments.evidence.checks.published import Published


def number_texts(entries: Iterable[Published]) -> dict[str, str]:
    """Write every published number, by the names that prose uses."""
    texts: dict[str, str] = {}
    for entry in entries:
        if entry.value is None or entry.interval is None:
            raise BookError(f"published number {entry.id!r} has no value yet; run "
                            "`python -m experiments publish`")
        low, high = map(_number, entry.interval)
        value = f"{_number(entry.value)} {_unit(entry)}"
        texts[f"{entry.id}_value"] = value
        texts[entry.id] = f"{value} (95 % interval {low} to {high})"
    return texts


def number_names(entries: Iterable[Published]) -> frozenset[str]:
    """Name what prose may take, also before the values have been derived."""
    return frozenset(name for entry in entries for name in (entry.id, f"{entry.id}_value"))


def _unit(entry: Published) -> str:
    """Name the unit: the difference of two percentages is in points."""
    if entry.unit == "percent":
        return "%" if entry.minus is None else "points"
    return entry.unit


def _number(value: float) -> str:
    """Write a number with one decimal and a true minus sign."""
    return f"{value:,.1f}".replace("-", "−")


def fill(text: str, numbers: Mapping[str, str], where: str) -> str:
    """Put published numbers in the place of `{{ id }}`, outside code.

    Raises BookError naming `where` and the id that nothing publishes.
    """
    def one(match: re.Match) -> str:
        name = match[1]
        if name not in numbers:
            raise BookError(f"{where}: {unknown_message(name)}")
        return numbers[name]

    return change_prose(text, lambda prose: PLACEHOLDER.sub(one, prose))
