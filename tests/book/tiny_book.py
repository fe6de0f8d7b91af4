"""Tiny notebooks for tests: no model, a kernel and a few cells."""

import json
import shutil
from pathlib import Path

from experiments.book.source.layout import Layout
from experiments.book.source.setup_cell import setup_cell
from experiments.core.paths import ROOT

SETUP = object()  # stands for the set-up cell, whose text depends on the book
FIGURE = {
    "figure": {"name": "fig-tiny",
               "caption": "A rate of {{ tiny-rate_value }}; n = 31, 95 % interval."},
    "image": {"alt": "Two dots at the same height, at {{ tiny-rate_value }}."},
}
PUBLISHED = {"id": "tiny-rate", "study": "tiny", "metric": "contains", "arm": "rag",
             "unit": "percent", "tolerance": 1.0}
PARAMETERS = 'mode = "audit"\nsample = 3'


def code(source: str, *tags: str, **metadata) -> dict:
    """Make a code cell."""
    return {"cell_type": "code", "execution_count": None, "outputs": [], "source": source,
            "metadata": {**({"tags": list(tags)} if tags else {}), **metadata}}


def markdown(source: str) -> dict:
    """Make a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict, **metadata) -> dict:
    """Make a notebook; ids follow the order of the cells."""
    numbered = [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": numbered, "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": kernel, **metadata}}


def write_chapter(root: Path, name: str, *cells: dict, **metadata) -> Layout:
    """Write a chapter below `root` and give the layout of the book there."""
    path = root / "chapters" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells, **metadata)))
    (root / "data").mkdir(exist_ok=True)
    return Layout(root)


def write_cells(root: Path, *sources: str) -> Layout:
    """Write the chapter 01_tiny: a parameters cell and one cell for each source."""
    cells = [code(PARAMETERS, "parameters"), *map(code, sources)]
    return write_chapter(root, "01_tiny", *cells)


STUDY = """study = Study(name="tiny", task="support", model="fake", limit=40,
              arms={"guess": Guess(), "closed book": ClosedBook(),
                    "rag": Rag(search="keyword"), "oracle": Oracle()})"""

CHAPTER = [
    markdown("# Does a tiny book build?\n\n" + "Words carry the code through the page. " * 30),
    markdown("## Hypothesis\n\nIt builds. A rate below 0.5 would refute it. {cite}`lewis2020rag`"),
    SETUP,
    code(PARAMETERS, "parameters"),
    markdown("## The idea from scratch\n\nA mean, $m = \\frac{1}{n} \\sum_i x_i$, by hand."),
    code("mean = sum([1, 0, 1, 1]) / 4\nprint(mean)"),
    markdown("## The study\n\nDeclared here. A block:\n\n$$ x^2 = \\sqrt{y} $$"),
    code(STUDY, "study"),
    code('results = run(study, mode=mode, sample=sample)\n'
         'show_results(results, ("contains", "correct_refusal"), "A tiny table")'),
    code('dot_plot(results, "contains")', "hide-input", mystnb=FIGURE),
    markdown("The rate is {{ tiny-rate }}, or {{ tiny-rate_value }}. See {numref}`fig-tiny`."),
    markdown("## Three transcripts\n\nOne, in a tiny book."),
    code('first = results.examples[0].id\n'
         'show_transcripts(results, {"a success": ("oracle", first)})'),
    markdown("## What it cost\n\nNothing."),
    code("show_cost(results)"),
    markdown("## The articles' claims\n\nOne of them."),
    code('show_claims([("acc-rag-weights-untouched", "out of scope here",\n'
         '              "A tiny book trains nothing.")])'),
    markdown("## What we learned\n\n- It builds."),
    markdown("## Exercises\n\n**1.** Predict, then change `k`.\n\n"
             "```{dropdown} Solution\nNothing changes.\n```"),
    markdown("## The next question\n\nIs there another chapter?"),
]


def write_book(root: Path, cells=None, name: str = "01_tiny") -> Layout:
    """Write a whole book of one chapter, with the real configuration, style and bibliography."""
    for part in ("_config.yml", "references.bib", "bibliography.md"):
        shutil.copy(ROOT / part, root / part)
    for part in ("_static", "_extra"):
        shutil.copytree(ROOT / part, root / part)
    (root / "index.md").write_text("# A tiny book\n\nIt has {{ tiny-rate }}.\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n"
        f"- file: chapters/{name}\n- file: claims\n- file: status\n- file: bibliography\n")
    (root / "data").mkdir()
    for part in ("claims.yaml", "recomputed.yaml", "prices.yaml"):
        shutil.copy(ROOT / "data" / part, root / "data")
    (root / "data" / "published.yaml").write_text(json.dumps([PUBLISHED]))
    layout = Layout(root)
    cells = [code(setup_cell(name, layout), "setup") if cell is SETUP else cell
             for cell in cells or CHAPTER]
    return write_chapter(root, name, *cells, accelerator="GPU", book={"minutes": 1})


def record_study(layout: Layout) -> None:
    """Record the chapter's study with the fake model, and derive the published number."""
    from experiments.evidence.checks.published import derive_published
    from experiments.evidence.checks.run import record
    from experiments.evidence.studies.declared import declared_studies
    from experiments.evidence.studies.replay import replay

    study = declared_studies(layout.root / "chapters")["tiny"]
    record(study, layout.data / "results", progress=False)
    derive_published({"tiny": replay(study, layout.data / "results")},
                     layout.data / "published.yaml")
