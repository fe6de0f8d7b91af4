"""Say which passages a search may return, by the metadata of their documents.

    where(("version", "==", "5.2"))
    where(("tenant", "==", "sundal-stores"), ("date", "<=", 20260601))

A condition is (field, operator, value), with LlamaIndex's signs for operators: ==, !=, <, <=,
>, >=, in. Chroma compares sizes of numbers only, so a date is stored as the number 20260601.
"""

from collections.abc import Mapping

from experiments.core import BookError, Document

SIGNS = ("==", "!=", "<", "<=", ">", ">=", "in")


def where(*conditions: tuple[str, str, object]):
    """Return LlamaIndex's MetadataFilters that let pass what meets all conditions."""
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    filters = []
    for field, sign, value in conditions:
        if sign not in SIGNS:
            raise BookError(f"expected one of {', '.join(SIGNS)} between {field!r} and {value!r}, "
                            f"got {sign!r}")
        filters.append(MetadataFilter(key=field, operator=FilterOperator(sign), value=value))
    return MetadataFilters(filters=filters)


def day_number(date: str) -> int:
    """Turn an ISO date into a number that orders as dates do: 2026-06-01 -> 20260601."""
    return int(date.replace("-", ""))


def metadata_of(documents: Mapping[str, Document],
                *fields: str) -> dict[str, dict[str, str | int]]:
    """Pick some fields of every document's metadata, by document id; `date` as a number."""
    picked = {}
    for name, document in documents.items():
        missing = [field for field in fields if field not in document.metadata]
        if missing:
            raise BookError(f"document {name} has no {missing[0]!r} in its header: add it, or a "
                            "filter on that field would never let the document pass")
        picked[name] = {field: day_number(document.metadata[field]) if field == "date"
                        else document.metadata[field] for field in fields}
    return picked
