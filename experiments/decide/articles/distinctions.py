"""Two procedures that ask what is wrong: the five-question tree (s0) and one distinction (s1).

    FiveQuestions().verdict(Profile(changes="yearly", private_documents=False, fault="behaviour"))
    -> Verdict("tune", leaves=("3: behaviour",), ...)

The tree's third question names a technique for either answer, so read word for word nobody
reaches the fourth. `reads_on=True` is the kinder reading: the answer to the third question
is kept while the last two are asked.
"""

from dataclasses import dataclass

from experiments.decide.profile import Profile
from experiments.decide.verdict import BOTH, RAG, TUNE, Fork, Leaf, Step, Verdict, ends, walk

_TREE = "rule-s0-five-questions"
MONTHLY_OR_MORE = ("daily", "weekly", "monthly")
QUERIES_A_DAY = 100_000
DAYS_A_MONTH = 30.4


def lacks_facts(profile: Profile) -> bool:
    """Return whether facts are missing, alone or with the right behaviour."""
    return profile.fault == "facts" or (profile.fault == "behaviour" and profile.other_fault)


def lacks_both(profile: Profile) -> bool:
    """Return whether facts and behaviour are both wrong; who does not know has not said so."""
    return profile.fault != "unknown" and profile.other_fault


@dataclass(frozen=True)
class FiveQuestions:
    """The ordered tree of s0: changing facts, private documents, fault, volume, both."""

    reads_on: bool = False
    article = "s0"
    asks = ("changes", "private_documents", "fault", "queries_per_month", "other_fault")

    @property
    def name(self) -> str:
        """Return which reading it is."""
        return "Heym tree, read on" if self.reads_on else "Heym tree"

    def leaves(self) -> tuple[Leaf, ...]:
        """List the ends of the tree, whether anybody reaches them or not."""
        return ends(self._steps())

    def verdict(self, profile: Profile) -> Verdict:
        """Walk the tree."""
        return walk(self._steps(), profile)

    def _steps(self) -> tuple[Step, ...]:
        stops = not self.reads_on
        return (
            Step("1. Do the facts change at least monthly?",
                 lambda p: p.changes in MONTHLY_OR_MORE,
                 yes=Leaf("1: changing facts", RAG, "Facts that change go to retrieval.", _TREE)),
            Step("2. Are the answers in private documents?", lambda p: p.private_documents,
                 yes=Leaf("2: private documents", RAG, "Private documents go to retrieval.",
                          "rule-rag-large-corpus")),
            Step("3. Is behaviour the fault, and not facts?", lambda p: p.fault == "behaviour",
                 yes=Leaf("3: behaviour", TUNE, "Wrong form, tone or skill calls for training.",
                          "acc-knowledge-vs-behaviour-rule"),
                 no=Fork(lambda p: p.fault == "facts",
                         Leaf("3: facts", RAG, "Missing facts call for retrieval.",
                              "acc-knowledge-vs-behaviour-rule"),
                         Leaf("3: not known", RAG, "If unsure, build retrieval first.",
                              "rule-start-with-rag")), stops=stops),
            Step("4. Are there more than 100,000 queries a day?",
                 lambda p: p.queries_per_month > QUERIES_A_DAY * DAYS_A_MONTH,
                 yes=Leaf("4: volume", TUNE, "Above this volume, on facts that stand still, a "
                          "small tuned model is cheaper.", "cost-100k-day-40-70"), stops=stops),
            Step("5. Are facts and behaviour both needed?", lacks_both,
                 yes=Leaf("5: both", BOTH, "Facts and behaviour both: combine them.", _TREE)),
        )


@dataclass(frozen=True)
class OneDistinction:
    """The rule of s1: name the problem, knowledge or behaviour, and the tool follows."""

    name = "Devlyn distinction"
    article = "s1"
    asks = ("fault", "other_fault")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the ends."""
        return ends(self._steps())

    def verdict(self, profile: Profile) -> Verdict:
        """Walk the distinction."""
        return walk(self._steps(), profile)

    def _steps(self) -> tuple[Step, ...]:
        return (
            Step("Is it known what is wrong?", lambda p: p.fault != "unknown",
                 no=Leaf("not known", RAG, "Retrieval alone soon shows whether the fault is "
                         "knowledge or behaviour.", "rule-rag-diagnostic")),
            Step("Are facts and behaviour both wrong?", lacks_both,
                 yes=Leaf("both", BOTH, "Retrieval keeps facts current while training holds the "
                          "behaviour.", "fresh-hybrid-facts-fixed-behaviour")),
            Step("Is behaviour the fault?", lambda p: p.fault == "behaviour",
                 yes=Leaf("behaviour", TUNE, "Wrong style, format or skill calls for training.",
                          "acc-knowledge-vs-behaviour-rule"),
                 no=Leaf("facts", RAG, "Where only one problem exists, the single tool is right "
                         "and cheaper.", "acc-single-tool-suffices")),
        )
