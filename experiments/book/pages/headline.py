"""The result page: the ladder's table and two pictures, on the first page and in the README.

`python -m experiments publish` writes them from the records, and nobody by hand: the block in
README.md between the marks, with pictures on white, so that a code host shows them in its light
and in its dark theme; and _static/ladder.md for index.md, with pictures on the page's own ground,
which the book's style sheet turns round in dark mode.
"""

from collections.abc import Mapping
from pathlib import Path

from experiments.book.figures.base import Svg
from experiments.book.ladder.figures import latency_plot, price_plot
from experiments.book.ladder.rows import BARE, BASE, LADDERS, RUNGS, TITLES, ladder
from experiments.book.ladder.table import thousand_usd
from experiments.core import BookError
from experiments.core.paths import DATA, ROOT
from experiments.costs.scenario import Rates
from experiments.evidence.stats.statistics import Estimate
from experiments.evidence.studies.grid import Grid

BEGIN, END = "<!-- headline: written by `python -m experiments publish` -->", "<!-- end -->"
PAGE = "_static/ladder.md"
PRICE, LATENCY = "_static/ladder-price.svg", "_static/ladder-latency.svg"
SHOWN = ("chance", BASE, "few-shot", "nearest examples", "nearest, held", "linear head", "RAG",
         BARE, "RAG, reranked", "tuned", "tuned + RAG", "RAFT", "oracle")
_RIGHT = {"contains": "right value", "label": "right queue",
          "present_field_accuracy": "fields right"}
# What stands below each picture, and what is read to those who cannot see it.
_CAPTIONS = {
    PRICE: "**How right, at what price?** Right answers against US dollars for 1,000 answers, a "
           "panel for each benchmark: further left is cheaper, higher is better. Bars: 95 % "
           "intervals. Dashed: chance. Grey dot: the oracle, the untrained model with the right "
           "page; a trained model can pass it. Hollow dot at the edge: no language model. Tokens "
           "at one hosted model's prices, a tuned one's at its own, without what training took; "
           "RAG for facts without worked examples.",
    LATENCY: "**How right, how fast?** The same right answers, now against seconds: the median "
             "time of one answer of this small model on two CPU cores. The questions were asked "
             "in batches, so read the order and not the second."}
_ALT = {
    PRICE: "Four panels, one a benchmark: the share of right answers over dollars for a thousand "
           "answers, a dot with its interval for each rung of the ladder.",
    LATENCY: "The same four panels over the median seconds of an answer."}


def write_headline(root: Path = ROOT) -> None:
    """Write the block and the pictures from the records of all four ladders."""
    for path, content in headline_files(root, {task: ladder(task) for task in LADDERS}).items():
        (root / path).write_text(content, encoding="utf-8", newline="\n")


def headline_files(root: Path, grids: Mapping[str, Grid]) -> dict[str, str]:
    """Return the content of every file that shows the headline, by its path below `root`."""
    from experiments.costs.config import load_scenario

    rates = load_scenario(DATA / "cost_example.yaml").rates
    block = headline(grids, rates)
    readme = (root / "README.md").read_text(encoding="utf-8")
    drawings = {PRICE: price_plot(grids, rates), LATENCY: latency_plot(grids)}
    return {"README.md": filled(readme, "\n".join([block, *map(_for_code_host, drawings)])),
            PAGE: "\n".join([f":::{{container}} book-ladder\n{block}:::",
                             *map(_for_page, drawings)]),
            **{path: drawing.text for path, drawing in drawings.items()},
            **{_white(path): on_white(drawing) for path, drawing in drawings.items()}}


def headline(grids: Mapping[str, Grid], rates: Rates) -> str:
    """Lay out the table and what backs it as Markdown."""
    heads = [f"{task}: {_RIGHT[LADDERS[task].metric]} (n = {_scored(task, grid)})"
             for task, grid in grids.items()]
    rows = [_line(["rung", *heads]), "|" + "---|" * (len(grids) + 1)]
    for rung in (name for name in RUNGS if name in SHOWN):
        rows.append(_line([TITLES.get(rung, rung),
                           *(_cell(task, grids[task], rung) for task in grids)]))
    return "\n".join([*rows, "", _reading(grids, rates), "", _backing(grids), ""])


def filled(text: str, block: str) -> str:
    """Replace what stands between the marks. Raises BookError when they are missing."""
    if BEGIN not in text or END not in text:
        raise BookError(f"README.md: expected the marks {BEGIN} and {END} around the table")
    return f"{text.split(BEGIN)[0]}{BEGIN}\n{block}\n{END}{text.split(END, 1)[1]}"


def _for_code_host(path: str) -> str:
    """Show a picture on white with its caption, in what every code host reads."""
    return (f'\n<img src="{_white(path)}" alt="{_ALT[path]}" width="540">\n\n'
            f"{_CAPTIONS[path]}\n")


def _for_page(path: str) -> str:
    """Show a picture as a figure of the book: numbered, and turned round in dark mode."""
    name = path.removeprefix("_static/").removesuffix(".svg")
    return (f"\n```{{figure}} {path}\n:name: fig-{name}\n:class: book-drawing\n"
            f":alt: {_ALT[path]}\n\n{_CAPTIONS[path]}\n```\n")


def _white(path: str) -> str:
    return path.replace(".svg", "-white.svg")


def on_white(drawing: Svg) -> str:
    """Put a drawing on a white ground."""
    head, tag, rest = drawing.text.partition("<svg ")
    inside, close, rest = rest.partition(">")
    return f'{head}{tag}{inside}{close}\n <rect width="100%" height="100%" fill="white"/>{rest}'


def _cell(task: str, grid: Grid, rung: str) -> str:
    one = LADDERS[task]
    if rung in one.recorded:
        return _share(grid.estimate(rung, one.metric))
    reason = one.lacking.get(rung, "not recorded")
    return "–" if reason.startswith("makes no sense") else reason.split(":")[0]


def _share(one: Estimate) -> str:
    return f"{100 * one.value:.1f} % ({100 * one.low:.1f} to {100 * one.high:.1f})"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _scored(task: str, grid: Grid) -> int:
    return grid.estimate(BASE, LADDERS[task].metric).questions


def _reading(grids: Mapping[str, Grid], rates: Rates) -> str:
    """Describe what a reader needs beside the table: examples, rates, the gold page, prices."""
    shots = {task: grid.study.arms["RAG"].shots for task, grid in grids.items()}
    said = ["RAG has worked examples in its prompt: "
            + ", ".join(f"{number} on {task}" for task, number in shots.items()) + "."]
    prices = [" and ".join(f"{thousand_usd(grids[task], rung, LADDERS[task].metric, rates):.2f}"
                           for rung in (BARE, "RAFT")) + f" on {task}"
              for task in grids if {BARE, "RAFT"} <= set(grids[task].rows)]
    said.append("US dollars for 1,000 answers of RAG without examples and of RAFT, a tuned token "
                f"at its own price, recalled and not looked up: {', '.join(prices)}.")
    for task, grid in grids.items():
        first, other = (grid.study.arms[rung].tuning.learning_rate
                        for rung in ("tuned", "tuned + RAG"))
        if first != other:
            said.append(f"On {task}, tuned and tuned + RAG are two trainings, at the rates "
                        f"{first:g} and {other:g}.")
    said.append(f"{TITLES['oracle'].capitalize()}: it is handed the right page; a reader that was "
                "trained misreads less, and can pass it.")
    return " ".join(said)


def _asked(task: str, grid: Grid) -> str:
    results, _ = grid.rows[BASE]
    asked, split = len(grid.examples), len(results.bench.examples(results.study.split))
    return f"all {split} of {task}" if asked == split else f"the first {asked} of {split} of {task}"


def _backing(grids: Mapping[str, Grid]) -> str:
    """Return which questions, which tier, when and where."""
    found = [results for grid in grids.values() for results, _ in grid.rows.values()]
    days = sorted(day for results in found for day in results.dates)
    when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    asked = ", ".join(_asked(task, grid) for task, grid in grids.items())
    return (f"Test questions, in file order: {asked}; n of them can be scored so. In brackets: "
            f"95 % intervals for question noise. Tier: recorded {when} on "
            f"{'; '.join(sorted({results.hardware for results in found}))}, with "
            f"{found[0].study.model}; every build scores these answers again, and its page *What "
            "this build checked* counts which were also asked again. –: the rung makes no sense "
            "there.")
