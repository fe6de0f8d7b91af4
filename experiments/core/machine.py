"""Where a record was made: hardware, versions, commit, date."""

import importlib.metadata
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from experiments.core.paths import ROOT


def describe_machine(card: str = "") -> dict[str, str]:
    """Describe this machine and moment; imports no library to learn its version.

    `card` is the GPU that the model ran on, if it did: then it stands first.
    """
    return {
        "hardware": f"{card}, {hardware()}" if card else hardware(),
        **({"card": card} if card else {}),
        "python": platform.python_version(),
        "torch": _version("torch"),
        "transformers": _version("transformers"),
        "commit": commit(),
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
    }


def hardware() -> str:
    """Name the processor and the cores that this process may use."""
    model = platform.processor() or platform.machine()
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        named = [line.partition(":")[2].strip() for line in listing.read_text().splitlines()
                 if line.startswith("model name")]
        model = named[0] if named else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores"


def peak_bytes() -> int | None:
    """Return the most memory that this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows has no such module
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


def commit() -> str:
    """Return the commit checked out, with "-dirty" when tracked files other than records differ."""
    head = _git("rev-parse", "HEAD")
    if head is None:
        return "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".",
                   ":!data/results", ":!data/timings")
    return f"{head}-dirty" if changed else head


def _git(*arguments: str) -> str | None:
    """Ask git about the repository; None where there is no git or no repository."""
    try:
        asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True,
                               check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"
