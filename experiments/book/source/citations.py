"""The works of references.bib, in words: short for a sentence, in full for a list."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Work:
    """A work as a sentence names it, "Lewis et al. 2020", and in full, as Markdown."""

    short: str
    full: str


def read_works(path: Path) -> dict[str, Work]:
    """Map the keys of a bibliography to its works."""
    from pybtex.backends.markdown import Backend
    from pybtex.database import parse_file
    from pybtex.style.formatting.plain import Style

    entries = parse_file(path, bib_format="bibtex").entries
    formatted = Style().format_entries(entries.values())
    backend = Backend()
    return {entry.key: Work(_short(entries[entry.key]),
                            " ".join(entry.text.render(backend).split())) for entry in formatted}


def _short(entry) -> str:
    """Name the authors, at most two, and the year."""
    from pybtex.richtext import Text

    names = [" ".join(str(Text.from_latex(part)) for part in person.prelast_names
                      + person.last_names) for person in entry.persons["author"]]
    told = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{told} {entry.fields['year']}"
