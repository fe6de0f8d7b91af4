"""What the set-up cell of a chapter does, once it has found the package.

Imported before anything is installed: standard library only, apart from the project.
"""

from experiments.core.paths import ROOT


def open_chapter(name: str, *, on_colab: bool) -> dict[str, type]:
    """Return the recipes by their names, such as Rag, once the chapter can run.

    On Colab, what the chapter lacks is brought. Anywhere, papermill's parameters are looked at.
    """
    if on_colab:
        from experiments.book.build.colab import prepare

        prepare(ROOT, name)
    from experiments.book.build.parameters import guard_parameters
    from experiments.methods import RECIPES

    guard_parameters()
    return {recipe.__name__: recipe for recipe in RECIPES.values()}
