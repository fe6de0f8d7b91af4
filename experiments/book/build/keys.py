"""The key of a chapter: equal key and equal inputs, equal run. Markdown is not in it.

In it: the source and tags of every code cell in order, the parameters, the published numbers
that its code names (all of them where it imports what reads them all), the modules that it
imports, through others too, and those that run it, the studies that chapters declare, the lock
file, and Python's minor version. The data are not: what a run read is noted, see `inputs.py`.
"""

import os
import sys
from collections.abc import Iterable, Mapping

from experiments.book import chapter
from experiments.book.build import kernel, reads, run
from experiments.book.source import notebooks, numbers
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import code_cells, read_notebook, source, tagged, tags
from experiments.book.source.prose import PLACEHOLDER
from experiments.core import fingerprint
from experiments.core.imports import package_modules
from experiments.evidence.checks import published as numbers_of
from experiments.evidence.checks.published import Published
from experiments.evidence.checks.sampling import SEED_VARIABLE
from experiments.evidence.studies.declared import TAG as STUDY

_RUNNING = tuple(module.__name__ for module in (kernel, notebooks, reads, run))
# A chapter's sentences on claims name their numbers; what else reads numbers may read any.
_NAMED_NUMBERS = tuple((chapter.__name__, module.__name__) for module in (numbers_of, numbers))


def chapter_key(notebook: Mapping, parameters: Mapping, shared: str,
                published: Iterable[Published] = ()) -> str:
    """Return the 16-digit key of a chapter run with `parameters`; `shared`: `surroundings`."""
    # Who names another seed for the audit wants another sample.
    seed = os.environ.get(SEED_VARIABLE)
    cells = [[source(cell), sorted(tags(cell))] for cell in code_cells(notebook)]
    named = {name for text, _ in cells for name in PLACEHOLDER.findall(text)}
    modules = package_modules()
    imported = {name for text, _ in cells for name in modules.imported(text)}
    every = numbers_of.__name__ in modules.closure(imported, without=_NAMED_NUMBERS)
    used = [entry for entry in published if every or {entry.id, f"{entry.id}_value"} & named]
    return fingerprint(cells, dict(parameters), used, seed, sources(imported), shared)


def sources(imported: Iterable[str]) -> list:
    """List modules and all that they and a run import, and the files beside them, by name."""
    modules = package_modules()
    paths = {modules.paths[name] for name in modules.closure([*imported, *_RUNNING])}
    beside = {path for folder in {each.parent for each in paths} for path in folder.iterdir()
              if path.is_file() and path.suffix != ".py" and not path.name.startswith(".")}
    return [[path.relative_to(modules.package).as_posix(), path]
            for path in sorted(paths | beside)]


def surroundings(layout: Layout) -> str:
    """Hash what all chapters share: declared studies, lock file, Python's minor version.

    A study's part of the audit depends on how many studies there are, and some chapters gather
    the studies of others. Their names in order count too: a chapter may point to another.
    """
    lock = layout.root / "requirements.txt"
    notebooks = {name: read_notebook(layout.chapter(name)) for name in layout.chapter_names()}
    declared = [[name, [source(cell) for cell in tagged(notebook, STUDY)]]
                for name, notebook in notebooks.items()]
    return fingerprint(declared, lock if lock.exists() else None, list(sys.version_info[:2]))
