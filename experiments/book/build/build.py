"""The whole build: lint, run, check the published numbers, stage, make the site."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from experiments.book.build.runner import Outcome, run_chapters
from experiments.book.build.site import build_site
from experiments.book.build.stage import stage_book
from experiments.book.build.unchanged import book_state, built_chapters, forget_state, keep_state
from experiments.book.lint.chapter import lint_book
from experiments.book.pages import ledger, status
from experiments.book.source.layout import Layout
from experiments.book.source.numbers import number_texts
from experiments.book.source.toc import read_contents, select_chapters
from experiments.core import BookError
from experiments.evidence.checks.published import Published, check_published, read_published
from experiments.evidence.studies.declared import declared_studies
from experiments.evidence.studies.replay import replay


def build_book(chapters: Sequence[str] | None = None, mode: str = "audit", sample: int = 3, *,
               layout: Layout | None = None) -> int:
    """Build the book, or some chapters of it, into build/html; 0 means that all is well.

    Prints what it does and, at the end, the minutes of each chapter. Nothing is built
    from a chapter that failed, and the site of the last good build stays.
    """
    layout, began = layout or Layout(), time.monotonic()
    names = list(chapters or layout.chapter_names())
    try:
        with only_build(layout):
            outcomes, changed = _build_if_changed(names, mode, sample, layout)
    except BookError as error:
        print(f"\nno book: {error}", flush=True)
        return 1
    _report(outcomes, changed, layout, time.monotonic() - began)
    return 0


def _build_if_changed(names: list[str], mode: str, sample: int, layout: Layout
                      ) -> tuple[list[Outcome], bool]:
    """Build, unless the site is that of these very files; what is recorded is always made."""
    state = book_state(layout, names, mode, sample)
    built = None if mode == "record" else built_chapters(layout, state)
    if built is not None:
        return [Outcome(name, seconds, cached=True) for name, seconds in built.items()], False
    forget_state(layout)
    outcomes, changed = _build(names, mode, sample, layout)
    if mode != "record":
        keep_state(layout, state, {outcome.chapter: outcome.seconds for outcome in outcomes})
    return outcomes, changed


def _build(names: list[str], mode: str, sample: int, layout: Layout) -> tuple[list[Outcome], bool]:
    """Go through the stages; say how the chapters ran and whether the site is a new one."""
    select_chapters(read_contents(layout), names)
    _expect_none(lint_book(layout, names), "the chapters do not keep the book's rules")
    outcomes = run_chapters(names, mode, sample, layout=layout)
    _expect_none([f"{o.chapter}, {problem}" for o in outcomes for problem in o.problems],
                 f"chapters failed (as far as they came they are in {layout.failed})")
    published = check_numbers(layout, mode)
    written = {status.PAGE: status.status_page(layout, outcomes, published),
               ledger.PAGE: ledger.ledger_page(layout, names)}
    stage_book(layout, names, number_texts(published), written)
    return outcomes, build_site(layout)


def check_numbers(layout: Layout, mode: str) -> list[Published]:
    """Recompute every published number from the records; only records made anew may drift."""
    path = layout.data / "published.yaml"
    named = {name for entry in read_published(path) for name in entry.studies}
    studies = declared_studies(layout.root / "chapters") if named else {}
    tier = "live" if mode == "record" else "recorded"
    results = {name: replay(study).stated(tier) for name, study in studies.items() if name in named}
    return check_published(results, path)


@contextmanager
def only_build(layout: Layout) -> Iterator[None]:
    """Hold the build folder; a second build of the same book is refused.

    The lock ends with the process, however that ends. What an earlier build that was
    killed left running is removed.
    """
    import fcntl

    layout.build.mkdir(parents=True, exist_ok=True)
    with open(layout.build / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BookError(f"another build of this book is running in {layout.build}; wait for "
                            "it or stop it") from None
        shutil.rmtree(layout.build / "running", ignore_errors=True)
        yield


def _expect_none(problems: Sequence[str], what: str) -> None:
    if problems:
        raise BookError("\n  ".join([f"{what}:", *problems]))


def _report(outcomes: Sequence[Outcome], changed: bool, layout: Layout, seconds: float) -> None:
    """Print what each chapter took, and where the book is."""
    width = max([len(o.chapter) for o in outcomes], default=0)
    print()
    for outcome in outcomes:
        print(f"{outcome.chapter:{width}}  {outcome.seconds / 60:5.1f} minutes"
              f"{'  (from the cache)' if outcome.cached else ''}")
    print(f"{'built' if changed else 'unchanged'} in {seconds / 60:.1f} minutes: "
          f"{layout.html / 'index.html'}", flush=True)
