"""Waiting threads of torch do not spin for long, whichever way one comes in."""

import os
import subprocess
import sys

import pytest

from experiments.book.build.kernel import prepare_environment
from experiments.book.source.setup_cell import setup_cell
from experiments.core.paths import ROOT

PLAIN = {name: value for name, value in os.environ.items()
         if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
# Stops at the first import of torch, and says what OpenMP would read there.
STOP = """
import os, sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print("spin", os.environ.get("GOMP_SPINCOUNT")); sys.stdout.flush(); os._exit(0)
sys.meta_path.insert(0, Stop())
"""
ENTRIES = {
    "command line": "import runpy; runpy.run_module('experiments', run_name='there')\n",
    "worker of a chapter": "import experiments.book.build.worker\n",
    "set-up cell": setup_cell("03_retrieval") + "\n",
    "tests": "import tests.conftest\n",
    "a module alone": "import experiments.models.inference.generate\n",
}


def spin_count(code: str, environment: dict) -> str:
    """Run an entry in a process of its own and give the count when torch would be loaded."""
    told = subprocess.run([sys.executable, "-c", STOP + code + "import torch"], cwd=ROOT,
                          env=environment, capture_output=True, text=True, check=True)
    return told.stdout.split("spin ")[1].strip()


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_spin_count_is_set_before_torch_is_loaded(entry):
    assert 5_000 <= int(spin_count(ENTRIES[entry], PLAIN)) <= 20_000


def test_a_kernel_is_started_with_it(tmp_path):
    assert 5_000 <= int(prepare_environment(tmp_path, 1)["GOMP_SPINCOUNT"]) <= 20_000


def test_a_readers_own_setting_wins():
    assert spin_count(ENTRIES["tests"], PLAIN | {"GOMP_SPINCOUNT": "7"}) == "7"
    assert spin_count(ENTRIES["tests"], PLAIN | {"OMP_WAIT_POLICY": "ACTIVE"}) == "None"


def test_torchs_own_openmp_takes_it():
    told = subprocess.run(
        [sys.executable, "-c", "import experiments, torch"], cwd=ROOT, capture_output=True,
        env=PLAIN | {"OMP_DISPLAY_ENV": "VERBOSE"}, text=True, check=True).stderr
    if "GOMP_SPINCOUNT" not in told:
        pytest.skip("torch comes with another OpenMP here")
    assert "GOMP_SPINCOUNT = '10000'" in told
