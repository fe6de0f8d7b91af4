"""Records on disk: one JSON line an answer, appended, synced, sealed when finished.

A real line, folded:

    {"study": "retrieval", "arm": "rag", "seed": 0, "example_id": "aldra-220-warranty-test",
     "fingerprint": "3f0c...", "answer": {"text": "18 months [1]", "hits": [...], ...},
     "machine": {"hardware": "...", "date": "2026-11-21T04:00Z", ...},
     "scores": {"contains": 1.0}}

`scores` is there for readers with `jq`; a replay recomputes every score and fails when
the line disagrees. The seal (seal.json) holds the SHA-256 and the count of each file.
"""

import contextlib
import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from experiments.core import BookError, Document, Record
from experiments.core.files import replace_file
from experiments.core.fingerprints import sha256_file
from experiments.core.paths import RESULTS

SEAL = "seal.json"
# What `python -m experiments run` measures: no chapter declares it, so `record` knows none.
UNDECLARED = ("run", "ladder")


def command(study: str) -> str:
    """Return what to type behind `python -m experiments` to go on with a study."""
    return "run" if study in UNDECLARED else f"record {study}"


def anew(study: str) -> str:
    """Describe how to make a study's records again."""
    if study in UNDECLARED:
        return "delete its folder and give the same `python -m experiments run` command again"
    return f"run `python -m experiments record {study} --anew`"


def results_folder() -> Path:
    """Folder of all studies: data/results, or what KNOW_OR_BEHAVE_RESULTS names."""
    return Path(os.environ.get("KNOW_OR_BEHAVE_RESULTS", RESULTS))


def append(path: Path, rows: Iterable[Mapping], *, again: str) -> None:
    """Append rows as JSON lines and sync them to the disk, all of them or none.

    Raises BookError when the disk is full or refuses; what was there before stays. `again` is
    the command that goes on, such as "record retrieval".
    """
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    data = lines.encode(errors="surrogatepass")  # a server's answer may hold half a character
    before = path.stat().st_size if path.exists() else 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab", buffering=0) as stream:
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest):]
            os.fsync(stream.fileno())
    except OSError as error:
        if path.exists():
            os.truncate(path, before)
        cause = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
        raise BookError(
            f"{path}: could not write ({cause}). Every record made so far is safe. Make room, "
            f"then run `python -m experiments {again}`: it goes on where it stopped."
        ) from error


def mend(path: Path) -> int:
    """Cut off a last line that a killed process left unfinished; say how many bytes went."""
    if not path.exists():
        return 0
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
    return len(data) - whole


def read_rows(path: Path) -> list[tuple[str, dict]]:
    """Read the lines as ("file:line", object) pairs. Raises BookError naming file and line."""
    if not path.exists():
        raise BookError(f"{path}: expected a record file, but there is none. Run "
                        f"`python -m experiments {command(path.parent.name)}`.")
    lines = path.read_bytes().split(b"\n")
    torn = lines.pop()
    if torn:
        raise BookError(f"{path}:{len(lines) + 1}: the last line is cut off (a killed run leaves "
                        f"that). Run `python -m experiments {command(path.parent.name)}`: it cuts "
                        "the line and goes on.")
    return [(f"{path}:{n}", _parse(line, f"{path}:{n}")) for n, line in enumerate(lines, 1)]


def to_record(row: Mapping, place: str, documents: Mapping[str, Document]) -> Record:
    """Turn a line's object into a Record; errors name `place` ("file:line")."""
    try:
        return Record.from_json(row, documents)
    except KeyError as error:
        raise BookError(f"{place}: expected a field or document named {error}, found none. "
                        "Records are not edited by hand: restore the file from git.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BookError(f"{place}: not a record of these documents ({error}). "
                        "Restore the file from git, or record the study anew.") from error


def seal(folder: Path, study_fingerprint: str) -> None:
    """Write seal.json over all record files of a finished study, in one step."""
    files = {path.name: {"sha256": sha256_file(path), "records": path.read_bytes().count(b"\n")}
             for path in sorted(folder.glob("*.jsonl"))}
    content = {"study": study_fingerprint, "date": f"{datetime.now(UTC):%Y-%m-%d}",
               "files": files}
    replace_file(folder / SEAL, (json.dumps(content, indent=2) + "\n").encode())


def check_seal(folder: Path) -> dict:
    """Return the seal's content after checking every file against it.

    Raises BookError naming the file that was changed, is gone, or was never sealed.
    """
    path = folder / SEAL
    if not path.exists():
        raise BookError(f"{folder}: there is no {SEAL}, so this study was never finished. Run "
                        f"`python -m experiments {command(folder.name)}`.")
    content = _parse(path.read_bytes(), str(path))
    sealed = content.get("files")
    if not isinstance(sealed, dict) or not all(isinstance(e, dict) for e in sealed.values()):
        raise BookError(f"{path}: expected the sealed files under \"files\"; restore it from git")
    for name, entry in sealed.items():
        if not (folder / name).exists():
            raise BookError(f"{folder / name}: sealed on {content.get('date')}, now gone. "
                            "Restore it from git.")
        if sha256_file(folder / name) != entry.get("sha256"):
            raise BookError(f"{folder / name}: changed since it was sealed on "
                            f"{content.get('date')}. Restore it from git, or "
                            f"{anew(folder.name)}.")
    return content


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold a folder for one recorder; a second one gets a BookError, not a mixed file.

    The lock is the kernel's, on the folder itself: it ends with the process, however
    that ends, and leaves nothing behind.
    """
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise BookError(f"{folder}: cannot keep records there ({error.strerror}). Choose another "
                        "folder, or make this one writable.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise BookError(f"{folder}: another process is recording this study. Wait for it, or "
                        "stop it; a stopped recording goes on where it was.") from error
    try:
        yield
    finally:
        os.close(handle)


def _parse(line: bytes, place: str) -> dict:
    """Parse one JSON object, or say where it is broken."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BookError(f"{place}: not valid JSON ({error}). Restore the file from git.") from error
    if not isinstance(row, dict):
        raise BookError(f"{place}: expected a JSON object, got {type(row).__name__}")
    return row
