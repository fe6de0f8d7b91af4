"""What `python -m experiments decide` prints: every procedure's verdict, and what backs it.

    THE ARTICLES
      Heym tree           RAG
          Facts that change go to retrieval. [rule-s0-five-questions]
    THE BOOK
      RAG
          Without documents the model has next to no facts ... [chapter 03_retrieval: ...]
"""

import textwrap
from collections.abc import Iterator, Sequence

from experiments.decide.articles.maturity import missing
from experiments.decide.articles.procedures import PROCEDURES, place_of
from experiments.decide.articles.volume import crossing
from experiments.decide.flips import flips, write
from experiments.decide.own.procedure import Book
from experiments.decide.own.training import NAMED
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.verdict import CONFLICT, GAP, TECHNIQUES, UNDECIDED, Verdict

_WIDTH = 96
_WHY = {GAP: "gap: no rule applies", CONFLICT: "conflict", UNDECIDED: "undecided"}


def report(profile: Profile, assumed: Sequence[str] = (), book: Book | None = None) -> str:
    """Write the verdicts for one project; `assumed` are the questions nobody answered."""
    book = book or Book()
    return "\n".join([
        "THE PROJECT", *_project(profile, assumed), "",
        "THE ARTICLES", *_articles(profile), "",
        "THE BOOK", *_own(book, profile), "",
        "WHERE THE BOOK'S VERDICT FLIPS", *_flips(book, profile), "",
        "NOT MEASURED YET", *_open(book),
    ])


def _project(profile: Profile, assumed: Sequence[str]) -> Iterator[str]:
    for name, asked in QUESTIONS.items():
        unit = f" {asked['unit']}" if asked["unit"] else ""
        note = "  (assumed)" if name in assumed else ""
        yield f"  {name:22s}{write(getattr(profile, name))}{unit}{note}"


def _articles(profile: Profile) -> Iterator[str]:
    named = []
    for procedure in PROCEDURES:
        verdict = procedure.verdict(profile)
        named += [verdict.recommendation] if verdict.recommendation in TECHNIQUES else []
        yield f"  {procedure.name:20s}{outcome(verdict)}"
        for reason in verdict.reasons:
            place = place_of(reason.backing, procedure.article)
            yield from _wrap(f"{reason.says} [{reason.backing}: {place}]")
    counts = ", ".join(f"{name} {named.count(name)}" for name in dict.fromkeys(named))
    yield f"  of {len(PROCEDURES)} procedures: {counts or 'none names a technique'}"


def _own(book: Book, profile: Profile) -> Iterator[str]:
    verdict = book.verdict(profile)
    yield f"  {outcome(verdict)}"
    for number, step in enumerate(verdict.first, start=1):
        yield from _wrap(f"First {number}. {step.says} [{step.backing}]")
    for question in verdict.path:
        yield f"      {question}"
    for reason in verdict.reasons:
        yield from _wrap(f"{reason.says} [{reason.backing}]")
    if verdict.recommendation in TECHNIQUES:
        for lack in missing(verdict.recommendation, profile):
            if lack.question not in NAMED:
                yield from _wrap(f"Before that you need {lack.says}. [{lack.claim}]")
    if verdict.trial:
        yield from _wrap(verdict.trial)


def _flips(book: Book, profile: Profile) -> Iterator[str]:
    found = flips(book, profile)
    for flip in found:
        yield f"  {flip.question}: {flip.then} instead of {flip.now}: {flip.recommendation}"
    if not found:
        yield "  no other single answer changes it"
    pays = crossing(profile)
    if pays is None:
        yield "  by price alone, tuning and an untuned prompt never change places here"
    else:
        side = "above" if pays.tuned_above else "below"
        yield from _wrap(f"by price alone, tuning costs less {side} {pays.queries_per_month:,.0f} "
                         "queries a month, if it is as good", indent=2)


def _open(book: Book) -> Iterator[str]:
    for rule in book.open_rules():
        yield from _wrap(f"{rule.says} [{rule.describe(book.numbers)}]", indent=2)
    yield "  latency, for which latency_ms was asked; the book's verdict does not look at it"


def outcome(verdict: Verdict) -> str:
    """Write a recommendation, or why there is none."""
    if verdict.candidates:
        return f"conflict: {' and '.join(verdict.candidates)}"
    return _WHY.get(verdict.recommendation, verdict.recommendation)


def _wrap(text: str, indent: int = 6) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * indent,
                         subsequent_indent=" " * (indent + 2), break_long_words=False,
                         break_on_hyphens=False)
