"""The archives of `devdocs`: fetched once, checked always, and read without unpacking."""

import gzip
import hashlib
import io
import re
import subprocess
import tarfile

import pytest

from experiments.core import BookError
from experiments.tasks.devdocs import archives as devdocs_archives
from experiments.tasks.devdocs.archives import Archive, fetch, find_archive, read_archives

PAGES = {"docs/ref/settings.txt": "Settings", "docs/index.txt": "Index é",
         "docs/conf.py": "code", "README.rst": "readme", "tests/docs/other.txt": "other"}


def packed():
    """Pack a tiny source distribution; its bytes are the same at every call."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as files:
        for name, text in PAGES.items():
            member = tarfile.TarInfo(f"django-1.0/{name}")
            member.size = len(text.encode())
            files.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(stream.getvalue(), mtime=0)


SHA256 = hashlib.sha256(packed()).hexdigest()
ONE = Archive("1.0", "1.0.7", "django-1.0.7.tar.gz", SHA256)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Let the archives be one tiny one, in a folder of the test."""
    monkeypatch.setattr(devdocs_archives, "FOLDER", tmp_path / "archives")
    monkeypatch.setattr(devdocs_archives, "read_archives", lambda: [ONE])
    return tmp_path / "archives"


def pip(monkeypatch, content, returncode=0, said=""):
    """Let pip write `content` to where it is told, or say something; return its calls."""
    calls = []

    def run(command, **options):
        calls.append(command)
        if content is not None:
            with open(f"{command[-1]}/{ONE.file}", "wb") as file:
                file.write(content)
        return subprocess.CompletedProcess(command, returncode, "", said)

    monkeypatch.setattr(devdocs_archives.subprocess, "run", run)
    return calls


def test_three_versions_are_pinned_to_a_release_a_file_and_a_hash():
    archives = read_archives()
    assert [archive.version for archive in archives] == ["4.2", "5.2", "6.1"]
    for archive in archives:
        assert archive.release.startswith(archive.version + ".")
        assert archive.file == f"django-{archive.release}.tar.gz"
        assert re.fullmatch(r"[0-9a-f]{64}", archive.sha256)


def test_a_missing_archive_is_named_with_the_command_that_brings_it(folder):
    with pytest.raises(BookError, match=r"django-1\.0\.7\.tar\.gz, found none: run "
                                        r"`python -m experiments fetch` once"):
        find_archive(ONE)


def test_an_altered_archive_is_named_with_both_hashes(folder):
    folder.mkdir()
    (folder / ONE.file).write_bytes(b"altered")
    altered = hashlib.sha256(b"altered").hexdigest()
    with pytest.raises(BookError, match=f"{ONE.file}.*expected SHA-256 {SHA256}, found {altered}"):
        find_archive(ONE)


def test_fetching_downloads_what_is_missing_and_only_once(folder, monkeypatch):
    calls = pip(monkeypatch, packed())
    assert fetch() == [folder / ONE.file]
    assert fetch() == [folder / ONE.file]
    assert len(calls) == 1
    assert "Django==1.0.7" in calls[0] and "--no-deps" in calls[0]
    assert (folder / ONE.file).read_bytes() == packed()
    assert [path.name for path in folder.iterdir()] == [ONE.file]


def test_a_failed_download_says_what_pip_said_and_leaves_nothing(folder, monkeypatch):
    pip(monkeypatch, None, 1, "WARNING: retrying\nERROR: No matching distribution found")
    with pytest.raises(BookError, match="it said: ERROR: No matching distribution found"):
        fetch()
    assert list(folder.iterdir()) == []


def test_a_download_with_another_hash_is_not_kept(folder, monkeypatch):
    pip(monkeypatch, b"another release")
    with pytest.raises(BookError, match=f"expected SHA-256 {SHA256}"):
        fetch()
    assert list(folder.iterdir()) == []


def test_pages_are_the_sources_below_docs(folder):
    folder.mkdir()
    (folder / ONE.file).write_bytes(packed())
    assert devdocs_archives.read_pages(ONE) == {"ref/settings": "Settings", "index": "Index é"}
