"""Constrained decoding: at each step the model may only say what a form still allows.

    form      Form(choices=("billing", "refunds", "none"))
    logits    I 9.1   The 8.7   refunds 3.2   billing 2.9   ...
    allowed                     refunds       billing       none
    said      refunds

The library llguidance keeps, for every answer, the place in the grammar and the tokens that may
follow there. A form changes what can be said, never what the model holds likely.
"""

import json
import re
from collections.abc import Sequence

import numpy
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer

from experiments.core import BookError
from experiments.models.interface import Form


class Guide:
    """A tokenizer made ready for grammars; `stops` are the tokens that end an answer."""

    def __init__(self, tokenizer, vocabulary: int, stops: Sequence[int]):
        self.vocabulary = vocabulary
        self.tokens: LLTokenizer = from_tokenizer(tokenizer, vocabulary, list(stops))


class Constraint:
    """A form made ready for a tokenizer."""

    def __init__(self, form: Form, guide: Guide):
        self.guide = guide
        self.grammar = write_grammar(form)
        if error := LLMatcher.validate_grammar(self.grammar, guide.tokens):
            raise BookError(f"the form of the answer cannot be used to constrain one: {error}")

    def start(self) -> "Follower":
        """Begin an answer."""
        return Follower(self)


class Follower:
    """One answer on its way through the grammar."""

    def __init__(self, constraint: Constraint):
        self.vocabulary = constraint.guide.vocabulary
        self.matcher = LLMatcher(constraint.guide.tokens, constraint.grammar, log_level=0)

    def allowed(self) -> torch.Tensor:
        """Return for every token of the vocabulary whether it may come next."""
        bits = numpy.frombuffer(self.matcher.compute_bitmask(), dtype=numpy.uint8)
        allowed = numpy.unpackbits(bits, bitorder="little", count=self.vocabulary)
        return torch.from_numpy(allowed.astype(bool))

    def take(self, token: int) -> None:
        """Go on with a token that was allowed."""
        if not self.matcher.is_stopped() and not self.matcher.consume_token(token):
            raise BookError(f"the form of the answer broke off: {self.matcher.get_error()}")

    @property
    def finished(self) -> bool:
        """Return whether the form is complete, so that nothing can follow."""
        return self.matcher.is_stopped()


def forbid(logits: torch.Tensor, said: Sequence[int], constraint: Constraint) -> bool:
    """Forbid, in place, what could not follow each token of `said`; say whether it is complete.

    Logits are (len(said) + 1, vocabulary): row n is what was likely after n tokens.
    """
    follower = constraint.start()
    for place, token in enumerate(said):
        logits[place].masked_fill_(~follower.allowed().to(logits.device), -torch.inf)
        if not follower.matcher.try_consume_tokens([token]):
            return False  # a token that was never allowed: its logit is now minus infinity
    if not follower.finished:
        logits[len(said)].masked_fill_(~follower.allowed().to(logits.device), -torch.inf)
    return follower.finished


def write_grammar(form: Form) -> str:
    """Write a form as a grammar: one of the choices, or a compact object of the schema."""
    if form.choices:
        return LLMatcher.grammar_from_regex("|".join(map(re.escape, form.choices)))
    return LLMatcher.grammar_from_json_schema(
        json.dumps(form.schema), overrides={"whitespace_flexible": False})
