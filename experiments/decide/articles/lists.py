"""The three lists of s2: start with retrieval, start with tuning, go hybrid.

    ThreeLists().verdict(Profile(needs_citations=True))
    -> Verdict("RAG", leaves=("retrieval list",), ...)

The lists do not say whether one entry is enough. Read as "any", a single entry is;
`needs_all=True` is the other reading. The hybrid list is a conjunction in either. It contains an
entry of the retrieval list, so where it holds the narrower list wins.
"""

from dataclasses import dataclass

from experiments.decide.profile import Profile
from experiments.decide.verdict import (
    BOTH,
    CONFLICT,
    GAP,
    PROMPT,
    RAG,
    TUNE,
    Leaf,
    Reason,
    Verdict,
)

LABELLED_EXAMPLES = 500
MORE_THAN_MONTHLY = ("daily", "weekly")

_RETRIEVAL = (
    ("fresh-monthly-threshold", "Knowledge that changes more than monthly belongs in retrieval.",
     lambda p: p.changes in MORE_THAN_MONTHLY),
    ("cite-rag-provenance", "Answers that must be traced to a passage need retrieval.",
     lambda p: p.needs_citations),
    ("rule-rag-large-corpus", "Private documents go to retrieval.",
     lambda p: p.private_documents),
    ("fresh-unknown-queries", "While the questions are unknown, documents can be revised.",
     lambda p: not p.known_questions),
)
_TUNING = (
    ("fmt-tone-cannot-be-prompted", "Prompting was tried and does not give the behaviour.",
     lambda p: p.fault == "behaviour" and p.prompted_hard),
    ("fmt-ft-beats-long-prompt", "A fixed structure is encoded more dependably by training.",
     lambda p: p.strict_format),
    ("acc-domain-reasoning-ft", "A specialist's reasoning is learned by training.",
     lambda p: p.deep_reasoning),
)
_HYBRID = (
    ("is behaviour settled", lambda p: p.settled_behaviour),
    ("do the facts change more than monthly", lambda p: p.changes in MORE_THAN_MONTHLY),
    ("is the product past its first version", lambda p: p.product_fit),
    ("can the team run two pipelines", lambda p: p.runs_search and p.runs_training),
)
_LEAVES = {
    BOTH: Leaf("hybrid list", BOTH, "Behaviour is settled, facts change often, the product is "
               "established and two pipelines can be run.", "rule-hybrid-conditions"),
    RAG: Leaf("retrieval list", RAG, "The list for retrieval applies.", "rule-s2-three-lists"),
    TUNE: Leaf("tuning list", TUNE, "The list for tuning applies, with at least 500 labelled "
               "examples.", "data-ft-500-min"),
    PROMPT: Leaf("prompting first", PROMPT, "No list applies, and prompting has not been tried "
                 "seriously.", "acc-prompting-first"),
}


@dataclass(frozen=True)
class ThreeLists:
    """The three checklists of s2, with prompting before all of them."""

    needs_all: bool = False
    article = "s2"
    asks = ("changes", "needs_citations", "private_documents", "known_questions", "fault",
            "prompted_hard", "strict_format", "deep_reasoning", "labelled_examples",
            "settled_behaviour", "product_fit", "runs_search", "runs_training")

    @property
    def name(self) -> str:
        """Return which reading it is."""
        return "unsigned lists, all entries" if self.needs_all else "unsigned lists"

    def leaves(self) -> tuple[Leaf, ...]:
        """List what the lists can recommend."""
        return tuple(_LEAVES.values())

    def verdict(self, profile: Profile) -> Verdict:
        """Check the lists; the hybrid one is the narrowest and comes first."""
        enough = all if self.needs_all else any
        held = {claim: says for claim, says, test in _RETRIEVAL + _TUNING if test(profile)}
        labelled = profile.labelled_examples >= LABELLED_EXAMPLES
        applies = {
            BOTH: all(test(profile) for _, test in _HYBRID),
            RAG: enough(claim in held for claim, _, _ in _RETRIEVAL),
            TUNE: labelled and enough(claim in held for claim, _, _ in _TUNING),
        }
        path = (*(f"{question}? {'yes' if test(profile) else 'no'}" for question, test in _HYBRID),
                f"{len([c for c, _, _ in _RETRIEVAL if c in held])} of {len(_RETRIEVAL)} entries "
                "for retrieval",
                f"{len([c for c, _, _ in _TUNING if c in held])} of {len(_TUNING)} entries for "
                f"tuning, {'with' if labelled else 'without'} 500 labelled examples")
        named = [BOTH] if applies[BOTH] else [name for name in (RAG, TUNE) if applies[name]]
        if not named and not profile.prompted_hard:
            named = [PROMPT]
        leaves = [_LEAVES[name] for name in named]
        reasons = [Reason(leaf.says, leaf.claim) for leaf in leaves]
        for name, entries in ((RAG, _RETRIEVAL), (TUNE, _TUNING)):
            if name in named:
                reasons += [Reason(held[claim], claim) for claim, _, _ in entries if claim in held]
        outcome = named[0] if len(named) == 1 else CONFLICT if named else GAP
        candidates = tuple(named) if outcome == CONFLICT else ()
        return Verdict(outcome, tuple(leaf.name for leaf in leaves), tuple(reasons), path,
                       candidates)
