"""The status page: what this build ran, where, when, and how every number is backed."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata

from experiments.book.build.runner import Outcome
from experiments.book.chapter import STUDY_MIME
from experiments.book.provenance import REPLAYED, study_facts
from experiments.book.source.layout import Layout
from experiments.book.source.notebooks import code_cells, read_notebook, stated_minutes
from experiments.book.source.prose import escape
from experiments.evidence.checks.published import Published
from experiments.evidence.studies.declared import declared_studies, studies_of
from experiments.evidence.studies.replay import replay

PAGE, TIMINGS = "status", "timings: "
_PACKAGES = ("peft", "chromadb", "llama-index-core", "papermill", "jupyter-book")

_INTRODUCTION = """\
# What this build checked

{summary}

The answers behind every number are recorded in the repository, and each build scores all of
them again. The tier of a study says what else was done. **Live**: all its answers were made
when its chapter ran. **k of n asked again**: of its n recorded answers, k were given again when
its chapter ran, and compared. **Replayed only**: none was. **Recorded**: timings, which cannot
be repeated to the millisecond. An adapter that is not shipped cannot be asked at all; a
chapter says below each table which those are. What a chapter calls "this build" is the build in
which it ran.
"""


def status_page(layout: Layout, outcomes: Sequence[Outcome], published: Sequence[Published]) -> str:
    """Write the page as Markdown. `published` are the entries of data/published.yaml."""
    notebooks = {o.chapter: read_notebook(layout.executed / f"{o.chapter}.ipynb") for o in outcomes}
    known = declared_studies(layout.root / "chapters")
    studies = {name: list(_studies(layout, name, notebook, known))
               for name, notebook in notebooks.items()}
    tiers = {s["study"]: s["tier"] for found in studies.values() for s in found}
    return "\n".join([
        _INTRODUCTION.format(summary=_summary(outcomes, notebooks, studies)),
        "## Chapters\n",
        _table(("chapter", "minutes", "stated", "profile", "mode", "asked again", "when"),
               [_chapter_row(o, notebooks[o.chapter], studies[o.chapter], _stated(layout, o))
                for o in outcomes]),
        "## Studies\n",
        _table(("chapter", "study", "tier", "answers", "asked again", "recorded", "hardware"),
               [_study_row(name, study) for name, found in studies.items() for study in found]),
        "## Numbers in the text\n",
        _table(("number", "study", "tier"),
               [(entry.id, "; ".join(entry.studies),
                 "; ".join(dict.fromkeys(tiers.get(one, REPLAYED) for one in entry.studies)))
                for entry in published]),
        "## Machine\n",
        _table(("what", "which"), _machine_rows(notebooks)),
    ])


def _studies(layout: Layout, chapter: str, notebook: Mapping, known: Mapping) -> Iterator[dict]:
    """Yield the facts of every study that a chapter declares, and of its timings.

    What the chapter did not run is replayed here.
    """
    left = {facts["study"]: facts for facts in provenance(notebook)}
    for study in studies_of(layout.chapter(chapter)):
        yield left.pop(study.name, None) or study_facts(replay(study))
    yield from (facts for name, facts in left.items() if name not in known)


def provenance(notebook: Mapping) -> list[dict]:
    """List what the studies of an executed chapter left about themselves, each once."""
    left = {
        output["data"][STUDY_MIME]["study"]: output["data"][STUDY_MIME]
        for cell in code_cells(notebook) for output in cell["outputs"]
        if STUDY_MIME in output.get("data", {})
    }
    return list(left.values())


def _stated(layout: Layout, outcome: Outcome) -> float:
    """Return the minutes that a chapter says it takes."""
    return stated_minutes(read_notebook(layout.chapter(outcome.chapter)))


def _chapter_row(outcome: Outcome, notebook: Mapping, studies: Sequence[Mapping],
                 stated: float) -> tuple:
    run = notebook["metadata"]["book_run"]
    when = f"{run['date']}, commit {_short(run['commit'])}"
    return (outcome.chapter, f"{outcome.seconds / 60:.1f}", stated, _profile(studies),
            f"{run['parameters']['mode']}, sample {run['parameters']['sample']}",
            f"{_total(studies, 'audited'):,} of {_total(studies, 'records'):,}",
            f"earlier build (cache): {when}" if outcome.cached else f"this build: {when}")


def _short(commit: str) -> str:
    """Shorten a commit's hash; what follows it says that files differed."""
    head, dash, rest = commit.partition("-")
    return f"{head[:12]}{dash}{rest}"


def _total(studies: Sequence[Mapping], what: str) -> int:
    return sum(study[what] for study in studies if not study["study"].startswith(TIMINGS))


def _summary(outcomes: Sequence[Outcome], notebooks: Mapping[str, Mapping],
             studies: Mapping[str, Sequence[Mapping]]) -> str:
    """State in a sentence or two what was asked again, with what result, and when."""
    cached = [notebooks[o.chapter]["metadata"]["book_run"] for o in outcomes if o.cached]
    found = [one for some in studies.values() for one in some]
    untouched = [one for one in found if not one["audited"] and one["tier"] == REPLAYED]
    days = sorted({run["date"][:10] for run in cached})
    commits = ", ".join(sorted({_short(run["commit"]) for run in cached}))
    earlier = f" (run on {', '.join(days)}; commits {commits})" if cached else ""
    return (f"{len(cached)} of {len(outcomes)} chapters come from the cache of earlier builds"
            f"{earlier}. {_total(found, 'audited'):,} of {_total(found, 'records'):,} recorded "
            f"answers were asked again when their chapters ran: "
            f"{_total(found, 'identical'):,} identical, {_total(found, 'near_tie'):,} as likely "
            f"to the model as the recorded one, 0 differences (one would have stopped the "
            f"build). Of {len(untouched)} studies with {_total(untouched, 'records'):,} "
            "answers none was asked again.")


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
    lines = [*map(_line, (header, *rows))]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]]) + "\n"


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(escape, cells))} |"

