"""Which adapters a chapter asks, so that a Colab session fetches these and no others.

    python -m experiments.book.source.weights

writes data/adapters/chapters.yaml; minutes, since the name of a training hashes its examples:

    15_sql: [sql-bare-lora-no-tables-seed0, sql-tuned-lora-seed0, sql-varied-lora-other-names-seed0]
"""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import yaml

from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import code_cells, read_notebook, source
from experiments.core.files import replace_file


def adapters_of(chapter: str, layout: Layout) -> list[str]:
    """Read the names of the adapters that a chapter asks."""
    return yaml.safe_load(_table(layout).read_text(encoding="utf-8")).get(chapter, [])


def find_adapters(chapter: str, layout: Layout) -> list[str]:
    """Name the shipped adapters of a chapter: its studies' own, and those that its code names."""
    from experiments.evidence.checks.training import shipped_adapters
    from experiments.evidence.studies.declared import studies_of

    shipped = {folder.name for study in studies_of(layout.chapter(chapter))
               for folder in shipped_adapters(study)}
    texts = list(_code(layout.chapter(chapter)))
    named = {path.parent.name for path in (layout.data / "adapters").glob("*/*.safetensors")
             if any(f'"{path.parent.name}"' in text for text in texts)}
    return sorted(shipped | named)


def write_adapters(layout: Layout) -> None:
    """Write the table anew."""
    found = {name: find_adapters(name, layout) for name in layout.chapter_names()}
    text = yaml.safe_dump({name: some for name, some in found.items() if some}, width=100)
    replace_file(_table(layout), text.encode())


def _table(layout: Layout) -> Path:
    return layout.data / "adapters" / "chapters.yaml"


def _code(chapter: Path) -> Iterator[str]:
    """Yield the code of a chapter and of the package's modules that it imports."""
    for cell in code_cells(read_notebook(chapter)):
        yield source(cell)
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("experiments."):
                yield Path(find_spec(node.module).origin).read_text(encoding="utf-8")


if __name__ == "__main__":
    write_adapters(Layout())
