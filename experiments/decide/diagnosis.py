"""Knowledge or behaviour? Complaints sorted by words, as a first look and no more.

    diagnose("It still quotes last year's price.") -> "facts"
    diagnose("The JSON breaks our parser.")        -> "behaviour"

Complaints about facts speak of time, of truth and of sources. Complaints about behaviour
speak of form, of manner and of refusing. A complaint with words of neither kind is unclear.
"""

import re
from collections import Counter
from collections.abc import Sequence

from experiments.core import BookError
from experiments.decide.complaints import BEHAVIOUR, BOTH, FACTS, Complaint

UNCLEAR = "unclear"
KINDS = (FACTS, BEHAVIOUR, BOTH, UNCLEAR)
_ENOUGH = 0.2  # of the sorted complaints: less is a stray

_FACT_WORDS = re.compile(
    r"\b(?:last year|old|outdated|out of date|stale|no longer|used to|since|before the|stopped"
    r"|new|this (?:spring|summer|autumn|winter|year)|launched|price|never heard|does not know"
    r"|knows? nothing|made up|makes? up|invent\w*|hallucinat\w*|does not exist|not true|wrong"
    r"|source|cite|citation)\b", re.IGNORECASE)
_BEHAVIOUR_WORDS = re.compile(
    r"\b(?:json|schema|parser|format|template|table|tone|style|voice|chatty|formal|wordy"
    r"|too (?:long|short)|apologi\w*|refus\w*|declin\w*|in english|language|sign-off|sounds?"
    r"|ignores)\b", re.IGNORECASE)


def diagnose(complaint: str) -> str:
    """Return facts, behaviour, both or unclear for one complaint."""
    facts, behaviour = _FACT_WORDS.search(complaint), _BEHAVIOUR_WORDS.search(complaint)
    if facts and behaviour:
        return BOTH
    return FACTS if facts else BEHAVIOUR if behaviour else UNCLEAR


def diagnose_project(complaints: Sequence[str]) -> dict[str, object]:
    """Answer the questions `fault` and `other_fault` from complaints.

    The commoner kind is the fault. The other counts as wrong, too, from a fifth of those that
    could be sorted. Raises BookError when none could.
    """
    kinds = Counter(diagnose(text) for text in complaints)
    facts, behaviour = kinds[FACTS] + kinds[BOTH], kinds[BEHAVIOUR] + kinds[BOTH]
    if not facts + behaviour:
        raise BookError(f"none of {len(complaints)} complaints has a word that speaks of facts or "
                        "of behaviour; sort them by hand")
    sorted_ones = len(complaints) - kinds[UNCLEAR]
    return {"fault": FACTS if facts >= behaviour else BEHAVIOUR,
            "other_fault": min(facts, behaviour) >= _ENOUGH * sorted_ones}


def confusion(complaints: Sequence[Complaint]) -> dict[tuple[str, str], int]:
    """Count complaints by (fault, diagnosis)."""
    return dict(Counter((one.fault, diagnose(one.text)) for one in complaints))
