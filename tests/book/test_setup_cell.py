"""The set-up cell finds the book at home and elsewhere, and is stamped into every chapter."""

import os
import shutil
import subprocess
import sys

import pytest
from tiny_book import code, markdown, write_chapter

from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook
from experiments.book.source.setup_cell import setup_cell, stamp
from experiments.core import BookError
from experiments.core.paths import ROOT

SHOW = "\nimport experiments; print(experiments.__file__, Rag.__name__, Study.__name__)"
NAME = "03_retrieval"


def test_the_cell_fits_the_rules_it_is_exempt_from_nowhere():
    for name in Layout().chapter_names():
        lines = setup_cell(name).splitlines()
        assert len(lines) <= 25
        assert max(map(len, lines)) <= 78


def run(program, folder, **environment):
    """Run a program in a fresh interpreter that has no path to this checkout."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, text=True,
                          capture_output=True, env=os.environ | environment, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_at_home_it_finds_the_repository_above():
    assert run(setup_cell(NAME) + SHOW, ROOT / "chapters") == [
        str(ROOT / "experiments" / "__init__.py"), "Rag", "Study"]


def test_elsewhere_it_finds_the_installed_book(tmp_path):
    printed = run(setup_cell(NAME) + SHOW, tmp_path, PYTHONPATH=str(ROOT))
    assert printed[0] == str(ROOT / "experiments" / "__init__.py")


def test_without_the_book_it_says_in_one_sentence_what_to_do(tmp_path):
    hidden = "import importlib.util; importlib.util.find_spec = lambda name: None\n"
    done = subprocess.run([sys.executable, "-c", hidden + setup_cell(NAME)], cwd=tmp_path,
                          text=True, capture_output=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ImportError: no book: start in its folder or `pip install -e` it")


def test_stamping_writes_the_cell_and_the_metadata_once(tmp_path):
    shutil.copy(ROOT / "_config.yml", tmp_path)
    layout = write_chapter(tmp_path, "01_a", markdown("# A?"), code("old", "setup"), code("x = 1"))
    assert stamp(layout) == ["01_a"]
    stamped = read_notebook(layout.chapter("01_a"))
    assert "".join(stamped["cells"][1]["source"]) == setup_cell("01_a", layout)
    assert stamped["cells"][2]["source"] == "x = 1"
    assert stamped["metadata"]["accelerator"] == "GPU"
    assert stamp(layout) == []


def test_a_chapter_without_a_setup_cell_cannot_be_stamped(tmp_path):
    shutil.copy(ROOT / "_config.yml", tmp_path)
    layout = write_chapter(tmp_path, "01_a", code("x = 1"))
    with pytest.raises(BookError, match="01_a: expected one cell tagged 'setup', found 0"):
        stamp(layout)


def test_the_repository_is_named_in_the_configuration_alone(tmp_path):
    (tmp_path / "_config.yml").write_text(
        "repository: {url: https://example.org/a/b, branch: v9}")
    text = setup_cell("01_a", write_chapter(tmp_path, "01_a"))
    assert '"--branch=v9 "' in text and '"https://example.org/a/b book"' in text
