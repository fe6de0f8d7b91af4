"""What the methods that retrieve share: worked examples as the search sees them, and the reading.

A demonstration's passages come from the same search as the question's, so that the model sees
the task as it is: near-identical neighbours, one of them right.
"""

from collections.abc import Callable, Sequence

from experiments.core import Answer, Hit, Question
from experiments.methods import prompts
from experiments.methods.bench import Bench

# Demonstrations drawn for each one shown: those whose answer the search misses are left out.
CANDIDATES = 5

Find = Callable[[Sequence[str]], Sequence[Sequence[Hit]]]


def demonstrate(bench: Bench, find: Find, shots: int, refusals: int) -> list[prompts.Demonstration]:
    """Draw train questions whose answer the same search finds, and so many refusals.

    A question whose answer is missed would be one more refusal, and a small model that sees
    two refusals among four examples refuses everything.
    """
    drawn = bench.demonstrations(CANDIDATES * shots, CANDIDATES * refusals)
    pairs = list(zip(drawn, find([example.question for example in drawn]), strict=True))
    cites = bench.settings.cites
    found = [pair for pair in pairs if pair[0].answerable
             and (prompts.holding(*pair) or not cites)]
    refused = [pair for pair in pairs if not pair[0].answerable]
    chosen = found[: shots - refusals] + refused[:refusals]
    shown = [pair for pair in pairs if pair in chosen]  # in the order of the draw
    return prompts.demonstrate([e for e, _ in shown], [h for _, h in shown], bench.titles,
                               cites=cites)


def read(
    bench: Bench, questions: Sequence[Question], hits: Sequence[Sequence[Hit]],
    shown: Sequence[prompts.Demonstration], *, seconds: float = 0.0,
) -> list[Answer]:
    """Ask the model about what was found; a question's search took `seconds`."""
    asked = [prompts.grounded(q, prompts.number(h, bench.titles), shown, templates=bench.templates)
             for q, h in zip(questions, hits, strict=True)]
    return bench.generate(asked, questions, hits, stage_seconds={"search": seconds})
