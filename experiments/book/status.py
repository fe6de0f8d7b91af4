"""The status page: what this build ran, where, when, and how every number is backed."""

import html
from collections.abc import Mapping, Sequence
from importlib import metadata

from experiments.book.chapter import STUDY_MIME
from experiments.book.layout import Layout
from experiments.book.notebooks import code_cells, read_notebook, stated_minutes
from experiments.book.runner import Outcome
from experiments.evidence.published import Published

PAGE = "status"
_PACKAGES = ("peft", "chromadb", "llama-index-core", "papermill", "jupyter-book")

_INTRODUCTION = """\
# What this build checked

Every number of the book stands on one of three tiers. **Live**: computed in full in this
build. **Audited**: taken from the records in the repository, of which a sample was given
again in this build and compared. **Recorded**: taken from records that this build did not
give again.

A chapter marked *cache hit* ran in an earlier build, on the same code, data and libraries;
what its tables call "this build" is that one, at the commit and date given here.
"""


def status_page(layout: Layout, outcomes: Sequence[Outcome], published: Sequence[Published]) -> str:
    """Write the page as Markdown. `published` are the entries of data/published.yaml."""
    notebooks = {o.chapter: read_notebook(layout.executed / f"{o.chapter}.ipynb") for o in outcomes}
    studies = {name: provenance(notebook) for name, notebook in notebooks.items()}
    tiers = {s["study"]: s["tier"] for found in studies.values() for s in found}
    return "\n".join([
        _INTRODUCTION,
        "## Chapters\n",
        _table(("chapter", "minutes", "stated", "profile", "in this build", "mode", "commit",
                "date"),
               [_chapter_row(o, notebooks[o.chapter], studies[o.chapter], _stated(layout, o))
                for o in outcomes]),
        "## Studies\n",
        _table(("chapter", "study", "tier", "answers", "given again", "recorded", "hardware"),
               [_study_row(name, study) for name, found in studies.items() for study in found]),
        "## Numbers in the text\n",
        _table(("number", "study", "tier"),
               [(entry.id, entry.study, tiers.get(entry.study, "not in this build"))
                for entry in published]),
        "## Machine\n",
        _table(("what", "which"), _machine_rows(notebooks)),
    ])


def provenance(notebook: Mapping) -> list[dict]:
    """List what the studies of an executed chapter left about themselves, each once."""
    left = {
        output["data"][STUDY_MIME]["study"]: output["data"][STUDY_MIME]
        for cell in code_cells(notebook) for output in cell["outputs"]
        if STUDY_MIME in output.get("data", {})
    }
    return list(left.values())


def _stated(layout: Layout, outcome: Outcome) -> float:
    """Give the minutes that a chapter says it takes."""
    return stated_minutes(read_notebook(layout.chapter(outcome.chapter)))


def _chapter_row(outcome: Outcome, notebook: Mapping, studies: Sequence[Mapping],
                 stated: float) -> tuple:
    run = notebook["metadata"]["book_run"]
    how = "cache hit" if outcome.cached else "run"
    return (outcome.chapter, f"{outcome.seconds / 60:.1f}", stated, _profile(studies), how,
            f"{run['parameters']['mode']}, sample {run['parameters']['sample']}",
            run["commit"][:12], run["date"])


def _profile(studies: Sequence[Mapping]) -> str:
    """Name the profile by the generators that the chapter's studies use."""
    models = {study["model"] for study in studies}
    if any(model.startswith("endpoint:") for model in models):
        return "endpoint"
    return "cpu" if models <= {"smollm2-135m", "fake"} else "gpu"


def _study_row(chapter: str, study: Mapping) -> tuple:
    again = str(study["audited"])
    if study["audited"]:
        again += f": {study['identical']} identical, {study['near_tie']} near-tie"
    first, last = study["dates"]
    when = first if first == last else f"{first} to {last}"
    return (chapter, study["study"], study["tier"], f"{study['records']:,}", again, when,
            study["hardware"])


def _machine_rows(notebooks: Mapping[str, Mapping]) -> list[tuple]:
    """List hardware and versions; chapters from the cache may have run elsewhere."""
    runs = [notebook["metadata"]["book_run"] for notebook in notebooks.values()]
    facts = ("hardware", "python", "torch", "transformers")
    rows = [(fact, "; ".join(sorted({run[fact] for run in runs}))) for fact in facts]
    # The lock file is in a chapter's key: these are also the versions of a cached run.
    return rows + [(name, metadata.version(name)) for name in _PACKAGES]


def _table(header: Sequence[str], rows: Sequence[Sequence]) -> str:
    """Write a Markdown table, or say that there is nothing to list."""
    if not rows:
        return "None.\n"
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(text: object) -> str:
    """Escape a cell for Markdown."""
    return html.escape(str(text)).replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")
