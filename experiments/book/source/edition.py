"""The notebook edition of a chapter: what the rocket opens and the download arrow gives.

Colab and Jupyter know Markdown, and nothing of the site's extensions. So a citation becomes the
authors and the year, with the works listed at the end; a reference to a figure becomes its number,
with the caption below the figure; a solution is folded as HTML can; a link to a chapter opens
that chapter on Colab. The code is the chapter's own, and outputs are those of the build: a reader
sees the results before anything runs.
"""

import re
from collections.abc import Mapping
from copy import deepcopy

from experiments.book.source.citations import Work
from experiments.book.source.notebooks import numbered_cells, source, tags
from experiments.book.source.prose import change_prose
from experiments.core import BookError

_CITE = re.compile(r"\{cite\}`([^`]+)`")
_FIGURE = re.compile(r"\{numref\}`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)\s]+?)\.(ipynb|md)(#[^)]*)?\)")
_FENCE = re.compile(r"^(`{3,}|:{3,})\{(\w+)\}[ \t]*(.*)\n((?:.*\n)*?)\1[ \t]*$", re.MULTILINE)
_ROLE = re.compile(r"\{[a-z:]+\}`|^(?:`{3,}|:{3,})\{\w+\}", re.MULTILINE)
_HIDDEN = {"hide-input", "remove-input"}


def colab_folder(configuration: Mapping) -> str:
    """Return the address at which Colab opens the chapters of the published site."""
    options = configuration["sphinx"]["config"]["html_theme_options"]
    repository = "/".join(configuration["repository"]["url"].rsplit("/", 2)[1:])
    return "/".join((configuration["launch_buttons"]["colab_url"], "github", repository, "blob",
                     options["repository_branch"], options["path_to_docs"], "chapters"))


def make_edition(name: str, staged: Mapping, works: Mapping[str, Work], folder: str) -> dict:
    """Return the notebook edition of a staged chapter; `folder` is where Colab opens chapters.

    Raises BookError naming the cell for markup that would stand raw on Colab.
    """
    notebook = deepcopy(dict(staged))
    figures = _captions(notebook)
    numbers = {label: index for index, (label, _) in enumerate(figures.values(), 1)}
    cited: dict[str, Work] = {}
    cells = []
    for number, cell in numbered_cells(notebook):
        cells.append(cell)
        if cell["cell_type"] == "markdown":
            where = f"{name}, cell {number}"
            cell["source"] = _plain(source(cell), where, numbers, works, cited, folder)
            continue
        if _HIDDEN & set(tags(cell)):
            cell["metadata"] |= {"cellView": "form", "jupyter": {"source_hidden": True}}
        if cell["id"] in figures:
            label, caption = figures[cell["id"]]
            text = f"**Figure {numbers[label]}.** {caption}"
            cells.append(_markdown(f"{cell['id']}-caption", _plain(
                text, f"{name}, cell {number}", numbers, works, cited, folder)))
    if cited:
        listed = "\n".join(f"- {work.full}" for work in sorted(cited.values()))
        cells.append(_markdown("works-cited", f"## Works cited\n\n{listed}"))
    notebook["cells"] = cells
    return notebook


def _captions(notebook: Mapping) -> dict[str, tuple[str, str]]:
    """Map the ids of the cells that draw figures to the figures' names and captions."""
    figures = {cell["id"]: cell["metadata"].get("mystnb", {}).get("figure")
               for _, cell in numbered_cells(notebook)}
    return {each: (figure["name"], figure["caption"]) for each, figure in figures.items() if figure}


def _plain(text: str, where: str, numbers: Mapping[str, int], works: Mapping[str, Work],
           cited: dict[str, Work], folder: str) -> str:
    """Turn the site's markup into Markdown that every notebook shows; note the works cited."""

    def cite(match: re.Match) -> str:
        found = {key.strip(): works[key.strip()] for key in match[1].split(",")}
        cited.update(found)
        return f"({'; '.join(work.short for work in found.values())})"

    def link(match: re.Match) -> str:
        if match[3] == "md":  # a page of the site: its title alone
            return match[1]
        return f"[{match[1]}]({folder}/{match[2].rsplit('/', 1)[-1]}.ipynb)"

    try:
        text = _CITE.sub(cite, _fold(text))
        text = _FIGURE.sub(lambda match: f"Figure {numbers[match[1]]}", text)
    except KeyError as error:
        raise BookError(f"{where}: nothing in this chapter or the bibliography is called "
                        f"{error}") from None
    text = change_prose(text, lambda prose: _LINK.sub(link, prose))
    if raw := _ROLE.search(text):
        raise BookError(f"{where}: {raw[0]!r} would stand raw on Colab; write it in plain "
                        "Markdown, or teach experiments/book/source/edition.py to read it")
    return text


def _fold(text: str) -> str:
    """Fold what the site shows as a dropdown."""

    def one(match: re.Match) -> str:
        _, kind, title, body = match.groups()
        if kind != "dropdown":
            return match[0]
        return f"<details>\n<summary>{title}</summary>\n\n{body.strip()}\n\n</details>"

    return _FENCE.sub(one, text)


def _markdown(name: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}
