"""Every test runs without a network and with its own cache where it writes one."""

import os
import socket

import pytest

import experiments  # noqa: F401 (sets what OpenMP reads when a test module loads torch)

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Let sockets reach this machine only."""

    def connect(self, address):
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("local", "127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test reached for the network: {address}")
        return _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Return the test a cache of its own."""
    monkeypatch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def module_cache(tmp_path_factory):
    """Yield the tests of a module one cache of their own, in which a task is prepared once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KNOW_OR_BEHAVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
