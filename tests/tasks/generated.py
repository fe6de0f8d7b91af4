"""Compare a task's folder with what its generator writes."""

from collections.abc import Mapping
from pathlib import Path


def unlike(folder: Path, files: Mapping[str, str]) -> list[str]:
    """List the paths that stand in the folder or in `files` alone, or differ by a byte."""
    on_disk = {path.relative_to(folder).as_posix(): path.read_bytes()
               for path in folder.rglob("*") if path.is_file()}
    generated = {path: text.encode() for path, text in files.items()}
    return sorted(path for path in on_disk.keys() | generated.keys()
                  if on_disk.get(path) != generated.get(path))
