"""Where things live. Every path in the project is derived from here."""

import errno
import os
import re
from pathlib import Path

from experiments.core.errors import BookError

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
DATA = ROOT / "data"
TASKS = DATA / "tasks"
RESULTS = DATA / "results"
ADAPTERS = DATA / "adapters"
BUILD = ROOT / "build"
CACHE_VARIABLE = "KNOW_OR_BEHAVE_CACHE"


def slug(name: str) -> str:
    """Turn a name into one for a file: small letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def cache_folder(*names: str) -> Path:
    """Return (and make) a folder of the content-addressed cache.

    The cache is `.cache/` in the repository, or the folder that the environment
    variable KNOW_OR_BEHAVE_CACHE names. Everything in it can be deleted.
    """
    base = Path(os.environ.get(CACHE_VARIABLE, ROOT / ".cache"))
    folder = base.joinpath(*names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it may not be written")
    except OSError as error:
        raise BookError(
            f"{folder}: expected a folder for the cache that can be made and written to "
            f"({error.strerror}). Mend its permissions, or name another folder with the "
            f"environment variable {CACHE_VARIABLE}.") from error
    return folder
