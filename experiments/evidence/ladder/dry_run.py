"""Rehearse the ladder: what each rung will read, train and take, before anything is asked.

    rehearse(bench, Rung("RAG", Rag(k=2, search="keyword"), "03_retrieval"), questions)
    -> Step(rung=..., prompt_tokens=1893.0, answer_seconds=1.1)

A rung's training pairs and its first prompts are really built, and counted. So a rung that a
task cannot have says why now, not after an hour.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.core import BookError, Example, Message, Prompt
from experiments.core.columns import columns
from experiments.evidence.ladder.rungs import Rung, need_evidence
from experiments.evidence.studies.recorder import SLICE
from experiments.methods.bench import Bench
from experiments.models.interface import Completion
from experiments.models.registry import FAKE
from experiments.models.training.workshop import (
    TOKENS_A_SECOND,
    find_adapter,
    has_weights,
    run_name,
)

REHEARSED = 8  # questions whose prompts are counted
# Measured in the book's records, on two cores with the reference model: what is read a second
# of a prompt, less the front that all prompts share, and what a token of the answer takes.
PROMPT_TOKENS_A_SECOND = 500
SECONDS_A_TOKEN = 0.008


@dataclass(frozen=True)
class Step:
    """What a rung will take. `run` names its training, `left` says that it is still to be done."""

    rung: Rung
    prompt_tokens: float
    answer_seconds: float
    run: str = ""
    training_tokens: int = 0
    left: bool = False


class Counter:
    """Counts what a generator would be asked, and says nothing."""

    def __init__(self, inner):
        """Count with the tokens of `inner`."""
        self.inner, self.prompts = inner, []

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the tokens of a prompt."""
        return self.inner.count_tokens(prompt)

    def generate(self, prompts: Sequence[Prompt], **_) -> list[Completion]:
        """Note the prompts; every answer is empty."""
        self.prompts += prompts
        return [Completion("", self.count_tokens(prompt), 0, 0.0, 0.0) for prompt in prompts]

    def seconds(self, new_tokens: int) -> float:
        """Estimate an answer's seconds; the front that all prompts share is read once a slice."""
        texts = ["\n".join(message.content for message in prompt) for prompt in self.prompts]
        shared = len(os.path.commonprefix(texts)) / (sum(map(len, texts)) / len(texts))
        read = self.mean_tokens * (1 - shared + shared / SLICE)
        return read / PROMPT_TOKENS_A_SECOND + SECONDS_A_TOKEN * new_tokens / 2

    @property
    def mean_tokens(self) -> float:
        """Return the mean tokens of a prompt."""
        return sum(map(self.count_tokens, self.prompts)) / len(self.prompts)


def rehearse_all(bench: Bench, rungs: Sequence[Rung], asked: Sequence[Example], lacking: str = ""
                 ) -> tuple[list[Step], list[str]]:
    """Rehearse every rung; give the steps, and why each of the others is left out.

    `lacking` is why nothing can be trained, if so.
    """
    steps, left_out = [], []
    for rung in rungs:
        try:
            if rung.trained and lacking:
                raise BookError(lacking)
            steps.append(rehearse(bench, rung, asked))
        except BookError as error:
            left_out.append((rung.name, str(error)))
    reasons = dict.fromkeys(reason for _, reason in left_out)
    return steps, [f"left out: {', '.join(n for n, why in left_out if why == reason)}: {reason}"
                   for reason in reasons]


def rehearse(bench: Bench, rung: Rung, asked: Sequence[Example]) -> Step:
    """Build a rung's training pairs and first prompts, and count them; nothing is asked.

    Raises BookError where the task lacks what the rung needs.
    """
    need_evidence(bench, rung, asked)
    training = _rehearse_training(bench, rung) if rung.trained else {}
    counter = Counter(bench.generator)
    # A bench without weights trains nothing, and its prompts are those of the trained one.
    dry = replace(bench, model=FAKE, shelf={**bench.shelf, "generator": counter}, prompts={})
    dry.cook(rung.recipe)([example.asked() for example in asked[:REHEARSED]])
    # A question that is too long is recorded as such; a method that none fits is left out.
    _check_length(bench, rung, [*map(counter.count_tokens, counter.prompts)], decides=min)
    if not counter.prompts:
        return Step(rung, 0, 0)
    return Step(rung, counter.mean_tokens, counter.seconds(bench.settings.max_new_tokens),
                **training)


def _rehearse_training(bench: Bench, rung: Rung) -> dict:
    """Return the training's part of a Step."""
    weighs = has_weights(bench.model)
    tuning, pairs = rung.recipe.tuning, rung.recipe.pairs(bench.lend(rung.recipe))
    lengths = [bench.generator.count_tokens((*prompt, Message("assistant", reply)))
               for prompt, reply in pairs]
    _check_length(bench, rung, lengths)
    run = run_name(bench.model, tuning, pairs, bench.seed) if weighs else ""
    return {"run": run, "training_tokens": tuning.epochs * sum(lengths),
            "left": bool(run) and find_adapter(run) is None}


def _check_length(bench: Bench, rung: Rung, lengths: Sequence[int], decides=max) -> None:
    """Refuse prompts that the model could not read whole: where the longest or shortest is one."""
    room = bench.generator.context_tokens - bench.settings.max_new_tokens
    if decides(lengths, default=0) > room:
        raise BookError(f"{rung.name} needs {max(lengths) + bench.settings.max_new_tokens:,} "
                        f"tokens, and {bench.model} reads {bench.generator.context_tokens:,}")


def plan(steps: Sequence[Step], count: int) -> list[str]:
    """Lay out what the steps take for `count` questions, and in all."""
    rows = [("rung", "prompt tokens", "training tokens", "minutes")]
    training, answering, seen = 0.0, 0.0, set()
    for step in steps:
        known = "as above" if step.run in seen else "done" if step.run and not step.left else ""
        train = step.training_tokens / TOKENS_A_SECOND if step.left and not known else 0.0
        answers = count * step.answer_seconds
        told = f"{step.training_tokens:,}" if step.training_tokens else "-"
        rows.append((step.rung.name, f"{step.prompt_tokens:,.0f}",
                     told + (f" ({known})" if known else ""), f"{(train + answers) / 60:.0f}"))
        seen |= {step.run} - {""}
        training, answering = training + train, answering + answers
    return [*columns(rows, numbers=True), "",
            f"in all about {(training + answering) / 60:.0f} min: {training / 60:.0f} to "
            f"train ({TOKENS_A_SECOND} tokens a second), {answering / 60:.0f} to answer "
            f"({PROMPT_TOKENS_A_SECOND} prompt tokens a second), as measured on two cores with "
            "smollm2-135m."]
