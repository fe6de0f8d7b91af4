"""Every metric by its name, whatever kind of task it belongs to.

    scorer("contains", settings)(example, answer)       -> Score("contains", 1.0)
    scorer("label", routing_settings)(example, answer)  -> Score("label", 0.0)

Most metrics need the question and the answer only (`score.py`; `style.py` for replies in house
style). Those of classification need the task's labels, those of extraction its JSON Schema, those
of SQL the scripts that make its databases.
"""

from collections.abc import Callable, Mapping

from experiments.core import Answer, BookError, Example, Score
from experiments.evidence.metrics.classification import label, noticed
from experiments.evidence.metrics.extraction import EXTRACTION_METRICS
from experiments.evidence.metrics.score import METRICS
from experiments.evidence.metrics.sql import SQL_METRICS
from experiments.evidence.metrics.style import STYLE_METRICS
from experiments.tasks.settings import Settings

CLASSIFICATION = {"label": label, "noticed": noticed}
KNOWN: Mapping[str, Callable] = {**METRICS, **CLASSIFICATION, **EXTRACTION_METRICS,
                                 **STYLE_METRICS, **SQL_METRICS}
# What a table of a task shows first, by its kind.
HEADLINE = {
    "questions": ("contains", "exact_match", "false_refusal", "correct_refusal", "hit"),
    "classification": ("label", "exact_match"),
    "extraction": ("present_field_accuracy", "field_f1", "clause_exact", "valid_json",
                   "schema_compliance"),
    "style": ("sendable", "all_rules", "rules_kept", "value_right"),
    "sql": ("execution", "runs"),
}


def check_known(name: str) -> None:
    """Raise BookError for a metric that does not exist."""
    if name not in KNOWN:
        raise BookError(f"unknown metric {name!r}; known metrics: {', '.join(KNOWN)}")


def try_score(score: Callable[[Example, Answer], Score], example: Example, answer: Answer
              ) -> tuple[float | None, str]:
    """Score one answer; where the scorer itself fails, as at a broken gold query, say why."""
    try:
        return score(example, answer).value, ""
    except Exception as error:  # noqa: BLE001 - a question without a score takes no other with it
        return None, str(error) or type(error).__name__


def scorer(name: str, settings: Settings) -> Callable[[Example, Answer], Score]:
    """Return the metric of a name, bound to what a task's settings hold.

    Raises BookError for an unknown name, and for a metric of another kind of task.
    """
    check_known(name)
    if name in METRICS:
        return METRICS[name]
    kind = ("classification" if name in CLASSIFICATION else
            "style" if name in STYLE_METRICS else
            "sql" if name in SQL_METRICS else "extraction")
    if settings.kind != kind:
        raise BookError(f"the metric {name!r} is for a task of the kind {kind!r}, and this task's "
                        f"kind is {settings.kind!r} (see its task.yaml)")
    if kind == "style":
        return STYLE_METRICS[name]
    bound = {"classification": list(settings.labels), "extraction": settings.schema,
             "sql": settings.databases}[kind]
    return lambda example, answer: KNOWN[name](example, answer, bound)
