"""One chapter's run: a worker process, a temporary file, the gate, a rename."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from experiments.book.build.gate import check_notebook, last_started
from experiments.book.build.inputs import Inputs
from experiments.book.build.kernel import KERNEL, NOTES, prepare_environment
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import read_notebook, write_notebook
from experiments.core import BookError
from experiments.core.files import replace_file
from experiments.core.machine import describe_machine
from experiments.core.paths import ROOT

TIMEOUT_SECONDS = 1800
_FIRST_REPORT_SECONDS = 15


class ChapterRun:
    """Start with `start`, then ask `poll` until it gives a list of problems.

    The clock covers the whole chapter: papermill's own limit is for one cell, and a
    chapter of many slow cells would pass it.
    """

    def __init__(self, path: Path, parameters: dict, layout: Layout, timeout: float,
                 threads: int, *, key: str) -> None:
        self.path, self.parameters, self.layout = path, parameters, layout
        self.timeout, self.threads, self.key = timeout, threads, key
        self.name = path.stem
        self.executed = layout.executed / path.name
        self.next_report = _FIRST_REPORT_SECONDS
        self.attempts = 0
        self.ended: float | None = None

    def start(self) -> None:
        """Start the worker; an executed notebook of an earlier build goes first."""
        self.executed.unlink(missing_ok=True)
        running = self.layout.build / "running"
        running.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=running))
        self.output = self.folder / "output.ipynb"
        self.attempts += 1
        self.began = time.monotonic()
        settings = {"parameters": self.parameters, "kernel": KERNEL, "parent": os.getpid(),
                    "folder": str(self.path.parent)}
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "experiments.book.build.worker", str(self.path),
                 str(self.output), json.dumps(settings)],
                env=prepare_environment(self.folder, self.threads), cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )

    @property
    def seconds(self) -> float:
        """Wall seconds since the start; stands still once the run has ended."""
        return (self.ended or time.monotonic()) - self.began

    def poll(self) -> list[str] | None:
        """Return None while running, then the problems; an empty list is a good run."""
        status = self.process.poll()
        if status is None and self.seconds < self.timeout:
            return None
        problems = self._judge(status)
        if problems and status is not None and self._nothing_started() and self.attempts == 1:
            # Kernels choose ports and another process can be faster: try once more.
            print(f"{self.name}  the kernel did not start; trying once more", flush=True)
            self.stop()
            self.start()
            return None
        self.ended = time.monotonic()
        self._keep(problems)
        self.stop()
        return problems

    def stop(self) -> None:
        """End the worker's whole process group and remove its folder.

        The kernel leads a group of its own; it ends when it sees its worker gone.
        """
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _judge(self, status: int | None) -> list[str]:
        """List the problems of a run that ended with `status`; None stands for too long."""
        if status == 0:
            return check_notebook(self.output)
        where = self._where()
        if status is None:
            return [f"took longer than {self.timeout:.0f} s and was stopped {where}"]
        raised = [p for p in check_notebook(self.output) if ": raised " in p]
        if raised:
            return raised
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return [f"papermill {how} {where}: {self._last_words()}"]

    def _keep(self, problems: list[str]) -> None:
        """Move the notebook to where its outcome belongs, by a rename."""
        failed = self.layout.failed / self.path.name
        if problems:
            if self.output.exists():
                replace_file(failed, self.output.read_bytes())
            return
        notebook = read_notebook(self.output)
        notebook["metadata"]["book_run"] = {
            "seconds": round(self.seconds, 1), "parameters": self.parameters, "key": self.key,
            "read": Inputs(self.layout).read_by(self.folder / NOTES),
            **describe_machine(),
        }
        write_notebook(self.executed, notebook)
        failed.unlink(missing_ok=True)

    def _nothing_started(self) -> bool:
        return self._where() == "before its first cell"

    def _where(self) -> str:
        try:
            cell = last_started(read_notebook(self.output))
        except BookError:
            cell = None
        return f"in {cell}" if cell else "before its first cell"

    def _last_words(self) -> str:
        """Return the last line that the worker wrote."""
        lines = (self.folder / "log").read_text(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"
