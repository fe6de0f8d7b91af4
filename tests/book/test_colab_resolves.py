"""pip finds versions for what Colab lacks beside what its image of June 2026 pins.

The resolver is pip's own, with the package index; nothing is installed. Where the index cannot be
reached the tests are skipped.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.book.build.colab import EVERY, FREE, TRAINING, read_names
from experiments.core.paths import ROOT, cache_folder
from tests.book.colab_image import read_pins, stand_in, write_constraints

# What pip takes into account for the machines of Colab: Python 3.12 on x86 with glibc 2.35.
TARGET = ("--python-version=3.12", "--implementation=cp", "--only-binary=:all:",
          *(f"--platform=manylinux_2_{minor}_x86_64" for minor in range(17, 36)),
          "--platform=manylinux2014_x86_64")
SECONDS = 300


def pip(*arguments):
    """Run pip with its downloads kept, as a session of its own would."""
    environment = os.environ | {"PIP_CACHE_DIR": str(cache_folder("pip"))}
    return subprocess.run([sys.executable, "-m", "pip", *map(str, arguments)], text=True,
                          capture_output=True, timeout=SECONDS, env=environment)


@pytest.fixture(scope="module")
def index():
    """Skip where there is no package index."""
    if pip("index", "versions", "papermill").returncode:
        pytest.skip("the package index cannot be reached")


def resolve(folder: Path, *lists: str):
    """Let pip resolve the lists against the image; what the second list names may move."""
    pins = read_pins()
    stand_in(folder, pins["torch"])
    constraints = folder / "constraints.txt"
    write_constraints(constraints, pins,
                      FREE.union(*(read_names(ROOT / name) for name in lists[1:])))
    named = [word for name in lists for word in ("--requirement", ROOT / name)]
    return pip("install", "--dry-run", "--ignore-installed", "--target", folder / "none", *TARGET,
               "--find-links", folder, "--constraint", constraints, *named)


@pytest.mark.parametrize("lists", [(EVERY,), (EVERY, TRAINING)], ids=["every", "training"])
def test_the_lists_resolve_beside_the_image(index, tmp_path, lists):
    done = resolve(tmp_path, *lists)
    assert done.returncode == 0, done.stderr[-3000:]


def test_what_was_asked_before_does_not_resolve(index, tmp_path):
    """One list for all under a freeze: the training library wants another datasets."""
    old = tmp_path / "old.txt"
    old.write_text("trl>=1.0\n")
    done = resolve(tmp_path, str(old))
    assert done.returncode == 1 and "ResolutionImpossible" in done.stderr
