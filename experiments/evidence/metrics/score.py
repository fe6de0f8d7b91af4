"""Scores: one answer against its gold answers, one number or None.

A real instance, before any code:

    example  answers=("18 months", "18"), evidence=("aldra-220",)
    answer   "It lasts 18 months. [1]", hits[0] cut from "aldra-220"
    scores   exact_match 0, contains 1, token_f1 0.67, citation_precision 1

None means "could not be scored" (an unanswerable question has no gold answer to
match); it is counted and shown, and never becomes zero.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping

from experiments.core import Answer, Example, Score

_CITATION = re.compile(r"\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]")
_ARTICLES = {"a", "an", "the"}
# A token is a number with its sign, decimals or clock colon, a run of letters and
# digits, or one sign that carries meaning (a price is not a count, 5 % is not 5).
_TOKEN = re.compile(r"(?<!\w)-?\d+(?:[.:]\d+)*|\w+|[%°$€£]")

_SAY = r"(?:say|mention|state|contain|provide|give|specify|include|tell|answer|have)"
_SOURCE = r"(?:passages?|documents?|context|text|articles?|information)"
_REFUSAL = re.compile(
    r"(?:(?:i am |im )?sorry |unfortunately )*(?:but )?"
    r"(?:(?:i )?(?:dont|do not) know"
    r"|i (?:cannot|cant|can not|am unable to|am not able to|could not|couldnt) "
    r"(?:answer|find|tell|say|determine)"
    r"|(?:it is |this is |that is |answer is )?not (?:in|mentioned in|stated in|given in|found in) "
    rf"(?:any of )?{_SOURCE}"
    rf"|(?:none of )?{_SOURCE} (?:do not|dont|does not|doesnt|did not|didnt) {_SAY}"
    rf"|{_SOURCE} is not (?:available|given|provided|stated|mentioned)"
    r"|(?:there is )?no (?:answer|information)\b"
    r"|(?:not (?:mentioned|stated|specified|known|available)|unknown)$)"
)


def tokens(text: str) -> list[str]:
    """Cut text into comparable tokens: SQuAD's rules, kept sensible for numbers.

    Lower case; citation marks such as [1], punctuation and articles are dropped.
    A decimal point inside a number, a minus sign before one, and the signs of
    per cent, degree and currency survive; "1,200" is "1200" and "2.4kg" is
    "2.4 kg". A text of nothing but articles keeps them (energy class "A").
    """
    text = unicodedata.normalize("NFKC", _CITATION.sub(" ", text)).casefold()
    text = text.replace("\N{MINUS SIGN}", "-")
    text = re.sub(r"['`\u2018\u2019]", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\b(?:[a-z]\.){2,}", lambda found: found[0].replace(".", ""), text)
    text = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)(?=[^\W\d_])", r"\1 ", text)
    found = _TOKEN.findall(text.replace("_", " "))
    return [token for token in found if token not in _ARTICLES] or found


def normalise(text: str) -> str:
    """Join the comparable tokens of a text with single spaces."""
    return " ".join(tokens(text))


def as_run(text: str) -> str:
    """Normalise a text, a space at either end: one holds another as a run of whole tokens."""
    return f" {normalise(text)} "


def is_refusal(text: str) -> bool:
    """Return whether a text opens by declining to answer."""
    return _REFUSAL.match(normalise(text)) is not None


def cited_numbers(text: str) -> list[int]:
    """Return the distinct passage numbers cited as [n] or [n, m], in order."""
    found = [int(n) for marks in _CITATION.findall(text) for n in re.split(r"\s*[,;]\s*", marks)]
    return list(dict.fromkeys(found))


def exact_match(example: Example, answer: Answer) -> Score:
    """1 when the normalised text equals a gold answer; None when unanswerable."""
    said = normalise(answer.text)
    return _best("exact_match", example, lambda gold: float(said == normalise(gold)))


def contains(example: Example, answer: Answer) -> Score:
    """1 when a gold answer is a run of whole tokens of the text; None when unanswerable."""
    said = as_run(answer.text)
    return _best("contains", example, lambda gold: float(as_run(gold) in said))


def token_f1(example: Example, answer: Answer) -> Score:
    """Best harmonic mean of token precision and recall; None when unanswerable."""
    said = tokens(answer.text)
    return _best("token_f1", example, lambda gold: _overlap(said, tokens(gold)))


def refused(example: Example, answer: Answer) -> Score:
    """1 when the text is a refusal, whether or not it should be."""
    return Score("refused", float(is_refusal(answer.text)))


def correct_refusal(example: Example, answer: Answer) -> Score:
    """1 when an unanswerable question was refused; None when answerable."""
    return Score("correct_refusal", None if example.answerable else float(is_refusal(answer.text)))


def false_refusal(example: Example, answer: Answer) -> Score:
    """1 when an answerable question was refused; None when unanswerable."""
    return Score("false_refusal", float(is_refusal(answer.text)) if example.answerable else None)


def handled(example: Example, answer: Answer) -> Score:
    """1 when the answer holds a gold one, or declines where there is none; never None."""
    right = contains(example, answer).value if example.answerable else is_refusal(answer.text)
    return Score("handled", float(right))


def citation_precision(example: Example, answer: Answer) -> Score:
    """Share of cited passages that come from an evidence document.

    A number with no passage behind it counts as a wrong citation. None when nothing
    is cited or the example names no evidence.
    """
    cited = _cited_documents(answer)
    if not cited or not example.evidence:
        return Score("citation_precision", None)
    return Score("citation_precision", sum(d in example.evidence for d in cited) / len(cited))


def citation_recall(example: Example, answer: Answer) -> Score:
    """Share of the evidence documents that are cited; None when there is no evidence."""
    if not example.evidence or not example.answerable:
        return Score("citation_recall", None)
    cited = set(_cited_documents(answer))
    wanted = set(example.evidence)
    return Score("citation_recall", len(cited & wanted) / len(wanted))


def hit(example: Example, answer: Answer) -> Score:
    """1 when an evidence document is among the hits (recall at k).

    None when there is no evidence to find, and when the method never searched: no
    hits and no seconds of search. A search that came back empty is a miss.
    """
    searched = bool(answer.hits) or answer.stage_seconds.get("search", 0) > 0
    if not example.evidence or not example.answerable or not searched:
        return Score("hit", None)
    found = {h.chunk.doc_id for h in answer.hits}
    return Score("hit", float(bool(found & set(example.evidence))))


METRICS: Mapping[str, Callable[[Example, Answer], Score]] = {
    metric.__name__: metric
    for metric in (exact_match, contains, token_f1, refused, correct_refusal, false_refusal,
                   handled, citation_precision, citation_recall, hit)
}


def _best(metric: str, example: Example, value_of: Callable[[str], float]) -> Score:
    """Score against every gold answer and keep the best."""
    return Score(metric, max((value_of(gold) for gold in example.answers), default=None))


def _overlap(said: list[str], gold: list[str]) -> float:
    """Token F1 of two token lists; 0 when they share nothing."""
    shared = sum((Counter(said) & Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold)) if shared else 0.0


def _cited_documents(answer: Answer) -> list[str | None]:
    """Name the document behind every cited number; None for a number without a passage."""
    count = len(answer.hits)
    return [answer.hits[n - 1].chunk.doc_id if 1 <= n <= count else None
            for n in cited_numbers(answer.text)]
