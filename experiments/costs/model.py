"""What five approaches cost, item by item, and where one becomes cheaper than another.

    break_even(bill("rag", scenario), bill("tuned", scenario))
    -> Crossing(queries_per_month=571428.6, cheaper_below="rag", cheaper_above="tuned")

Symbols. Tokens a query: q question, i instructions, c passages, d documents always in the prompt,
o output; i' and c' what a tuned model still needs. Prices of one token: p input, k cached
input, O output, e embedding, t training; r and w of one read or write unit, g of a GPU hour,
l of a labour hour, s of a GB for a month. h is the share of unchanging tokens that the prompt
cache serves, P = 1 + premium, n = corpus tokens / chunk tokens the chunks, f the share of
the corpus that changes in a month, T the months between training runs, A the months that bear a
set-up. static(x) = x (h k + (1 - h) p): only what never changes can be cached.

A query costs v:

    prompt         static(i) + q p + o O
    long context   static(i + d) + q p + o O
    rag            static(i) + (q + c) p + o O + find
    tuned          P (static(i') + q p + o O) + serve
    tuned rag      P (static(i') + (q + c') p + o O) + serve + find
    linear head    q e
    with           find = q e + read units r,   serve = GPU seconds / 3600 g

Beside that, whatever the traffic, a month, a training run and the set-up cost:

    month, rag     f corpus e + f n write units w + n dimensions 4 / 10^9 s + store + upkeep l
    month, tuned   hosting hours g + upkeep l
    run, tuned     training tokens t + training GPU hours g + (labelling + evaluation) l
    once, rag      corpus e + n write units w + set-up l
    once, tuned    set-up l

and a linear head its own upkeep, labels, set-up and hour of a processor. tuned rag
bears both. N queries a month cost

    total(N) = F + N v,   F = month + run / T + once / A

and two approaches cost the same at N* = (F_b - F_a) / (v_a - v_b), if that is above zero. Per
query, tuned undercuts rag only where passages are long enough:

    c* = (P (static(i') + q p + o O) + serve - static(i) - q p - o O - find) / p

Below c* tuning is dearer at every volume, unless its fixed costs are the lower ones.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from experiments.core import BookError
from experiments.costs.bill import Bill, bill
from experiments.costs.prices import usd
from experiments.costs.scenario import Scenario

HOURS_PER_MONTH = 730.0
_HALVINGS = 200
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Crossing:
    """The volume at which two approaches cost the same, and which is cheaper on each side."""

    queries_per_month: float
    cheaper_below: str
    cheaper_above: str


def break_even(a: Bill, b: Bill) -> Crossing | None:
    """Solve total_a(N) = total_b(N) for a volume above zero; None when one is never dearer."""
    slope = a.usd("query") - b.usd("query")
    gap = b.fixed_usd_per_month - a.fixed_usd_per_month
    # Equal sums of unequal terms differ by rounding, which is no slope.
    if abs(slope) <= _ROUNDING * (a.usd("query") + b.usd("query")) or gap / slope <= 0:
        return None
    low, high = (a.approach, b.approach) if gap > 0 else (b.approach, a.approach)
    return Crossing(gap / slope, cheaper_below=low, cheaper_above=high)


def break_even_context_tokens(scenario: Scenario) -> float:
    """Passage tokens c* above which a tuned query is cheaper than one of RAG; may be below 0."""
    rates = scenario.rates
    tuned, rag = bill("tuned", scenario), bill("rag", scenario)
    passages = usd(scenario.product.context_tokens, rates.input)
    if rates.input.usd == 0:
        raise BookError("input tokens are free, so no number of passages makes RAG the dearer "
                        "query; give the input price")
    return (tuned.usd("query") - (rag.usd("query") - passages)) / usd(1, rates.input)


def crossing_by_halving(a: Callable[[float], float], b: Callable[[float], float],
                        low: float, high: float) -> float | None:
    """Find a volume in low..high where two monthly costs cross, whatever their shape.

    It halves the span until the ends are equal; None when neither end differs in its cheaper side.
    For costs that jump, such as one more GPU, the volume is that of the jump.
    """
    gap_low, gap_high = a(low) - b(low), a(high) - b(high)
    if not gap_low or not gap_high or (gap_low > 0) == (gap_high > 0):
        return next((end for end, gap in ((low, gap_low), (high, gap_high)) if not gap), None)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        gap = a(middle) - b(middle)
        if not gap:
            return middle
        low, high = (middle, high) if (gap > 0) == (gap_low > 0) else (low, middle)
    return (low + high) / 2


def cheapest(bills: Mapping[str, Bill], queries_per_month: float) -> str:
    """Name the approach with the lowest total at a volume; the first named wins a tie."""
    return min(bills, key=lambda name: bills[name].usd_per_month(queries_per_month))


def volumes(low: float, high: float, *, steps: int = 60) -> list[float]:
    """Return volumes from low to high in equal ratios, for curves on a logarithmic axis."""
    return [low * (high / low) ** (step / steps) for step in range(steps + 1)]


def rented_hours(queries_per_month: float, seconds_per_query: float, *,
                 utilisation: float = 0.5) -> float:
    """Hours a month of machines that never sleep: at least one, each busy at most so much."""
    busy = queries_per_month * seconds_per_query / 3600
    return HOURS_PER_MONTH * max(1, math.ceil(busy / (HOURS_PER_MONTH * utilisation)))
