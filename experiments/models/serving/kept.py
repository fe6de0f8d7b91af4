"""What a server has answered, on disk as it comes: no answer is paid for twice.

One JSON line an answer, under the hash of what was asked:

    {"asked": "3f0c...", "text": "18 months [1]", "prompt_tokens": 311, ...}
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from experiments.core import BookError
from experiments.models.interface import Completion


class KeptAnswers:
    """The answers in a file, by the hash of what was asked; a torn last line is cut off."""

    def __init__(self, path: Path):
        """Read what is there; a file that is not of this kind counts as empty."""
        self.path, self._known = path, {}
        whole = 0
        for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
            try:
                row = json.loads(line)
                asked = row.pop("asked")
                self._known[asked] = Completion(**row)
            except (ValueError, TypeError, KeyError, AttributeError):
                break
            whole += len(line)
        if path.exists() and whole < path.stat().st_size:
            os.truncate(path, whole)

    def find(self, asked: str) -> Completion | None:
        """Return the answer to what was asked before, if it was."""
        return self._known.get(asked)

    def note(self, asked: str, said: Completion) -> None:
        """Write an answer down, and see it onto the disk."""
        self._known[asked] = said
        line = json.dumps({"asked": asked, **asdict(said)}) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "ab") as stream:
                stream.write(line.encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise BookError(f"{self.path}: could not keep an answer ({error.strerror}). Make "
                            "room, then give the same command: it goes on where it stopped."
                            ) from error
