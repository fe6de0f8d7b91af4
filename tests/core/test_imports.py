"""What a piece of code imports, through others too, and what a prepared task's key is made of."""

import ast
import importlib

import pytest

from experiments.core import BookError
from experiments.core.imports import Modules, package_modules, sources_key
from experiments.core.paths import ROOT
from experiments.tasks.catalogue import PREPARED


def write_package(folder, **sources):
    """Write a package `pack`; a name with two underscores in it lies in a sub-package."""
    package = folder / "pack"
    for name, text in sources.items():
        path = package.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for place in (package, *(path for path in package.rglob("*") if path.is_dir())):
        place.mkdir(exist_ok=True)
        (place / "__init__.py").touch()
    return Modules(package)


def test_imports_are_followed_through_others_into_sub_packages(tmp_path):
    modules = write_package(
        tmp_path, a="from pack.deep.er import b\n", deep__er__b="def f():\n    import pack.c\n",
        c="from . import d\n", d="", other="import pack.a\n")
    assert modules.closure(["pack.a"]) == {
        "pack", "pack.a", "pack.deep", "pack.deep.er", "pack.deep.er.b", "pack.c", "pack.d"}
    assert modules.closure(["pack.a"], without=[("pack.deep.er.b", "pack.c")]) == {
        "pack", "pack.a", "pack.deep", "pack.deep.er", "pack.deep.er.b"}


@pytest.mark.parametrize(("code", "found"), [
    ("TABLE = {'x': 'pack.room.x'}\nimport_module(TABLE[n])", {"pack.room.x"}),
    ("importlib.import_module(f'pack.room.{n}')", {"pack.room", "pack.room.x", "pack.room.y"}),
    ("importlib.import_module(name)", {"pack.room", "pack.room.x", "pack.room.y", "pack.z"}),
    ("%run it", {"pack.room", "pack.room.x", "pack.room.y", "pack.z"}),
    ("text = 'pack is a word'", set()),
])
def test_what_is_loaded_by_name_is_followed_and_what_cannot_be_seen_counts(tmp_path, code, found):
    modules = write_package(tmp_path, room__x="", room__y="", z="")
    assert modules.imported(code) - {"pack"} == found | ({"pack.room"} if found else set())


def test_a_package_that_lists_its_modules_imports_them_all(tmp_path):
    modules = write_package(tmp_path, room__x="", room__sub__y="", z="import pack.room\n")
    (tmp_path / "pack/room/__init__.py").write_text("list(pkgutil.iter_modules(__path__))")
    assert {"pack.room.x", "pack.room.sub.y"} < modules.closure(["pack.z"])


def test_every_module_is_found_with_every_import_that_it_states():
    modules = package_modules()
    files = set((ROOT / "experiments").rglob("*.py"))
    assert set(modules.paths.values()) == files
    for name, path in modules.paths.items():
        stated = {node.module for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                  if isinstance(node, ast.ImportFrom) and str(node.module) in modules.paths}
        assert stated - {name} <= modules.closure([name]), name


@pytest.mark.parametrize("name", sorted({module for module, _ in PREPARED.values()}))
def test_the_key_of_a_prepared_task_holds_what_its_generator_imports(name):
    found = Modules(ROOT / "experiments", strings=False).closure([name])
    used = {str(getattr(thing, "__module__", "")) for thing in
            vars(importlib.import_module(name)).values()}
    assert {each for each in used if each.startswith("experiments.")} <= found
    assert len(found) < 60, "and not the whole package"
    assert sources_key(name) == sources_key(name)


def test_a_key_of_no_module_is_refused():
    with pytest.raises(BookError, match="no module 'experiments.tasks.nowhere'"):
        sources_key("experiments.tasks.nowhere")


def test_the_key_of_a_task_changes_with_its_modules_and_the_files_beside_them(
        tmp_path, monkeypatch):
    write_package(tmp_path, room__x="from pack.room import y", room__y="", other__z="")
    (tmp_path / "pack").rename(tmp_path / "experiments")
    package = tmp_path / "experiments"
    for path in package.rglob("*.py"):
        path.write_text(path.read_text().replace("pack.", "experiments."))
    (package / "room" / "words.yaml").write_text("a: b")
    monkeypatch.setattr("experiments.core.imports.ROOT", tmp_path)
    seen = {fresh_key()}
    (package / "other" / "z.py").write_text("x = 1")
    assert fresh_key() in seen, "what is not imported changes nothing"
    for name, text in (("y.py", "x = 1"), ("words.yaml", "a: c"), ("x.py", "x = 2")):
        (package / "room" / name).write_text(text)
        assert (key := fresh_key()) not in seen, name
        seen.add(key)


def fresh_key():
    return sources_key.__wrapped__("experiments.room.x")
