"""The gate says in words what did not run, with the cell's number and first line."""

import json

import pytest
from tiny_book import code, markdown, notebook

from experiments.book.build.gate import check_notebook, last_started

WHEN = "2026-11-21T04:00:00+00:00"


def ran(source, **changes):
    """Return a code cell as papermill leaves it after a good run."""
    cell = code(source)
    run = {"status": "completed", "exception": False, "start_time": WHEN, "end_time": WHEN}
    cell["metadata"]["papermill"] = run | changes
    return cell | {"execution_count": 1}


def executed(*cells, **changes):
    return notebook(*cells, papermill={"exception": None, "end_time": WHEN} | changes)


def error(name, value):
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": []}


def test_a_notebook_whose_cells_all_ran_passes():
    assert check_notebook(executed(markdown("# T?"), ran("a = 1"), code("  \n"), ran("b"))) == []


def test_a_notebook_that_papermill_never_ran_fails():
    assert check_notebook(notebook(code("a"))) == [
        "papermill never ran this notebook: it carries no papermill metadata"]


@pytest.mark.parametrize(("cell", "problem"), [
    (code("\n\nnever = 1"), "cell 2 (never = 1): did not run"),
    (ran("a", start_time=None), "cell 2 (a): did not run"),
    (ran("a") | {"execution_count": None}, "cell 2 (a): did not run"),
    (ran("a", status="running"), "cell 2 (a): did not finish (papermill says 'running')"),
    (ran("a", exception=True), "cell 2 (a): did not finish (papermill says 'completed')"),
    (ran("a") | {"outputs": [error("SystemExit", "0")]}, "cell 2 (a): raised SystemExit: 0"),
    (ran("a") | {"outputs": [error("KeyboardInterrupt", "")]},
     "cell 2 (a): raised KeyboardInterrupt"),
])
def test_a_cell_that_did_not_run_well_is_named(cell, problem):
    assert check_notebook(executed(ran("fine"), cell)) == [problem]


def test_an_exception_noted_in_the_notebook_alone_fails():
    assert check_notebook(executed(ran("a"), exception=False)) == [
        "papermill noted an exception in the notebook"]


def test_a_run_without_an_end_fails():
    assert check_notebook(executed(ran("a"), end_time=None)) == ["the run did not reach its end"]


def test_cells_that_papermill_puts_in_do_not_move_the_numbers():
    injected = ran("mode = 'replay'")
    injected["metadata"]["tags"] = ["injected-parameters"]
    assert check_notebook(executed(ran("a"), injected, code("b"))) == ["cell 2 (b): did not run"]


def test_half_a_file_fails(tmp_path):
    path = tmp_path / "half.ipynb"
    path.write_text(json.dumps(executed(ran("a")))[:50])
    (problem,) = check_notebook(path)
    assert problem.startswith("half.ipynb: not a readable notebook")


def test_the_cell_that_started_last_is_named():
    later = ran("b", start_time="2026-11-21T05:00:00+00:00")
    assert last_started(executed(ran("a"), later, code("c"))) == "cell 2 (b)"
    assert last_started(executed(code("c"))) is None
