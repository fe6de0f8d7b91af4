"""The lamp task, its study, and its sealed records."""

import pytest

from experiments.evidence.checks.run import record
from tests.evidence.tiny import make_study, write_task


@pytest.fixture(scope="session")
def lamps(tmp_path_factory):
    """Write the lamp task once."""
    return write_task(tmp_path_factory.mktemp("task") / "lamps")


@pytest.fixture
def study(lamps):
    """Declare the study of two arms."""
    return make_study(lamps)


@pytest.fixture
def results(study, tmp_path, monkeypatch):
    """Record the study into a folder of its own, and make that the results folder."""
    monkeypatch.setenv("KNOW_OR_BEHAVE_RESULTS", str(tmp_path / "results"))
    record(study, progress=False)
    return tmp_path / "results"
