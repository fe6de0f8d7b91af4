"""The environment in which a chapter's kernel runs: this interpreter and nothing of the user's.

A kernelspec of its own means that no globally installed `python3` kernel, which may be
another interpreter, is ever picked up.
"""

import json
import os
import sys
from pathlib import Path

from experiments.book.build import reads
from experiments.core.paths import ROOT
from experiments.core.profile import PROFILE

KERNEL, NOTES = "know-or-behave", "reads.jsonl"


def kernel_command() -> list[str]:
    """Return the command that starts a kernel; Jupyter fills in the connection file."""
    return [sys.executable, "-m", reads.__name__, "-f", "{connection_file}"]


def prepare_environment(folder: Path, threads: int) -> dict[str, str]:
    """Write a kernelspec below `folder` and give the environment variables for a worker."""
    spec = folder / "kernels" / KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": kernel_command(), "display_name": KERNEL,
                                "language": "python"}))
    environment = dict(os.environ)
    if environment.get(PROFILE) != "gpu":  # a reader with a GPU asked for models of the hub
        environment.setdefault("HF_HUB_OFFLINE", "1")
        environment.setdefault("TRANSFORMERS_OFFLINE", "1")
    return environment | {
        "JUPYTER_PATH": _before(folder, environment.get("JUPYTER_PATH")),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": _before(ROOT, environment.get("PYTHONPATH")),
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore:IProgress not found",  # tqdm, about widgets the book lacks
        "OMP_NUM_THREADS": str(threads),
        reads.VARIABLE: str(folder / NOTES),
    }


def _before(path: Path, rest: str | None) -> str:
    return os.pathsep.join([str(path), *([rest] if rest else [])])
