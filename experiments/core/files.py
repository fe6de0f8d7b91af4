"""Files that no reader ever sees half written, and folders that are read as a whole."""

import os
from collections.abc import Iterator
from pathlib import Path

from experiments.core.errors import BookError


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` by a rename, once it is on the disk; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def expect_inside(path: Path, folder: Path) -> Path:
    """Return the path back, unless it leads out of a folder by "..", from the root or by a link."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise BookError(f"{path} leads out of {folder}: copy the file there instead of linking it")
    return path


def walk(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Walk a folder from the top like os.walk; one that cannot be read is an error, not empty."""

    def refuse(error: OSError) -> None:
        raise BookError(f"{error.filename}: the folder cannot be read ({error.strerror}), so its "
                        "documents would be missing; mend its permissions") from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        yield Path(place), folders, names
