"""Read a folder of documents.

    read_documents(Path("documents"))
    [Document(id="aldra-220", title="Aldra 220 kettle", text="# Aldra 220 kettle\\n\\n...",
              metadata={"file": "aldra-220.md"}), ...]
"""

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from experiments.core import BookError, Document
from experiments.core.files import expect_inside, walk
from experiments.core.terminal import plain
from experiments.retrieval.documents.formats import READERS

ENDINGS = tuple(READERS)
LARGEST_BYTES = 20_000_000


def read_documents(folder: Path) -> list[Document]:
    """Read every supported file below a folder, sorted by document id.

    Hidden files are passed over in silence, files of other kinds with one warning
    on stderr. Raises BookError naming the file that stands in the way.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BookError(f"expected a folder of documents at {folder}, found none: make it "
                        f"and put {_endings()} files there")
    files = list(_files(folder))
    readable = [path for path in files if path.suffix.lower() in READERS]
    if not readable:
        found = f"only {_other_endings(files)}" if files else "no file at all"
        raise BookError(f"expected documents in {folder}, found {found}: put {_endings()} "
                        "files there")
    named: dict[str, Path] = {}
    for path in readable:
        name = _id(path, folder)
        if name in named:
            raise BookError(f"{named[name]} and {path} would both be document {name!r}: "
                            "rename one of them")
        named[name] = path
    others = [path for path in files if path.suffix.lower() not in READERS]
    if others:
        print(plain(f"warning: not read in {folder}: {len(others)} of {len(files)} files "
                    f"({_other_endings(others)}); supported are {_endings()}"), file=sys.stderr)
    return [read_document(named[name], folder) for name in sorted(named)]


def read_document(path: Path, folder: Path) -> Document:
    """Read one file; its id is the path below `folder` without the ending."""
    path, folder = Path(path), Path(folder)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BookError(f"{path}: expected a {_endings()} file")
    expect_inside(path, folder)
    if not path.is_file():
        raise BookError(f"{path}: expected a file, found none: remove the entry")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise BookError(f"{path} has {size / 1e6:.0f} MB, more than the "
                        f"{LARGEST_BYTES / 1e6:.0f} MB a document may have: split it")
    try:
        content = reader(path)
    except OSError as error:
        raise BookError(f"{path} cannot be read ({error.strerror or error}): "
                        "check its permissions") from error
    if not content.text.strip():
        raise BookError(f"{path} holds no text: add some or remove the file "
                        "(scanned pages need character recognition first)")
    name = path.relative_to(folder).as_posix()
    title = " ".join(content.title.split()) or path.stem
    return Document(_id(path, folder), title, content.text, {**content.metadata, "file": name})


def _files(folder: Path) -> Iterator[Path]:
    """Walk a folder in a fixed order, past hidden entries."""
    for place, folders, names in walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (place / name).is_symlink():
                raise BookError(f"{place / name} is a link to a folder: copy the documents "
                                "there instead of linking them")
        yield from (place / name for name in sorted(names) if not name.startswith("."))


def _id(path: Path, folder: Path) -> str:
    """Name a document; accents are composed, since file systems differ in that."""
    name = unicodedata.normalize("NFC", path.relative_to(folder).with_suffix("").as_posix())
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BookError(f"{path!r}: the file's name is not UTF-8: rename it") from error
    return name


def _endings() -> str:
    """List the supported endings for a message."""
    return ", ".join(ENDINGS[:-1]) + " or " + ENDINGS[-1]


def _other_endings(files: list[Path]) -> str:
    """List the endings of files for a message."""
    return ", ".join(sorted({path.suffix.lower() or f"{path.name!r}" for path in files}))
