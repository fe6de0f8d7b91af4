"""The command line: `python -m experiments COMMAND`. Every command fails with a non-zero status."""

import argparse
import os
import sys
from pathlib import Path

from experiments.core import BookError
from experiments.core.terminal import explain, plain


def main(arguments: list[str] | None = None) -> int:
    """Run one command; print a BookError without a traceback and return 2."""
    parser = build_parser()
    chosen = parser.parse_args(arguments)
    try:
        status = chosen.run(chosen) or 0
        sys.stdout.flush()
        return status
    except BookError as error:
        print(f"error: {plain(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        goes_on = chosen.run in (run_methods, record_study, train_study, record_timings)
        print("stopped" + goes_on * "; what was recorded is kept: the same command goes on",
              file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:  # permissions, a full disk: the system's own words say which
        print(f"error: {plain(explain(error))}", file=sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    """Describe all commands and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments",
        description="Know or Behave: measure prompting, retrieval and training on the same "
        "questions. Start with: tasks, then ask, then run.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name, run, summary, **details):
        command = commands.add_parser(name, help=summary, description=summary, **details)
        command.set_defaults(run=run)
        return command

    tasks = add("tasks", list_tasks, "List the shipped benchmarks with their counts.")
    tasks.add_argument("--json", action="store_true", help="print a list of JSON objects")

    add("fetch", fetch_archives, "Download, once, what the benchmark devdocs is made from.")

    ask = add("ask", ask_one, "Ask one question and show every stage of the answer.")
    ask.add_argument("question")
    _add_task(ask)
    ask.add_argument("--method", default="rag", help="a method's name (default: rag)")

    run = add("run", run_methods, "Measure methods on a benchmark or on your own folder.")
    _add_task(run)
    run.add_argument("--methods", required=True,
                     help="names, separated by commas, or ladder: every rung, trained ones too")
    run.add_argument("--limit", type=int, help="the first N test questions only")
    run.add_argument("--seed", type=int, default=0, help="draws the demonstrations (default: 0)")
    run.add_argument("--split", default="test", choices=("dev", "test"), help="default: test")
    run.add_argument("--out", type=Path, help="write the records (JSON lines) to this file")

    record = add("record", record_study, "Record a study that a chapter declares; resumes.")
    record.add_argument("study", nargs="?", help="the study's name")
    record.add_argument("--all", action="store_true", help="every declared study")
    again = record.add_mutually_exclusive_group()
    again.add_argument("--anew", action="store_true", help="make sealed records again")
    again.add_argument("--rescore", action="store_true",
                       help="keep the answers; store their scores by a metric that was changed")

    train = add("train", train_study, "Train the adapters that a study declares; resumes.")
    train.add_argument("study", help="the study's name")
    train.add_argument("--arm", help="one arm (default: every trained arm)")
    train.add_argument("--seed", type=int, help="one seed (default: all of the study)")
    train.add_argument("--logs-only", action="store_true",
                       help="publish the logs of the trainings without the adapters")

    audit = add("audit", audit_studies, "Answer a sample of recorded questions again and compare.")
    audit.add_argument("study", nargs="?", help="one study (default: all)")
    audit.add_argument("--sample", type=int, default=3, help="questions an arm (default: 3)")
    audit.add_argument("--seed", help="draws the sample (default: the current commit)")

    add("publish", publish, "Derive the numbers of data/published.yaml from the records anew.")

    book = add("book", make_book, "Run the chapters and build the site in build/html.")
    book.add_argument("--chapters", help="chapter names, separated by commas (default: all)")
    book.add_argument("--mode", default="audit", choices=("audit", "replay", "record"))
    book.add_argument("--sample", type=int, default=3, help="audited questions an arm")

    cost = add("cost", price_product, "Itemise what a product costs under five approaches.")
    cost.add_argument("--config", type=Path, required=True,
                      help="a YAML file such as data/cost_example.yaml")

    decide = add("decide", decide_project, "Ask about a project and give every verdict on it.")
    decide.add_argument("--profile", type=Path, metavar="FILE",
                        help="a YAML file of answers, such as data/profile_example.yaml")

    time = add("time", record_timings, "Measure a set of timings on a quiet machine; resumes.")
    time.add_argument("name", help="the set's name: vectors or latency")
    time.add_argument("--anew", action="store_true", help="measure every setting again")

    bench = add("bench", measure_speed, "Measure speed as ratios against libraries' defaults.")
    bench.add_argument("--quick", action="store_true", help="fewer repeats, wider noise")
    return parser


def _add_task(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", required=True, help="a benchmark's name or a folder")
    command.add_argument("--model", default="smollm2-135m",
                         help="smollm2-135m, fake, endpoint:MODEL@URL, or one of the gpu profile")


def list_tasks(chosen) -> None:
    """Print the shipped tasks as a table or as JSON."""
    import json

    from experiments.core import paths
    from experiments.core.columns import columns
    from experiments.tasks.catalogue import find_task, shipped_tasks, summarise

    rows = [summarise(find_task(name)) for name in shipped_tasks()]
    if not rows:
        raise BookError(f"expected benchmarks in {paths.TASKS}, found none: pip installs the "
                        "code only. Work in a clone of the repository, or `run` your own folder")
    if chosen.json:
        print(json.dumps(rows, indent=2))
        return
    print("\n".join(columns([list(rows[0]), *([str(cell) for cell in row.values()]
                                            for row in rows)])))


def fetch_archives(_) -> None:
    """Download the pinned archives that are missing, and check all."""
    from experiments.tasks.devdocs.archives import fetch

    for path in fetch():
        print(path)


def ask_one(chosen) -> None:
    """Answer one question and print its stages."""
    from experiments.evidence.ladder.trace import ask

    print(plain(ask(chosen.question, task=chosen.task, method=chosen.method, model=chosen.model)))


def run_methods(chosen) -> None:
    """Measure methods on a task and print the table; the ladder brings its own."""
    from experiments.evidence.ladder.ladder import NAME, climb
    from experiments.evidence.ladder.trial import run

    names = [name.strip() for name in chosen.methods.split(",")]
    details = {"model": chosen.model, "limit": chosen.limit, "seed": chosen.seed,
               "split": chosen.split, "out": chosen.out}
    if NAME not in names:
        print(plain(run(chosen.task, names, **details)))
    elif len(names) == 1:
        print(plain(climb(chosen.task, **details)))
    else:
        raise BookError(f"--methods {NAME} is every rung already: give it alone")


def record_study(chosen) -> None:
    """Record one study or all of them."""
    from experiments.evidence.checks.run import record
    from experiments.evidence.studies.declared import declared_studies
    from experiments.evidence.studies.recorder import rescore

    for study in _studies(declared_studies(), chosen.study, chosen.all):
        if chosen.rescore:
            rescore(study)
        else:
            record(study, anew=chosen.anew)


def train_study(chosen) -> None:
    """Train the adapters of a study and print their folders."""
    from experiments.evidence.checks.training import train_study
    from experiments.evidence.studies.declared import declared_studies

    (study,) = _studies(declared_studies(), chosen.study, False)
    for folder in train_study(study, chosen.arm, chosen.seed,
                              with_weights=not chosen.logs_only):
        print(folder)


def audit_studies(chosen) -> None:
    """Audit one study or all of them."""
    from experiments.evidence.checks.audit import RETRAINED, audit
    from experiments.evidence.studies.declared import declared_studies

    for study in _studies(declared_studies(), chosen.study, chosen.study is None):
        verdicts = audit(study, sample=chosen.sample, seed=chosen.seed)
        kinds = [verdict.kind for verdict in verdicts if verdict.kind != RETRAINED]
        counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
        print(f"{study.name}: {len(kinds)} answers given again: {counts or 'none'}")
        for verdict in verdicts[len(kinds):]:
            print(f"{study.name}: {verdict.arm}, seed {verdict.seed}: {verdict.question} are "
                  f"those of its log: {verdict.measured}")


def publish(_) -> None:
    """Rewrite the values of data/published.yaml, and the README's table, from the records."""
    from experiments.book.pages.headline import write_headline
    from experiments.evidence.checks.published import derive_published

    print(f"{derive_published()} published numbers derived from the records")
    write_headline()


def make_book(chosen) -> int:
    """Build the book."""
    from experiments.book.build.build import build_book

    chapters = chosen.chapters.split(",") if chosen.chapters else None
    return build_book(chapters, mode=chosen.mode, sample=chosen.sample)


def price_product(chosen) -> None:
    """Print the itemised bills of a product described in a file."""
    from experiments.costs.config import describe, load_scenario

    print(plain(describe(load_scenario(chosen.config))))


def decide_project(chosen) -> None:
    """Print what the articles' procedures and the book's own say about one project."""
    from experiments.decide.ask import ask_profile
    from experiments.decide.profile import load_profile
    from experiments.decide.report import report

    profile, assumed = load_profile(chosen.profile) if chosen.profile else ask_profile()
    print(report(profile, assumed))


def record_timings(chosen) -> None:
    """Measure a set of timings and print its file."""
    from experiments.evidence.timing.sets import known_settings
    from experiments.evidence.timing.timings import record_timings

    print(record_timings(chosen.name, known_settings(chosen.name), anew=chosen.anew))


def measure_speed(chosen) -> int:
    """Measure and print the speed table; fail when a target is missed."""
    from experiments.evidence.timing.speed import measure, print_table

    rows = measure(quick=chosen.quick)
    print_table(rows)
    return 0 if all(row["met"] for row in rows) else 1


def _studies(known, name: str | None, every: bool) -> list:
    if every == (name is not None):
        raise BookError("name one study or give --all; known studies: " + ", ".join(known))
    if name is not None and name not in known:
        raise BookError(f"unknown study {name!r}; known studies: {', '.join(known)}")
    return list(known.values()) if every else [known[name]]


if __name__ == "__main__":
    sys.exit(main())
