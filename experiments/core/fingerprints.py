"""Content hashes: equal content, equal fingerprint, and nothing else."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

LENGTH = 16
# Metadata of a dataclass field that counts only where it is not empty: such a field can be
# added to a noun without giving new fingerprints to everything recorded before.
ONLY_WHEN_SET = {"fingerprint": "only when set"}


def fingerprint(*parts: object) -> str:
    """Hash any mix of dataclasses, mappings, sequences, scalars, bytes and paths.

    A path stands for the content of the file it names. The answer is 16
    hexadecimal digits. Raises TypeError for a part that has no stable content
    (a function, an open file), so that nobody fingerprints an address in memory.
    """
    text = json.dumps([_plain(part) for part in parts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def sha256_file(path: Path) -> str:
    """Return the 64-digit SHA-256 of a file, read in blocks of 1 MiB."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _plain(part: object) -> object:
    """Turn a part into JSON that differs whenever the part differs."""
    if part is None or isinstance(part, bool | int | str):
        return part
    if isinstance(part, float):
        return {"float": repr(part)}
    if isinstance(part, bytes):
        return {"bytes": hashlib.sha256(part).hexdigest()}
    if isinstance(part, Path):
        return {"file": sha256_file(part)}
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        values = {f.name: _plain(getattr(part, f.name)) for f in dataclasses.fields(part)
                  if f.metadata != ONLY_WHEN_SET or getattr(part, f.name)}
        return {"type": type(part).__name__, "fields": values}
    if isinstance(part, Mapping):
        return {"map": [[_plain(k), _plain(part[k])] for k in sorted(part, key=str)]}
    if isinstance(part, list | tuple):
        return [_plain(item) for item in part]
    if isinstance(part, set | frozenset):
        return {"set": sorted(json.dumps(_plain(i), sort_keys=True) for i in part)}
    raise TypeError(
        f"cannot fingerprint a {type(part).__name__}: give dataclasses, mappings, "
        "sequences, scalars, bytes or a path"
    )
