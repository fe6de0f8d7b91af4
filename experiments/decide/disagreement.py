"""Where two procedures send the same project two ways, each time with one such project.

    disagreements(outcomes(FiveQuestions()), outcomes(OneDistinction()))[0]
    -> Disagreement("Heym tree", "Devlyn distinction", "RAG", "both", share=0.30,
                    example=Profile(fault="facts", other_fault=True))

The example is the project with the fewest answers that differ from the defaults.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

import numpy as np

from experiments.decide.agreement import Outcomes, decided, joint, shares
from experiments.decide.flips import write
from experiments.decide.profile import QUESTIONS, Profile
from experiments.decide.verdict import TECHNIQUES

_FAR = 1_000  # more answers than there are questions


@dataclass(frozen=True)
class Disagreement:
    """Two techniques that two procedures recommend to the same projects, and one of those."""

    first: str
    second: str
    says_first: str
    says_second: str
    share: float
    example: Profile


def disagreements(a: Outcomes, b: Outcomes) -> list[Disagreement]:
    """List the pairs of different techniques by their share of all profiles, most first."""
    table = decided(joint(shares(a), shares(b)))
    found = [Disagreement(a.name, b.name, TECHNIQUES[i], TECHNIQUES[j], float(table[i, j]),
                          _example(a, b, i, j))
             for i, j in product(range(len(TECHNIQUES)), repeat=2) if i != j and table[i, j]]
    return sorted(found, key=lambda one: -one.share)


def unusual(profile: Profile) -> str:
    """Write the answers in which a profile differs from the defaults."""
    plain = Profile()
    names = [one.name for one in fields(Profile)
             if getattr(profile, one.name) != getattr(plain, one.name)]
    return ", ".join(f"{name} {write(getattr(profile, name))}" for name in names) or "all defaults"


def _example(a: Outcomes, b: Outcomes, code_a: int, code_b: int) -> Profile:
    """Find the project nearest to the defaults to which a and b say these two codes."""
    common = [name for name in a.asks if name in b.asks]
    costs = [_costs(a, code_a, common, a.asks),
             _costs(b, code_b, common, [name for name in b.asks if name not in common])]
    nearest = [cost.min(axis=tuple(range(len(common), cost.ndim))) for cost in costs]
    cell = np.unravel_index(np.argmin(nearest[0] + nearest[1]), nearest[0].shape)
    answers = _name(common, cell)
    for one, cost in zip((a, b), costs, strict=True):
        rest = cost[cell]
        places = np.unravel_index(np.argmin(rest), rest.shape)
        answers |= _name([name for name in one.asks if name not in common], places)
    return Profile(**answers)


def _costs(one: Outcomes, code: int, first: Sequence[str], counted: Sequence[str]) -> np.ndarray:
    """Count the unusual answers to `counted` wherever `code` is said; the axes `first` lead."""
    cost = np.where(one.codes == code, 0, _FAR)
    for axis, name in enumerate(one.asks):
        if name in counted:
            shape = [1] * one.codes.ndim
            shape[axis] = -1
            cost = cost + np.array([value != QUESTIONS[name]["default"]
                                    for value in QUESTIONS[name]["answers"]]).reshape(shape)
    free = [name for name in one.asks if name not in first]
    return cost.transpose([one.asks.index(name) for name in (*first, *free)])


def _name(names: Sequence[str], places: Iterable[int | np.integer]) -> dict[str, Any]:
    """Return the answers at some places of the questions' axes."""
    return {name: QUESTIONS[name]["answers"][place]
            for name, place in zip(names, places, strict=True)}
