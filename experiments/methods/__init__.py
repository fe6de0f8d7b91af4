"""One file a rung. A recipe is a frozen dataclass with `build`; dropping a file in here adds it."""

import dataclasses
import importlib
import pkgutil

from experiments.core import BookError


def _find_recipes() -> dict[str, type]:
    """Map module names to the recipe class that each module of this room defines."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        contents = vars(importlib.import_module(f"{__name__}.{module.name}"))
        for thing in contents.values():
            if (dataclasses.is_dataclass(thing) and hasattr(thing, "build")
                    and thing.__module__ == f"{__name__}.{module.name}"):
                found[module.name] = thing
    return found


RECIPES = _find_recipes()


def recipe_named(name: str):
    """Make the recipe of a name with its defaults; an unknown name lists the known."""
    if name not in RECIPES:
        raise BookError(f"unknown method {name!r}; known methods: {', '.join(sorted(RECIPES))}")
    return RECIPES[name]()
