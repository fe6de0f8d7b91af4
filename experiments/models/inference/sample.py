"""Choose the next token: the likeliest, or one drawn by a seed."""

import hashlib
from collections.abc import Sequence

import torch

from experiments.models.inference.constrain import Constraint


class Picker:
    """Choose tokens for the rows of a batch.

    Each row has its own random stream, seeded by `seed` and the row's prompt: what is
    drawn does not depend on the other rows. Two equal prompts draw the same answer.
    A constraint forbids tokens; `log_probabilities` sums, for each row, what the model
    gave the chosen ones before anything was forbidden.
    """

    def __init__(self, temperature: float, seed: int, prompts: Sequence[Sequence[int]],
                 constraint: Constraint | None = None):
        self.temperature = temperature
        self.log_probabilities = [0.0] * len(prompts)
        self.followers = [constraint.start() for _ in prompts] if constraint else []
        self.streams = [] if temperature == 0 else [_stream(seed, p) for p in prompts]

    def pick(self, logits: torch.Tensor, rows: Sequence[int]) -> list[int]:
        """Choose a token for each of `rows`; logits are (rows, vocabulary)."""
        logits = logits.float()
        tokens = self._choose(self._forbid(logits, rows), rows)
        likely = logits[range(len(rows)), tokens] - logits.logsumexp(-1)
        for row, token, value in zip(rows, tokens, likely.tolist(), strict=True):
            self.log_probabilities[row] += value
            if self.followers:
                self.followers[row].take(token)
        return tokens

    def is_finished(self, row: int) -> bool:
        """Return whether nothing more may follow in a row."""
        return bool(self.followers) and self.followers[row].finished

    def _forbid(self, logits: torch.Tensor, rows: Sequence[int]) -> torch.Tensor:
        if not self.followers:
            return logits
        allowed = torch.stack([self.followers[row].allowed() for row in rows])
        return logits.masked_fill(~allowed.to(logits.device), -torch.inf)

    def _choose(self, logits: torch.Tensor, rows: Sequence[int]) -> list[int]:
        if self.temperature == 0:
            return logits.argmax(-1).tolist()
        shares = (logits.double().cpu() / self.temperature).softmax(-1)
        return [
            int(torch.multinomial(share, 1, generator=self.streams[row]))
            for share, row in zip(shares, rows, strict=True)
        ]


def _stream(seed: int, prompt: Sequence[int]) -> torch.Generator:
    digest = hashlib.sha256(f"{seed}/{list(prompt)}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
