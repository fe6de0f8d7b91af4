"""What pyproject.toml declares is what the package imports and carries."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain

import pytest

from experiments.core.paths import ROOT

PACKAGE = ROOT / "experiments"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROVIDERS = packages_distributions()
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def canonical(name: str) -> str:
    """Return a distribution's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    """Return the names in a list of requirements, without versions, extras and markers."""
    return {canonical(re.match(r"[\w.-]+", line)[0]) for line in requirements}


def foreign_imports(source: str) -> set[tuple[str, bool]]:
    """Return the modules of other projects that a source imports, each with: inside a function?"""
    found = set()

    def visit(node: ast.AST, lazy: bool) -> None:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module]
        else:
            modules = []
        for module in modules:
            if module.partition(".")[0] not in {*sys.stdlib_module_names, "experiments"}:
                found.add((module, lazy))
        for child in ast.iter_child_nodes(node):
            visit(child, lazy or isinstance(node, FUNCTIONS))

    visit(ast.parse(source), False)
    return found


def distribution(module: str) -> str:
    """Return the project that brings an importable module: yaml -> pyyaml."""
    offered = {canonical(name) for name in PROVIDERS[module.partition(".")[0]]}
    if len(offered) == 1:
        return offered.pop()
    # A name that several projects share, such as llama_index: each is called after its part of it.
    path = canonical(module)
    return max((name for name in offered if f"{path}-".startswith(f"{name}-")), key=len)


IMPORTED = sorted(set(chain.from_iterable(
    foreign_imports(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))))
DECLARED = names(SETTINGS["project"]["dependencies"])
OPTIONAL = {extra: names(lines)
            for extra, lines in SETTINGS["project"]["optional-dependencies"].items()}


@pytest.mark.parametrize("module, lazy", IMPORTED,
                         ids=[f"{m}-{'lazy' if lazy else 'top'}" for m, lazy in IMPORTED])
def test_every_import_of_the_package_is_declared(module, lazy):
    readers = set().union(*(OPTIONAL[extra] for extra in ("gpu", "site", "compare")))
    allowed = DECLARED | readers if lazy else DECLARED
    assert distribution(module) in allowed


def test_what_is_declared_is_imported_or_says_why_not():
    # transformers reads GGUF files with gguf.
    imported = {distribution(module) for module, _ in IMPORTED}
    assert DECLARED - imported == {"gguf"}


def test_everything_declared_is_pinned():
    pinned = names((ROOT / "requirements.txt").read_text(encoding="utf-8").split())
    declared = DECLARED.union(*OPTIONAL.values()) - {"know-or-behave"}
    assert declared - pinned == set()


def test_the_lock_pins_every_project_exactly_and_once():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert len(names(lines)) == len(lines)


def test_every_file_of_the_package_travels_with_it():
    patterns = SETTINGS["tool"]["setuptools"]["package-data"]["experiments"]
    carried = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    data = {path for path in PACKAGE.rglob("*")
            if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert data and data <= carried


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_console_script_is_the_command_line():
    from experiments import __main__

    module, _, function = SETTINGS["project"]["scripts"]["experiments"].partition(":")
    assert module == __main__.__name__ and callable(getattr(__main__, function))
