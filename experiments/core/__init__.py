"""The nouns every room shares. Standard library only."""

from experiments.core.errors import BookError, shown
from experiments.core.fingerprints import fingerprint
from experiments.core.nouns import (
    REFUSAL,
    SPLITS,
    Answer,
    Chunk,
    Document,
    Example,
    Hit,
    Message,
    Prompt,
    Question,
    Record,
    Score,
)

__all__ = [
    "REFUSAL", "SPLITS", "Answer", "BookError", "Chunk", "Document", "Example", "Hit", "Message",
    "Prompt", "Question", "Record", "Score", "fingerprint", "shown",
]
