"""A method is one file: what is dropped into the room is found, and nothing is passed over."""

import ast
import inspect
import sys
from dataclasses import dataclass

import pytest

import experiments.methods
from experiments.book.figures.base import METHOD_COLOURS, colour_of, dot_plot
from experiments.book.tables import results_table
from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.checks.audit import audit_results, can_ask
from experiments.evidence.checks.run import record
from experiments.evidence.checks.training import trained_arms
from experiments.evidence.ladder.trial import run
from experiments.evidence.studies.replay import replay
from experiments.evidence.studies.study import Study
from experiments.methods.prompting.closed_book import ClosedBook
from experiments.methods.registry import RECIPES, find_methods
from experiments.models.training.tuning import Tuning
from tests.methods import test_contract as contract

PARROT = '''"""Parrot: give the question back, so many words of it. No model is asked."""

from dataclasses import dataclass

from experiments.core import Answer
from experiments.methods.base import Answerer, Bench, Method


@dataclass(frozen=True)
class Parrot(Method):
    """Answer with the last `words` of the question."""

    words: int = 2

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench."""
        return lambda questions: [
            Answer(q.id, " ".join(q.text.split()[-self.words:])) for q in questions]
'''
OTHER = PARROT.replace("class Parrot", "class Starling")


@pytest.fixture
def room(tmp_path, monkeypatch):
    """An empty folder that is part of the package of methods; its modules are forgotten after."""
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setattr(experiments.methods, "__path__",
                        [*experiments.methods.__path__, str(folder)])
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if name.startswith("experiments.methods."):
            del sys.modules[name]


def found():
    """Walk the package, with what a test put into it."""
    return find_methods(experiments.methods.__path__, "experiments.methods")


def test_a_method_is_one_file_in_the_room_or_in_a_folder_of_it(room):
    (room / "parrot.py").write_text(PARROT)
    (room / "birds").mkdir()
    (room / "birds" / "__init__.py").write_text("")
    (room / "birds" / "starling.py").write_text(OTHER)
    walked = found()
    assert set(walked) == {*RECIPES, "parrot", "starling"}
    assert {name: walked[name] for name in RECIPES} == RECIPES


def test_one_file_is_all_that_the_contract_the_table_and_the_figure_need(
        room, lamps, tmp_path, monkeypatch):
    (room / "parrot.py").write_text(PARROT)
    monkeypatch.setitem(RECIPES, "parrot", found()["parrot"])
    tests = [test for name, test in vars(contract).items() if name.startswith("test_")]
    for number, test in enumerate(tests):
        given = {"name": "parrot", "lamps": lamps, "tmp_path": tmp_path / str(number)}
        asked = inspect.signature(test).parameters
        if "name" in asked:
            test(**{key: given[key] for key in asked})
    study = Study(name="birds", task=str(lamps.folder), model="fake", metrics=("contains",),
                  arms={"parrot": RECIPES["parrot"](), "closed book": ClosedBook()})
    record(study, tmp_path, progress=False)
    results = replay(study, tmp_path)
    rows = results_table(results, ("contains",), "Birds").rows
    assert [row[0] for row in rows] == ["parrot", "closed book"]
    colour = colour_of(study.arms["parrot"])
    assert colour not in METHOD_COLOURS.values() and colour in dot_plot(results, "contains").text
    assert len(audit_results(results, sample=1)) == 2
    printed = run(str(lamps.folder), ["parrot"], model="fake", limit=None, seed=0, split="test",
                  out=None)
    assert "\nparrot " in printed


@pytest.mark.parametrize(("files", "said"), [
    ({"two.py": PARROT + OTHER.partition('"""\n')[2].partition("Method\n")[2]},
     "two.Starling beside experiments.methods.two.Parrot"),
    ({"first.py": PARROT, "second.py": PARROT}, "second.Parrot beside .*first.Parrot"),
    ({"rag.py": OTHER}, "one method a module"),
    ({"torn.py": "import nothing_of_the_kind"}, "torn: .*No module named"),
    ({"torn.py": "def"}, "torn: .*SyntaxError"),
    ({"soft.py": PARROT.replace("(frozen=True)", "")}, "soft.Parrot: expected a frozen"),
    ({"bare.py": PARROT.replace("@dataclass(frozen=True)", "")}, "bare.Parrot: expected a frozen"),
    ({"empty.py": PARROT.replace("def build", "def built")}, "empty.Parrot: .*with a build"),
])
def test_nothing_is_passed_over_in_silence(room, files, said):
    for name, text in files.items():
        path = room / name
        if name == "rag.py":  # a folder may hold a module of the same name
            path = room / "again" / name
            path.parent.mkdir()
            (path.parent / "__init__.py").write_text("")
        path.write_text(text)
    with pytest.raises(BookError, match=said):
        found()


@dataclass(frozen=True)
class Slipped(ClosedBook):
    """A trained method whose tuning has a slip in it."""

    settings: Tuning = Tuning()

    @property
    def tuning(self) -> Tuning:
        """Return what a slip of the pen keeps it from finding."""
        return self.setings


def test_a_slip_in_a_method_is_an_error_and_does_not_make_it_untrained(lamps, tmp_path):
    study = Study(name="slip", task=str(lamps.folder), arms={"slipped": Slipped()}, model="fake")
    with pytest.raises(AttributeError, match="setings"):
        trained_arms(study)
    record(study, tmp_path, progress=False)
    with pytest.raises(AttributeError, match="setings"):
        can_ask(replay(study, tmp_path), "slipped", 0)


def test_no_module_of_the_room_imports_a_name_of_the_package():
    folder = ROOT / "experiments" / "methods"
    submodules = {path.stem for path in folder.rglob("*.py")}
    for path in folder.rglob("*.py"):
        if path.stem == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "experiments.methods.registry", path
                if node.module == "experiments.methods":
                    assert {alias.name for alias in node.names} <= submodules, path
