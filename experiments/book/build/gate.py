"""Did a chapter really run? The conditions that a green exit status alone does not show.

Seen in practice, and caught here: `sys.exit(0)` ends a run with status 0 and later
cells untouched; a killed kernel leaves cells marked `completed` that never started.
"""

from collections.abc import Mapping
from pathlib import Path

from experiments.book.source.notebooks import name_cell, numbered_cells, read_notebook, source
from experiments.core import BookError


def check_notebook(notebook: Path | Mapping) -> list[str]:
    """List in words what is wrong with an executed notebook; empty when all of it ran."""
    if isinstance(notebook, Path):
        try:
            notebook = read_notebook(notebook)
        except BookError as error:
            return [str(error)]
    run = notebook["metadata"].get("papermill")
    if run is None:
        return ["papermill never ran this notebook: it carries no papermill metadata"]
    problems = []
    for number, cell in numbered_cells(notebook):
        if cell["cell_type"] == "code" and source(cell).strip():
            problems += [f"{name_cell(number, cell)}: {p}" for p in _check_cell(cell)]
    if run.get("exception") is not None and not problems:
        problems.append("papermill noted an exception in the notebook")
    if run.get("end_time") is None:
        problems.append("the run did not reach its end")
    return problems


def last_started(notebook: Mapping) -> str | None:
    """Name the code cell that started last; None when no code cell did."""
    started = [
        (cell["metadata"]["papermill"]["start_time"], name_cell(number, cell))
        for number, cell in numbered_cells(notebook)
        if cell["cell_type"] == "code" and source(cell).strip()
        and cell["metadata"].get("papermill", {}).get("start_time")
    ]
    return max(started)[1] if started else None


def _check_cell(cell: Mapping) -> list[str]:
    """List what is wrong with one code cell, the gravest only."""
    errors = [o for o in cell.get("outputs", []) if o["output_type"] == "error"]
    if errors:
        return [f"raised {errors[0]['ename']}: {errors[0]['evalue']}".rstrip(": ")]
    run = cell["metadata"].get("papermill", {})
    if not run.get("start_time") or cell.get("execution_count") is None:
        return ["did not run"]
    if run.get("status") != "completed" or run.get("exception") or not run.get("end_time"):
        return [f"did not finish (papermill says {run.get('status')!r})"]
    return []
