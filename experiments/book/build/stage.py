"""Stage what Jupyter Book reads: pages, chapters with their outputs, published numbers."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from experiments.book.pages import calculator
from experiments.book.source.citations import read_works
from experiments.book.source.edition import colab_folder, make_edition
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import (
    code_cells,
    name_cell,
    numbered_cells,
    read_notebook,
    source,
    tagged,
    tags,
    write_notebook,
)
from experiments.book.source.numbers import fill
from experiments.book.source.references import link_titles, read_titles
from experiments.book.source.setup_cell import TAG as SETUP
from experiments.book.source.toc import pages, read_configuration, read_contents, select_chapters
from experiments.core import BookError

PRIVATE_MIME = "application/x-book"
EDITION = "_notebooks"  # the chapters as notebooks to open; no page of the site
_COPIED = ("_config.yml", "references.bib", "_static", "_extra")


def stage_book(layout: Layout, names: Sequence[str], numbers: Mapping[str, str],
               written: Mapping[str, str]) -> None:
    """Make build/stage anew from the book's pages and the executed chapters `names`.

    `written` maps the pages that the build writes itself to their Markdown. Of each chapter there
    is a second copy for whoever opens it as a notebook; see `edition.py`.
    Raises BookError for a number that prose names and nothing publishes, and for outputs
    that do not belong to the present code.
    """
    new = layout.build / "stage.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name in _COPIED:
        _copy(layout.root / name, new / name)
    contents = select_chapters(read_contents(layout), names)
    staged = {f"chapters/{name}.ipynb" for name in names} | {f"{p}.md" for p in pages(contents)}
    works = read_works(layout.root / "references.bib")
    titles = {title: file for title, file in read_titles(layout, written).items() if file in staged}
    (new / "_toc.yml").write_text(yaml.safe_dump(contents, sort_keys=False), encoding="utf-8")
    for page in pages(contents):
        text = written[page] if page in written else _read_page(layout, page)
        filled = link_titles(fill(text, numbers, page), titles, f"{page}.md")
        if page == calculator.PAGE:
            filled = calculator.fill_page(filled, layout.data)
        (new / f"{page}.md").write_text(filled, encoding="utf-8")
    for name in names:
        merged = merge_outputs(name, read_notebook(layout.chapter(name)),
                               read_notebook(layout.executed / f"{name}.ipynb"))
        fill_notebook(name, merged, numbers)
        link_notebook(name, merged, titles)
        fold_setup(merged)
        write_notebook(new / "chapters" / f"{name}.ipynb", merged)
        write_notebook(new / EDITION / "chapters" / f"{name}.ipynb",
                       make_edition(name, merged, works, colab_folder(read_configuration(layout))))
    shutil.rmtree(layout.stage, ignore_errors=True)
    new.rename(layout.stage)


def merge_outputs(name: str, current: dict, executed: dict) -> dict:
    """Return the current notebook with the executed one's outputs, by cell id.

    So words can change without a run; code cannot: its source must be what ran. Cells
    that papermill put in are left behind, and so are outputs meant for the build alone.
    """
    ran = {cell["id"]: cell for cell in code_cells(executed)}
    for number, cell in numbered_cells(current):
        if cell["cell_type"] != "code":
            continue
        if cell["id"] not in ran or source(ran[cell["id"]]) != source(cell):
            raise BookError(f"{name}, {name_cell(number, cell)}: its outputs are of other code; "
                            "run the chapter again")
        twin = ran[cell["id"]]
        cell["execution_count"] = twin["execution_count"]
        cell["outputs"] = [out for out in map(_public, twin["outputs"]) if out]
    return current


def fill_notebook(name: str, notebook: dict, numbers: Mapping[str, str]) -> None:
    """Put published numbers into prose, captions and alternative texts."""
    for number, cell in numbered_cells(notebook):
        where = f"{name}, cell {number}"
        if cell["cell_type"] == "markdown":
            cell["source"] = fill(source(cell), numbers, where)
        mystnb = cell["metadata"].get("mystnb", {})
        for part, key in (("figure", "caption"), ("image", "alt")):
            if key in mystnb.get(part, {}):
                mystnb[part][key] = fill(mystnb[part][key], numbers, where)


def link_notebook(name: str, notebook: dict, titles: Mapping[str, str]) -> None:
    """Link the titles of other chapters and pages in a chapter's prose."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = link_titles(source(cell), titles, f"chapters/{name}.ipynb")


def fold_setup(notebook: dict) -> None:
    """Fold the set-up cell: it is the same in every chapter, and a reader came for the rest."""
    for cell in tagged(notebook, SETUP):
        cell["metadata"]["tags"] = [*tags(cell), "hide-input"]


def _read_page(layout: Layout, page: str) -> str:
    path = layout.root / f"{page}.md"
    if not path.exists():
        raise BookError(f"_toc.yml lists {page!r}, but there is no {path.name}")
    return path.read_text(encoding="utf-8")


def _copy(source_path: Path, target: Path) -> None:
    """Copy a file or folder; what a book does not have, it does not need."""
    if source_path.is_dir():
        shutil.copytree(source_path, target)
    elif source_path.exists():
        shutil.copy2(source_path, target)


def _public(output: dict) -> dict | None:
    """Drop from an output what is meant for the build alone; None when nothing is left."""
    if "data" not in output:
        return output
    data = {mime: text for mime, text in output["data"].items()
            if not mime.startswith(PRIVATE_MIME)}
    return output | {"data": data} if data else None
