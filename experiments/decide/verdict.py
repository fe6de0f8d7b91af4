"""What every procedure gives: a verdict, by a tree that is walked or by rows that match.

    Verdict("RAG", leaves=("2: private documents",),
            reasons=(Reason("Private documents go to retrieval.", "rule-s0-five-questions"),),
            path=("Do the facts change at least monthly? no", "Are the documents private? yes"))

A procedure that has no answer says so: `gap` when nothing applies, `conflict` when it names
two techniques, `undecided` when it puts the decision off.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from experiments.core import BookError
from experiments.decide.profile import Profile

PROMPT, LONG_CONTEXT, RAG, TUNE, BOTH = "prompt", "long context", "RAG", "tune", "both"
HEAD = "linear head"
UNDECIDED, GAP, CONFLICT = "undecided", "gap", "conflict"
TECHNIQUES = (PROMPT, LONG_CONTEXT, RAG, TUNE, BOTH, HEAD)
NO_ANSWER = (UNDECIDED, GAP, CONFLICT)
OUTCOMES = TECHNIQUES + NO_ANSWER

Test = Callable[[Profile], bool]


@dataclass(frozen=True)
class Reason:
    """A sentence, and what backs it: a claim of data/claims.yaml or the book's own numbers."""

    says: str
    backing: str


@dataclass(frozen=True)
class Verdict:
    """A recommendation, or why there is none; `leaves` name the rules that gave it.

    `first` is what to do before anything is trained, `trial` when a training would be worth it.
    """

    recommendation: str
    leaves: tuple[str, ...]
    reasons: tuple[Reason, ...]
    path: tuple[str, ...]
    candidates: tuple[str, ...] = ()
    first: tuple[Reason, ...] = ()
    trial: str = ""

    def __post_init__(self):
        if self.recommendation not in OUTCOMES:
            raise BookError(f"a verdict is one of {', '.join(OUTCOMES)}; "
                            f"got {self.recommendation!r}")


class Procedure(Protocol):
    """One way to decide. It looks at the questions in `asks` and at no others."""

    @property
    def name(self) -> str:
        """Its short name, as tables print it."""

    @property
    def article(self) -> str:
        """The key of the article that gives it."""

    @property
    def asks(self) -> tuple[str, ...]:
        """The questions of a profile that it looks at."""

    def leaves(self) -> tuple["Leaf", ...]:
        """List every rule that could give a recommendation."""

    def verdict(self, profile: Profile) -> Verdict:
        """Decide for one project."""


@dataclass(frozen=True)
class Leaf:
    """An end of a tree or a row of a table: what it recommends, in our words, and the claim."""

    name: str
    recommendation: str
    says: str
    claim: str


@dataclass(frozen=True)
class Fork:
    """Two ends, chosen by what has been answered already."""

    test: Test
    yes: Leaf
    no: Leaf


@dataclass(frozen=True)
class Step:
    """A question of a tree. An end that does not stop is remembered until a later one is met."""

    question: str
    test: Test
    yes: Leaf | Fork | None = None
    no: Leaf | Fork | None = None
    stops: bool = True


def ends(steps: Sequence[Step]) -> tuple[Leaf, ...]:
    """List the leaves of a tree in order."""
    def unfold(end: Leaf | Fork | None) -> Iterator[Leaf]:
        if isinstance(end, Fork):
            yield from (end.yes, end.no)
        elif end is not None:
            yield end

    found = (leaf for step in steps for end in (step.yes, step.no) for leaf in unfold(end))
    return tuple(dict.fromkeys(found))


def walk(steps: Sequence[Step], profile: Profile) -> Verdict:
    """Answer the questions in order until an end stops, or else take the last one met."""
    path, met = [], None
    for step in steps:
        answer = step.test(profile)
        path.append(f"{step.question} {'yes' if answer else 'no'}")
        end = step.yes if answer else step.no
        if isinstance(end, Fork):
            end = end.yes if end.test(profile) else end.no
        met = end or met
        if end is not None and step.stops:
            break
    if met is None:
        return Verdict(GAP, (), (), tuple(path))
    return Verdict(met.recommendation, (met.name,), (Reason(met.says, met.claim),), tuple(path))


@dataclass(frozen=True)
class Row:
    """A row of a table of rules: it applies when its test holds."""

    leaf: Leaf
    test: Test


def match(rows: Sequence[Row], profile: Profile) -> Verdict:
    """Take the one recommendation of all rows that apply; none is a gap, several a conflict."""
    held = [row.leaf for row in rows if row.test(profile)]
    path = tuple(f"{row.leaf.name}: {'applies' if row.leaf in held else 'does not apply'}"
                 for row in rows)
    named = tuple(dict.fromkeys(leaf.recommendation for leaf in held))
    reasons = tuple(Reason(leaf.says, leaf.claim) for leaf in held)
    leaves = tuple(leaf.name for leaf in held)
    if len(named) == 1:
        return Verdict(named[0], leaves, reasons, path)
    return Verdict(CONFLICT if named else GAP, leaves, reasons, path, named)
