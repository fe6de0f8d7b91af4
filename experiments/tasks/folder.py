"""The folder format of a task: `documents/` and one file of questions.

A real line of questions.jsonl, and the same question in questions.csv:

    {"id": "q1", "question": "How long is the warranty?", "answers": ["18 months", "18"],
     "evidence": ["aldra-220"], "split": "test", "group": "aldra-220"}

    id,question,answers,evidence,split,group
    q1,How long is the warranty?,18 months|18,aldra-220,test,aldra-220

Only `id`, `question` and `answers` are required; a field `user` may say who asks. No answers
(`[]`, or an empty cell) means that the documents do not hold one. In CSV several answers, or
several documents, are parted by "|". The shipped benchmarks and a reader's own documents use
this one format.
"""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from experiments.core import BookError, Example
from experiments.core.files import expect_inside, walk
from experiments.core.nouns import SPLITS

SUPPORTED_ENDINGS = (".md", ".txt", ".html", ".pdf", ".docx")
QUESTION_FILES = ("questions.jsonl", "questions.csv")
REQUIRED = ("id", "question", "answers")
LAYOUT = "a task is a folder with documents/ and questions.jsonl or questions.csv"


def read_questions(folder: Path) -> list[Example]:
    """Read a task's questions in file order; BookError names file and line of what is wrong."""
    path = questions_file(folder)
    return list(_read_examples(path, path.read_bytes()))


@lru_cache(maxsize=4)  # a task is checked against its card and then opened: one parse for both
def _read_examples(path: Path, data: bytes) -> tuple[Example, ...]:
    read = _csv_rows if path.suffix == ".csv" else _json_rows
    examples: list[Example] = []
    line_of_id: dict[str, int] = {}
    split_of_group: dict[str, tuple[str, int]] = {}
    for line, row in read(path, _decode(path, data)):
        example = _example(path, line, row)
        if example.id in line_of_id:
            raise BookError(f"{path}:{line}: the id {example.id!r} is already used in line "
                            f"{line_of_id[example.id]}; give every question its own id")
        line_of_id[example.id] = line
        split, first = split_of_group.setdefault(example.group, (example.split, line))
        if split != example.split:
            raise BookError(f"{path}:{line}: the group {example.group!r} is in split "
                            f"{example.split!r} here and in {split!r} in line {first}; keep a "
                            "group in one split, or give its questions another \"group\"")
        examples.append(example)
    if not examples:
        raise BookError(f"{path}: expected at least one question, the file holds none")
    return tuple(examples)


def questions_file(folder: Path) -> Path:
    """Find the one file of questions of a task."""
    _need_folder(folder)
    found = [folder / name for name in QUESTION_FILES if (folder / name).is_file()]
    if not found:
        raise BookError(f"{folder}: no file of questions: {LAYOUT}")
    if len(found) > 1:
        raise BookError(f"{folder}: both {' and '.join(QUESTION_FILES)} are there; keep one")
    return expect_inside(found[0], folder)


def documents_folder(folder: Path) -> Path:
    """Return `folder/documents`, which holds at least one document in a supported format."""
    _need_folder(folder)
    documents = folder / "documents"
    if not documents.is_dir():
        raise BookError(f"{folder}: no folder documents/: {LAYOUT}")
    expect_inside(documents, folder)
    if not document_files(folder):
        raise BookError(f"{documents}: expected at least one document that ends in "
                        f"{', '.join(SUPPORTED_ENDINGS)}; found none")
    return documents


def document_files(folder: Path) -> list[Path]:
    """List the documents of a task by their endings, subfolders included, sorted."""
    found = (place / name for place, _, names in walk(folder / "documents") for name in names)
    return sorted(path for path in found
                  if path.is_file() and path.suffix.lower() in SUPPORTED_ENDINGS)


def json_lines(rows: Iterable[Mapping]) -> str:
    """Write one JSON object a line, as questions.jsonl holds them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def prepare_once(folder: Path, generate: Callable[[], Mapping[str, str]]) -> Path:
    """Make a task's folder out of its files, unless it is there, and give it back.

    Written aside and renamed at the end: a killed preparation leaves no half of a task, and of
    two processes that prepare at once the later one throws its copy away.
    """
    if folder.is_dir():
        return folder
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_files(aside, generate())
        try:
            os.rename(aside, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write a task's files, relative path -> content, to its folder.

    Where they hold documents, those that the task no longer has are deleted; documents written
    by hand, which no module makes, stay.
    """
    documents = {folder / path for path in files if path.startswith("documents/")}
    if documents:
        for stale in set((folder / "documents").glob("*.md")) - documents:
            stale.unlink()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8", newline="\n")


def _need_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise BookError(f"{folder}: not a folder: {LAYOUT}")


def _decode(path: Path, data: bytes) -> str:
    """Decode UTF-8 with or without a byte-order mark; name the first byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The decoder counts from behind the mark that it skipped.
        start = error.start + len(data) - len(error.object)
        line = data.count(b"\n", 0, start) + 1
        column = start - (data.rfind(b"\n", 0, start) + 1) + 1
        raise BookError(f"{path}:{line}: byte {column} of the line (0x{data[start]:02x}) is not "
                        "UTF-8; save the file as UTF-8") from None


def _json_rows(path: Path, content: str) -> Iterator[tuple[int, dict]]:
    """Yield line number and object of every line that is not blank."""
    # Not splitlines: it would also cut at U+2028, which may stand inside a JSON string.
    for line, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = f"{error.msg}, column {error.colno}" if hasattr(error, "colno") else error
            raise BookError(f"{path}:{line}: expected one JSON object a line, such as "
                            f'{{"id": "q1", "question": "…", "answers": ["…"]}}; this line is '
                            f"not JSON ({reason})") from None
        if not isinstance(row, dict):
            raise BookError(f"{path}:{line}: expected a JSON object, came {_kind(row)}")
        yield line, row


def _csv_rows(path: Path, content: str) -> Iterator[tuple[int, dict]]:
    """Yield first line number and cells of every row; lists are parted by "|"."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells) and not header:
                header = _header(path, line, cells)
            elif any(cells):
                if len(cells) != len(header):
                    raise BookError(f"{path}:{line}: expected {len(header)} cells "
                                    f"({', '.join(header)}), came {len(cells)}; put a cell that "
                                    "holds a comma in double quotes")
                row = dict(zip(header, cells, strict=True))
                # An empty cell of an optional column is a value that was not given.
                row = {k: v for k, v in row.items() if v or k in REQUIRED}
                lists = {k: row[k].split("|") if row[k] else []
                         for k in ("answers", "evidence") if k in row}
                yield line, row | lists
            line = reader.line_num + 1
    except csv.Error as error:
        raise BookError(f"{path}:{line}: the row that starts here is not CSV ({error}); check "
                        "its double quotes") from None


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in cells]
    if missing or len(set(cells)) < len(cells):
        raise BookError(
            f"{path}:{line}: expected a first row that names the columns, parted by commas, each "
            f"once: {', '.join(REQUIRED)} and, if you like, evidence, split, group; "
            f"came: {', '.join(cells)}")
    return cells


def _example(path: Path, line: int, row: dict) -> Example:
    """Check the fields of one row and make it an Example."""
    missing = [name for name in REQUIRED if name not in row]
    if missing:
        raise BookError(f"{path}:{line}: the field {missing[0]!r} is missing; a question needs "
                        f"{', '.join(REQUIRED)}")
    evidence = row.get("evidence", [])
    evidence = _texts(path, line, "evidence", [evidence] if isinstance(evidence, str) else evidence)
    identity = _text(path, line, "id", row["id"])
    split = _text(path, line, "split", row.get("split", "test"))
    if split not in SPLITS:
        raise BookError(f"{path}:{line}: unknown split {split!r}; use {', '.join(SPLITS)}")
    group = row.get("group", evidence[0] if evidence else identity)
    return Example(identity, _text(path, line, "question", row["question"]),
                   _texts(path, line, "answers", row["answers"]), evidence, split,
                   _text(path, line, "group", group),
                   _text(path, line, "user", row["user"]) if "user" in row else "")


def _text(path: Path, line: int, field: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise BookError(f"{path}:{line}: {field!r} holds half of a surrogate pair (\\ud800 "
                            "to \\udfff), which is no character; write the character itself")
        return value.strip()
    came = "an empty string" if isinstance(value, str) else _kind(value)
    raise BookError(f"{path}:{line}: {field!r} should be a string that is not empty, came {came}")


def _texts(path: Path, line: int, field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BookError(f"{path}:{line}: {field!r} should be a list of strings, came "
                        f"{_kind(value)}; write [\"…\"], or [] for none")
    return tuple(_text(path, line, f"{field}[{n}]", item) for n, item in enumerate(value))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false",
             type(None): "null"}
    return names.get(type(value), "a number")
