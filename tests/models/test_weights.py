"""Weights are the ones that the book was measured with, or nothing is loaded."""

import hashlib
import os

import pytest

from experiments.core import BookError
from experiments.models import weights
from experiments.models.weights import check_file, known_sha256, wheel_folder

CONTENT = b"weights" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path, own_cache):
    path = tmp_path / "model.bin"
    path.write_bytes(CONTENT)
    return path


def test_the_right_file_passes(file):
    assert check_file(file, SHA256, "some-wheel") == file


@pytest.mark.parametrize("damage", [CONTENT[:-1], CONTENT[:-1] + b"x", b""])
def test_a_damaged_file_is_refused_with_what_to_do(file, damage):
    check_file(file, SHA256, "some-wheel")
    file.write_bytes(damage)
    with pytest.raises(BookError, match="requirements-models.txt.*some-wheel") as caught:
        check_file(file, SHA256, "some-wheel")
    assert SHA256 in str(caught.value)
    assert hashlib.sha256(damage).hexdigest() in str(caught.value)


def test_a_missing_file_and_a_missing_wheel_say_what_to_install(tmp_path):
    with pytest.raises(BookError, match="missing.*requirements-models.txt"):
        check_file(tmp_path / "none.bin", SHA256, "some-wheel")
    with pytest.raises(BookError, match="some-wheel.*not installed.*requirements-models.txt"):
        wheel_folder("a_package_that_nobody_installed", "some-wheel")


def test_a_wheel_is_found_without_importing_it():
    import sys

    sys.modules.pop("this", None)
    # "email" is a package that is always there.
    assert (wheel_folder("email", "standard library") / "message.py").is_file()
    before = set(sys.modules)
    wheel_folder("xmlrpc", "standard library")
    assert "xmlrpc" not in set(sys.modules) - before


def test_a_checksum_is_read_once_and_again_when_the_file_changes(file, monkeypatch):
    reads = []
    digest = weights.sha256_file
    monkeypatch.setattr(weights, "sha256_file", lambda p: reads.append(p) or digest(p))
    assert known_sha256(file) == known_sha256(file) == SHA256
    assert len(reads) == 1
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert known_sha256(file) == SHA256
    assert len(reads) == 2


def test_a_damaged_note_is_not_believed(file, own_cache):
    known_sha256(file)
    (note,) = (own_cache / "checksums").iterdir()
    for damage in ("", "{", "[]", '{"sha256": "0"}'):
        note.write_text(damage)
        assert known_sha256(file) == SHA256
