"""What papermill puts into a chapter is looked at before it runs.

    papermill chapters/03_retrieval.ipynb out.ipynb -p mode replay

papermill logs a parameter that a notebook does not have, and goes on. Here a chapter stops in
the cell that papermill put in, before a study has run, and says which parameters there are.
"""

import ast
from collections.abc import Mapping

from experiments.core import BookError

_INJECTED = "# Parameters\n"  # how papermill begins the cell that it puts in


class WrongParameter(BookError):
    """A parameter that a chapter cannot take; a notebook shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [f"wrong parameter: {self}"]


def guard_parameters() -> None:
    """Let this kernel refuse wrong parameters; outside of a notebook there is nothing to do."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and _look not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(_look)


def assigned(code: str) -> dict[str, object]:
    """Map the names that a cell assigns to their values."""
    return {target.id: ast.literal_eval(statement.value)
            for statement in ast.parse(code).body if isinstance(statement, ast.Assign)
            for target in statement.targets}


def check_values(declared: Mapping[str, object], given: Mapping[str, object]) -> None:
    """Refuse parameters that a chapter does not declare, and values that it cannot use."""
    from experiments.evidence.checks.run import MODES

    for name, value in given.items():
        if name not in declared:
            raise WrongParameter(f"this chapter has no parameter {name!r}; "
                                 f"it has {', '.join(declared)}")
        if name == "mode" and value not in MODES:
            raise WrongParameter(f"mode is one of {', '.join(MODES)}, not {value!r}")
        if type(value) is not type(declared[name]):
            raise WrongParameter(f"{name} is a value like {declared[name]!r}, not {value!r}")


def _look(lines: list[str]) -> list[str]:
    """Check the cell that papermill put in; the cell before it is the chapter's own."""
    from IPython import get_ipython

    if lines and lines[0] == _INJECTED:
        own = get_ipython().user_ns["In"][-1]
        check_values(assigned(own), assigned("".join(lines)))
    return lines
