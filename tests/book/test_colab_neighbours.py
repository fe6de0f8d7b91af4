"""Colab's image moves: the lists resolve beside it with each pin a minor version older and newer.

More than a hundred images, each resolved by uv, which takes a second where pip takes twenty; pip
itself resolves beside the image as it is (test_colab_resolves.py). Nothing is installed. Where
the index cannot be reached the tests are skipped.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from uv import find_uv_bin

from experiments.book.build.colab import EVERY, FREE, TRAINING, read_names
from experiments.core.paths import ROOT, cache_folder
from tests.book.colab_image import read_moves, read_pins, stand_in, write_constraints

# How uv is told what pip is told by its configuration.
OPTIONS = {"index-url": "--default-index", "extra-index-url": "--extra-index-url",
           "find-links": "--find-links"}
TARGET = ("--no-header", "--no-annotate", "--no-python-downloads", "--python", sys.executable,
          "--python-version=3.12", "--python-platform=x86_64-manylinux_2_35",
          "--only-binary=:all:", "--index-strategy=unsafe-best-match")
# Pins of the image that exclude such a neighbour: an image with it and them cannot be.
IMPOSSIBLE = {
    "tokenizers 0.21.4", "tokenizers 0.23.1", "pandas 2.1.4", "typer 0.26.0", "requests 2.31.0",
    "click 8.3.3", "importlib-metadata 8.8.0", "googleapis-common-protos 1.76.0",
}


class Resolver:
    """uv, which resolves for Colab's machines from a folder and from where pip looks."""

    def __init__(self, folder):
        self.folder = folder
        said = subprocess.run([sys.executable, "-m", "pip", "config", "list"], text=True,
                              capture_output=True, check=True).stdout
        told = [line.split("=", 1) for line in said.splitlines()]
        told = [(key.rsplit(".", 1)[1], place) for key, value in told
                for place in value.strip("'\"").split()]
        self._places = [word for key, place in told if key in OPTIONS
                        for word in (OPTIONS[key], place)]
        certificates = [("SSL_CERT_FILE", place) for key, place in told if key == "cert"]
        self._environment = (os.environ | {"UV_CACHE_DIR": str(cache_folder("uv"))}
                             | dict(certificates))

    def names(self, wanted, *options):
        """Return the names of what is to be installed, or what uv said when nothing fits."""
        for fetched in (["--offline"], []):  # most of it was fetched for another image
            done = subprocess.run(
                [find_uv_bin(), "pip", "compile", "-", "--quiet", *TARGET, *self._places,
                 "--find-links", self.folder, *fetched, *map(str, options)], timeout=300,
                input="\n".join(wanted), text=True, capture_output=True, env=self._environment)
            if done.returncode == 0:
                return {line.split("==")[0] for line in done.stdout.split()}
        return done.stderr


@pytest.fixture(scope="module")
def resolver(tmp_path_factory):
    """Return the resolver, with a torch of each image; skip where there is no package index."""
    folder = tmp_path_factory.mktemp("torch")
    for pins in (read_pins(), *read_moves()):
        if "torch" in pins:
            stand_in(folder, pins["torch"])
    resolver = Resolver(folder)
    if isinstance(resolver.names(["papermill"]), str):
        pytest.skip("the package index cannot be reached")
    return resolver


@pytest.mark.parametrize("lists", [(EVERY,), (EVERY, TRAINING)], ids=["every", "training"])
def test_the_lists_resolve_beside_each_neighbour_of_the_image(resolver, tmp_path, lists):
    pins = read_pins()
    free = FREE.union(*(read_names(ROOT / name) for name in lists[1:]))
    wanted = [line for name in lists for line in (ROOT / name).read_text().splitlines()]

    def beside(moved):
        constraints = tmp_path / f"{_name(moved)}.txt"
        write_constraints(constraints, pins | moved, free)
        return resolver.names(wanted, "--constraint", constraints)

    touched = beside({}) - free
    assert len(touched & pins.keys()) > 50
    moves = [moved for moved in read_moves()
             if touched & moved.keys() and _name(moved) not in IMPOSSIBLE]
    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(map(_name, moves), pool.map(beside, moves), strict=True))
    assert {name: what for name, what in said.items() if isinstance(what, str)} == {}


def test_what_is_called_impossible_is_no_image(resolver):
    pins = read_pins()

    def resolves(moved):
        image = [f"{name}=={version}" for name, version in (pins | moved).items()]
        return not isinstance(resolver.names(image), str)

    assert resolves({})
    moves = [moved for moved in read_moves() if _name(moved) in IMPOSSIBLE]
    assert len(moves) == len(IMPOSSIBLE)
    assert [_name(moved) for moved in moves if resolves(moved)] == []


def _name(moved):
    return " ".join(next(iter(moved.items()), ()))
