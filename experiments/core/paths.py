"""Where things live. Every path in the project is derived from here."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
DATA = ROOT / "data"
TASKS = DATA / "tasks"
RESULTS = DATA / "results"
ADAPTERS = DATA / "adapters"
BUILD = ROOT / "build"


def slug(name: str) -> str:
    """Turn a name into one for a file: small letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def cache_folder(*names: str) -> Path:
    """Return (and make) a folder of the content-addressed cache.

    The cache is `.cache/` in the repository, or the folder that the environment
    variable KNOW_OR_BEHAVE_CACHE names. Everything in it can be deleted.
    """
    base = Path(os.environ.get("KNOW_OR_BEHAVE_CACHE", ROOT / ".cache"))
    folder = base.joinpath(*names)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
