"""No module needs itself: the imports inside the package have no circle, lazy ones included.

An edge is an import statement anywhere in a file: at the top, in a function, behind
TYPE_CHECKING (a type that closes a circle is a circle of what one has to understand). It is also
a string that names a module for `import_module`, and an f-string there that begins with the
package's own name, which stands for every module it may mean. A module that walks its package
imports all of it.

`import experiments.x.y` runs `experiments/x/__init__.py` first, so it depends on both, except
from inside of `experiments/x`: there that package is being imported already. Who writes
`from experiments.x import Name` depends on the package itself, inside or outside of it.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from experiments.core.paths import ROOT

NAME = "experiments"
WALKERS = {"walk_packages", "iter_modules"}


def modules(root: Path) -> dict[str, Path]:
    """Map the dotted name of every module and package below `root` to its file."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def dependencies(root: Path) -> dict[str, set[str]]:
    """Map every module below `root` to the modules that it imports, in whatever way."""
    known = modules(root)
    return {name: _expand(_named(name, path, known), name, set(known)) for name, path in
            known.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return a circle as the modules on it, each importing the next; [] where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1][::-1]
    return []


def _named(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules that a file names, of those that are `known`."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= _imported_from(node, package, known)
    if WALKERS & _called(tree):
        found |= {one for one in known if one.startswith(f"{package}.") and one != name}
    return found | _named_by_strings(tree, name, known)


def _imported_from(node: ast.ImportFrom, package: str, known: dict[str, Path]) -> set[str]:
    """Return what `from x import y` names: the module x.y, or x for a name inside of it."""
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*above, *filter(None, [node.module])])
    return {f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base
            for alias in node.names}


def _called(tree: ast.Module) -> set[str]:
    """Return the last names of what a file calls: `iter_modules` of `pkgutil.iter_modules()`."""
    return {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree)
            if isinstance(node, ast.Call)}


def _named_by_strings(tree: ast.Module, name: str, known: dict[str, Path]) -> set[str]:
    """Return the modules that a file can hand to `import_module`."""
    if "import_module" not in _called(tree):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in known:
            found.add(node.value)
        elif isinstance(node, ast.JoinedStr) and (start := _start(node, name)).startswith(NAME):
            found |= {one for one in known if one.startswith(start) and one != name}
    return found


def _start(node: ast.JoinedStr, name: str) -> str:
    """Return the beginning of an f-string as far as it is known; `__name__` is."""
    start = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            start += part.value
        elif isinstance(part.value, ast.Name) and part.value.id == "__name__":
            start += name
        else:
            break
    return start


def _expand(named: set[str], name: str, known: set[str]) -> set[str]:
    """Keep the known modules, and add the packages around them that importing them runs."""
    found = set()
    for one in named & known:
        around = {one.rsplit(".", count)[0] for count in range(1, one.count(".") + 1)}
        found |= {one} | {each for each in around if not f"{name}.".startswith(f"{each}.")}
    return found - ({name} if name not in named else set())


def test_no_module_needs_itself():
    found = circle(dependencies(ROOT / NAME))
    assert not found, "an import circle: " + " -> ".join(found)


def make(folder: Path, **sources: str) -> Path:
    """Write a package `experiments` whose files are named as in a_b_c -> a/b/c.py."""
    for name, source in sources.items():
        path = folder / NAME / (name.replace("__init__", "INIT").replace("_", "/").replace(
            "INIT", "__init__") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return folder / NAME


@pytest.mark.parametrize("back", [
    "import experiments.a.one", "from experiments.a import one", "from experiments.a.one import x",
    "from .one import x", "from . import one", "def f():\n    from experiments.a.one import x",
    "if TYPE_CHECKING:\n    from experiments.a.one import X",
    "from importlib import import_module\nimport_module('experiments.a.one')",
    "import importlib\nTABLE = {'x': 'experiments.a.one'}\nimportlib.import_module(TABLE['x'])",
    "import importlib\nimportlib.import_module(f'experiments.a.{name}')",
])
def test_every_way_back_closes_a_circle(tmp_path, back):
    root = make(tmp_path, a_one="from experiments.a.two import y", a_two=back)
    assert set(circle(dependencies(root))) >= {"experiments.a.one", "experiments.a.two"}


@pytest.mark.parametrize(("sources", "closed"), [
    ({"a___init__": "from experiments.a.one import x", "a_one": "import experiments.a.two",
      "a_two": ""}, False),  # a front door over its own modules
    ({"a___init__": "from experiments.a.one import x", "a_one": "from experiments.a import x"},
     True),  # a module that goes in by its own front door
    ({"a___init__": "from experiments.a.one import x", "a_one": "import experiments.b",
      "b": "import experiments.a.two", "a_two": ""}, True),  # a.two runs the front door, a.one, b
    ({"a___init__": "", "a_one": "import experiments.b", "b": "import experiments.a.two",
      "a_two": ""}, False),
    ({"a___init__": "import importlib\nimportlib.import_module(f'{__name__}.{name}')",
      "a_one": "from experiments.a import x"}, True),
    ({"a_list": "for one in pkgutil.walk_packages(__path__):\n    import_module(one.name)",
      "a___init__": "from experiments.a.list import x", "a_one": "import experiments.a.two",
      "a_two": ""}, False),  # a registry, which nothing that it finds imports
    ({"a_list": "pkgutil.walk_packages(__path__)", "a_one": "import experiments.a.list"}, True),
    ({"a_list": "pkgutil.walk_packages(__path__)", "a_one": "from experiments.a import x",
      "a___init__": "from experiments.a.list import x"}, True),
    ({"a_one": "import experiments.a.one"}, True),
    ({"a_one": "COMMAND = ['-m', 'experiments.a.one']"}, False),  # another process
])
def test_packages_count_as_modules(tmp_path, sources, closed):
    assert bool(circle(dependencies(make(tmp_path, **sources)))) == closed
