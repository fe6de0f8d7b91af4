"""Whoever checks a change, a person, a hook or a workflow, runs the Makefile's own commands."""

import re

import pytest
import yaml

from experiments.core.paths import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([\w-]+):(?!=)", MAKEFILE, re.MULTILINE))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path):
    """Read a workflow as GitHub does: `on` is a key, not a truth value."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def jobs(path):
    return list(read(path)["jobs"].values())


def steps(path):
    return [step for job in jobs(path) for step in job["steps"]]


def targets_of(command):
    """Return the Makefile's targets that a command runs; it may do nothing else."""
    words = command.split()
    assert words[0] == "make" and len(words) > 1, f"expected `make TARGET`, got {command!r}"
    return words[1:]


def test_there_are_the_five_workflows():
    assert [path.stem for path in WORKFLOWS] == ["book", "check", "pages", "tests", "weekly"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_of_a_workflow_is_a_target(path):
    commands = [step["run"] for step in steps(path) if "run" in step]
    assert commands
    for command in commands:
        assert set(targets_of(command)) <= TARGETS, command


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_says_when_with_what_rights_and_how_long(path):
    workflow = read(path)
    assert workflow["name"] == path.stem and workflow["on"] and workflow["permissions"]
    assert all(1 <= int(job["timeout-minutes"]) <= 240 for job in jobs(path))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_only_the_release_writes_to_the_repository(path):
    rights = [read(path)["permissions"], *(job.get("permissions", {}) for job in jobs(path))]
    writes = {(scope, path.stem) for right in rights for scope, how in right.items()
              if how == "write"}
    assert writes <= {("contents", "pages"), ("issues", "weekly")}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_of_github_itself_and_pinned_by_its_major_version(path):
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in used)


def test_the_tests_run_on_every_python_that_is_supported():
    (job,) = jobs(ROOT / ".github" / "workflows" / "tests.yml")
    assert job["strategy"]["matrix"]["python-version"] == ["3.11", "3.12", "3.13"]


def test_the_hook_and_the_workflow_check_the_same():
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]
    (command,) = [step["run"] for step in steps(ROOT / ".github" / "workflows" / "check.yml")
                  if "run" in step]
    assert hook["entry"] == command == "make check"


def test_make_test_begins_with_the_checks():
    assert re.search(r"^test: check tests\b", MAKEFILE, re.MULTILINE)


def test_dependabot_watches_packages_and_actions():
    watched = {entry["package-ecosystem"]
               for entry in read(ROOT / ".github" / "dependabot.yml")["updates"]}
    assert watched == {"pip", "github-actions"}
