"""The generated questions of `devdocs`: settings and their defaults, and settings that are not.

A real section of the page ref/settings, and the question made of it, before any code:

    ### SESSION_COOKIE_AGE

    Default: 1209600 (2 weeks, in seconds)

    Ask(path=("SESSION_COOKIE_AGE",), version="5.2", answers=("1209600", "2 weeks"), offset=105102)

A default is kept when it is a short literal that a grader can tell from other text: "[]" has no
word in it, and an answer that repeats its question would hold "'default'" and "'auth.User'".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from experiments.tasks.devdocs.asked import Asked, find_whole
from experiments.tasks.devdocs.text import Page, Section

SETTINGS_PAGE = "ref/settings"
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
DEFAULT = re.compile(r"^Default: (True|False|None|-?\d+|0o\d+|'[^']*'|\"[^\"]*\"|\['[^']*'\])"
                     r"(?: \((.+)\))?\.?$", re.MULTILINE)
REMARK = re.compile(r"(?:i\.e\. |approximately )?(\d[\d.]* \w+|[A-Z][a-z]+day)(?:, in seconds)?")
GUESSES = ("True", "False", "None")


@dataclass(frozen=True)
class Ask:
    """A question about a setting or a key of one; without answers, there is no such thing.

    `path` is ("USE_TZ",) or ("DATABASES", "HOST"); `offset` is where the answer stands on the
    page ref/settings of the version.
    """

    path: tuple[str, ...]
    version: str
    answers: tuple[str, ...] = ()
    offset: int = -1

    @property
    def group(self) -> str:
        """Name the group: ("DATABASES", "HOST") is in setting-databases-host in all versions."""
        return "-".join(["setting", *self.path]).lower().replace("_", "-")

    @property
    def id(self) -> str:
        """Name the question."""
        return f"{self.group}-{self.version}"

    @property
    def it(self) -> str:
        """State in words what is asked about: "the key HOST of the setting DATABASES"."""
        setting, *keys = self.path
        inner = " of ".join(reversed(keys))
        return f"the key {inner} of the setting {setting}" if keys else f"the setting {setting}"

    @property
    def guessable(self) -> bool:
        """Return whether the answer is one of the few that most settings have."""
        return bool(self.answers) and self.answers[0] in GUESSES


def read_defaults(page: Page, version: str) -> list[Ask]:
    """Make a question of every setting and key whose default is a literal that can be graded."""
    found = []
    for section in _settings(page):
        default = DEFAULT.search(page.text, section.start, page.own_end(section))
        if default:
            answers = accept(default[1], default[2] or "")
            question = Ask(section.titles[2:], version, answers, default.start(1))
            # Every question has the words "Django" and "default", or could have them.
            echoed = _words(f"Django default {question.it}")
            if not any(_words(form) in echoed for form in answers):
                found.append(question)
    return found


def read_names(page: Page) -> set[str]:
    """List the names of all settings of a version, without the keys inside them."""
    return {section.title for section in _settings(page) if len(section.titles) == 3}


def accept(literal: str, remark: str) -> tuple[str, ...]:
    """List the forms of a default that count: as written, without quotes, and as people say it.

    accept("1209600", "2 weeks, in seconds") is ("1209600", "2 weeks").
    """
    forms = [literal, literal.strip("[]").strip("'\"")]
    if re.fullmatch(r"[\w.]+\.[A-Z]\w+", forms[1]):
        forms.append(forms[1].rpartition(".")[2])  # the class without its module
    said = REMARK.fullmatch(remark)
    return tuple(dict.fromkeys([*forms, *([said[1]] if said else [])]))


def ask_defaults(pages: Mapping[str, Page]) -> dict[str, list[Ask]]:
    """Make the questions with an answer: group -> one question a version.

    `pages` maps a version to its page ref/settings.
    """
    groups: dict[str, list[Ask]] = {}
    for version, page in pages.items():
        for question in read_defaults(page, version):
            groups.setdefault(question.group, []).append(question)
    return groups


def ask_absent(pages: Mapping[str, Page], corpus: Mapping[str, str]) -> Iterator[Ask]:
    """Ask a version for the settings that only others have, and that it nowhere mentions."""
    names = {version: read_names(page) for version, page in pages.items()}
    for name in sorted(set.union(*names.values())):
        for version, text in corpus.items():
            if name not in names[version] and find_whole(text, name) is None:
                yield Ask((name,), version)


def mentioned(names: set[str], asked: list[Asked]) -> set[str]:
    """List the settings and keys that hand-written questions are about or name."""
    texts = [" ".join([entry.question, *(forms[0] for forms in entry.answers.values()),
                       *([entry.section] if entry.page == SETTINGS_PAGE else [])])
             for entry in asked]
    return names & {word for text in texts for word in NAME.findall(text)}


def _settings(page: Page) -> list[Section]:
    """List the sections of settings and their keys: below a chapter of the page, in capitals."""
    return [section for section in page.sections if len(section.titles) >= 3
            and all(NAME.fullmatch(title) for title in section.titles[2:])]


def _words(text: str) -> str:
    """Return the words of a text between spaces: " auth user " for "'auth.User'"."""
    return " ".join(["", *re.findall(r"[^\W_]+", text.casefold()), ""])
