"""What a team can run: the questions about infrastructure, turned into advice.

    missing(BOTH, Profile(runs_search=True)) -> three lacks: training, a test set, retraining

An immature infrastructure looks like poor model quality, so a verdict that a team cannot
operate is no advice. Each lack names the claim that asks for it.
"""

from dataclasses import dataclass

from experiments.core import BookError
from experiments.decide.profile import Profile
from experiments.decide.verdict import BOTH, HEAD, LONG_CONTEXT, PROMPT, RAG, TUNE


@dataclass(frozen=True)
class Lack:
    """Something to build first, and the article's claim that says so."""

    question: str
    says: str
    claim: str


_SEARCH = Lack("runs_search", "ingestion, an index and its monitoring",
               "cost-rag-infra-beyond-tokens")
_TRAINING = Lack("runs_training", "a pipeline for training data, and a way to serve and roll back "
                 "the model", "maint-selfhost-own-ops")
_TEST_SET = Lack("held_out_set", "a fixed test set, without which no change can be judged",
                 "maint-evals-required")
_RETRAIN = Lack("can_retrain", "the means to train again every few months", "maint-retrain-3-6")
_NEEDS = {PROMPT: (), LONG_CONTEXT: (), HEAD: (_TEST_SET,), RAG: (_SEARCH, _TEST_SET),
          TUNE: (_TRAINING, _TEST_SET, _RETRAIN),
          BOTH: (_SEARCH, _TRAINING, _TEST_SET, _RETRAIN)}


def missing(technique: str, profile: Profile) -> tuple[Lack, ...]:
    """List what a team has to build before it can run a technique."""
    if technique not in _NEEDS:
        raise BookError(f"known techniques: {', '.join(_NEEDS)}; got {technique!r}")
    return tuple(lack for lack in _NEEDS[technique] if not getattr(profile, lack.question))
