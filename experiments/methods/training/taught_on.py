"""Taught on a day: the facts of that day go into the weights, and later days are not heard of.

    day 0   user: Q: How long do I have to return the Corzi 110?    assistant: 42 days
    day 5   the page says 81 days; a model taught on day 0 says what it was taught
"""

from dataclasses import dataclass

from experiments.methods.base import Pairs
from experiments.methods.bench import Bench
from experiments.methods.training.taught import Taught, lesson_pairs
from experiments.tasks.support.feed import alive, read_feed
from experiments.tasks.support.taught import read_lessons


@dataclass(frozen=True)
class TaughtOn(Taught):
    """Answer from weights that were taught the lessons which held on `day`.

    Where nothing changes, which is where a task has no feed.jsonl, this is `Taught`.
    """

    day: int = 0

    def pairs(self, bench: Bench) -> Pairs:
        """Make the training pairs of the day, one a fact, in the order of the lessons."""
        events = read_feed(bench.folder)
        if not events:
            return super().pairs(bench)
        held = set(alive(events, self.day))
        return lesson_pairs(
            bench, (one for one in read_lessons(bench.folder) if one.document in held))
