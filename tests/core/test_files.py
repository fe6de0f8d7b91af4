"""A file is replaced whole or not at all."""

import os

import pytest

from experiments.core.files import replace_file


def test_a_file_is_made_with_its_folder_and_replaced_whole(tmp_path):
    path = tmp_path / "new" / "seal.json"
    replace_file(path, b"first, and longer")
    replace_file(path, b"second")
    assert path.read_bytes() == b"second" and list(path.parent.iterdir()) == [path]


def test_what_stood_there_stays_when_the_disk_refuses(tmp_path, monkeypatch):
    path = tmp_path / "seal.json"
    replace_file(path, b"first")

    def refuse(handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="no space left"):
        replace_file(path, b"second")
    assert path.read_bytes() == b"first"
