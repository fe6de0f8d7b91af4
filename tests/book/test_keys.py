"""A change re-runs the chapters that use what changed, and only these."""

import sys

import pytest
from tiny_book import PARAMETERS, code, write_chapter

from experiments.book.build import keys
from experiments.book.build.inputs import Inputs
from experiments.book.build.keys import chapter_key, surroundings
from experiments.book.build.runner import run_chapters
from experiments.book.source.notebooks import read_notebook
from experiments.core.imports import Modules
from experiments.core.paths import ROOT

READ = "import pathlib\nprint(pathlib.Path('..', 'data', 'ta' + 'sks', 'a', 'x.txt').read_text())"
LIST = "import os\nprint(os.listdir('../data/results/r'))"
ASK = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'pass'])"
CHAPTERS = {"0_read": READ, "1_list": LIST, "2_ask": ASK, "3_none": "print(1)"}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Run four chapters that read different things, once."""
    root = tmp_path_factory.mktemp("book")
    for name, text in CHAPTERS.items():
        layout = write_chapter(root, name, code(PARAMETERS, "parameters"), code(text))
    for name in ("tasks/a/x.txt", "tasks/b/x.txt", "results/r/one.jsonl", "prices.yaml"):
        (layout.data / name).parent.mkdir(parents=True, exist_ok=True)
        (layout.data / name).write_text("1")
    outcomes = run_chapters(list(CHAPTERS), layout=layout)
    assert [outcome.problems for outcome in outcomes] == [()] * 4
    return layout


def stale(layout):
    """Name the chapters that a build would run again for the data that they read."""
    return {name for name in CHAPTERS if not Inputs(layout).stand(
        read_notebook(layout.executed / f"{name}.ipynb")["metadata"]["book_run"]["read"])}


@pytest.mark.parametrize(("name", "again"), [
    (None, set()),
    ("tasks/a/x.txt", {"0_read", "2_ask"}),
    ("tasks/a/new.txt", {"0_read", "2_ask"}),
    ("tasks/b/x.txt", {"2_ask"}),
    ("results/r/two.jsonl", {"1_list", "2_ask"}),
    ("prices.yaml", {"2_ask"}),
    ("published.yaml", set()),
])
def test_data_re_run_the_chapters_that_read_them_by_whatever_path(book, name, again):
    assert stale(book) == set()
    if name is None:
        return
    path = book.data / name
    before = path.read_text() if path.exists() else None
    path.write_text("2")
    try:
        assert stale(book) == again
    finally:
        path.unlink() if before is None else path.write_text(before)


def test_a_run_that_left_no_list_of_its_inputs_is_run_again(book):
    assert not Inputs(book).stand(None)
    everything = Inputs(book).read_by(book.root / "no such file")
    assert list(everything) == ["data/"], "notes that are lost stand for all data"


def test_a_chapter_is_taken_from_the_cache_only_while_its_inputs_stand(book):
    def cached():
        return [outcome.cached for outcome in run_chapters(["0_read"], layout=book)]

    assert cached() == [True]
    (book.data / "tasks/a/x.txt").write_text("2")
    assert cached() == [False]
    assert cached() == [True]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose module `used` imports `deep`, beside one that nothing imports."""
    package = tmp_path / "experiments"
    package.mkdir()
    (package / "__init__.py").touch()
    modules = {"used": "def f():\n    import experiments.deep", "deep": "", "decide": ""}
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.setattr(keys, "package_modules", lambda: Modules(package))
    monkeypatch.setattr(keys, "_RUNNING", ())
    monkeypatch.setattr(keys, "numbers_of", sys.modules["experiments.book.build.inputs"])
    return package


@pytest.mark.parametrize(("change", "again"), [
    ("used.py", {"a"}), ("deep.py", {"a"}), ("decide.py", {"b"}), ("__init__.py", {"a", "b"})])
def test_a_module_re_runs_the_chapters_that_import_it_at_whatever_remove(
        package, tmp_path, change, again):
    cells = {"a": "from experiments.used import f", "b": "from experiments import decide",
             "c": "print(1)"}
    layouts = {name: write_chapter(tmp_path / name, name, code(text))
               for name, text in cells.items()}
    before = {name: key(layout, name) for name, layout in layouts.items()}
    (package / change).write_text("x = 1")
    assert {name for name, layout in layouts.items() if key(layout, name) != before[name]} == again


def key(layout, name):
    return chapter_key(read_notebook(layout.chapter(name)), {}, surroundings(layout))


def test_a_study_declared_anywhere_is_in_the_key_and_other_code_of_a_neighbour_is_not(tmp_path):
    layout = write_chapter(tmp_path, "a", code("x = 1"))
    write_chapter(tmp_path, "b", code("y = 1"), code("study = 1", "study"))
    before = key(layout, "a")
    write_chapter(tmp_path, "b", code("y = 2"), code("study = 1", "study"))
    assert key(layout, "a") == before
    write_chapter(tmp_path, "b", code("y = 2"), code("study = 2", "study"))
    assert key(layout, "a") != before


def test_the_decision_rooms_sources_are_not_in_the_key_of_a_chapter_on_retrieval():
    notebook = read_notebook(next((ROOT / "chapters").glob("*retrieval.ipynb")))
    modules = keys.package_modules()
    imported = {name for cell in notebook["cells"] if cell["cell_type"] == "code"
                for name in modules.imported("".join(cell["source"]))}
    rooms = {name.partition("/")[0] for name, _ in keys.sources(imported)}
    assert "decide" not in rooms and {"book", "core", "evidence", "methods", "tasks"} <= rooms
