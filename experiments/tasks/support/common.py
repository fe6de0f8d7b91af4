"""What the three hard parts of `support` share: wording, accepted forms, and the card's frame.

The middle of a real card, before any code:

    ## Counts

    | what | number |
    |---|---|
    | documents | 336 |
    | words a document | 59 to 180 |
    | train questions (unanswerable) | 206 (30) |

and forms({"written": "${n}", "accepted": ["{n}", "{n} dollars"]}, "218") is
["$218", "218", "218 dollars"].
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from experiments.core import BookError
from experiments.core.nouns import SPLITS
from experiments.tasks.card import hash_contents

CARD = """# {name}

## Purpose

{purpose}

## Making

{making}

## Licence

CC BY 4.0.

## Counts

| what | number |
|---|---|
{counts}

## SHA-256

`{sha256}`

over the path, length and content of every document and of questions.jsonl, sorted by path.

## Known limits

{limits}
"""


def read_wording(module: str, name: str) -> dict:
    """Read a file of hand-written wording that lies beside a module, given by its `__file__`."""
    path = Path(module).with_name(name)
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def forms(entry: Mapping, value: str) -> list[str]:
    """List the accepted forms of a value, the one that an article holds first."""
    return [form.format(n=value) for form in (entry["written"], *entry["accepted"])]


def capital(text: str) -> str:
    """Begin a text with a capital letter and leave the rest as it is."""
    return text[0].upper() + text[1:]


def read_json_lines(path: Path, fields: Sequence[str]) -> list[dict]:
    """Read one JSON object a line; raise BookError for one that lacks any of `fields`."""
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise BookError(f"{path} cannot be read ({error.strerror}): "
                        "restore it from git") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BookError(f"{path}:{number}: expected one JSON object a line ({error}); "
                            "restore the file from git") from None
        missing = [field for field in fields if not isinstance(row, dict) or field not in row]
        if missing:
            raise BookError(f"{path}:{number}: expected an object with {', '.join(fields)}; "
                            f"{missing[0]!r} is missing; restore the file from git")
        rows.append(row)
    return rows


def fill_card(
    name: str, files: Mapping[str, str], *, purpose: str, making: str, limits: str,
    counts: Mapping[str, int],
) -> str:
    """Write card.md for `files`; `counts` adds rows of the task's own to the table."""
    rows = [json.loads(line) for line in files["questions.jsonl"].splitlines()]
    asked = Counter(row["split"] for row in rows)
    unanswerable = Counter(row["split"] for row in rows if not row["answers"])
    documents = {path: text for path, text in files.items() if path.startswith("documents/")}
    words = [len(text.split()) for text in documents.values()]
    table = {
        "documents": len(documents),
        "words a document": f"{min(words)} to {max(words)}",
        **{f"{split} questions (unanswerable)": f"{asked[split]} ({unanswerable[split]})"
           for split in SPLITS},
        **counts,
    }
    hashed = {**documents, "questions.jsonl": files["questions.jsonl"]}
    return CARD.format(
        name=name, purpose=purpose.strip(), making=making.strip(), limits=limits.strip(),
        counts="\n".join(f"| {what} | {number} |" for what, number in table.items()),
        sha256=hash_contents({path: text.encode() for path, text in hashed.items()}))
