"""The two procedures of s3: the eight-question checklist, and advice by use case.

    EightQuestions().verdict(Profile(prompted_hard=True, measured_retrieval=True,
                                     labelled_examples=120))
    -> Verdict("prompt", leaves=("3: too few examples",), ...)

A checklist for tuning: the first "no" sends the reader back to prompting or retrieval. The
article leaves open which; we send whoever lacks facts to retrieval and the others to prompting.
"""

from dataclasses import dataclass

from experiments.decide.articles.distinctions import lacks_facts
from experiments.decide.profile import Profile
from experiments.decide.verdict import (
    BOTH,
    LONG_CONTEXT,
    PROMPT,
    RAG,
    TUNE,
    UNDECIDED,
    Fork,
    Leaf,
    Row,
    Step,
    Test,
    Verdict,
    ends,
    match,
    walk,
)

LABELLED_EXAMPLES = 200
QUERIES_PER_MONTH = 50_000
PROMPT_USD_PER_MONTH = 200
WINDOW_TOKENS = 200_000
STABLE = ("quarterly", "yearly")  # three months and more


def _back(name: str, says: str, claim: str) -> Fork:
    """Send a reader back to retrieval when facts are missing, else to prompting."""
    return Fork(lacks_facts, Leaf(f"{name}, facts missing", RAG, says, claim),
                Leaf(name, PROMPT, says, claim))


_STEPS = (
    Step("1. Was prompting tried seriously, without success?", lambda p: p.prompted_hard,
         no=Leaf("1: prompt first", PROMPT, "Serious prompting makes most tuning unnecessary.",
                 "acc-prompting-first")),
    Step("2. Was retrieval built and measured?", lambda p: p.measured_retrieval,
         no=Leaf("2: measure retrieval", RAG, "Ship and measure retrieval before any tuning.",
                 "rule-eval-before-ft")),
    Step("3. Are there at least 200 labelled examples?",
         lambda p: p.labelled_examples >= LABELLED_EXAMPLES,
         no=Leaf("3: too few examples", PROMPT, "Below this count a tuned model is worse than "
                 "examples in the prompt.", "data-ft-200-question3")),
    Step("4. Is it behaviour that is wrong, and not facts alone?", lambda p: p.fault == "behaviour"
         or (p.fault == "facts" and p.other_fault),
         no=Leaf("4: facts", RAG, "Tuning is no dependable way to put facts into a model.",
                 "acc-ft-poor-at-new-facts")),
    Step("5. Do the data stay put for three months?", lambda p: p.changes in STABLE,
         no=_back("5: moves too fast", "Tuning needs a domain that stays put for months.",
                  "fresh-stable-3-months")),
    Step("6. Are there 50,000 calls, or a prompt bill of 200 dollars, a month?",
         lambda p: p.queries_per_month >= QUERIES_PER_MONTH
         or p.prompt_usd_per_month >= PROMPT_USD_PER_MONTH,
         no=_back("6: too small", "Below this volume the training cost cannot be spread thin "
                  "enough.", "cost-q6-200-usd")),
    Step("7. Is there a held-out test set?", lambda p: p.held_out_set,
         no=Leaf("7: no test set", UNDECIDED, "First make a held-out set to compare on.",
                 "data-heldout-test")),
    Step("8. Can the training be repeated every three to six months?", lambda p: p.can_retrain,
         yes=Fork(lambda p: p.other_fault,
                  Leaf("8: tune and retrieve", BOTH, "Tune for behaviour, then add retrieval for "
                       "facts.", "raft-simple-layering-works"),
                  Leaf("8: tune", TUNE, "Eight times yes.", "rule-s3-eight-questions")),
         no=_back("8: cannot retrain", "A tune must be redone every few months.",
                  "maint-retrain-3-6")),
)


@dataclass(frozen=True)
class EightQuestions:
    """The checklist of s3 that a tuning project has to pass."""

    name = "Ergini checklist"
    article = "s3"
    asks = ("prompted_hard", "measured_retrieval", "labelled_examples", "fault", "other_fault",
            "changes", "queries_per_month", "prompt_usd_per_month", "held_out_set", "can_retrain")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the ends of the checklist."""
        return ends(_STEPS)

    def verdict(self, profile: Profile) -> Verdict:
        """Answer the eight questions until the first no."""
        return walk(_STEPS, profile)


def _case(use_case: str, leaf: Leaf, test: Test | None = None) -> Row:
    return Row(leaf, lambda p: p.use_case == use_case and (test is None or test(p)))


_CASES = (
    _case("website chatbot", Leaf("website chatbot", RAG, "A website's chatbot needs retrieval "
                                  "only.", "rule-s3-uc-website")),
    _case("extraction", Leaf("extraction", TUNE, "Extraction under a schema: tune.",
                             "rule-s3-uc-extraction"), lambda p: not lacks_facts(p)),
    _case("extraction", Leaf("extraction, outside facts", BOTH, "Extraction that refers to "
                             "outside facts: tune, and retrieve them.", "rule-s3-uc-extraction"),
          lacks_facts),
    _case("classification", Leaf("classification", TUNE, "Classification or routing: tune a small "
                                 "model.", "rule-s3-uc-routing")),
    _case("tool agent", Leaf("agent: prompt", PROMPT, "Wrong tool use is first a matter of the "
                             "tools and the prompt.", "fmt-tool-call-shape"),
          lambda p: not p.prompted_hard),
    _case("tool agent", Leaf("agent: retrieve", RAG, "Then retrieval, before tuning.",
                             "rule-s3-uc-agent"),
          lambda p: p.prompted_hard and not p.measured_retrieval),
    _case("tool agent", Leaf("agent: tune", TUNE, "Prompting and retrieval are done: tune.",
                             "rule-s3-uc-agent"),
          lambda p: p.prompted_hard and p.measured_retrieval),
    _case("code", Leaf("code", RAG, "Retrieve over the code base; a tuned model is overtaken by "
                       "the next base.", "acc-code-copilot-no-ft")),
    _case("one document", Leaf("document that fits", LONG_CONTEXT, "One document that fits the "
                               "window needs neither technique.", "rule-neither-first"),
          lambda p: p.corpus_tokens <= WINDOW_TOKENS),
    _case("one document", Leaf("document too long", RAG, "What fits no window is retrieved.",
                               "chunk-corpus-too-large"),
          lambda p: p.corpus_tokens > WINDOW_TOKENS),
)


@dataclass(frozen=True)
class UseCases:
    """What s3 recommends by kind of product; other products are a gap."""

    name = "Ergini use cases"
    article = "s3"
    asks = ("use_case", "fault", "other_fault", "prompted_hard", "measured_retrieval",
            "corpus_tokens")

    def leaves(self) -> tuple[Leaf, ...]:
        """List the recommendations."""
        return tuple(row.leaf for row in _CASES)

    def verdict(self, profile: Profile) -> Verdict:
        """Find the use case."""
        found = match(_CASES, profile)
        path = (f"use case: {profile.use_case}",)
        return Verdict(found.recommendation, found.leaves, found.reasons, path)
