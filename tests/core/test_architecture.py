"""The house keeps its shape: imports point one way, modules stay small."""

import ast
from pathlib import Path

import pytest

from experiments.core.paths import ADAPTERS, ROOT

PACKAGE = ROOT / "experiments"
# What each room may import from, apart from itself. evidence.study is the seam: books read records.
MAY_IMPORT = {
    "core": set(),
    "tasks": {"core"},
    "retrieval": {"core"},
    "models": {"core"},
    "methods": {"core", "tasks", "retrieval", "models"},
    "evidence": {"core", "tasks", "retrieval", "models", "methods"},
    "costs": {"core", "evidence"},
    "decide": {"core", "evidence", "costs"},
    "book": {"core", "tasks", "methods", "evidence", "costs", "decide"},
}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE)


def imported(path: Path) -> set[str]:
    """Name every module that a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    room = path.relative_to(PACKAGE).parts[0]
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("experiments.")}
    assert rooms - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_models_room_imports_torch_and_peft(path):
    heavy = {name.split(".")[0] for name in imported(path)} & {"torch", "peft", "trl"}
    room = path.relative_to(PACKAGE).parts[0]
    assert not heavy or room == "models" or path.name == "speed.py"


def test_core_needs_the_standard_library_only():
    import sys

    for path in (PACKAGE / "core").glob("*.py"):
        outside = {n.split(".")[0] for n in imported(path)} - set(sys.stdlib_module_names)
        allowed = {"experiments", "yaml"} if path.name == "yaml_files.py" else {"experiments"}
        assert outside <= allowed, path


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_readable(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    limit = 1200 if "phrases" in path.name else 350
    assert len(lines) <= limit
    assert path.name != "utils.py"


def test_the_whole_project_names_no_home_of_ours():
    for path in (*MODULES, *ADAPTERS.glob("*/*.json")):
        text = path.read_text(encoding="utf-8")
        assert "/work/" not in text and "/root/" not in text, path
