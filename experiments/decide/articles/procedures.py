"""All the articles' procedures, in the articles' order, and their other readings.

    [one.name for one in PROCEDURES]
    -> ["Heym tree", "Devlyn distinction", "unsigned lists", "Ergini checklist",
        "Ergini use cases", "Actian bands", "Actian matrix"]
"""

from experiments.decide.articles.bands import Matrix, VolumeBands
from experiments.decide.articles.checklist import EightQuestions, UseCases
from experiments.decide.articles.distinctions import FiveQuestions, OneDistinction
from experiments.decide.articles.lists import ThreeLists
from experiments.decide.verdict import Procedure
from experiments.evidence.analysis.articles import article_claim

TITLES = {
    "s0": "RAG vs Fine-Tuning: When to Use Each in 2026",
    "s1": "RAG vs Fine-Tuning: When Each Wins in 2026",
    "s2": "RAG vs Fine-Tuning: Which AI Approach Is Right for Your Project?",
    "s3": "Fine-Tuning vs RAG: A 2026 Decision Framework",
    "s4": "Should You Use RAG or Fine-Tune Your LLM?",
}

PROCEDURES: tuple[Procedure, ...] = (
    FiveQuestions(), OneDistinction(), ThreeLists(), EightQuestions(), UseCases(),
    VolumeBands(), Matrix(),
)
# Where an article can be read in two ways, the reading that PROCEDURES does not take.
OTHER_READINGS: tuple[Procedure, ...] = (FiveQuestions(reads_on=True), ThreeLists(needs_all=True))


def place_of(claim: str, article: str) -> str:
    """Return where an article makes a claim: "title, section". Empty when it does not make it."""
    places = article_claim(claim).sources
    return next((place for place in places if place.startswith(TITLES[article])), "")
