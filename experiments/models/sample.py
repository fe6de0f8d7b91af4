"""Choose the next token: the likeliest, or one drawn by a seed."""

import hashlib
from collections.abc import Sequence

import torch


class Picker:
    """Choose tokens for the rows of a batch.

    Each row has its own random stream, seeded by `seed` and the row's prompt: what is
    drawn does not depend on the other rows. Two equal prompts draw the same answer.
    """

    def __init__(self, temperature: float, seed: int, prompts: Sequence[Sequence[int]]):
        self.temperature = temperature
        self.streams = [] if temperature == 0 else [_stream(seed, p) for p in prompts]

    def pick(self, logits: torch.Tensor, rows: Sequence[int]) -> list[int]:
        """Choose a token for each of `rows`; logits are (rows, vocabulary)."""
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
