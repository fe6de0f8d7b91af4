"""What became of a claim: the verdicts that chapters left, or why there is none.

    claim = read_catalogue(path).claims["cost-lora-10pct"]
    claim.sections["s1"]   -> ("LoRA",)     where the article s1 makes it
    left_verdicts({"10_kinds": notebook})["cost-lora-10pct"]
    -> [Judgement("10_kinds", "refuted", "Memory falls by ...")]

Verdicts come from executed notebooks, where `chapter.show_claims` leaves them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.book.chapter import CLAIMS_MIME, VERDICTS
from experiments.book.source.notebooks import code_cells
from experiments.core import BookError
from experiments.evidence.analysis.articles import parse_claims

SUPPORTED, IN_PART, REFUTED, NOT_SEPARATED, OUT_OF_SCOPE = VERDICTS
DIFFERS, RECOMPUTED, CONTRADICTED = "chapters differ", "recomputed", "weighed below"
OPEN, UNTESTED = "open", "not testable here"
OUTCOMES = (SUPPORTED, IN_PART, REFUTED, DIFFERS, NOT_SEPARATED, OUT_OF_SCOPE, RECOMPUTED,
            CONTRADICTED, OPEN, UNTESTED)
TO_MEASURE, TO_RECOMPUTE = "measure-here", "recompute-from-prices"
# What becomes of a claim that no chapter has judged or recomputed, by its testability.
_UNJUDGED = {TO_MEASURE: OPEN, TO_RECOMPUTE: OPEN, "cite-only": UNTESTED,
             "contradiction-between-sources": CONTRADICTED}


@dataclass(frozen=True)
class Claim:
    """A claim in our words; `sections` maps the articles that make it to where they do."""

    id: str
    paraphrase: str
    sections: Mapping[str, tuple[str, ...]]
    figures: tuple[Mapping, ...]
    testability: str
    experiment: str
    note: str
    contradictions: tuple[str, ...]


@dataclass(frozen=True)
class Contradiction:
    """What some articles disagree about, and what settles it."""

    id: str
    articles: tuple[str, ...]
    claims: tuple[str, ...]
    disagreement: str
    recomputation: str
    settled: str


@dataclass(frozen=True)
class Catalogue:
    """All of data/claims.yaml: titles by article, claims by id, contradictions by id."""

    titles: Mapping[str, str]
    claims: Mapping[str, Claim]
    contradictions: Mapping[str, Contradiction]


@dataclass(frozen=True)
class Judgement:
    """What one chapter says about one claim."""

    chapter: str
    verdict: str
    evidence: str


def read_catalogue(path: Path) -> Catalogue:
    """Read data/claims.yaml.

    Raises BookError when the file is not in its form, or names what it does not have.
    """
    try:
        text = parse_claims(path)
        titles = {article: one["title"] for article, one in text["documents"].items()}
        claims = {row["id"]: _claim(row) for row in text["claims"]}
        contradictions = {row["id"]: _contradiction(row) for row in text["contradictions"]}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BookError(f"{path}: expected documents, claims and contradictions with their "
                        f"fields ({error!r}). Restore the file from git.") from error
    found = Catalogue(titles, claims, contradictions)
    if unknown := _unknown_names(found):
        raise BookError(f"{path}: {'; '.join(unknown)}")
    return found


def left_verdicts(notebooks: Mapping[str, Mapping]) -> dict[str, list[Judgement]]:
    """Collect what executed chapters left about claims: claim id to judgements, in order."""
    found: dict[str, list[Judgement]] = {}
    for chapter, notebook in notebooks.items():
        for cell in code_cells(notebook):
            for output in cell["outputs"]:
                left = output.get("data", {}).get(CLAIMS_MIME, {"verdicts": []})
                for claim, verdict, evidence in left["verdicts"]:
                    found.setdefault(claim, []).append(Judgement(chapter, verdict, evidence))
    return found


def outcome(claim: Claim, judgements: Sequence[Judgement], recomputed: bool) -> str:
    """Name what became of a claim: one of OUTCOMES.

    "Out of scope here" gives way to a chapter that could judge; two chapters that judged
    and disagree are told as such.
    """
    said = {one.verdict for one in judgements}
    decided = said - {OUT_OF_SCOPE}
    if len(decided) > 1:
        return DIFFERS
    if said:
        return (decided or said).pop()
    return RECOMPUTED if recomputed else _UNJUDGED[claim.testability]


def _claim(row: Mapping) -> Claim:
    sections: dict[str, tuple[str, ...]] = {}
    for source in row["source"]:
        told = (source["section"],) if source.get("section") else ()
        sections[source["doc"]] = tuple(dict.fromkeys(sections.get(source["doc"], ()) + told))
    return Claim(row["id"], row["paraphrase"], sections, tuple(row["figures"]),
                 row["testability"], row.get("experiment", ""), row.get("note", ""),
                 tuple(row.get("contradictions", ())))


def _contradiction(row: Mapping) -> Contradiction:
    return Contradiction(row["id"], tuple(row["docs"]), tuple(row["claims"]), row["disagreement"],
                         row["recomputation"], row["how_the_book_settles_it"])


def _unknown_names(found: Catalogue) -> list[str]:
    """List what a claim or a contradiction names and the file does not have."""
    named = [(claim.id, "article", name, found.titles)
             for claim in found.claims.values() for name in claim.sections]
    named += [(claim.id, "contradiction", name, found.contradictions)
              for claim in found.claims.values() for name in claim.contradictions]
    named += [(claim.id, "testability", claim.testability, _UNJUDGED)
              for claim in found.claims.values()]
    named += [(one.id, "claim", name, found.claims)
              for one in found.contradictions.values() for name in one.claims]
    named += [(one.id, "article", name, found.titles)
              for one in found.contradictions.values() for name in one.articles]
    return [f"{owner} names the unknown {kind} {name!r}" for owner, kind, name, known in named
            if name not in known]
