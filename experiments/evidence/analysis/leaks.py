"""Is a test honest? What its questions share with the training splits, and what wording gives away.

A real instance, from the benchmark `routing`, before any code:

    shared(examples)                         -> {"questions": [], "groups": []}
    nearest(test, train_and_dev)[0]          -> Near(text="where is my parcel", other="wheres my
                                                parcel", similarity=0.83)
    wording_auc(examples)                    -> Estimate(value=0.54, low=0.45, high=0.62, ...)

Three ways in which a score can be too good: a question stands in two splits, word for word or
nearly so; and unanswerable questions are told by how they are asked, so that a method is praised
for refusing what it never looked up. (The numbers above only show the form.)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.core import BookError, Example
from experiments.evidence.stats.statistics import LEVEL, RESAMPLES, Estimate

GRAM_CHARACTERS = 4
_SEED = 20_26


@dataclass(frozen=True)
class Near:
    """A text, the most similar of the other texts, and their cosine (0 to 1)."""

    text: str
    other: str
    similarity: float


def shared(examples: Sequence[Example]) -> dict[str, list[str]]:
    """List the questions (as asked, by a user) and the groups that occur in two splits or more."""
    homes: dict[str, dict] = {"questions": defaultdict(set), "groups": defaultdict(set)}
    for example in examples:
        asked = " ".join(example.question.casefold().split())
        homes["questions"][asked].add(example.split)
        homes["groups"][example.group].add(example.split)
    return {what: sorted(name for name, splits in found.items() if len(splits) > 1)
            for what, found in homes.items()}


def nearest(asked: Sequence[str], known: Sequence[str]) -> list[Near]:
    """Find for each asked text the most similar known one; the most similar pair comes first.

    Texts are compared by the cosine of their character 4-grams, weighted by TF-IDF over all of
    them; case and white space do not count.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not asked or not known:
        raise BookError(f"near-duplicates need texts on both sides, got {len(asked)} and "
                        f"{len(known)}")
    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(GRAM_CHARACTERS, GRAM_CHARACTERS)
    ).fit_transform([" ".join(text.split()) for text in (*asked, *known)])
    cosines = (vectors[: len(asked)] @ vectors[len(asked):].T).toarray()
    best = cosines.argmax(axis=1)
    pairs = [Near(text, known[place], min(1.0, float(row[place])))
             for text, place, row in zip(asked, best, cosines, strict=True)]
    return sorted(pairs, key=lambda pair: -pair.similarity)


def wording_auc(examples: Sequence[Example],
                features: Mapping[str, Sequence[str]] | None = None) -> Estimate:
    """Return how well a question's words alone tell, on test, that it has no answer.

    A logistic regression over counts of words and word pairs learns on train. The value is the
    area under its ROC curve: 0.5 is a coin, 1 is a sure tell. The interval is a bootstrap over
    groups. `features` (question id -> names) replaces the words of a question.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    train, test = ([e for e in examples if e.split == split] for split in ("train", "test"))
    for split, rows in (("train", train), ("test", test)):
        if len({e.answerable for e in rows}) < 2:
            raise BookError(f"the tell needs questions with and without an answer, and {split} "
                            "has only one kind; leave this task out")
    if features is None:
        counter = CountVectorizer(ngram_range=(1, 2), token_pattern=r"[\w.]+")
        texts = [[e.question for e in rows] for rows in (train, test)]
    else:
        counter = CountVectorizer(analyzer=list)
        texts = [[features[e.id] for e in rows] for rows in (train, test)]
    head = LogisticRegression(max_iter=2000, class_weight="balanced")
    head.fit(counter.fit_transform(texts[0]), [not e.answerable for e in train])
    scores = head.decision_function(counter.transform(texts[1]))
    return area(scores, [not e.answerable for e in test], [e.group for e in test])


def area(scores: Sequence[float], positive: Sequence[bool], groups: Sequence[str]) -> Estimate:
    """Return the area under the ROC curve with its 95 % interval, drawing whole groups.

    It is the share of pairs of a positive and a negative whose scores stand in the right
    order; a tie is half a pair.
    """
    scores, positive = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    names, codes = np.unique(list(groups), return_inverse=True)
    if not 0 < positive.sum() < len(positive):
        raise BookError("an area under the ROC curve needs a positive and a negative at least")
    gaps = scores[positive][:, None] - scores[~positive][None, :]
    order = np.where(gaps > 0, 1.0, np.where(gaps == 0, 0.5, 0.0))
    draws = np.random.default_rng(_SEED).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES // 5)
    for_positive, for_negative = draws[:, codes[positive]], draws[:, codes[~positive]]
    pairs = for_positive.sum(axis=1) * for_negative.sum(axis=1)
    right = ((for_positive @ order) * for_negative).sum(axis=1)
    low, high = np.quantile(right[pairs > 0] / pairs[pairs > 0],
                            [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if low == high:  # a perfect order: no draw shows a spread, so the exact bound over groups
        reach = 1 - ((1 - LEVEL) / 2) ** (1 / len(names))
        low, high = max(0.0, low - reach), min(1.0, high + reach)
    return Estimate(float(order.mean()), float(low), float(high), len(scores), len(names))
