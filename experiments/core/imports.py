"""Which modules of the package a piece of code imports, directly and through others.

    package_modules().closure(["experiments.costs.bill"])
    -> {"experiments.costs.bill", "experiments.costs.prices", "experiments.core", ...}

Read from the syntax tree, so nothing is run. Imports inside functions count. So does a string
that is a module's dotted name, which is how a table of modules is written. Code that loads
modules by names which cannot be seen counts as importing the whole package.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

from experiments.core.errors import BookError
from experiments.core.fingerprints import fingerprint
from experiments.core.paths import ROOT

_LOADERS = {"import_module", "__import__", "run_module", "run_path"}
_LISTERS = {"iter_modules", "walk_packages"}


class Modules:
    """The modules of a package, at any depth, and what each imports.

    Without `strings`, only import statements count, not names of modules in strings.
    """

    def __init__(self, package: Path, *, strings: bool = True) -> None:
        self.package, self.strings = package, strings
        self._direct: dict[str, frozenset[str]] = {}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Map dotted names to files; a package is its __init__.py."""
        found = {}
        for path in sorted(self.package.rglob("*.py")):
            parts = path.relative_to(self.package.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    def closure(self, names: Iterable[str], without: Iterable[tuple[str, str]] = ()) -> set[str]:
        """Return the named modules and all that they import through others.

        `without` lists imports (importing module, imported module) that are not followed.
        """
        found, waiting, left_out = set(), list(names), set(without)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [each for each in self._imports_of(name)
                            if (name, each) not in left_out]
        return found

    def imported(self, code: str, where: str = "", *, is_package: bool = False) -> set[str]:
        """Return the modules of the package that a piece of code imports by itself.

        `where` is the module that the code is of. Code that Python cannot parse, such as a
        notebook's magic command, counts as importing everything.
        """
        try:
            nodes = list(ast.walk(ast.parse(code)))
        except SyntaxError:
            return set(self.paths)
        here = where if is_package else where.rpartition(".")[0]
        named = {name for node in nodes for name in self._named(node, here)}
        called = {_called(node) for node in nodes if isinstance(node, ast.Call)}
        if not self.strings:
            pass
        elif called & _LISTERS:
            named |= {name for name in self.paths if name.startswith(f"{here}.")}
        elif called & _LOADERS and not any(map(self._strings, nodes)):
            named |= set(self.paths)
        return {each for name in named for each in self._with_parents(name)} - {where}

    def _imports_of(self, name: str) -> frozenset[str]:
        if name not in self._direct:
            path = self.paths[name]
            self._direct[name] = frozenset(self.imported(
                path.read_text(encoding="utf-8"), name, is_package=path.name == "__init__.py"))
        return self._direct[name]

    def _named(self, node: ast.AST, here: str) -> Iterator[str]:
        """Name the modules that one node of a syntax tree imports or spells out."""
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                kept = here.split(".")[: len(here.split(".")) - node.level + 1]
                base = ".".join([*kept, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif self.strings:
            yield from self._strings(node)

    def _strings(self, node: ast.AST) -> list[str]:
        """List the modules that a string names, or that an f-string could name."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value] if node.value in self.paths else []
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            start = str(first.value) if isinstance(first, ast.Constant) else ""
            if start.startswith(f"{self.package.name}."):
                return [name for name in self.paths if name.startswith(start)]
        return []

    def _with_parents(self, name: str) -> Iterator[str]:
        """Yield a dotted name and its packages, as far as they are modules of this package."""
        parts = name.split(".")
        names = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        yield from (each for each in names if each in self.paths)


@cache
def package_modules() -> Modules:
    """Return the modules of the book's own package."""
    return Modules(ROOT / "experiments")


@cache
def sources_key(name: str) -> str:
    """Fingerprint a module of the package, all that its import statements lead to, and more.

    Files beside those modules that are no Python, such as phrases in YAML, are in it. Raises
    BookError for a name that is no module: a key of nothing would never change.
    """
    modules = Modules(ROOT / "experiments", strings=False)
    if name not in modules.paths:
        raise BookError(f"no module {name!r} in {modules.package}: expected the dotted name of "
                        "one, such as experiments.tasks.folder")
    sources = [modules.paths[each] for each in modules.closure([name])]
    beside = {path for folder in {each.parent for each in sources} for path in folder.iterdir()
              if path.is_file() and path.suffix != ".py" and not path.name.startswith(".")}
    return fingerprint([[path.relative_to(modules.package).as_posix(), path]
                        for path in sorted({*sources, *beside})])


def _called(node: ast.Call) -> str:
    """Return the last part of the name that is called."""
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
