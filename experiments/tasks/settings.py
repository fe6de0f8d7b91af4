"""What a task says about itself in task.yaml: the kind of work, its prompts, its form of answer.

A real task.yaml, that of a task which extracts terms from contract clauses:

    kind: extraction                # or classification, style, sql; without it: questions
    prompts:                        # each replaces a field of methods.prompts.Templates
      closed: "Extract the terms of the clause as one JSON object with these keys: ..."
      question: "Clause: {question}"
    wordings:                       # other texts for the same prompts, by a name
      terse: {closed: "JSON of the clause's terms: ..."}
    max_new_tokens: 160
    schema: schema.json             # extraction: the JSON Schema of an answer

A task that classifies names its labels instead, each with the keywords a rule would look for:

    kind: classification
    labels: {billing: [invoice, charge], refunds: [refund, money back]}

One whose answers are SQL names the scripts, beside task.yaml, that make its database, with other
rows each; they are asked what a query gives (see `tasks.database`):

    kind: sql
    databases: [filling-1.sql, filling-2.sql]
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from experiments.core import BookError, shown
from experiments.core.files import expect_inside
from experiments.core.yaml_files import read_yaml
from experiments.tasks.database import QueryFault, check_script
from experiments.tasks.schemas import read_schema

KINDS = ("questions", "extraction", "classification", "style", "sql")
FILE = "task.yaml"
MAX_NEW_TOKENS = 24
_FIELDS = {"kind": str, "prompts": dict, "wordings": dict, "max_new_tokens": int, "schema": str,
           "labels": dict, "databases": list}


@dataclass(frozen=True)
class Settings:
    """The settings of a task; the defaults are those of a task without task.yaml."""

    kind: str = "questions"
    prompts: Mapping[str, str] = field(default_factory=dict)
    wordings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    max_new_tokens: int = MAX_NEW_TOKENS
    schema: Mapping | None = None
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    databases: tuple[str, ...] = ()

    @property
    def cites(self) -> bool:
        """Return whether an answer is looked up in a passage, and cites it."""
        return self.kind == "questions"

    @property
    def one_line(self) -> bool:
        """Return whether an answer is its first line; objects and queries may take several."""
        return self.kind not in ("extraction", "sql")


def settings_files(folder: Path) -> list[Path]:
    """List task.yaml and the schema or scripts it names, as far as they are there."""
    path = folder / FILE
    if not path.is_file():
        return []
    row = _read_yaml(path)
    named = [row["schema"]] if row.get("schema") else row.get("databases", [])
    return [path, *(expect_inside(folder / str(name), folder) for name in named)]


def read_settings(folder: Path) -> Settings:
    """Read a task's settings; without task.yaml they are the defaults.

    Raises BookError naming the file for anything that does not fit the form.
    """
    path = folder / FILE
    if not path.is_file():
        return Settings()
    row = _read_yaml(path)
    _check_fields(path, row)
    kind = row.get("kind", "questions")
    if kind not in KINDS:
        raise BookError(f"{path}: kind is one of {', '.join(KINDS)}, not {shown(kind)}")
    for needed, by in (("schema", "extraction"), ("labels", "classification"),
                       ("databases", "sql")):
        if (needed in row) != (kind == by):
            raise BookError(f"{path}: {needed!r} belongs to the kind {by!r}, and that kind needs "
                            f"it; the kind here is {kind!r}")
    return Settings(
        kind, row.get("prompts", {}), row.get("wordings", {}),
        row.get("max_new_tokens", MAX_NEW_TOKENS),
        read_schema(expect_inside(folder / row["schema"], folder)) if "schema" in row else None,
        _labels(path, row.get("labels", {})),
        tuple(_read_script(expect_inside(folder / str(name), folder))
              for name in row.get("databases", [])),
    )


def _read_yaml(path: Path) -> dict:
    expect_inside(path, path.parent)
    try:
        row = _parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BookError(f"{path}: not readable YAML in UTF-8 ({error})") from error
    if not isinstance(row, dict):
        raise BookError(f"{path}: expected a mapping such as `kind: classification`, got "
                        f"{shown(row)}")
    return row


@lru_cache(maxsize=8)  # a task's settings are listed, checked and read: one parse for all
def _parse(text: str) -> object:
    return read_yaml(text)


def _check_fields(path: Path, row: dict) -> None:
    for name, value in row.items():
        if name not in _FIELDS:
            raise BookError(f"{path}: unknown field {shown(name)}; known fields: "
                            f"{', '.join(_FIELDS)}")
        if not isinstance(value, _FIELDS[name]) or isinstance(value, bool):
            raise BookError(f"{path}: {name!r} should be a {_FIELDS[name].__name__}, "
                            f"got {shown(value)}")
    _check_prompts(path, row.get("prompts", {}))
    for name, prompts in row.get("wordings", {}).items():
        if not isinstance(prompts, dict) or not row.get("prompts"):
            raise BookError(f"{path}: 'wordings' gives other texts for entries of 'prompts', such "
                            f"as `terse: {{closed: ...}}`; got {shown(name)}: {shown(prompts)}")
        _check_prompts(path, prompts)
    if not row.get("databases", True):
        raise BookError(f"{path}: 'databases' names at least one script, such as [filling-1.sql]")
    if row.get("max_new_tokens", 1) < 1:
        raise BookError(f"{path}: max_new_tokens should be at least 1")


def _check_prompts(path: Path, prompts: dict) -> None:
    if not all(isinstance(text, str) and text.strip() for text in prompts.values()):
        raise BookError(f"{path}: every entry of 'prompts' is a text that is not empty")
    if "question" in prompts and set(_places(prompts["question"])) != {"question"}:
        raise BookError(f"{path}: the prompt 'question' needs the place {{question}}, such as "
                        "'Message: {question}', and no other; write {{ and }} for braces that the "
                        "model should see")


def _places(text: str) -> list[str]:
    """Name the places of a template as they stand between braces."""
    try:
        return [f"{name}{'!' + turned if turned else ''}{':' + wide if wide else ''}"
                for _, name, wide, turned in string.Formatter().parse(text) if name is not None]
    except ValueError:  # a brace without its other half
        return []


def _read_script(path: Path) -> str:
    try:
        script = path.read_text(encoding="utf-8")
        check_script(script)
    except (OSError, UnicodeDecodeError, QueryFault) as error:
        raise BookError(f"{path}: expected a script of SQL that makes the tables of a database in "
                        f"memory and nothing else, as 'databases' in {FILE} says ({error})"
                        ) from error
    return script


def _labels(path: Path, row: dict) -> dict[str, tuple[str, ...]]:
    for label, words in row.items():
        if not isinstance(label, str) or not isinstance(words, list):
            raise BookError(f"{path}: 'labels' maps each label to a list of keywords, such as "
                            f"`billing: [invoice, charge]`; got {shown(label)}: {shown(words)}")
    return {label: tuple(str(word) for word in words) for label, words in row.items()}
