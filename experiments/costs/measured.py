"""What the records say an answer took, and what a right one costs.

    measure(results, "RAG, keyword")
    -> Measured(arm="RAG, keyword", prompt_tokens=1263.9, output_tokens=12.6, seconds=0.74,
                right=Estimate(value=0.315, low=0.26, high=0.37, questions=200, groups=60))
    usd_per_right(0.0026, measured.right)  -> Span(value=0.0083, low=0.0070, high=0.0100)

Tokens are those of the book's small model; another model's tokeniser counts the same text
differently, and a larger one would give more right answers.
"""

import math
from dataclasses import dataclass

from experiments.core import BookError
from experiments.costs.prices import usd
from experiments.costs.scenario import Product, Rates
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.results import Results


@dataclass(frozen=True)
class Measured:
    """Mean tokens and median seconds of an arm's answers, and its share of right ones."""

    arm: str
    prompt_tokens: float
    output_tokens: float
    seconds: float
    right: Estimate


@dataclass(frozen=True)
class Span:
    """Dollars with the ends that the 95 % interval of the answers gives; `high` may be inf."""

    value: float
    low: float
    high: float


def measure(results: Results, arm: str, metric: str = "contains") -> Measured:
    """Read an arm's tokens, seconds and share of right answers from its records."""
    tokens = results.tokens(arm)
    return Measured(arm, tokens["prompt"], tokens["completion"], results.seconds(arm),
                    results.estimate(arm, metric))


def shown_tokens(results: Results, shown: str, bare: str) -> float:
    """Tokens of what every prompt of arm `shown` has before those of arm `bare`.

    Both arms ask the same and find the same; a difference that is not the same for every
    question is refused, because it would not be unchanging.
    """
    a, b = (_prompt_tokens(results, arm) for arm in (shown, bare))
    gaps = {a[name] - b[name] for name in a}
    if len(gaps) != 1:
        raise BookError(f"{shown!r} and {bare!r} differ by {min(gaps):g} to {max(gaps):g} tokens, "
                        "so more than the examples differs; name two arms of one search")
    return gaps.pop()


def product_of(closed: Measured, rag: Measured, *, examples_tokens: float, documents: int,
               queries_per_month: float, **others: float) -> Product:
    """Describe the recorded task as a product.

    The closed book's prompt is rules and question, which we count as the question; RAG's prompt
    has the unchanging examples before it and the passages after. Every document is as long
    as the passages of one query, and long context holds them all. A tuned model needs no
    examples.
    """
    context = rag.prompt_tokens - closed.prompt_tokens - examples_tokens
    return Product(
        queries_per_month=queries_per_month, question_tokens=closed.prompt_tokens,
        output_tokens=rag.output_tokens, instruction_tokens=examples_tokens,
        context_tokens=context, tuned_context_tokens=context,
        long_context_tokens=documents * context, corpus_tokens=documents * context, **others)


def usd_per_answer(one: Measured, rates: Rates, *, unchanging_tokens: float = 0.0,
                   cache_hit_share: float = 0.0) -> float:
    """Price one answer by its tokens; the cache serves its share of the unchanging ones."""
    cached = unchanging_tokens * cache_hit_share
    return (usd(cached, rates.cached_input) + usd(one.prompt_tokens - cached, rates.input)
            + usd(one.output_tokens, rates.output))


def usd_per_right(answer_usd: float, right: Estimate) -> Span:
    """Return the dollars for each right answer: an answer's price over the share of right ones."""
    if right.value is None or right.low is None or right.high is None:
        raise BookError("expected a share of right answers, got answers of which none could be "
                        "scored; take a metric of this task")
    return Span(*(_over(answer_usd, share)
                  for share in (right.value, right.high, right.low)))


def usd_per_additional(usd_a: float, usd_b: float, gain: Estimate) -> Span | None:
    """Dollars for each right answer that b gives beyond a; `gain` is b's share minus a's.

    None when the two shares are not separated: then there may be no such answer.
    """
    if gain.value is None or gain.low is None or gain.high is None:
        return None
    if not gain.separated() or gain.value < 0:
        return None
    return Span(*((usd_b - usd_a) / share for share in (gain.value, gain.high, gain.low)))


def share_needed(usd_per_month: float, rival_usd_per_month: float, rival_share: float) -> float:
    """Share of right answers at which a month costs as much per right answer as the rival's.

    Above 1 no accuracy is enough.
    """
    return _over(usd_per_month * rival_share, rival_usd_per_month)


def _prompt_tokens(results: Results, arm: str) -> dict[str, float]:
    counts = results.values(arm, "prompt_tokens")
    return {name: count for name, count in counts.items() if count is not None}


def _over(amount: float, share: float) -> float:
    return amount / share if share else math.inf
