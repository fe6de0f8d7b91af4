"""A model without weights: deterministic, instant, good enough to test everything around it.

It reads extractively. Of the passages in the last user message it takes the sentence
that, with its title, shares most words with the question:

    [1] Aldra 220 kettle: It holds 1.7 litres. It is red.
    Question: How many litres does the Aldra 220 hold?     ->  It holds 1.7 litres. [1]

Without passages it says one word, picked by the prompt's hash.
"""

import hashlib
import re
from collections.abc import Sequence

from experiments.core import Prompt, fingerprint
from experiments.models.interface import Completion, Form, check_request

WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron")
PASSAGE = re.compile(r"^\[(\d+)\] (.*?): (.*)$", re.MULTILINE)
QUESTION = re.compile(r"^Question: (.*)$", re.MULTILINE)


class FakeGenerator:
    """The Generator interface without a model. Tokens are words; seconds are 0."""

    name = "fake"
    fingerprint = fingerprint("fake generator", 1)
    context_tokens = 8192

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 32, temperature: float = 0.0,
        seed: int = 0, progress: bool = False, one_line: bool = True,
        form: Form | None = None,
    ) -> list[Completion]:
        """Answer each prompt from its passages; above temperature 0 a sentence by seed.

        Of a form with choices it takes one by the prompt's hash.
        """
        check_request(prompts, max_new_tokens, temperature)
        answers = []
        for prompt in prompts:
            said = self._say(prompt, seed if temperature else None).split()[:max_new_tokens]
            if form and form.choices:
                said = [form.choices[_hash(prompt, None) % len(form.choices)]]
            answers.append(
                Completion(" ".join(said), self.count_tokens(prompt), len(said), 0.0, 0.0)
            )
        return answers

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the words of all messages."""
        return sum(len(message.content.split()) for message in prompt)

    def log_likelihoods(self, prompts: Sequence[Prompt], replies: Sequence[str]) -> list[float]:
        """Take a nat for each word of the reply that the prompt does not hold."""
        return [-float(len(_words(reply) - _words(" ".join(m.content for m in prompt))))
                for prompt, reply in zip(prompts, replies, strict=True)]

    def nearly_greedy(
        self, prompt: Prompt, text: str, tolerance: float = 0.02, *, max_new_tokens: int = 32,
        one_line: bool = True, form: Form | None = None,
    ) -> bool:
        """Return whether `text` is the answer: with words there are no near-ties."""
        (said,) = self.generate([prompt], max_new_tokens=max_new_tokens, form=form)
        return said.text == text

    def _say(self, prompt: Prompt, seed: int | None) -> str:
        text = prompt[-1].content
        asked = QUESTION.findall(text)
        question = _words(asked[-1] if asked else text)
        sentences = [
            (number, title, sentence)
            for number, title, passage in PASSAGE.findall(text)
            for sentence in re.split(r"(?<=[.!?])\s+", passage.strip())
        ]
        if not sentences:
            return WORDS[_hash(prompt, seed) % len(WORDS)]
        if seed is not None:
            number, _, sentence = sentences[_hash(prompt, seed) % len(sentences)]
        else:
            # max keeps the first of equals, so the best passage wins a tie.
            number, _, sentence = max(
                sentences, key=lambda s: len(question & _words(f"{s[1]} {s[2]}"))
            )
        return f"{sentence} [{number}]"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _hash(prompt: Prompt, seed: int | None) -> int:
    content = repr([(m.role, m.content) for m in prompt])
    return int(hashlib.sha256(f"{seed}/{content}".encode()).hexdigest()[:8], 16)
