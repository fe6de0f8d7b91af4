"""The benchmark `devdocs`: Django's own documentation in three versions, and what developers ask.

Two real rows of questions.jsonl, before any code:

    {"id": "minimum-postgresql-4.2", "question": "What is the oldest PostgreSQL version that Django
     4.2 supports?", "answers": ["PostgreSQL 12", "12"],
     "evidence": ["4.2/ref/databases/PostgreSQL-notes"], "split": "test",
     "group": "databases-postgresql"}
    {"id": "setting-database-retry-limit-5.2", "question": "In Django 5.2, what is the default of
     the setting DATABASE_RETRY_LIMIT?", "answers": [], "evidence": [], "split": "test",
     "group": "setting-database-retry-limit"}

No text of Django is kept in this repository. `python -m experiments fetch` brings the source
distributions once; the task is prepared from them at its first use and kept in the cache. `python
-m experiments.tasks.devdocs.generate` writes the card anew, with `check` it says which entries of
asked.yaml are not found in the documentation.
"""

import sys
from pathlib import Path

import docutils

from experiments.core import BookError, paths
from experiments.core.fingerprints import fingerprint
from experiments.core.imports import sources_key
from experiments.tasks.devdocs.archives import INPUTS, read_archives, read_pages
from experiments.tasks.devdocs.asked import find_faults, read_asked
from experiments.tasks.devdocs.card import write_card
from experiments.tasks.devdocs.corpus import cut
from experiments.tasks.devdocs.markup import read_titles
from experiments.tasks.devdocs.questions import Corpus, write_rows
from experiments.tasks.devdocs.settings import SETTINGS_PAGE
from experiments.tasks.devdocs.text import Page, read_page
from experiments.tasks.folder import json_lines, prepare_once, write_files

# These are in the corpus even where no hand-written question needs them.
ALWAYS = (SETTINGS_PAGE, "ref/databases")
RELEASE_NOTES = "releases/"
CARD = "card.md"


def prepare(*, whole: bool = False) -> Path:
    """Make the task's folder in the cache, once; `whole` takes all pages of the documentation."""
    name = "devdocs-whole" if whole else "devdocs"
    return prepare_once(paths.cache_folder("tasks", key()) / name, lambda: generate(whole=whole))


def key() -> str:
    """Fingerprint everything that the prepared task is made of."""
    inputs = sorted(INPUTS.glob("*.yaml"))
    if not inputs:
        raise BookError(f"{INPUTS}: expected the files asked.yaml and the lists of pages and "
                        "archives, found none; restore the folder from git")
    return fingerprint([[path.name, path] for path in inputs], sources_key(__spec__.name),
                       docutils.__version__)


def generate(*, whole: bool = False) -> dict[str, str]:
    """Make all files of the task: relative path -> content, the same at every call.

    The questions are those of the subset, whatever documents they are asked of.
    """
    corpus = read_corpus()
    asked = read_asked([archive.version for archive in read_archives()])
    pages = {place: page for place, (page, _) in corpus.items()}
    faults = [f"{entry.id}: {fault}" for entry in asked for fault in find_faults(entry, pages)]
    if faults:
        raise BookError(f"{len(faults)} answers of asked.yaml are not where it says; the first is "
                        f"{faults[0]}; `python -m experiments.tasks.devdocs.generate check` lists "
                        "all")
    files = {f"documents/{piece.id}.md": piece.write()
             for _, pieces in (read_corpus(whole=True) if whole else corpus).values()
             for piece in pieces}
    files["questions.jsonl"] = json_lines(write_rows(corpus, asked))
    files[CARD] = write_card("devdocs-whole" if whole else "devdocs", files, asked)
    return files


def read_corpus(*, whole: bool = False) -> Corpus:
    """Read the pages of all versions and cut them into documents: (version, name) -> both."""
    return {(version, name): (page, cut(page, version))
            for (version, name), page in read_documentation(whole=whole).items()}


def read_documentation(*, whole: bool = False) -> dict[tuple[str, str], Page]:
    """Read the pages that the questions need, the same in every version, or all pages.

    Release notes are an exception: they are taken from the versions that a question needs.
    """
    archives = read_archives()
    asked = read_asked([archive.version for archive in archives])
    needed = {(version, entry.page_of(version)) for entry in asked for version in entry.answers}
    pages = {name for _, name in needed}.union(ALWAYS)
    documentation = {}
    for archive in archives:
        sources = read_pages(archive)
        titles = read_titles(sources)
        for name, source in sorted(sources.items()):
            wanted = name in pages and (not name.startswith(RELEASE_NOTES)
                                        or (archive.version, name) in needed)
            if whole or wanted:
                documentation[archive.version, name] = read_page(name, source, titles)
    return documentation


def check() -> int:
    """Print which entries of asked.yaml are not found in the documentation; 1 if there are any."""
    asked = read_asked([archive.version for archive in read_archives()])
    pages = read_documentation()
    faults = {entry.id: list(find_faults(entry, pages)) for entry in asked}
    for name, found in faults.items():
        print("\n".join([f"not found: {name}: {fault}" for fault in found] or [f"found: {name}"]))
    faulty = sum(bool(found) for found in faults.values())
    print(f"{len(asked)} entries, {sum(bool(entry.answers) for entry in asked)} with an answer, "
          f"{sum(entry.differs for entry in asked)} whose answer differs; {faulty} not found")
    return int(faulty > 0)


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["check"]:
            raise SystemExit(check())
        write_files(INPUTS, {CARD: generate()[CARD]})
        print(f"wrote {INPUTS / CARD}")
    except BookError as error:
        raise SystemExit(f"error: {error}") from None
