"""The page on all claims: article by article, what each says and what became of it.

    ledger_page(layout, ["09_training", "10_kinds"])     # Markdown

Every verdict was left by a chapter of this build, every count is counted, and all texts are
those of data/claims.yaml, escaped.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.book.pages import claim_outcomes as outcomes
from experiments.book.pages.claim_outcomes import (
    OUTCOMES,
    Catalogue,
    Claim,
    Contradiction,
    Judgement,
)
from experiments.book.source import prose
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook
from experiments.book.source.outline import title
from experiments.core import BookError
from experiments.costs import recomputed
from experiments.costs.prices import load_prices

PAGE, TITLE = "claims", "What became of every claim?"
# An article's short name, as the chapters use it, and its key in references.bib.
ARTICLES = {"s0": ("Heym", "kaya2026rag"), "s1": ("Devlyn", "devlyn2026rag"),
            "s2": ("unsigned", "unsigned2026rag"), "s3": ("Ergini", "ergini2026framework"),
            "s4": ("Actian", "actian2026should")}
_COST = "20_cost"  # the chapter that shows the recomputed figures, sum by sum
_VERDICTS = "the-articles-claims"  # the section of a chapter that shows its verdicts
_WEIGHED = "claims-contradictions"

_INTRODUCTION = f"""\
# {TITLE}

You have read one of the five articles and are about to act on one of its sentences. Has
anybody checked it? Between them the articles make {{claims}} claims. Here is every one, under
each article that makes it, with what this book found. Look for your sentence with the search
of your browser: the words are ours, and the figures are as the articles give them.

{{held}} Most verdicts come from a model of 135 million parameters, which shows mechanisms, not
magnitudes.

```{{{{table}}}}
:class: book-counts

{{table}}
```

A claim of two articles counts under both, and once under *all*. What the rows mean:

- **Supported**, **refuted**: what we measured or computed agrees with the claim, or does not.
- **In part**: one half of the claim stands, or it stands on some benchmarks and not on others;
  the sentence of evidence says which.
- **Chapters differ**: two chapters judged it under different conditions, and not alike.
- **Not separated**: measured, and open: the questions or the trainings at hand cannot tell.
- **Out of scope here**: a chapter takes it up, and says why it cannot judge.
- **Recomputed**: no chapter judged the claim, but its figures were computed again. So were
  those of {{also}} claims in the rows above it.
- **Weighed below**: not judged alone. The articles contradict one another on it, and
  [the last section](#{_WEIGHED}) puts them side by side.
- **Open**: it could be measured or computed here, and has not been yet.
- **Not testable here**: it rests on what others did, found, sell or hold.

FT is fine-tuning, TTFT the time to the first token. A figure called "implied" is our arithmetic;
what is said to be "from memory" was not looked up."""

_CONTRADICTIONS = f"""\
({_WEIGHED})=
## Where the articles contradict one another

Whoever reads two of the articles can be told two things. These are the {{count}} places where
an article contradicts another, or itself, with what comes out when its own figures are
computed again."""


@dataclass(frozen=True)
class Ledger:
    """All claims and what a build has on them; `chapters` maps its chapters to their titles."""

    catalogue: Catalogue
    judgements: Mapping[str, Sequence[Judgement]]
    cells: Sequence[recomputed.Cell]
    chapters: Mapping[str, str]

    def outcome(self, claim: Claim) -> str:
        """Name what became of a claim."""
        return outcomes.outcome(claim, self.judgements.get(claim.id, ()),
                                any(cell.claim == claim.id for cell in self.cells))

    def claims_of(self, article: str) -> list[Claim]:
        """List the claims that an article makes, in the order of the file."""
        return [one for one in self.catalogue.claims.values() if article in one.sections]

    def link(self, chapter: str) -> str:
        """Link a chapter's verdicts; a chapter that this build leaves out is only named."""
        if chapter not in self.chapters:
            return f"`{chapter}`"
        return f"[{escape(self.chapters[chapter])}](chapters/{chapter}.ipynb#{_VERDICTS})"


def ledger_page(layout: Layout, names: Sequence[str]) -> str:
    """Write the page as Markdown, from the executed chapters `names`.

    Raises BookError when data/claims.yaml, data/recomputed.yaml or data/prices.yaml is not
    in its form, and for an article that has no short name here.
    """
    data = layout.data
    catalogue = outcomes.read_catalogue(data / "claims.yaml")
    if strange := sorted(set(catalogue.titles) ^ set(ARTICLES)):
        raise BookError(f"data/claims.yaml and ARTICLES in experiments/book/pages/ledger.py "
                        f"have not the same articles: {', '.join(strange)}")
    cells = recomputed.recompute(data / "recomputed.yaml", data / "claims.yaml",
                                 load_prices(data / "prices.yaml"))
    executed = {name: read_notebook(layout.executed / f"{name}.ipynb") for name in names}
    titles = {name: title(read_notebook(layout.chapter(name))) for name in names}
    ledger = Ledger(catalogue, outcomes.left_verdicts(executed), cells, titles)
    return write_ledger(ledger, chapters=len(layout.chapter_names()))


def write_ledger(ledger: Ledger, chapters: int) -> str:
    """Write the page; `chapters` counts those of the whole book."""
    held = len(ledger.chapters)
    told = (f"The verdicts are those of the book's {chapters} chapters, as this build ran them."
            if held == chapters else
            f"This build holds {held} of the book's {chapters} chapters: a claim that only the "
            "others judge is told as if nobody had.")
    both = {cell.claim for cell in ledger.cells} & set(ledger.judgements)
    pieces = [_INTRODUCTION.format(claims=len(ledger.catalogue.claims), held=told,
                                   table=_counts(ledger), also=len(both))]
    for article in ARTICLES:
        pieces += _article(ledger, article)
    pieces.append(_CONTRADICTIONS.format(count=len(ledger.catalogue.contradictions)))
    pieces += (_contradiction(ledger, one) for one in ledger.catalogue.contradictions.values())
    return "\n\n".join(pieces) + "\n"


def escape(text: str) -> str:
    """Escape a text for Markdown, with s0 to s4 in it named as the articles they are."""
    # A range stands for all in it: "s0-s2" are three articles.
    spread = re.sub(r"\bs([0-4])-s([0-4])\b", lambda ends: ", ".join(
        f"s{n}" for n in range(int(ends[1]), int(ends[2]) + 1)), text)
    named = re.sub(r"(?<![\w-])s[0-4](?![\w-])", lambda one: ARTICLES[one[0]][0], spread)
    return prose.escape(named)


def _prose(text: str) -> str:
    """Escape a text, and link the contradictions that it names."""
    pieces = re.split(r"\b(con-\d\d)\b", text)
    return "".join(f"[{piece}](#{piece})" if number % 2 else escape(piece)
                   for number, piece in enumerate(pieces))


def _target(*names: str) -> str:
    return "-".join(["claims", *names]).lower().replace(" ", "-")


def _counts(ledger: Ledger) -> str:
    """Write the table of counts: a row an outcome, a column an article."""
    columns = [("all", list(ledger.catalogue.claims.values()))]
    columns += ((name, ledger.claims_of(one)) for one, (name, _) in ARTICLES.items())
    rows = [["", *(name if name == "all" else f"[{name}](#{_target(name)})"
                   for name, _ in columns)],
            ["---"] * (len(columns) + 1), ["claims", *(str(len(made)) for _, made in columns)]]
    counts = [(name, Counter(map(ledger.outcome, made))) for name, made in columns]
    for end in OUTCOMES:
        rows.append([end, *(str(count[end]) if name == "all" or not count[end]
                            else f"[{count[end]}](#{_target(name, end)})"
                            for name, count in counts)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _article(ledger: Ledger, article: str) -> Iterator[str]:
    """Write an article's section: its claims by what became of them."""
    (name, key), claims = ARTICLES[article], ledger.claims_of(article)
    yield (f"({_target(name)})=\n## {escape(ledger.catalogue.titles[article])}\n\n"
           f"{{cite}}`{key}` makes {len(claims)} of the claims. This page calls it *{name}*.")
    for end in OUTCOMES:
        held = [claim for claim in claims if ledger.outcome(claim) == end]
        if held:
            yield f"({_target(name, end)})=\n### {name}: {end} ({len(held)})"
            yield from (_entry(ledger, claim, article) for claim in held)


def _entry(ledger: Ledger, claim: Claim, article: str) -> str:
    """Write a claim as an item of a list: where it stands, and what we have to say on it."""
    places = [f"*{escape(', '.join(claim.sections[article]))}*"] if claim.sections[article] else []
    others = [name for one, (name, _) in ARTICLES.items()
              if one != article and one in claim.sections]
    where = "; ".join(places + ([f"also {', '.join(others)}"] if others else []))
    figures = "; ".join(map(_figure, claim.figures))
    said = [f"**{escape(claim.paraphrase)}**" + (f" ({where})" if where else "")
            + (f" Figures: {escape(figures)}." if figures else ""),
            *_findings(ledger, claim)]
    if claim.note:
        said.append(f"Our note: {_prose(claim.note)}")
    against = ", ".join(map(_prose, claim.contradictions))
    said.append(f"`{claim.id}`" + (f", contradicted: {against}" if against else ""))
    # A claim of several articles is listed under each; the first is where links lead.
    target = f"({_target(claim.id)})=\n" if article == min(claim.sections) else ""
    return "- " + (target + "\n\n".join(said)).replace("\n", "\n  ").replace("\n  \n", "\n\n")


def _findings(ledger: Ledger, claim: Claim) -> Iterator[str]:
    """Describe what chapters found and what was recomputed, or else why there is nothing."""
    for one in ledger.judgements.get(claim.id, ()):
        yield (f"*{one.verdict.capitalize()}* in {ledger.link(one.chapter)}: "
               f"{_prose(one.evidence)}")
    kinds = Counter(cell.verdict for cell in ledger.cells if cell.claim == claim.id)
    if kinds:
        counts = ", ".join(f"{kind}: {count}" for kind, count in kinds.items())
        yield f"*Recomputed* in {ledger.link(_COST)}, sum by sum; {counts}."
    end = ledger.outcome(claim)
    # "Settled by con-01: ..." repeats what stands at the contradiction itself.
    own = "" if claim.experiment.startswith("Settled by") else _prose(claim.experiment)
    settle = f" What would settle it: {own}" if own else ""
    if end == outcomes.OPEN:
        measured = claim.testability == outcomes.TO_MEASURE
        yield f"*Not {'measured' if measured else 'recomputed'} yet.*{settle}"
    if end == outcomes.CONTRADICTED:
        yield f"*Not judged alone.*{settle}"
    if end == outcomes.UNTESTED:
        yield "*Not tested:* nothing here could measure it." + (
            f" What would come nearest: {own}" if own else "")


def _figure(figure: Mapping) -> str:
    ends = [figure["value"]] if "value" in figure else [figure["min"], figure["max"]]
    return f"{figure['name']}: {' to '.join(f'{end:,}' for end in ends)} {figure['unit']}"


def _contradiction(ledger: Ledger, one: Contradiction) -> str:
    """Write what some articles disagree about, and what has settled it or would."""
    names = ", ".join(ARTICLES[article][0] for article in one.articles)
    judged = [judgement.chapter for claim in one.claims
              for judgement in ledger.judgements.get(claim, ())
              if judgement.verdict != outcomes.OUT_OF_SCOPE]
    if any(cell.contradiction == one.id for cell in ledger.cells):
        judged.append(_COST)
    chapters = ", ".join(map(ledger.link, sorted(set(judged))))
    settled = (f"*How the book settles it:* {_prose(one.settled)} Chapters: {chapters}."
               if judged else f"*What would settle it:* {_prose(one.settled)}")
    claims = "; ".join(f"[`{claim}`](#{_target(claim)}) "
                       f"{ledger.outcome(ledger.catalogue.claims[claim])}" for claim in one.claims)
    return "\n\n".join([
        f"({one.id})=\n**{one.id}, {names}{' against itself' * (len(one.articles) == 1)}.** "
        f"{_prose(one.disagreement)}",
        f"*Computed again:* {_prose(one.recomputation)}", settled, f"Claims: {claims}."])
