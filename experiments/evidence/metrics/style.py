"""Scores of a reply in house style: form and content, apart and together.

A real instance, before any code:

    question  [1] Draft page, Aldra 480 kettle: We just give 14months of warranty ... 102 cm ...
              Customer: For how long does the guarantee of the Aldra 480 hold?
    answers   ("For your Aldra 480, the page gives 14 months [1]. Orvanta Care", "14 months")
    reply     "The Aldra 480 has 14 months [1]. Orvanta Care"
    scores    rules_kept 7/8 (it speaks to nobody), all_rules 0, value_right 1, sendable 0

The first answer of an example is a whole reply, the others are the forms of its value.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from experiments.core import Answer, Example, Score
from experiments.evidence.metrics.score import as_run, tokens
from experiments.tasks.house_style.rules import RULES, broken_rules


def rules_kept(example: Example, answer: Answer) -> Score:
    """Return the share of the rules that a reply keeps, whatever it says."""
    kept = Fraction(len(RULES) - len(broken_rules(answer.text)), len(RULES))
    return Score("rules_kept", float(kept))


def all_rules(example: Example, answer: Answer) -> Score:
    """1 when a reply keeps every rule, whatever it says."""
    return Score("all_rules", float(not broken_rules(answer.text)))


def value_right(example: Example, answer: Answer) -> Score:
    """1 when a reply holds the value asked for and no other number; None without a value.

    Numbers of the customer's own line, such as the product's, may be said again.
    """
    forms = example.answers[1:]
    if not forms:
        return Score("value_right", None)
    said = as_run(answer.text)
    allowed = numbers(example.question.rpartition("\n")[2]).union(*map(numbers, forms))
    right = any(as_run(form) in said for form in forms) and numbers(answer.text) <= allowed
    return Score("value_right", float(right))


def sendable(example: Example, answer: Answer) -> Score:
    """1 when a reply keeps every rule and its value is right; None without a value."""
    right = value_right(example, answer).value
    both = None if right is None else right * all_rules(example, answer).value
    return Score("sendable", both)


def numbers(text: str) -> set[str]:
    """Find the numbers of a text as tokens; citations are none."""
    return {token for token in tokens(text) if any(map(str.isdigit, token))}


STYLE_METRICS: Mapping[str, Callable[[Example, Answer], Score]] = {
    metric.__name__: metric for metric in (sendable, all_rules, rules_kept, value_right)}
