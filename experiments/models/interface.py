"""What every language model of the book can do, whoever runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from experiments.core import BookError, Prompt

ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Form:
    """What an answer must look like: one of `choices`, or an object of the JSON Schema."""

    schema: Mapping | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self):
        """Refuse a form that says nothing, or two things."""
        if bool(self.schema) == bool(self.choices):
            raise BookError("a form has either a schema or choices")


@dataclass(frozen=True)
class Completion:
    """What a model said to one prompt, stripped: its first line that is not blank, or its turn.

    Tokens are the model's own; completion tokens include the one that ended the answer.
    Seconds are wall seconds; those of a batch are shared evenly among its prompts.
    `log_probability` is the sum over the completion tokens, in nats, of what the model itself
    gave each of them, whatever form it was held to; None where a model does not tell.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int
    prefill_seconds: float
    decode_seconds: float
    log_probability: float | None = None


class Unanswered(BookError):
    """Prompts that a model did not answer, by place, each with the reason.

    `answered` holds the answers to others of them, where there are any: the rest may be asked.
    """

    def __init__(self, reasons: Mapping[int, str], count: int,
                 answered: Mapping[int, Completion] | None = None):
        """Tell the first reason, and how many of the `count` prompts have one."""
        self.reasons, self.answered = dict(reasons), dict(answered or {})
        first = min(self.reasons)
        more = "" if count == 1 else f" ({len(self.reasons)} of {count} prompts are unanswered)"
        super().__init__(f"{self.reasons[first]}{more}")


class Generator(Protocol):
    """A model that completes prompts. At temperature 0 it takes the likeliest token."""

    name: str
    fingerprint: str
    context_tokens: int

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 32, temperature: float = 0.0,
        seed: int = 0, progress: bool = False, one_line: bool = True,
        form: Form | None = None,
    ) -> list[Completion]:
        """Complete every prompt; the result is in the order of the prompts.

        An answer ends with its first line, or, without `one_line`, with the model's turn.
        A `form` holds the model to it. Raises Unanswered for prompts that it cannot read.
        """
        ...

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the tokens of a prompt, with what the chat format adds."""
        ...

    def log_likelihoods(self, prompts: Sequence[Prompt], replies: Sequence[str]) -> list[float]:
        """Give, for each prompt, the log-probability (nats) of its reply's tokens, summed."""
        ...

    def nearly_greedy(
        self, prompt: Prompt, text: str, tolerance: float = 0.02, *, max_new_tokens: int = 32,
        one_line: bool = True, form: Form | None = None,
    ) -> bool:
        """Return whether `text` is what greedy decoding gives, up to floating-point near-ties."""
        ...


def complete(generator: Generator, prompts: Sequence[Prompt], **details
             ) -> tuple[list[Completion], dict[int, str]]:
    """Ask for every prompt; give the completions, and by place why some are empty."""
    done: dict[int, Completion] = {}
    failures: dict[int, str] = {}
    while left := [n for n in range(len(prompts)) if n not in done and n not in failures]:
        try:
            said = generator.generate([prompts[n] for n in left], **details)
            done |= zip(left, said, strict=True)
        except Unanswered as error:
            failures |= {left[n]: why for n, why in error.reasons.items()}
            done |= {left[n]: said for n, said in error.answered.items()}
    nothing = Completion("", 0, 0, 0.0, 0.0)
    return [done.get(n, nothing) for n in range(len(prompts))], failures


def check_request(prompts: Sequence[Prompt], max_new_tokens: int, temperature: float) -> None:
    """Raise BookError for a request that no model could answer."""
    if max_new_tokens < 1:
        raise BookError(f"max_new_tokens must be at least 1, not {max_new_tokens}")
    if not temperature >= 0:
        raise BookError(f"temperature must be 0 (greedy) or more, not {temperature}")
    for number, prompt in enumerate(prompts):
        if not prompt:
            raise BookError(f"prompt {number} has no messages: give at least one user message")
        for message in prompt:
            if message.role not in ROLES:
                raise BookError(
                    f"prompt {number} has a message of role {message.role!r}: "
                    f"roles are {', '.join(ROLES)}"
                )
