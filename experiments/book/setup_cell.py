"""The one set-up cell that all chapters share, and the command that stamps it into them.

    python -m experiments.book.setup_cell

The repository's address and its pinned tag come from _config.yml, and from nowhere else.
"""

from experiments.book.contents import read_configuration
from experiments.book.layout import Layout
from experiments.book.notebooks import read_notebook, tagged, write_notebook
from experiments.core import BookError

TAG = "setup"

_TEMPLATE = '''\
# Set-up, the same in every chapter: on Colab, at home and in the build.
import subprocess
import sys
from pathlib import Path

COLAB = "google.colab" in sys.modules
if COLAB and not Path("book").exists():
    URL = "{url}"
    subprocess.run(["git", "clone", "--quiet", "--depth=1",
                    "--branch={branch}", URL, "book"], check=True)
START = Path("book").resolve() if COLAB else Path.cwd()
ROOT = next(p for p in [START, *START.parents] if (p / "_toc.yml").exists())
sys.path.insert(0, str(ROOT))
if COLAB:
    from experiments.book.colab import prepare
    prepare(ROOT)

from experiments.book.chapter import (
    show_claims, show_cost, show_results, show_transcripts)
from experiments.book.figures import dot_plot, line_plot, risk_coverage
from experiments.evidence.study import Study
from experiments.methods import RECIPES

globals().update({{r.__name__: r for r in RECIPES.values()}})  # Rag and so on\
'''


def setup_cell(layout: Layout | None = None) -> str:
    """Give the text of the set-up cell."""
    configuration = read_configuration(layout or Layout())
    repository = configuration["repository"]
    return _TEMPLATE.format(url=repository["url"], branch=repository["branch"])


def stamp(layout: Layout) -> list[str]:
    """Write the set-up cell and Colab's metadata into every chapter; name those changed."""
    text = setup_cell(layout)
    changed = []
    for name in layout.chapter_names():
        notebook = read_notebook(layout.chapter(name))
        cells = tagged(notebook, TAG)
        if len(cells) != 1:
            raise BookError(f"{name}: expected one cell tagged {TAG!r}, found {len(cells)}")
        before = (cells[0]["source"], notebook["metadata"].get("accelerator"))
        # A list of lines, as Jupyter stores it, so that a change shows as a small diff.
        cells[0]["source"] = text.splitlines(keepends=True)
        notebook["metadata"]["accelerator"] = "GPU"
        if (cells[0]["source"], "GPU") != before:
            write_notebook(layout.chapter(name), notebook)
            changed.append(name)
    return changed


if __name__ == "__main__":
    for chapter in stamp(Layout()):
        print(f"{chapter}: set-up cell written")
