"""Real transcripts: the question, what was found, what was said, and whether it is right."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.core import BookError
from experiments.evidence.metrics.registry import scorer
from experiments.evidence.metrics.score import METRICS
from experiments.tasks.database import find_fault, read_query
from experiments.tasks.house_style.rules import broken_rules

_PASSAGE_CHARACTERS = 220


@dataclass(frozen=True)
class Transcripts:
    """Labelled transcripts, each a list of (what, text) lines."""

    entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def _repr_html_(self) -> str:
        """Return one definition list a transcript, everything escaped."""
        parts = []
        for label, lines in self.entries:
            body = "".join(f"<dt>{html.escape(what)}</dt><dd>{html.escape(text)}</dd>"
                           for what, text in lines)
            parts.append(f'<div class="book-transcript"><p><strong>{html.escape(label)}'
                         f"</strong></p><dl>{body}</dl></div>")
        return "".join(parts)

    def __repr__(self) -> str:
        """Return plain text, a line for each part."""
        return "\n\n".join(
            "\n".join([label, *(f"  {what}: {text}" for what, text in lines)])
            for label, lines in self.entries
        )


def transcripts(results, picks: Mapping[str, tuple[str, str]]) -> Transcripts:
    """Look up the picked answers: {"a success": (arm, question id), ...}."""
    examples = {example.id: example for example in results.examples}
    entries = []
    for label, (arm, name) in picks.items():
        if name not in examples:
            raise BookError(f"transcript {label!r}: study {results.study.name!r} has no question "
                            f"{name!r}")
        answer = next(a for a in results.answers(arm) if a.example_id == name)
        lines = _lines(results, examples[name], answer)
        entries.append((f"{label} ({arm})", tuple(lines)))
    return Transcripts(tuple(entries))


def verdict(example, answer, settings) -> str:
    """State in words whether an answer is right, by what decides in a task of its kind."""
    if settings.kind == "classification":
        right = scorer("label", settings)(example, answer).value == 1
        return "right" if right else "wrong"
    if settings.kind == "extraction":
        exact = scorer("clause_exact", settings)(example, answer).value == 1
        f1 = scorer("field_f1", settings)(example, answer).value
        return "right" if exact else f"not all fields right, F1 {f1:.2f}"
    if settings.kind == "style":
        right = scorer("value_right", settings)(example, answer).value == 1
        broken = ", ".join(broken_rules(answer.text)) or "no rule"
        return f"{'right' if right else 'wrong'} value; breaks {broken}"
    if settings.kind == "sql":
        right = scorer("execution", settings)(example, answer).value == 1
        fault = find_fault(settings.databases[0], read_query(answer.text))
        return "right rows" if right else f"not answered: {fault}" if fault else "other rows"
    refused = METRICS["refused"](example, answer).value == 1
    if not example.answerable:
        return "rightly refused" if refused else "should have refused"
    if refused:
        return "refused, although the documents hold the answer"
    return "right" if METRICS["contains"](example, answer).value == 1 else "wrong"


def _lines(results, example, answer) -> list[tuple[str, str]]:
    documents = results.bench.documents
    gold = " or ".join(example.answers) or "none: the documents do not say"
    is_gold = {True: ", gold document", False: ""}
    passages = [
        (f"passage {hit.rank}{is_gold[hit.chunk.doc_id in example.evidence]}",
         f"{documents[hit.chunk.doc_id].title}: {shorten(hit.chunk.text, example.answers)}")
        for hit in answer.hits
    ]
    return [("question", example.question), ("gold answer", gold), *passages,
            ("answer", answer.text or "(nothing)"),
            ("verdict", verdict(example, answer, results.bench.settings))]


def shorten(text: str, answers: Sequence[str]) -> str:
    """Cut a passage for the page, around a gold answer where it holds one."""
    text = " ".join(text.split())
    if len(text) <= _PASSAGE_CHARACTERS:
        return text
    places = [place for answer in answers if (place := text.lower().find(answer.lower())) >= 0]
    middle = min(places, default=0)
    start = max(0, min(middle - _PASSAGE_CHARACTERS // 2, len(text) - _PASSAGE_CHARACTERS))
    end = start + _PASSAGE_CHARACTERS
    cut = text[start:end]
    if start:
        cut = "… " + cut.split(" ", 1)[-1]
    return cut.rsplit(" ", 1)[0] + " …" if end < len(text) else cut
