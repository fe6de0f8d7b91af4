"""Tables of the chapter that compares ways to decide: who says what, and where they part.

    verdict_table(PROJECTS["law firm"], "law firm", Book())
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations, product

from experiments.book.tables import Table
from experiments.decide.agreement import Outcomes
from experiments.decide.articles.bands import Matrix
from experiments.decide.articles.checklist import UseCases
from experiments.decide.articles.maturity import missing
from experiments.decide.articles.procedures import PROCEDURES
from experiments.decide.articles.volume import crossing
from experiments.decide.complaints import Complaint
from experiments.decide.diagnosis import KINDS, confusion
from experiments.decide.disagreement import disagreements, unusual
from experiments.decide.flips import flips
from experiments.decide.own.procedure import Book
from experiments.decide.own.rules import REMARKS, RULES
from experiments.decide.own.support import BACKED
from experiments.decide.profile import QUESTIONS, USE_CASES, Profile, grid_size
from experiments.decide.report import outcome
from experiments.decide.verdict import CONFLICT, GAP, TECHNIQUES, UNDECIDED


def procedures_table(panel: Sequence[Outcomes]) -> Table:
    """Lay out how many questions each procedure asks, and what becomes of all profiles."""
    rows = tuple(
        (f"{one.name} ({len(one.asks)})",
         *(_percent(one.share(name)) for name in ("prompt", "RAG", "tune", "both")),
         _percent(one.share("long context", "linear head")),
         _percent(one.share(GAP, UNDECIDED)), _percent(one.share(CONFLICT)))
        for one in panel)
    header = ("procedure", "prompt", "RAG", "tune", "both", "other", "none", "two")
    note = (f"In % of all {grid_size():,} profiles, that is of all combinations of answers to "
            f"{len(QUESTIONS)} questions. In brackets: how many of them it looks at. Other: long "
            "context. None: no rule applies, or the decision is put off. Two: it names "
            "two techniques.")
    return Table(header, rows, "What the procedures say, in % of the whole grid", (note,))


def unreached_table(panel: Sequence[Outcomes]) -> Table:
    """List the rules that give no profile their answer."""
    rows = tuple((one.name, leaf, str(len(one.reached) + len(one.unreached)))
                 for one in panel for leaf in one.unreached)
    return Table(("procedure", "rule that no profile gets", "of so many rules"), rows,
                 "Advice that is written down and never given")


def disagreement_table(panel: Sequence[Outcomes]) -> Table:
    """Show the commonest disagreement of each pair, and the most ordinary project it concerns."""
    rows = []
    for a, b in combinations(panel, 2):
        found = disagreements(a, b)
        if found:
            most = found[0]
            rows.append((f"{a.name}: {most.says_first}", f"{b.name}: {most.says_second}",
                         _percent(most.share), unusual(most.example)))
    header = ("one says", "the other says", "profiles, %", "for example")
    return Table(header, tuple(rows), "The commonest disagreement of each pair",
                 ("The example says what differs from a team that has just begun.",))


def projects_table(projects: Mapping[str, Profile], book: Book) -> Table:
    """Lay out what every procedure says to each project."""
    asked = (book, *PROCEDURES)
    rows = tuple((name, *(short(one, profile) for one in asked))
                 for name, profile in projects.items())
    header = ("project", *(one.name.split(" ", 1)[1] for one in asked))
    return Table(header, rows, "Twelve projects, asked of everybody")


def verdict_table(profile: Profile, name: str, book: Book) -> Table:
    """Lay out the verdicts on one project, each with its first reason."""
    rows = []
    for one in (*PROCEDURES, book):
        verdict = one.verdict(profile)
        reason = verdict.reasons[0].says if verdict.reasons else "No rule applies."
        rows.append((one.name, outcome(verdict), reason))
    return Table(("procedure", "says", "because"), tuple(rows), f"{name}: {unusual(profile)}")


def rules_table(book: Book) -> Table:
    """List the book's rules with the numbers they rest on, the open ones last."""
    ordered = sorted((*RULES, *REMARKS), key=lambda rule: rule.state(book.numbers) != BACKED)
    rows = tuple((rule.name, rule.recommendation, rule.state(book.numbers),
                  rule.describe(book.numbers)) for rule in ordered)
    return Table(("rule", "recommends", "state", "rests on"), rows, "The book's own rules")


def flips_table(projects: Mapping[str, Profile], book: Book) -> Table:
    """List, for each project, the single answers that change the book's verdict."""
    rows = []
    for name, profile in projects.items():
        says = outcome(book.verdict(profile))
        rows += [(name, says, f"{flip.question}: {flip.then} instead of {flip.now}",
                  flip.recommendation) for flip in flips(book, profile)]
    return Table(("project", "verdict", "one answer changed", "verdict then"), tuple(rows),
                 "Where the book's verdict flips")


def crossing_table(instruction_tokens: Sequence[int], labour_hours: Sequence[int]) -> Table:
    """Lay out the queries a month from which a tuned model costs less than a long prompt."""
    rows = []
    for tokens in instruction_tokens:
        found = [crossing(Profile(fault="behaviour", instruction_tokens=tokens,
                                  labour_hours=hours)) for hours in labour_hours]
        rows.append((f"{tokens:,} tokens", *("never" if one is None else
                                             f"{one.queries_per_month:,.0f}" for one in found)))
    header = ("instructions and examples", *(f"{hours} hours of work a run"
                                             for hours in labour_hours))
    return Table(header, tuple(rows), "Queries a month from which tuning is the cheaper one",
                 ("By price alone; prices, caching and the premium of tuned tokens are those of "
                  "data/cost_example.yaml.",))


def complaints_table(parts: Mapping[str, Sequence[Complaint]]) -> Table:
    """Count complaints by their fault and by how they were sorted."""
    rows = []
    for name, complaints in parts.items():
        found = confusion(complaints)
        rows += [(name, fault, *(str(found.get((fault, kind), 0)) for kind in KINDS))
                 for fault in KINDS[:-1]]
    return Table(("complaints", "about", *(f"sorted as {kind}" for kind in KINDS)), tuple(rows),
                 "Complaints sorted by words")


def use_case_table(book: Book, measured: Mapping[str, str]) -> Table:
    """Lay out the advice by use case beside the book's; `measured` says what was measured."""
    article = UseCases()
    rows = []
    for name in USE_CASES[:-1]:
        fault = "behaviour" if name in ("extraction", "classification", "tool agent") else "facts"
        tokens = 50_000 if name == "one document" else 2_000_000
        profile = Profile(use_case=name, fault=fault, labelled_examples=2_000,
                          corpus_tokens=tokens)
        rows.append((name, outcome(article.verdict(profile)), outcome(book.verdict(profile)),
                     measured[name]))
    return Table(("use case", article.name, book.name, "what was measured here"), tuple(rows),
                 "Advice by use case")


def maturity_table(projects: Mapping[str, Profile], book: Book) -> Table:
    """List what each team lacks before it can run what the book recommends."""
    rows = []
    for name, profile in projects.items():
        verdict = book.verdict(profile)
        if verdict.recommendation in TECHNIQUES:
            lacks = missing(verdict.recommendation, profile)
            rows.append((name, verdict.recommendation,
                         "; ".join(lack.says for lack in lacks) or "nothing is missing"))
    return Table(("project", "the book says", "to be built first"), tuple(rows),
                 "Can the team run it?")


def short(procedure, profile: Profile) -> str:
    """Write a verdict for a narrow column."""
    verdict = procedure.verdict(profile)
    if verdict.recommendation == CONFLICT:
        return " or ".join(verdict.candidates)
    return "–" if verdict.recommendation == GAP else verdict.recommendation


def _percent(share: float) -> str:
    """Write a share in percent, without the sign; only a true zero is a dash."""
    return "–" if share == 0 else f"{100 * share:.1f}"


def matrix_counts() -> str:
    """Describe how the matrix fares on the 96 profiles whose gaps and conflicts are counted."""
    kinds = Counter()
    for volume, changes, strict, deep, latency in product(
            (5_000_000, 20_000_000, 70_000_000, 200_000_000), ("weekly", "monthly", "quarterly"),
            (False, True), (False, True), (80, 2_000)):
        verdict = Matrix().verdict(Profile(
            queries_per_month=volume, changes=changes, strict_format=strict, deep_reasoning=deep,
            latency_ms=latency))
        kinds[verdict.recommendation] += 1
    return (f"Actian matrix, {kinds.total()} profiles: {kinds[GAP]} in no row, "
            f"{kinds[CONFLICT]} in rows\nthat disagree (the ledger: 28 and 19)")
