"""The headline table of the README, written from data/published.yaml and never by hand."""

from pathlib import Path

from experiments.core import BookError
from experiments.core.paths import ROOT
from experiments.evidence.published import Published, read_published

BEGIN, END = "<!-- headline: written by `python -m experiments publish` -->", "<!-- end -->"
RUNGS = {
    "ladder-closed-book": "closed book: the model alone",
    "ladder-few-shot": "few-shot: four worked examples",
    "ladder-long-context": "long context: as many articles as fit",
    "ladder-rag": "RAG: one article found by keywords",
    "ladder-oracle": "oracle: the gold passage given",
}


def headline(entries: list[Published]) -> str:
    """Lay out the table: each rung's share of right answers with its 95 % interval."""
    by_id = {entry.id: entry for entry in entries}
    rows = ["| rung | answers that contain the right value | 95 % interval |", "|---|---|---|"]
    for name, rung in RUNGS.items():
        if name not in by_id or by_id[name].value is None:
            raise BookError(f"the headline needs the published number {name!r}; add it to "
                            "data/published.yaml and run `python -m experiments publish`")
        one = by_id[name]
        rows.append(f"| {rung} | {one.value:.1f} % | {one.interval[0]:.1f} to "
                    f"{one.interval[1]:.1f} |")
    return "\n".join(rows)


def write_headline(path: Path = ROOT / "README.md") -> bool:
    """Put the current table between the README's marks; say whether it changed."""
    before = path.read_text(encoding="utf-8")
    after = filled(before, headline(read_published()))
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def filled(text: str, table: str) -> str:
    """Replace what stands between the marks. Raises BookError when they are missing."""
    if BEGIN not in text or END not in text:
        raise BookError(f"README.md: expected the marks {BEGIN} and {END} around the table")
    return f"{text.split(BEGIN)[0]}{BEGIN}\n{table}\n{END}{text.split(END, 1)[1]}"
