"""Tables for the book: HTML for the page, plain text for a terminal, everything escaped."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.book.names import CEILING, FLOOR, METRIC_TITLES, bracket
from experiments.book.provenance import asked_again, record_count, tier_word
from experiments.core.columns import columns
from experiments.evidence.checks.audit import RETRAINED, can_ask

_SENTENCE = 40  # characters
_BRACKET_NOTES = {
    FLOOR: "Floor: an answer of the train split is repeated, no model is asked.",
    CEILING: "Ceiling: the gold passage is handed over, nothing is searched.",
}


@dataclass(frozen=True)
class Table:
    """Header and rows of text, with lines beneath; `marks` gives a row's CSS class."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """Return a table that scrolls sideways on a narrow screen instead of being cut."""
        head = "".join(f'<th scope="col">{_escape(text)}</th>' for text in self.header)
        marks = self.marks or ("",) * len(self.rows)
        body = "".join(
            f'<tr class="{mark}"><th scope="row"{_wordy(row[0])}>{_escape(row[0])}</th>'
            + "".join(f"<td{_wordy(text)}>{_escape(text)}</td>" for text in row[1:]) + "</tr>"
            for row, mark in zip(self.rows, marks, strict=True)
        )
        caption = f"<caption>{_escape(self.title)}</caption>" if self.title else ""
        notes = "".join(f'<p class="book-note">{_escape(note)}</p>' for note in self.notes)
        return (f'<div class="book-table" tabindex="0" role="group"><table>{caption}'
                f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{notes}")

    def __repr__(self) -> str:
        """Return aligned plain text."""
        return "\n".join([*([self.title] if self.title else []),
                          *columns([self.header, *self.rows]), *self.notes])


def results_table(results, metrics: Sequence[str], title: str) -> Table:
    """Lay out a study: one row an arm, a metric a column, tier and provenance beneath.

    Values are percentages with their 95 % intervals. Floor and ceiling rows say so.
    """
    rows = results.table(metrics)
    header = ("method", *(_metric_heading(metric, rows) for metric in metrics),
              "prompt tokens", "seconds")
    kinds = [bracket(results.study.arms[row["arm"]]) for row in rows]
    body = tuple(
        (f"{row['arm']} ({kind})" if kind else row["arm"],
         *(_percent(row[metric], shared=_same_counts(metric, rows)) for metric in metrics),
         f"{row['prompt_tokens']:,.0f}", f"{row['seconds']:.2f}")
        for row, kind in zip(rows, kinds, strict=True)
    )
    explained = [note for kind, note in _BRACKET_NOTES.items() if kind in kinds]
    notes = ("In brackets: 95 % interval for question noise, drawn by groups of questions. "
             "Unscored: the metric does not apply. Prompt tokens: mean; seconds: median.",
             *explained, tier_line(results))
    marks = tuple(f"book-{kind}" if kind else "" for kind in kinds)
    return Table(header, body, title, notes, marks)


def tier_line(results) -> str:
    """Return how well a study's numbers are backed, and where they come from."""
    first, last = results.dates
    when = first if first == last else f"{first} to {last}"
    made = f"{record_count(results):,} answers of {when} on {results.hardware}"
    if results.tier == "live":
        return f"Live: {made}, made when this chapter ran."
    kinds = asked_again(results)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    word = tier_word(results)
    parts = [f"{word[0].upper()}{word[1:]}: {made}, all scored again"
             + (f"; of those asked again when this chapter ran: {counted}." if kinds else ".")]
    if results.tier == "recorded":
        return parts[0]
    asked = {verdict.arm for verdict in results.audit if verdict.kind != RETRAINED}
    left = [arm for arm, recipe in results.study.arms.items()
            if recipe.trained and arm not in asked]
    lacking = [arm for arm in left
               if not any(can_ask(results, arm, seed) for seed in results.study.seeds)]
    if lacking:
        parts.append("Cannot be asked again, because these adapters are not shipped: "
                     f"{', '.join(lacking)}.")
    if waiting := [arm for arm in left if arm not in lacking]:
        parts.append(f"Not drawn this time, their turn comes: {', '.join(waiting)}.")
    if any(verdict.kind == RETRAINED for verdict in results.audit):
        parts.append("The first steps of a training were taken again: the losses of its log.")
    return " ".join(parts)


def _metric_heading(metric: str, rows: Sequence[Mapping]) -> str:
    """Name a metric with its unit; n and unscored stand here when all arms share them."""
    title = f"{METRIC_TITLES[metric]}, %"
    if not _same_counts(metric, rows):
        return title
    one = rows[0][metric]
    return f"{title} ({_counts(one)})"


def _same_counts(metric: str, rows: Sequence[Mapping]) -> bool:
    return len({(row[metric].questions, row[metric].unscored) for row in rows}) == 1


def _counts(one) -> str:
    left_out = f", {one.unscored} unscored" if one.unscored else ""
    return f"n = {one.questions}{left_out}"


def _percent(one, *, shared: bool) -> str:
    """Write an estimate; what could not be scored is a dash, never a zero."""
    counts = "" if shared else f" ({_counts(one)})"
    if one.value is None:
        return "–" + counts
    # The space in the brackets does not break: an interval stays on one line.
    low, high = f"{100 * one.low:.1f}", f"{100 * one.high:.1f}"
    return f"{100 * one.value:.1f} [{low},\N{NO-BREAK SPACE}{high}]{counts}"


def _wordy(text: str) -> str:
    """Mark a cell that holds a sentence, so that a narrow screen does not squeeze it."""
    return ' class="book-words"' if len(text) > _SENTENCE else ""


def _escape(text: str) -> str:
    return html.escape(str(text), quote=True)
