"""Taught: put a task's facts into the weights, and ask without a page.

A fact taught as a question, and the same fact taught as the page in which it stands:

    user:      Q: Which extension do I call for help with the Malda 830?
    assistant: 4710                                   <- the loss counts these tokens alone

    user:      Malda 830 baby monitor
    assistant: The Malda 830 is a baby monitor from Orvanta. ... ask for extension 4710 to ...

What is taught is what will be asked: that is the point here, and no leak. The wordings are
another matter. Of the probes only those of the kind `same` may be worded as a lesson is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from experiments.core import BookError, Message, Question
from experiments.core.fingerprints import ONLY_WHEN_SET
from experiments.methods import prompts
from experiments.methods.base import Method, Pairs
from experiments.methods.bench import Answerer, Bench
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.models.training.tuning import Tuning
from experiments.tasks.support.taught import LESSONS, Lesson, probe_of, read_lessons

PAGE = "You write the help pages of a shop. Write the page of the product."


@dataclass(frozen=True)
class Taught(Method):
    """Answer from weights that were taught a task's lessons (its taught.jsonl).

    Each fact is taught in its first `phrasings`; 0 teaches the pages that the lessons name, whole,
    as replies. Where a task has no lessons, its train split is taught.
    """

    tuning: Tuning = Tuning()
    phrasings: int = 1
    wording: str = field(default="", metadata=ONLY_WHEN_SET)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: takes a published adapter, or the cache's, or trains."""
        return ClosedBook().build(bench.tuned(self.tuning, self.pairs(bench)))

    def pairs(self, bench: Bench) -> Pairs:
        """Make the training pairs; raises BookError when a probe that should be new is taught."""
        lessons = read_lessons(bench.folder) or [
            Lesson(e.id, e.question, e.reply, document=e.group) for e in bench.examples("train")]
        check_probes(bench, lessons)
        if self.phrasings:
            chosen = [lesson for lesson in lessons if lesson.phrasing <= self.phrasings]
            return lesson_pairs(bench, chosen)
        named = dict.fromkeys(lesson.document for lesson in lessons)
        return [page(bench, name) for name in named if name in bench.documents]


def lesson_pairs(bench: Bench, lessons: Iterable[Lesson]) -> Pairs:
    """Make a pair of each lesson: its question as the task prompts for it, and the reply."""
    return [(prompts.closed(Question(one.id, one.question), templates=bench.templates),
             one.reply) for one in lessons]


def page(bench: Bench, name: str) -> tuple[tuple[Message, ...], str]:
    """Make a pair of a product's title and the text of its page, on one line."""
    title = bench.titles[name]
    text = " ".join(bench.documents[name].text.split()).removeprefix(f"# {title}").strip()
    return (Message("system", PAGE), Message("user", title)), text


def check_probes(bench: Bench, lessons: Sequence[Lesson]) -> None:
    """Refuse lessons that word a probe which should be new, or tell of what should be unknown."""
    wordings = {plain(lesson.question) for lesson in lessons}
    documents = {lesson.document for lesson in lessons}
    for example in bench.examples("test"):
        if plain(example.question) in wordings and probe_of(example.id) != "same":
            raise BookError(
                f"task {bench.task}: the probe {example.id} is worded as a lesson is, so it "
                "cannot show what was learnt beyond the wording. Word it anew, or take it from "
                f"{LESSONS}")
        if probe_of(example.id) == "unknown" and example.group in documents:
            raise BookError(
                f"task {bench.task}: the probe {example.id} should be unknown, and a lesson is "
                f"about {example.group}. Ask about something that no lesson names")


def plain(question: str) -> str:
    """Drop case and spacing, which make no other wording."""
    return " ".join(question.split()).casefold()
