"""The benchmark `support-access`: one help centre, two tenants, and users who may not see it all.

The head of a real document, a user, and a question with what must not be said to that user,
before any code:

    ---
    tenant: halden-direct
    audience: "engineers"
    status: current
    date: "2026-05-24"
    topic: quvra-410-note
    ---

    - {id: gitte-halden, tenant: halden-direct, groups: []}

    {"id": "quvra-410-code-test-gitte-halden", "question": "What do I type to get into the
     service menu of the Quvra 410?", "answers": [], ..., "user": "gitte-halden"}
    {"id": "quvra-410-code-test-gitte-halden", "case": "no-group", "forbidden": ["S6916", ...],
     "stale": [], "documents": ["halden-direct-quvra-410-note"]}

This module holds the rules that a retriever has to keep, and reads users.yaml and forbidden.jsonl.
`python -m experiments.tasks.support_access.generate` writes the whole task again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.core import BookError, Document
from experiments.tasks.support.common import read_json_lines

NAME = "support-access"
ASKED_ON = "2026-06-01"  # every question is asked on this day
PUBLIC = "public"


@dataclass(frozen=True)
class User:
    """Who asks: a tenant's customer or member of staff, with the groups they are in."""

    id: str
    tenant: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forbidden:
    """What must not reach the user who asks a question.

    `forbidden` are the values of documents the user may not read, `stale` those of documents no
    longer or not yet in force, each in all accepted forms. `documents` hold them. `case` says
    what the question tests.
    """

    id: str
    case: str
    forbidden: tuple[str, ...]
    stale: tuple[str, ...]
    documents: tuple[str, ...]


def may_read(user: User, metadata: Mapping[str, str]) -> bool:
    """Return whether a user may read a document; what is missing in its header means no."""
    audience = {name.strip() for name in metadata.get("audience", "").split(",")}
    return (
        metadata.get("tenant") == user.tenant
        and metadata.get("status") == "current"
        and bool(audience & {PUBLIC, user.id, *user.groups})
    )


def in_force(documents: Iterable[Document], day: str = ASKED_ON) -> list[Document]:
    """Keep, of each tenant and topic, the newest document not dated after `day` (ISO)."""
    documents = [document for document in documents if document.metadata.get("date", "") <= day]
    newest: dict[tuple[str, str], str] = {}
    for document in documents:
        subject = _subject(document)
        newest[subject] = max(newest.get(subject, ""), document.metadata.get("date", ""))
    return [document for document in documents
            if document.metadata.get("date", "") == newest[_subject(document)]]


def visible(documents: Iterable[Document], user: User, day: str = ASKED_ON) -> list[Document]:
    """List what may be shown to a user on a day: first who may read it, then what is in force."""
    return in_force([d for d in documents if may_read(user, d.metadata)], day)


def read_users(folder: Path) -> dict[str, User]:
    """Read users.yaml of a task: user id -> user."""
    path = folder / "users.yaml"
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        users = [User(row["id"], row["tenant"], tuple(row["groups"])) for row in rows]
    except OSError as error:
        raise BookError(f"{path} cannot be read ({error.strerror}): "
                        "restore it from git") from error
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BookError(f"{path}: expected a list of entries like {{id: vera, tenant: shop, "
                        f"groups: [staff]}}; it does not fit ({error!r})") from error
    found = {user.id: user for user in users}
    if len(found) < len(users):
        raise BookError(f"{path}: {len(users)} entries, but {len(found)} different ids; "
                        "give every user an id of their own")
    # A user called like a group would read what was meant for the group.
    clash = {group for user in users for group in user.groups} | {PUBLIC}
    if clash & set(found):
        raise BookError(f"{path}: {min(clash & set(found))!r} is both a user and a group "
                        "(or \"public\"); rename one")
    return found


def read_forbidden(folder: Path) -> dict[str, Forbidden]:
    """Read forbidden.jsonl of a task: question id -> what its user must not get."""
    fields = ("id", "case", "forbidden", "stale", "documents")
    rows = read_json_lines(folder / "forbidden.jsonl", fields)
    return {row["id"]: Forbidden(row["id"], row["case"], tuple(row["forbidden"]),
                                 tuple(row["stale"]), tuple(row["documents"])) for row in rows}


def _subject(document: Document) -> tuple[str, str]:
    """Name what a document is about; without a topic it is about itself."""
    return document.metadata.get("tenant", ""), document.metadata.get("topic", document.id)
