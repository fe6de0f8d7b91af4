"""What a task's card states of its files: one hash over all of them.

Modules that write tasks, and the catalogue that checks them, both need it.
"""

import hashlib
from collections.abc import Mapping


def hash_contents(contents: Mapping[str, bytes]) -> str:
    """Hash documents and questions: SHA-256 over every path, length and content, sorted by path."""
    digest = hashlib.sha256()
    for path in sorted(contents):
        digest.update(f"{path}\0{len(contents[path])}\0".encode())
        digest.update(contents[path])
    return digest.hexdigest()
