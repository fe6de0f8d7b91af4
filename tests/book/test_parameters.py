"""papermill runs a chapter from any folder, and a wrong parameter ends it with one sentence."""

import json
import os
import subprocess
import sys

import pytest
from tiny_book import code, notebook

from experiments.book.build.parameters import WrongParameter, assigned, check_values
from experiments.book.source.setup_cell import setup_cell
from experiments.core.paths import ROOT

OWN = "mode = \"audit\"  # or \"replay\"\nsample = 3\nmixes = 200"
LOOK = "print(mode, sample, mixes, ROOT)"


def run_papermill(folder, *arguments):
    """Run a chapter of three cells with papermill's own command, from a folder of its own."""
    path = folder / "01_a.ipynb"
    cells = code(setup_cell("01_a"), "setup"), code(OWN, "parameters"), code(LOOK)
    path.write_text(json.dumps(notebook(*cells)))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(path), "out.ipynb", *arguments], cwd=elsewhere,
        text=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=300)
    return done, elsewhere / "out.ipynb"


def test_papermill_runs_a_chapter_from_any_folder(tmp_path):
    done, out = run_papermill(tmp_path, "-p", "mode", "replay", "-p", "mixes", "5")
    assert done.returncode == 0, done.stderr
    assert f"replay 3 5 {ROOT}" in out.read_text()


@pytest.mark.parametrize(("arguments", "told"), [
    (("-p", "model", "x"), "this chapter has no parameter 'model'; it has mode, sample, mixes"),
    (("-p", "mode", "replya"), "mode is one of audit, replay, record, not 'replya'"),
])
def test_papermill_ends_with_a_sentence_on_a_wrong_parameter(tmp_path, arguments, told):
    done, out = run_papermill(tmp_path, *arguments)
    assert done.returncode != 0
    assert done.stderr.rstrip().endswith(f"wrong parameter: {told}")
    assert "audit 3 200" not in out.read_text()


def test_a_parameter_keeps_its_kind():
    with pytest.raises(WrongParameter, match="sample is a value like 3, not 'many'"):
        check_values(assigned(OWN), assigned('# Parameters\nsample = "many"\n'))
    check_values(assigned(OWN), assigned('# Parameters\nmode = "record"\nsample = 0\n'))
