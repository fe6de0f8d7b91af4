"""How a study's numbers are backed: made now, asked again in part, or replayed only."""

from collections import Counter

from experiments.core import BookError
from experiments.evidence.checks.audit import IDENTICAL, NEAR_TIE, RETRAINED

LIVE, REPLAYED = "live", "replayed only"


def tier_word(results) -> str:
    """Name a study's tier: "live", "3 of 780 asked again" or "replayed only"."""
    if results.tier == "live":
        return LIVE
    if results.tier not in ("audited", "recorded"):
        raise BookError(f"unknown tier {results.tier!r}; known: live, audited, recorded")
    again = asked_again(results).total()
    return f"{again} of {record_count(results):,} asked again" if again else REPLAYED


def asked_again(results) -> Counter[str]:
    """Count the recorded answers that were given again, by how they compare."""
    return Counter(one.kind for one in results.audit if one.kind != RETRAINED)


def record_count(results) -> int:
    """Count the answers of a study over all arms and seeds."""
    return sum(len(answers) for answers in results.by_arm.values())


def study_facts(results) -> dict:
    """Return what the status page says of a study and of how its records were checked."""
    kinds = asked_again(results)
    return {
        "study": results.study.name, "model": results.study.model, "tier": tier_word(results),
        "audited": kinds.total(), "identical": kinds[IDENTICAL], "near_tie": kinds[NEAR_TIE],
        "records": record_count(results), "hardware": results.hardware,
        "dates": list(results.dates),
    }
