"""The book's own procedure: its rules, asked in the order in which they were measured.

    Book().verdict(Profile(fault="facts", corpus_tokens=2_000_000))
    -> Verdict("RAG", leaves=("facts need documents",), ...)

For each case it names the rules that could decide, the strongest claim first. The first one
that its numbers back decides. Rules that are open or contradicted are said, and passed over; if
none is left, the verdict is "undecided". The records come from a model of 135 million
parameters: they show which mechanism works, not how much a larger model gains.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from experiments.decide import rules
from experiments.decide.distinctions import lacks_facts
from experiments.decide.evidence import BACKED, NOT_MEASURED, OPEN, Rule, published_numbers
from experiments.decide.profile import Profile
from experiments.decide.verdict import UNDECIDED, Leaf, Reason, Verdict
from experiments.decide.volume import crossing
from experiments.evidence.published import Published

# What a prompt may hold and was still read: the mean prompt of the arm with the gold article.
_LONGEST_READ = "prompt-oracle-tokens"


@dataclass(frozen=True)
class Book:
    """The procedure that the records of this book support."""

    numbers: Mapping[str, Published] = field(default_factory=published_numbers, repr=False)
    name = "the book"
    article = "book"
    asks = ("use_case", "fault", "other_fault", "private_documents", "corpus_tokens",
            "labelled_examples", "strict_format", "prompted_hard", "queries_per_month",
            "instruction_tokens", "labour_hours")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the rules; an open one decides nothing yet."""
        return tuple(Leaf(rule.name, rule.recommendation, rule.says, rule.describe(self.numbers))
                     for rule in rules.RULES)

    @cached_property
    def longest_read_tokens(self) -> float:
        """Give the length, in tokens, up to which documents go into the prompt as they are."""
        entry = self.numbers.get(_LONGEST_READ)
        return entry.value if entry and entry.value is not None else 0.0

    def verdict(self, profile: Profile) -> Verdict:
        """Take the first rule of the case that its numbers back."""
        path, candidates = self._case(profile)
        backed = [rule for rule in candidates if self._states[rule] == BACKED]
        passed = candidates[:candidates.index(backed[0])] if backed else candidates
        reasons = [self._reasons[rule] for rule in (*backed[:1], *passed)]
        if not backed:
            return Verdict(UNDECIDED, (), tuple(reasons), path)
        chosen = backed[0]
        reasons += [self._reasons[rule] for rule in rules.BESIDE.get(chosen.recommendation, ())
                    if self._states[rule] == BACKED]
        return Verdict(chosen.recommendation, (chosen.name,), tuple(reasons), path)

    def open_rules(self) -> tuple[Rule, ...]:
        """List the rules that wait for a measurement."""
        return tuple(rule for rule in rules.RULES if self._states[rule] == OPEN)

    @cached_property
    def _states(self) -> dict[Rule, str]:
        return {rule: rule.state(self.numbers) for rule in (*rules.RULES, *rules.REMARKS)}

    @cached_property
    def _reasons(self) -> dict[Rule, Reason]:
        return {rule: self._reason(rule) for rule in self._states}

    def _case(self, profile: Profile) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
        """Name the case, and the rules that could decide it, the strongest claim first."""
        if profile.use_case == "classification":
            return self._labels(profile)
        unknown = profile.fault == "unknown"
        if lacks_facts(profile) or (unknown and profile.private_documents):
            return self._facts(profile)
        if unknown:
            return ("nobody has looked, and no private documents",), (rules.LOOK_FIRST,)
        return self._behaviour(profile)

    def _labels(self, profile: Profile) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
        path = ("messages get one of some labels",
                f"labelled messages: {profile.labelled_examples:,}")
        if profile.labelled_examples >= rules.LABELLED_MESSAGES:
            return path, (rules.TUNED_LABELS, rules.HEAD_ON_LABELS)
        if profile.labelled_examples >= rules.FEW_MESSAGES:
            return path, (rules.FEW_LABELS,)
        return path, (rules.PROMPTS_DO_NOT_LABEL,)

    def _facts(self, profile: Profile) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
        fits = profile.corpus_tokens <= self.longest_read_tokens
        enough, labelled = _enough(profile, rules.LABELLED_QUESTIONS,
                                   "questions have an approved answer and its document")
        path = ("facts are missing" if lacks_facts(profile) else
                "nobody has looked, and the answers are in private documents",
                f"all documents fit a prompt of {self.longest_read_tokens:.0f} tokens: "
                f"{_yes(fits)}")
        if fits:
            return path, (rules.ONE_ARTICLE_FITS,)
        reader = (rules.TUNED_READER,) if enough else ()
        return (*path, labelled), (*reader, rules.FACTS_NEED_DOCUMENTS)

    def _behaviour(self, profile: Profile) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
        if profile.use_case == "extraction":
            enough, labelled = _enough(profile, rules.LABELLED_CLAUSES, "texts have their fields")
            tuned = (rules.TUNED_EXTRACTION,) if enough else ()
            return (("fields are extracted", labelled),
                    (*tuned, rules.EXTRACTION_IS_NOT_PROMPTED))
        if profile.use_case == "tool agent":
            enough, labelled = _enough(profile, rules.LABELLED_CALLS, "requests have their call")
            tuned = (rules.TUNED_CALLS,) if enough else ()
            return ("tools are called", labelled), (*tuned, rules.NEAR_CALLS)
        path = ("behaviour alone is wrong",
                f"prompting was tried seriously: {_yes(profile.prompted_hard)}")
        if profile.prompted_hard:
            enough, labelled = _enough(profile, rules.APPROVED_REPLIES, "replies are approved")
            return (*path, labelled), (rules.TUNED_BEHAVIOUR if enough else rules.REPLIES_FIRST,)
        found = crossing(profile)
        pays = (found is not None and found.above(profile.queries_per_month)
                and profile.labelled_examples >= rules.PROMPTS_MESSAGES)
        price = (rules.TUNED_FOR_PRICE,) if pays else ()
        plain = (rules.EXAMPLES_GIVE_FORMAT if profile.strict_format
                 else rules.EXAMPLES_MOVE_BEHAVIOUR)
        return ((*path, f"at least {rules.PROMPTS_MESSAGES} labels, and so many queries that "
                 f"tuning would cost less: {_yes(pays)}"), (*price, plain))

    def _reason(self, rule: Rule) -> Reason:
        """Say a rule, with its numbers; an open one says that it is open."""
        state = self._states[rule]
        says = rule.says if state == BACKED else (
            f"Open: {NOT_MEASURED}. It would say: {rule.says}" if state == OPEN
            else f"Contradicted by the records, so passed over: {rule.says}")
        return Reason(says, rule.describe(self.numbers))


def _enough(profile: Profile, least: int, what: str) -> tuple[bool, str]:
    """Say whether there are so many labelled examples, and the step of the path that asked."""
    enough = profile.labelled_examples >= least
    return enough, f"at least {least} {what}: {_yes(enough)}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
