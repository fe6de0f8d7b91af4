"""Every method of this room, found by walking it: a file with one method adds that method.

No module of the room imports this one, or a name of the package: what is found needs no finder.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from experiments.core import BookError
from experiments.methods.base import Method


def find_methods(folders: Iterable[str], package: str) -> dict[str, type[Method]]:
    """Return the methods below `folders`, the path of `package`, by the names of their modules.

    Sub-packages are walked, too. Raises BookError for a module that cannot be imported, for two
    methods in one module or under one name, and for one that is no frozen dataclass.
    """
    found: dict[str, type[Method]] = {}
    for module in pkgutil.walk_packages(folders, f"{package}."):
        for method in _defined_in(module.name):
            name = module.name.rpartition(".")[2]
            same = [one for other, one in found.items()
                    if other == name or one.__name__ == method.__name__]
            if same:
                raise BookError(f"expected one method a module, and names of their own for both, "
                                f"came {_address(method)} beside {_address(same[0])}. Records "
                                "know a method by its class: rename one, or move it to a file")
            found[name] = method
    return dict(sorted(found.items()))


def _defined_in(module: str) -> list[type[Method]]:
    """Import a module, and return the methods that it defines itself."""
    try:
        contents = vars(importlib.import_module(module))
    except Exception as error:
        raise BookError(f"{module}: expected a module of the methods, came an error on importing "
                        f"it: {error!r}. Mend it, or take the file away") from error
    made = [thing for thing in contents.values()
            if inspect.isclass(thing) and issubclass(thing, Method)
            and thing.__module__ == module and thing is not Method]
    for method in made:
        if inspect.isabstract(method) or not _is_frozen(method):
            raise BookError(f"{_address(method)}: expected a frozen dataclass with a build, so "
                            "that equal settings have equal fingerprints. Write "
                            "@dataclass(frozen=True) above it and build(self, bench) in it")
    return made


def _is_frozen(method: type[Method]) -> bool:
    # Asked of the class itself: one that lacks the decorator inherits the answer of its base.
    made = vars(method).get("__dataclass_params__")
    return made is not None and made.frozen


def _address(method: type) -> str:
    return f"{method.__module__}.{method.__name__}"


RECIPES = find_methods([str(Path(__file__).parent)], __package__)


def recipe_named(name: str) -> Method:
    """Return the method of a name with its defaults; an unknown name lists the known."""
    if name not in RECIPES:
        raise BookError(f"unknown method {name!r}; known methods: {', '.join(RECIPES)}")
    return RECIPES[name]()
