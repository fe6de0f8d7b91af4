"""Search as a reader: a document's header says who may read it, and the search keeps to it.

A header, the fields it is indexed under, and what a reader's search demands, before any code:

    tenant: halden-direct, audience: "engineers, managers", status: current, date: "2026-04-01"

    {"tenant": "halden-direct", "status": "current", "from": 20260401, "until": 99991231,
     "read by engineers": 1, "read by managers": 1}

    tenant == "halden-direct" and status == "current" and from <= 20260601 and until > 20260601
    and (read by public == 1 or read by petra-halden == 1 or read by engineers == 1)

The condition is checked inside the search. What a reader may not see is never ranked, so it
takes no place among the k best and cannot reach a prompt, a log or an error message.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from experiments.core import BookError, Document, Hit
from experiments.retrieval.search.filters import day_number, where
from experiments.retrieval.search.index import VectorIndex

FOREVER = 99991231
_READ_BY = "read by "


@dataclass(frozen=True)
class Reader:
    """Who searches: a tenant, the names that audiences call them by, and the day (ISO)."""

    tenant: str
    names: tuple[str, ...]
    day: str


def access_fields(documents: Iterable[Document]) -> dict[str, dict[str, str | int]]:
    """Map document ids to the fields that `reader_filter` asks for.

    A field whose header entry is missing is left out, and then no reader's filter lets the
    document pass. Of the current documents of a tenant and topic the newest holds: the others
    end on the day that the next one begins.
    """
    documents = list(documents)
    versions: dict[tuple[str, str], dict[int, str]] = {}
    for document in documents:
        if document.metadata.get("status") == "current" and "date" in document.metadata:
            held = versions.setdefault(_subject(document), {})
            held[day_number(document.metadata["date"])] = document.metadata.get("audience", "")
    for (_, topic), held in versions.items():
        if len(set(held.values())) > 1:
            raise BookError(f"the versions of {topic!r} have different audiences "
                            f"({', '.join(sorted(set(held.values())))}), so that which of them "
                            "holds depends on the reader: give them one audience, or two topics")
    return {d.id: _fields(d, sorted(versions.get(_subject(d), ()))) for d in documents}


def reader_filter(reader: Reader):
    """Return LlamaIndex's MetadataFilters for what a reader may see.

    Raises BookError for a reader without tenant, names or day: a condition that is left out
    would let everything pass, and an error is better than an answer.
    """
    from llama_index.core.vector_stores import FilterCondition, MetadataFilters

    names = [name for name in reader.names if name]
    if not (reader.tenant and names and reader.day):
        raise BookError(f"expected a reader with tenant, names and day, got {reader}: find out "
                        "who asks before you search")
    day = day_number(reader.day)
    audience = where(*((_READ_BY + name, "==", 1) for name in names)).filters
    return MetadataFilters(filters=[
        *where(("tenant", "==", reader.tenant), ("status", "==", "current"),
               ("from", "<=", day), ("until", ">", day)).filters,
        MetadataFilters(filters=audience, condition=FilterCondition.OR)])


def search_as(index: VectorIndex, reader: Reader, queries: Sequence[str], k: int
              ) -> list[list[Hit]]:
    """Return for each query the k nearest chunks of those that the reader may see."""
    return index.search(queries, k, [reader_filter(reader)] * len(queries))


def _fields(document: Document, dates: Sequence[int]) -> dict[str, str | int]:
    """Turn a header into fields; `dates` are those of the versions of its subject."""
    header = document.metadata
    fields: dict[str, str | int] = {
        name: header[name] for name in ("tenant", "status") if name in header}
    if "date" in header:
        fields["from"] = day_number(header["date"])
        fields["until"] = next((day for day in dates if day > fields["from"]), FOREVER)
    audience = [name.strip() for name in header.get("audience", "").split(",")]
    return fields | {_READ_BY + name: 1 for name in audience if name}


def _subject(document: Document) -> tuple[str, str]:
    """Name what a document is about; without a topic it is about itself."""
    return document.metadata.get("tenant", ""), document.metadata.get("topic", document.id)
