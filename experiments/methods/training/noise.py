"""Wrong labels in training data: put in on purpose, and looked for without knowing where.

    true:       "it makes a grinding noise"   repairs
    spoiled:    "it makes a grinding noise"   billing     one of the share that got another label
    suspected:  by "neighbours", because messages like it are labelled repairs;
                by "loss", because a linear head fitted to the others finds billing unlikely

Nothing here asks a language model: both finders need one vector a message.
"""

import dataclasses
import random
from collections.abc import Sequence

import numpy as np

from experiments.core import BookError, Example

FINDERS = ("random", "neighbours", "loss")
REPAIRED_SHARE = 0.1
_NEIGHBOURS = 8
_FOLDS = 5
_LEAST = 1e-6  # a label that a fold never saw has this probability, not none


def spoil(examples: Sequence[Example], share: float, labels: Sequence[str], seed: int
          ) -> list[Example]:
    """Return the same examples with `share` of them labelled otherwise, drawn by the seed.

    A greater share spoils all that a lesser does, each in the same way. Raises BookError where
    there is no other label.
    """
    if len(set(labels)) < 2:
        raise BookError(f"wrong labels need at least two labels to choose from, got {labels}")
    order = random.Random(f"noise/{seed}").sample(range(len(examples)), len(examples))
    wrong = set(order[: round(share * len(examples))])
    return [_mislabel(e, labels, seed) if place in wrong else e
            for place, e in enumerate(examples)]


def mend(spoiled: Sequence[Example], true: Sequence[Example], worst: Sequence[int]
         ) -> list[Example]:
    """Return the spoiled examples with the true ones in the places that somebody looked at."""
    looked = set(worst)
    return [true[place] if place in looked else e for place, e in enumerate(spoiled)]


def suspects(finder: str, vectors: np.ndarray, labels: Sequence[str], seed: int) -> list[int]:
    """Name the places of the REPAIRED_SHARE most suspicious labels, the worst first."""
    if finder == "random":
        order = random.Random(f"repair/{seed}").sample(range(len(labels)), len(labels))
    elif finder == "neighbours":
        order = np.argsort(-disagreement(vectors, labels), kind="stable").tolist()
    elif finder == "loss":
        order = np.argsort(-held_out_loss(vectors, labels, seed), kind="stable").tolist()
    else:
        raise BookError(f"suspects are found by {', '.join(FINDERS)}, not {finder!r}")
    return order[: round(REPAIRED_SHARE * len(labels))]


def disagreement(vectors: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Return for each label which share of its nearest neighbours' cosine bears another one."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    names = np.array(labels)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, : min(_NEIGHBOURS, len(labels) - 1)]
    # A vector that points away is no witness, for the label or against it.
    weights = np.clip(np.take_along_axis(cosines, nearest, axis=1), 1e-9, None)
    others = names[nearest] != names[:, None]
    return (weights * others).sum(axis=1) / weights.sum(axis=1)


def held_out_loss(vectors: np.ndarray, labels: Sequence[str], seed: int) -> np.ndarray:
    """Return each label's loss in nats under a linear head fitted without its fold."""
    from sklearn.linear_model import LogisticRegression

    names, losses = np.array(labels), np.zeros(len(labels))
    order = np.array(random.Random(f"folds/{seed}").sample(range(len(labels)), len(labels)))
    for held in np.array_split(order, min(_FOLDS, len(labels))):
        rest = np.setdiff1d(order, held)
        if len(set(names[rest])) < 2:
            raise BookError(f"a linear head needs two different labels beside the fold that is "
                            f"held out; here all are {names[rest][:1]}")
        head = LogisticRegression(C=10.0, max_iter=2000).fit(vectors[rest], names[rest])
        column = {label: place for place, label in enumerate(head.classes_)}
        found = head.predict_proba(vectors[held])
        for row, place in enumerate(held):
            at = column.get(names[place])
            losses[place] = -np.log(max(found[row, at] if at is not None else 0.0, _LEAST))
    return losses


def _mislabel(example: Example, labels: Sequence[str], seed: int) -> Example:
    """Return an example another label, drawn by its id and the seed."""
    others = [label for label in labels if label != example.reply]
    drawn = random.Random(f"wrong label/{example.id}/{seed}").choice(others)
    return dataclasses.replace(example, answers=(drawn,))
