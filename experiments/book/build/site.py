"""Build the site from the staged folder with Jupyter Book; a warning is an error."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from experiments.book.build.stage import EDITION
from experiments.book.source.layout import Layout
from experiments.core import BookError
from experiments.core.files import replace_file
from experiments.core.paths import ROOT

# The package cannot be run with -m, and its script may be of another interpreter.
_JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"


def build_site(layout: Layout) -> bool:
    """Bring build/html up to date with build/stage; say whether there was anything to do.

    The site is always built from nothing: an incremental build would not repeat the
    warnings of pages that it left alone.
    """
    digest = tree_digest(layout.stage)
    built = layout.build / "html.digest"
    if (layout.html / "index.html").exists() and built.exists() and built.read_text() == digest:
        return False
    output = layout.build / "site"
    shutil.rmtree(output, ignore_errors=True)
    built.unlink(missing_ok=True)
    _run_jupyter_book(layout, output)
    # The download arrow leads to the sources, and so does the rocket: see _config.yml.
    shutil.copytree(layout.stage / EDITION, output / "_build" / "html" / "_sources",
                    dirs_exist_ok=True)
    _take_place(output / "_build" / "html", layout.html)
    shutil.rmtree(output)
    replace_file(built, digest.encode())
    return True


def tree_digest(folder: Path) -> str:
    """Hash names and contents of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _run_jupyter_book(layout: Layout, output: Path) -> None:
    """Run Jupyter Book; on failure show what it complained about."""
    done = subprocess.run(
        [sys.executable, "-c", _JUPYTER_BOOK, "build", "-W", "-n", "--keep-going",
         "--path-output", str(output), str(layout.stage)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    log = layout.build / "site.log"
    log.write_text(done.stdout, encoding="utf-8")
    if done.returncode or not (output / "_build" / "html" / "index.html").exists():
        lines = [line for line in done.stdout.splitlines()
                 if "WARNING" in line or "ERROR" in line or "rror:" in line]
        told = "\n".join(lines[:20] or done.stdout.splitlines()[-5:])
        raise BookError(f"Jupyter Book ended with status {done.returncode}; the whole of what it "
                        f"said is in {log}\n" + told.replace(f"{layout.stage}/", ""))


def _take_place(new: Path, old: Path) -> None:
    """Let one folder take another's place by two renames."""
    away = old.with_name(f"{old.name}.old")
    shutil.rmtree(away, ignore_errors=True)
    if old.exists():
        old.rename(away)
    new.rename(old)
    shutil.rmtree(away, ignore_errors=True)
