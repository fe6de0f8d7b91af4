"""Decomposition: the model takes a question apart, looks each part up, and answers from both.

    question   How long is the cable of the kettle that the Lumo descaling set fits?
    step 1     Which kettle does the Lumo descaling set fit?  ->  the Aldra 480 [1]
    step 2     How long is the cable of the Aldra 480?        ->  finds the Aldra 480's article
    answer     from both passages: 95 cm [2]

Step 2 may name what step 1 answers as `{1}`. The steps of a comparison are two plain questions.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from experiments.core import Answer, Hit, Question
from experiments.methods import prompts
from experiments.methods.base import Method
from experiments.methods.bench import Answerer, Bench
from experiments.methods.reading import demonstrate, read

BLANK = "{1}"
SEPARATOR = " | "
STEPS_TOKENS = 64
TEMPLATE = prompts.Templates(
    closed="Split the question into two simple questions, written on one line with | between "
           f"them. Where the second needs the answer of the first, write {BLANK}."
)
# Questions about things that are in no benchmark, taken apart by hand.
WORKED = (
    ("How heavy is the toaster that the Pofa crumb tray fits?",
     "Which toaster does the Pofa crumb tray fit?", "How heavy is the {1}?"),
    ("Does the Ondo 15 or the Remi 40 have the longer guarantee?",
     "How long is the guarantee of the Ondo 15?", "How long is the guarantee of the Remi 40?"),
    ("What does the radio cost for which the Sibo aerial was made?",
     "Which radio does the Sibo aerial fit?", "What does the {1} cost?"),
    ("In how many days is the appliance delivered that goes with the Nupa hose?",
     "Which appliance does the Nupa hose fit?", "In how many days is the {1} delivered?"),
    ("Which one is louder, the Gamlo 7 or the Tirex 22?",
     "How loud is the Gamlo 7?", "How loud is the Tirex 22?"),
    ("Who answers questions about the fan on which the Ruda grille can be used?",
     "Which fan does the Ruda grille fit?", "Who answers questions about the {1}?"),
    ("What is the number of watts that the iron takes that you need for the Lesto mat?",
     "Which iron does the Lesto mat fit?", "How many watts does the {1} take?"),
)
# How step 1 is answered when step 2 waits for it: with the name alone.
NAMED = (
    prompts.Demonstration("Which toaster does the Pofa crumb tray fit?", (
        "[1] Pofa crumb tray: It is sold in pairs. It fits the Ondo 15 and no other model. "
        "It costs $4.",), "Ondo 15 [1]"),
    prompts.Demonstration("Which fan does the Ruda grille fit?", (
        "[1] Ruda grille: Use it with the Gamlo 7; on any other fan it sits loose. The item "
        "number is 881.",), "Gamlo 7 [1]"),
)
CITATION = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True)
class Trace:
    """How a question was taken apart, what was said in between, and what was found.

    `spent` are the answers of the steps before the last; `seconds` is its share of the searches.
    """

    steps: tuple[str, str]
    said: str
    hits: tuple[Hit, ...]
    spent: tuple[Answer, ...]
    seconds: float


@dataclass(frozen=True)
class Decomposed(Method):
    """Answer from the `k` best passages of each of two sub-questions that the model writes."""

    k: int = 1
    chunk_tokens: int = 256
    search: str = "keyword"
    shots: int = 4
    worked: tuple[tuple[str, str, str], ...] = field(default=WORKED, repr=False)

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench."""
        shown = demonstrate(bench, lambda texts: self.find(bench, texts), self.shots, 0)

        def answer(questions: Sequence[Question]) -> list[Answer]:
            traces = self.follow(bench, questions)
            answers = read(bench, questions, [trace.hits for trace in traces], shown,
                           seconds=traces[0].seconds if traces else 0.0)
            return [one.after(*trace.spent) for one, trace in zip(answers, traces, strict=True)]

        return answer

    def find(self, bench: Bench, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """Return what is found for each question, step by step."""
        asked = [Question(f"find-{place}", text) for place, text in enumerate(texts)]
        return [trace.hits for trace in self.follow(bench, asked)]

    def follow(self, bench: Bench, questions: Sequence[Question]) -> list[Trace]:
        """Take questions apart and look both parts up; the passages of step 1 come first."""
        planned = bench.generate([self._plan(q) for q in questions], questions,
                                 max_new_tokens=STEPS_TOKENS)
        steps = [split(answer.text) for answer in planned]
        first, first_seconds = self._search(bench, [one for one, _ in steps])
        said = self._answer_first(bench, questions, steps, first)
        named = [CITATION.sub("", said[q.id].text) if q.id in said else "" for q in questions]
        queries = [two.replace(BLANK, name)
                   for name, (_, two) in zip(named, steps, strict=True)]
        second, second_seconds = self._search(bench, queries)
        spent = [(plan, *filter(None, [said.get(plan.example_id)])) for plan in planned]
        seconds = (first_seconds + second_seconds) / max(len(questions), 1)
        return [
            Trace((one, query), name, _join(a, b), cost, seconds)
            for (one, _), query, name, a, b, cost
            in zip(steps, queries, named, first, second, spent, strict=True)
        ]

    def _search(self, bench: Bench, queries: Sequence[str]) -> tuple[list[tuple[Hit, ...]], float]:
        """Search for each query; give the hits and the seconds of all."""
        started = time.perf_counter()
        found = bench.index(self.search, self.chunk_tokens).search(queries, self.k)
        return [tuple(hits) for hits in found], time.perf_counter() - started

    def _plan(self, question: Question):
        shown = [prompts.Demonstration(asked, (), one + SEPARATOR + two)
                 for asked, one, two in self.worked]
        return prompts.closed(question, shown, templates=TEMPLATE)

    def _answer_first(self, bench: Bench, questions, steps, hits) -> dict[str, Answer]:
        """Answer step 1 where step 2 waits for it; map question ids to answers."""
        waiting = [(Question(q.id, one), found)
                   for q, (one, two), found in zip(questions, steps, hits, strict=True)
                   if BLANK in two]
        return {answer.example_id: answer for answer in read(
            bench, [q for q, _ in waiting], [found for _, found in waiting], NAMED)}


def split(plan: str) -> tuple[str, str]:
    """Read two steps off a line; what the model did not take apart is its own second step."""
    one, _, two = (part.strip() for part in plan.partition(SEPARATOR.strip()))
    return one or plan, two or one or plan


def _join(first: Sequence[Hit], second: Sequence[Hit]) -> tuple[Hit, ...]:
    """Lay the passages of both steps side by side, each once, ranked from 1."""
    unique = {hit.chunk.id: hit for hit in (*first, *second)}
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(unique.values(), start=1))
