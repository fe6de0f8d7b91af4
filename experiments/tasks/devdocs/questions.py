"""All questions of `devdocs`, dealt into splits: the rows of questions.jsonl.

A real row, before any code:

    {"id": "setting-use-tz-5.2", "question": "Under Django 5.2, what does the setting USE_TZ start
     out as?", "answers": ["True"], "evidence": ["5.2/ref/settings/USE_TZ"], "split": "test",
     "group": "setting-use-tz"}

A group is a setting or a topic, in all versions. It is in one split, and so are its unanswerable
questions. Where the answer is the same in all versions, one version is asked; where it differs,
every version is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from random import Random

import yaml

from experiments.tasks.devdocs.archives import INPUTS
from experiments.tasks.devdocs.asked import Asked, find_answer
from experiments.tasks.devdocs.corpus import Piece, piece_at
from experiments.tasks.devdocs.settings import (
    SETTINGS_PAGE,
    Ask,
    ask_absent,
    ask_defaults,
    mentioned,
)
from experiments.tasks.devdocs.text import Page

SEED = "devdocs"
# The share of groups that goes to test and dev, by kind; the rest is for training. Defaults that a
# guesser would say (True, False, None) are many: most of them train.
SHARES = {"differs": (0.5, 0.2), "same": (0.5, 0.2), "unanswerable": (0.6, 0.2),
          "default": (0.5, 0.2), "guessable": (0.25, 0.15), "absent": (0.5, 0.25)}
# Questions a split about a version that the corpus does not hold.
OTHER_VERSIONS = {"train": 4, "dev": 4, "test": 10}

Corpus = Mapping[tuple[str, str], tuple[Page, list[Piece]]]  # (version, page name) -> documents


@cache
def wording() -> dict:
    """Read wording.yaml."""
    return yaml.safe_load((INPUTS / "wording.yaml").read_text(encoding="utf-8"))


def write_rows(corpus: Corpus, asked: list[Asked]) -> list[dict]:
    """Make the rows of all questions, split by split, shuffled by seed within a split."""
    generated = settings_questions(corpus, asked)
    splits = deal_splits(generated, asked)
    rows = [*_asked_rows(corpus, asked), *_settings_rows(corpus, generated, splits)]
    rows = [{**row, "split": splits[row["group"]], "group": row["group"]} for row in rows]
    ordered = []
    for split in OTHER_VERSIONS:
        members = [row for row in rows if row["split"] == split]
        ordered += Random(f"{SEED} order {split}").sample(members, len(members))
    return ordered


def settings_questions(corpus: Corpus, asked: list[Asked]) -> dict[str, list[Ask]]:
    """Choose the questions about settings, group by group, in the order of their names."""
    pages = {version: page for (version, name), (page, _) in corpus.items()
             if name == SETTINGS_PAGE}
    texts = {version: "\n".join(page.text for (v, _), (page, _) in corpus.items() if v == version)
             for version in pages}
    groups = ask_defaults(pages)
    for question in ask_absent(pages, texts):
        groups.setdefault(question.group, []).append(question)
    for name in wording()["invented"]:
        version = Random(f"{SEED} version {name}").choice(sorted(pages))
        question = Ask((name,), version)
        groups[question.group] = [question]
    keys = {section.title for page in pages.values() for section in page.sections}
    # What a hand-written question is about is not asked again, maybe in another split.
    taken = mentioned(keys, asked)
    return {group: _one_or_all(questions) for group, questions in sorted(groups.items())
            if questions[0].path[-1] not in taken}


def deal_splits(generated: Mapping[str, list[Ask]], asked: list[Asked]) -> dict[str, str]:
    """Return every group its split; each kind of group is shared out by itself."""
    kinds = {group: _kind(questions) for group, questions in generated.items()}
    for entry in asked:
        kind = "unanswerable" if not entry.answers else "differs" if entry.differs else "same"
        # A topic of several kinds counts as the one whose questions are the scarcest.
        kinds[entry.topic] = min(kind, kinds.get(entry.topic, kind), key=list(SHARES).index)
    splits = {}
    for kind, (test, dev) in SHARES.items():
        groups = sorted(group for group in kinds if kinds[group] == kind)
        Random(f"{SEED} splits {kind}").shuffle(groups)
        first, second = round(test * len(groups)), round((test + dev) * len(groups))
        splits |= {group: "test" if place < first else "dev" if place < second else "train"
                   for place, group in enumerate(groups)}
    return splits


def _kind(questions: list[Ask]) -> str:
    """Name the kind of a setting's group."""
    if not all(question.answers for question in questions):
        return "absent"
    return "guessable" if len(questions) == 1 and questions[0].guessable else "default"


def _one_or_all(questions: list[Ask]) -> list[Ask]:
    """Keep one version's question, by seed, where all have the same answer; else keep all."""
    if len({question.answers for question in questions}) > 1:
        return questions
    return [Random(f"{SEED} version {questions[0].group}").choice(questions)]


def _asked_rows(corpus: Corpus, asked: list[Asked]) -> Iterator[dict]:
    """Make the rows of the hand-written questions, still without a split."""
    for entry in asked:
        versions = sorted(entry.answers) or entry.versions
        if entry.answers and not entry.differs:
            versions = [Random(f"{SEED} version {entry.id}").choice(versions)]
        for version in versions:
            answers, evidence = list(entry.answers.get(version, [])), []
            if answers:
                page, pieces = corpus[version, entry.page_of(version)]
                _, offset = find_answer(page, entry.section_of(version), answers[0])
                evidence = [piece_at(pieces, offset).id]
            yield {"id": f"{entry.id}-{version}",
                   "question": entry.question.format(version=version), "answers": answers,
                   "evidence": evidence, "split": None, "group": entry.topic}


def _settings_rows(corpus: Corpus, generated: Mapping[str, list[Ask]],
                   splits: Mapping[str, str]) -> Iterator[dict]:
    """Make the rows of the questions about settings, in the phrasings of their splits."""
    steady = {split: [] for split in OTHER_VERSIONS}
    for group, questions in generated.items():
        for question in questions:
            evidence = []
            if question.answers:
                _, pieces = corpus[question.version, SETTINGS_PAGE]
                evidence = [piece_at(pieces, question.offset).id]
            yield _settings_row(question, evidence, splits[group])
        if len(questions) == 1 and questions[0].answers:
            steady[splits[group]].append(questions[0])
    for split, count in OTHER_VERSIONS.items():
        rng = Random(f"{SEED} other versions {split}")
        for question in rng.sample(steady[split], count):
            version = rng.choice(wording()["absent_versions"])
            other = replace(question, version=version, answers=())
            yield _settings_row(other, [], split)


def _settings_row(question: Ask, evidence: list[str], split: str) -> dict:
    phrasing = Random(f"{SEED} phrasing {question.id}").choice(wording()["phrasings"][split])
    return {"id": question.id,
            "question": phrasing.format(it=question.it, version=question.version),
            "answers": list(question.answers), "evidence": evidence, "split": split,
            "group": question.group}
