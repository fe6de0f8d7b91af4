"""The book's own procedure: its rules, asked in the order in which they were measured.

    Book().verdict(Profile(fault="facts", corpus_tokens=2_000_000))
    -> Verdict("RAG", leaves=("facts need documents",), first=(Reason("Write 100 to 200 ..."), ...),
               trial="Training the reader behind the search (RAFT) would be worth a trial ...")

For each case it names the rules that could decide, the strongest claim first. The first one
that its numbers back decides. Rules that are open or contradicted are said, and passed over; if
none is left, the verdict is "undecided". A training decides only for a project that is ready for
it (`training`); for any other it is said when it would be worth a trial. The records come from a
model of 135 million parameters: they show which mechanism works, not how much a larger one gains.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from experiments.decide.articles.distinctions import lacks_facts
from experiments.decide.articles.volume import about, crossing, in_every_prompt
from experiments.decide.own import rules
from experiments.decide.own.support import BACKED, NOT_MEASURED, OPEN, Rule, published_numbers
from experiments.decide.own.training import (
    BEHAVIOUR,
    CALLS,
    EXTRACTION,
    READER,
    Training,
    ready,
    steps,
    trial,
    worth,
)
from experiments.decide.profile import Profile
from experiments.decide.verdict import UNDECIDED, Leaf, Reason, Verdict
from experiments.evidence.checks.published import Published


@dataclass(frozen=True)
class _Case:
    """What a project is, the rules that could decide it, and the training that may come later."""

    path: tuple[str, ...]
    candidates: tuple[Rule, ...]
    first: tuple[Reason, ...] = ()
    training: Training | None = None
    beside: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Book:
    """The procedure that the records of this book support."""

    numbers: Mapping[str, Published] = field(default_factory=published_numbers, repr=False)
    name = "the book"
    article = "book"
    asks = ("use_case", "fault", "other_fault", "private_documents", "corpus_tokens",
            "window_tokens", "labelled_examples", "strict_format", "prompted_hard",
            "measured_retrieval", "held_out_set", "runs_search", "queries_per_month",
            "instruction_tokens", "labour_hours")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the rules; an open one decides nothing yet."""
        return tuple(Leaf(rule.name, rule.recommendation, rule.says, rule.describe(self.numbers))
                     for rule in rules.RULES)

    def verdict(self, profile: Profile) -> Verdict:
        """Take the first rule of the case that its numbers back, and a training only when ready."""
        case = self._case(profile)
        candidates, training, later = case.candidates, case.training, ""
        if training and self._states[training.rule] != BACKED:
            candidates = (training.rule, *candidates)  # said, and passed over
        elif training and ready(training, profile, self.numbers):
            candidates = (training.rule, *candidates)
        elif training and worth(training, profile, self.numbers):
            later = trial(training, profile, self.numbers)
        backed = [rule for rule in candidates if self._states[rule] == BACKED]
        passed = candidates[:candidates.index(backed[0])] if backed else candidates
        reasons = [self._reasons[rule] for rule in (*backed[:1], *passed)]
        if not backed:
            return Verdict(UNDECIDED, (), tuple(reasons), case.path, first=case.first)
        chosen = backed[0]
        reasons += [self._reasons[rule] for rule in rules.BESIDE.get(chosen.recommendation, ())
                    if self._states[rule] == BACKED]
        return Verdict(chosen.recommendation, (chosen.name,), (*reasons, *case.beside), case.path,
                       first=case.first, trial=later)

    def open_rules(self) -> tuple[Rule, ...]:
        """List the rules that wait for a measurement."""
        return tuple(rule for rule in rules.RULES if self._states[rule] == OPEN)

    @cached_property
    def _states(self) -> dict[Rule, str]:
        return {rule: rule.state(self.numbers) for rule in (*rules.RULES, *rules.REMARKS)}

    @cached_property
    def _reasons(self) -> dict[Rule, Reason]:
        return {rule: self._reason(rule) for rule in self._states}

    def _case(self, profile: Profile) -> _Case:
        """Name the case, and the rules that could decide it, the strongest claim first."""
        if profile.use_case == "classification":
            return self._labels(profile)
        unknown = profile.fault == "unknown"
        if lacks_facts(profile) or (unknown and profile.private_documents):
            return self._facts(profile)
        if unknown:
            return _Case(("nobody has looked, and no private documents",), (rules.LOOK_FIRST,))
        return self._behaviour(profile)

    def _labels(self, profile: Profile) -> _Case:
        path = ("messages get one of some labels",
                f"labelled messages: {profile.labelled_examples:,}")
        rule = (rules.HEAD_ON_LABELS if profile.labelled_examples >= rules.LEVEL_MESSAGES
                else rules.FEW_LABELS if profile.labelled_examples else rules.LABEL_FIRST)
        return _Case(path, (rule,), steps(profile, labels=True))

    def _facts(self, profile: Profile) -> _Case:
        known, first = profile.window_tokens > 0, steps(profile, facts=True)
        cheaper = profile.corpus_tokens > 0 and in_every_prompt(profile)
        fits = known and cheaper and profile.corpus_tokens <= profile.window_tokens
        path = ("facts are missing" if lacks_facts(profile) else
                "nobody has looked, and the answers are in private documents",
                "all documents in every prompt would cost "
                f"{'less' if cheaper else 'more'} than a search",
                "all documents fit the window: " + (_yes(
                    profile.corpus_tokens <= profile.window_tokens) if known else "not known"))
        if fits:
            return _Case(path, (rules.WHOLE_IN_PROMPT,), first)
        measure = (_MEASURE_WHOLE,) if cheaper and not known else ()
        return _Case(path, (rules.FACTS_NEED_DOCUMENTS,), first, READER, measure)

    def _behaviour(self, profile: Profile) -> _Case:
        first = steps(profile)
        if profile.use_case == "extraction":
            return _Case(("fields are extracted",), (rules.EXTRACTION_IS_NOT_PROMPTED,), first,
                         EXTRACTION)
        if profile.use_case == "tool agent":
            return _Case(("tools are called",), (rules.NEAR_CALLS,), first, CALLS)
        path = ("behaviour alone is wrong",
                f"prompting was tried seriously: {_yes(profile.prompted_hard)}")
        if profile.prompted_hard:
            return _Case(path, (rules.PROMPT_WAS_TRIED,), first, BEHAVIOUR)
        plain = (rules.EXAMPLES_GIVE_FORMAT if profile.strict_format
                 else rules.EXAMPLES_MOVE_BEHAVIOUR)
        return _Case(path, (plain,), first, beside=self._shorter(profile))

    def _shorter(self, profile: Profile) -> tuple[Reason, ...]:
        """State from which volume a long prompt that works could be trained away, if anywhere."""
        found = crossing(profile)
        if self._states[rules.TUNED_FOR_PRICE] != BACKED or found is None or not found.tuned_above:
            return ()
        reason = self._reasons[rules.TUNED_FOR_PRICE]
        return (Reason(f"{reason.says} By price alone that would pay from about "
                       f"{about(found.queries_per_month)} queries a month.", reason.backing),)

    def _reason(self, rule: Rule) -> Reason:
        """State a rule, with its numbers; an open one says that it is open."""
        state = self._states[rule]
        says = rule.says if state == BACKED else (
            f"Open: {NOT_MEASURED}. It would say: {rule.says}" if state == OPEN
            else f"Contradicted by the records, so passed over: {rule.says}")
        return Reason(says, rule.describe(self.numbers))


_MEASURE_WHOLE = Reason(
    "At your volume all documents in every prompt would cost less than a search, if they fit your "
    "model's window and its prompt cache keeps them. Look up the window, and measure both.",
    "cost model, data/cost_example.yaml")


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
