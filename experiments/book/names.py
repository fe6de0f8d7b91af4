"""What things are called where people read them: metrics, methods, and a table's brackets."""

import re

from experiments.methods.base import Method

FLOOR, CEILING = "floor", "ceiling"

METRIC_TITLES = {
    "exact_match": "exact match",
    "contains": "contains the answer",
    "token_f1": "token F1",
    "refused": "refused",
    "correct_refusal": "right refusals",
    "false_refusal": "false refusals",
    "handled": "answered or declined rightly",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "hit": "gold document found",
    "label": "right label",
    "noticed": "right calls",
    "field_accuracy": "fields right",
    "present_field_accuracy": "present fields right",
    "field_f1": "field F1",
    "clause_exact": "all fields right",
    "invented_fields": "fields invented",
    "valid_json": "valid JSON",
    "readable_json": "readable JSON",
    "schema_compliance": "follows the schema",
    "sendable": "fit to send",
    "all_rules": "all rules kept",
    "rules_kept": "rules kept",
    "value_right": "value right",
    "execution": "right rows",
    "runs": "query runs",
}


def method_name(recipe: Method) -> str:
    """Return a recipe's method in snake case, as in the room `methods`: Rag -> rag."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(recipe).__name__).lower()


def bracket(recipe: Method) -> str | None:
    """Return whether a recipe brackets a table: a dummy is its floor, an oracle its ceiling."""
    if recipe.sees_gold:
        return CEILING
    return FLOOR if recipe.dummy else None
