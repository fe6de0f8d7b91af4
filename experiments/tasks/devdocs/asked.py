"""The hand-written questions of `devdocs`: read from asked.yaml, found in the documentation.

A real entry of data/tasks/devdocs/asked.yaml, before any code:

    - id: minimum-postgresql
      topic: databases-postgresql
      page: ref/databases
      section: PostgreSQL notes
      question: What is the oldest PostgreSQL version that Django {version} supports?
      answers:
        "4.2": ["12", "PostgreSQL 12"]
        "5.2": ["14", "PostgreSQL 14"]

An entry without answers asks what the documentation does not say; it lists its `versions`. `python
-m experiments.tasks.devdocs.generate check` says for every entry what is found and what is not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from experiments.core import BookError
from experiments.tasks.devdocs.archives import INPUTS
from experiments.tasks.devdocs.text import Page, Section

FIELDS = ("id", "topic", "page", "section", "question", "answers", "sections", "pages", "versions")


@dataclass(frozen=True)
class Asked:
    """An entry of asked.yaml; `sections` and `pages` hold what differs in some version."""

    id: str
    topic: str
    question: str
    answers: Mapping[str, list[str]]
    page: str = ""
    section: str = ""
    versions: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)

    def page_of(self, version: str) -> str:
        """Name the page that answers in a version."""
        return self.pages.get(version, self.page)

    def section_of(self, version: str) -> str:
        """Name the section that answers in a version."""
        return self.sections.get(version, self.section)

    @property
    def differs(self) -> bool:
        """Return whether the answer is another one in another version."""
        return len({answers[0].casefold() for answers in self.answers.values()}) > 1


def read_asked(versions: list[str]) -> list[Asked]:
    """Read asked.yaml; raises BookError that names every entry with a fault."""
    path = INPUTS / "asked.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    seen, faults = Counter(entry.get("id") for entry in entries), []
    for entry in entries:
        wrong = list(_faults(entry, versions))
        wrong += ["an id that is not its own"] if seen[entry.get("id")] > 1 else []
        faults += [f"{entry.get('id')} has {', '.join(wrong)}"] if wrong else []
    if faults:
        raise BookError(f"{path}: mend these entries:\n" + "\n".join(faults))
    return [Asked(**{**entry, "versions": tuple(entry.get("versions", ()))}) for entry in entries]


def _faults(entry: Mapping, versions: list[str]) -> Iterator[str]:
    """Describe what an entry lacks or has too much."""
    yield from (f"the field {key!r}, which nobody reads" for key in entry if key not in FIELDS)
    answers = entry.get("answers") or {}
    needed = ("page", "section") if answers else ("versions",)
    yield from (f"no {key}" for key in ("id", "topic", "question", *needed) if not entry.get(key))
    if "{version}" not in str(entry.get("question")):
        yield "a question without {version}"
    for version in (*answers, *entry.get("versions", ())):
        if version not in versions:
            yield f"the version {version!r}, which is none of {', '.join(versions)}"
    for version, forms in answers.items():
        if not forms or not all(isinstance(form, str) for form in forms):
            yield f"answers for {version} that are not a list of strings"


def find_answer(page: Page, title: str, answer: str) -> tuple[Section, int]:
    """Find an answer in the own text of a section: the section and the answer's offset."""
    titled = [section for section in page.sections if section.title == title]
    if not titled:
        raise BookError(f"{page.name} has no section {title!r}; it has: "
                        f"{', '.join(section.title for section in page.sections)}")
    for section in titled:
        found = find_whole(page.text[section.start:page.own_end(section)], answer)
        if found is not None:
            return section, section.start + found
    others = [section.title for section in page.sections if find_whole(
        page.text[section.start:page.own_end(section)], answer) is not None]
    raise BookError(f"{page.name}: {answer!r} is not in the own text of section {title!r}"
                    + (f"; it is in: {', '.join(others)}" if others else "; nor on the page"))


def find_whole(text: str, answer: str) -> int | None:
    """Find an answer that is no part of a longer word or number: its offset, or None."""
    before = r"(?<!\w)(?<!\d\.)" if re.match(r"\w", answer) else ""
    after = r"(?!\w|\.\d)" if re.search(r"\w$", answer) else ""
    found = re.search(before + re.escape(answer) + after, text)
    return found.start() if found else None


def find_faults(entry: Asked, pages: Mapping[tuple[str, str], Page]) -> Iterator[str]:
    """Describe what of an entry is not found; `pages` maps (version, page name) to a page."""
    for version, forms in entry.answers.items():
        page = pages.get((version, entry.page_of(version)))
        if page is None:
            yield f"Django {version} has no page {entry.page_of(version)!r}"
            continue
        try:
            find_answer(page, entry.section_of(version), forms[0])
        except BookError as error:
            yield f"{version}/{error}"
