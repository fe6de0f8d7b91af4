"""The set-up cell, in every chapter the same but for its name, and the command that stamps it.

    python -m experiments.book.source.setup_cell

The repository's address and its pinned tag come from _config.yml, and from nowhere else.
"""

from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook, tagged, write_notebook
from experiments.book.source.toc import read_configuration
from experiments.core import BookError

TAG = "setup"

_TEMPLATE = '''\
# Set-up, but for the name the same in every chapter: on Colab and at home.
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

CHAPTER, COLAB = "{chapter}", "google.colab" in sys.modules
if COLAB and not Path("book").exists():
    for words in ("clone --quiet --depth=1 --filter=blob:none --sparse "
                  "--branch={branch} "
                  "{url} book",
                  "-C book sparse-checkout set experiments"):
        subprocess.run(["git", *words.split()], check=True)
START = Path("book").resolve() if COLAB else Path.cwd()
sys.path[:0] = [str(folder) for folder in [START, *START.parents]
                if (folder / "experiments" / "book").is_dir()][:1]
if not find_spec("experiments"):
    raise ImportError("no book: start in its folder or `pip install -e` it")
from experiments.book.session import ROOT, open_chapter
globals().update(open_chapter(CHAPTER, on_colab=COLAB))  # Rag and so on
from experiments.book.chapter import (
    show_claims, show_cost, show_results, show_transcripts)
from experiments.book.figures.base import dot_plot, line_plot, risk_coverage
from experiments.evidence.checks.run import run
from experiments.evidence.studies.study import Study\
'''


def setup_cell(chapter: str, layout: Layout | None = None) -> str:
    """Return the text of a chapter's set-up cell."""
    configuration = read_configuration(layout or Layout())
    repository = configuration["repository"]
    return _TEMPLATE.format(chapter=chapter, url=repository["url"],
                            branch=repository["branch"])


def stamp(layout: Layout) -> list[str]:
    """Write the set-up cell and Colab's metadata into every chapter; name those changed."""
    changed = []
    for name in layout.chapter_names():
        notebook = read_notebook(layout.chapter(name))
        cells = tagged(notebook, TAG)
        if len(cells) != 1:
            raise BookError(f"{name}: expected one cell tagged {TAG!r}, found {len(cells)}")
        before = (cells[0]["source"], notebook["metadata"].get("accelerator"))
        # A list of lines, as Jupyter stores it, so that a change shows as a small diff.
        cells[0]["source"] = setup_cell(name, layout).splitlines(keepends=True)
        notebook["metadata"]["accelerator"] = "GPU"
        if (cells[0]["source"], "GPU") != before:
            write_notebook(layout.chapter(name), notebook)
            changed.append(name)
    return changed


if __name__ == "__main__":
    for chapter in stamp(Layout()):
        print(f"{chapter}: set-up cell written")
