"""One file a method: a frozen dataclass that derives from `base.Method`; see `registry`."""

from experiments.methods.registry import RECIPES, recipe_named

__all__ = ["RECIPES", "recipe_named"]
