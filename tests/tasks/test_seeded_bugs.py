"""The benchmarks `seeded-bugs`: every fault is real, and nothing but the fault tells the label."""

import ast
from collections import Counter

import pytest

from experiments.core import BookError
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.seeded_bugs import generate as seeded_bugs
from experiments.tasks.seeded_bugs.card import GUIDE
from experiments.tasks.seeded_bugs.generate import (
    CLEAN,
    CODE,
    DIFF,
    NEW,
    SEEN,
    SIZES,
    TASKS,
    TRAINED,
    cases,
    change,
    folder_of,
    functions,
    named,
    part_of,
)
from experiments.tasks.seeded_bugs.mutants import FAULTS, fails, mutants, own_names, rename
from experiments.tasks.settings import read_settings
from tests.tasks.generated import unlike


def checks_of(case):
    """Return the checks of a function under the name that it has in a case."""
    name = ast.parse(case.text).body[0].name
    return tuple(check.replace(f"{case.function.name}(", f"{name}(")
                 for check in case.function.checks)


@pytest.mark.parametrize("task", TASKS)
def test_the_committed_files_are_what_the_generator_writes(task):
    assert unlike(folder_of(task), seeded_bugs.generate(task)) == ["task.yaml"]
    card = (find_task(task) / "card.md").read_text(encoding="utf-8")
    assert f"`{summarise(folder_of(task))['sha256']}`" in card


@pytest.mark.parametrize("task", [CODE, SEEN])
def test_a_clean_function_passes_its_checks_and_a_faulty_one_fails_one(task):
    found = list(cases(task))
    assert [c.text for c in found if fails(c.text, checks_of(c)) != (c.kind != "none")] == []
    assert len(found) == {CODE: 460, SEEN: 179}[task]


@pytest.mark.parametrize("task", [CODE, DIFF])
def test_each_function_has_as_many_clean_questions_as_faulty_ones(task):
    counts = Counter((c.function.name, c.kind == "none") for c in cases(task))
    assert set(counts.values()) == {2} and len(counts) == 2 * sum(SIZES.values())


def test_each_set_of_names_has_one_clean_and_one_faulty_question():
    counts = Counter((c.function.name, c.text.split("\n")[0]) for c in cases(CODE))
    assert set(counts.values()) == {2} and len(counts) == 2 * sum(SIZES.values())


@pytest.mark.parametrize("task", TASKS)
def test_no_function_is_in_two_splits_and_no_question_comes_twice(task):
    examples = read_questions(folder_of(task))
    splits = {(e.group, e.split) for e in examples}
    assert len(splits) == len({group for group, _ in splits})
    assert len({e.question for e in examples}) == len(examples)


@pytest.mark.parametrize("task", TASKS)
def test_the_labels_are_the_kinds_of_the_guide(task):
    assert list(read_settings(folder_of(task)).labels) == [*FAULTS, "none"] == list(GUIDE)
    assert {e.reply for e in read_questions(folder_of(task))} <= set(GUIDE)


def test_every_function_is_short_says_what_it_does_and_cannot_run_for_ever():
    for one in functions():
        tree = ast.parse(one.code)
        assert 3 <= len(one.code.splitlines()) <= 9 and ast.get_docstring(tree.body[0])
        assert ast.unparse(tree) == one.code  # or the style would tell clean from faulty
        assert len(one.checks) >= 2 and not fails(one.code, one.checks)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.While)]
        calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        assert one.name not in calls


def test_no_other_name_takes_the_place_of_something_that_the_function_calls():
    for one in functions():
        called = {n.id for n in ast.walk(ast.parse(one.code)) if isinstance(n, ast.Name)}
        for naming in (1, 2):
            new = set(own_names(ast.parse(named(one, one.code, naming))))
            assert not new & (called - set(own_names(ast.parse(one.code)))), one.name


def test_seen_questions_are_of_train_functions_in_names_of_their_own():
    seen, trained = list(cases(SEEN)), [c for c in cases(CODE) if c.split == "train"]
    assert {c.function.name for c in seen} == {c.function.name for c in trained}
    assert not {c.text for c in seen} & {c.text for c in trained}
    counts = Counter(part_of(SEEN).values())
    assert counts == {CLEAN: 60, TRAINED: 60, NEW: 59}
    for case in seen:
        taught = [code for _, code in case.function.faults[:2]]
        back = next((named(case.function, code, 2) for code in taught
                     if named(case.function, code, 2) == case.text), None)
        assert (back is not None) == (case.part == TRAINED)


def test_a_change_and_its_reverse_have_opposite_labels():
    old, new = "def f(a):\n    return a + 1", "def f(a):\n    return a - 1"
    assert change(old, new) == " def f(a):\n-    return a + 1\n+    return a - 1"
    for one, other in zip(*[iter(cases(DIFF))] * 2, strict=True):
        turned = {line.translate({43: 45, 45: 43})[:1] + line[1:]
                  for line in other.text.split("\n")}
        assert set(one.text.split("\n")) == turned
        assert one.kind == "none" != other.kind


def test_mutants_are_the_small_changes_of_one_place():
    found = mutants('def f(a, b):\n    """D."""\n    if a < b:\n        return a\n    return b')
    told = {(kind, text.split('"""D."""\n')[1]) for kind, text in found}
    assert told == {
        ("boundary", "    if a <= b:\n        return a\n    return b"),
        ("comparison", "    if a > b:\n        return a\n    return b"),
        ("variable", "    if b < b:\n        return a\n    return b"),
        ("variable", "    if a < a:\n        return a\n    return b"),
        ("variable", "    if a < b:\n        return b\n    return b"),
        ("variable", "    if a < b:\n        return a\n    return a"),
        ("return", "    if a < b:\n        return a")}


def test_bounds_move_by_one_and_a_loop_that_feeds_itself_is_left_out():
    texts = [text for _, text in mutants("def f(n):\n    return list(range(1, n + 1))")]
    assert "def f(n):\n    return list(range(1, n))" in texts
    assert "def f(n):\n    return list(range(1, n + 2))" in texts
    feeding = mutants("def f(a):\n    b = []\n    for c in a:\n        b.append(c)\n    return b")
    assert not [text for _, text in feeding if "for c in b" in text or "a.append" in text]


def test_a_function_that_raises_fails_its_check():
    assert fails("def f(a):\n    return b", ("f(1) == 1",))
    assert not fails("def f(a):\n    return a", ("f(1) == 1",))


def test_names_are_replaced_everywhere_and_two_never_become_one():
    code = "def f(a):\n    b = a\n    return b"
    assert rename(code, {"a": "x", "b": "y"}) == "def f(x):\n    y = x\n    return y"
    with pytest.raises(BookError, match="another synonym"):
        rename(code, {"a": "b"})
