"""The source distributions of Django, which hold its documentation: fetched once, then checked.

A real entry of data/tasks/devdocs/archives.yaml, before any code:

    "5.2":
      release: 5.2.8
      file: django-5.2.8.tar.gz
      sha256: 23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f

Only `fetch` reaches the network. Everything else reads data/archives and says what is missing.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml

from experiments.core import BookError, paths
from experiments.core.fingerprints import sha256_file

INPUTS = paths.TASKS / "devdocs"
FOLDER = paths.DATA / "archives"
FETCH = "run `python -m experiments fetch` once with a network"
LONGEST_FETCH_SECONDS = 600


@dataclass(frozen=True)
class Archive:
    """A pinned source distribution: the documentation's version, the release and its hash."""

    version: str
    release: str
    file: str
    sha256: str


def read_archives() -> list[Archive]:
    """Read archives.yaml: one archive a version, oldest first."""
    entries = yaml.safe_load((INPUTS / "archives.yaml").read_text(encoding="utf-8"))
    return [Archive(version, **entry) for version, entry in entries.items()]


def fetch() -> list[Path]:
    """Download the archives that are missing; return the paths of all, checked."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for archive in read_archives():
        if not (FOLDER / archive.file).exists():
            _download(archive)
    return [find_archive(archive) for archive in read_archives()]


def find_archive(archive: Archive) -> Path:
    """Return the path of an archive whose hash is the pinned one."""
    path = FOLDER / archive.file
    if not path.is_file():
        raise BookError(f"expected Django's source distribution at {path}, found none: {FETCH}")
    _check(archive, path)
    return path


def read_pages(archive: Archive) -> dict[str, str]:
    """Read all documentation sources: page name such as "ref/settings" -> reStructuredText."""
    pages = {}
    with tarfile.open(find_archive(archive), "r:gz") as files:
        for member in files:
            path = PurePosixPath(member.name)
            if member.isfile() and path.suffix == ".txt" and path.parts[1:2] == ("docs",):
                name = PurePosixPath(*path.parts[2:]).with_suffix("").as_posix()
                pages[name] = files.extractfile(member).read().decode("utf-8")
    return pages


def _download(archive: Archive) -> None:
    """Let pip download one archive to a folder of its own; move it in place when its hash fits."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
        # Django 6.1 asks for a newer Python than this book; its documentation does not.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                   "--no-binary", "Django", "--ignore-requires-python",
                   f"Django=={archive.release}", "--dest", temporary]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  timeout=LONGEST_FETCH_SECONDS)
        except subprocess.TimeoutExpired:
            raise BookError(f"pip did not bring Django {archive.release} within "
                            f"{LONGEST_FETCH_SECONDS} seconds: try again") from None
        path = Path(temporary) / archive.file
        if done.returncode != 0 or not path.is_file():
            said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
            raise BookError(
                f"pip could not download Django {archive.release} (it said: {said}): check the "
                f"network, or put {archive.file} into {FOLDER} by hand, and run the command again")
        _check(archive, path)
        os.replace(path, FOLDER / archive.file)


def _check(archive: Archive, path: Path) -> None:
    found = sha256_file(path)
    if found != archive.sha256:
        raise BookError(f"{path} is not the file that archives.yaml names: expected SHA-256 "
                        f"{archive.sha256}, found {found}; delete the file and {FETCH}")
