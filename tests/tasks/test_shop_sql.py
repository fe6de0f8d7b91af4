"""The benchmarks of SQL: gold queries that run, differ and cannot be guessed from a filling."""

import re
from collections import Counter
from itertools import combinations

import pytest

from experiments.core import paths
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.database import ask
from experiments.tasks.folder import read_questions
from experiments.tasks.settings import read_settings
from experiments.tasks.sql import varied as sql_varied
from experiments.tasks.sql.generate import (
    RENAMED,
    SOURCES,
    asked_by_id,
    fillings,
    generate,
    listed,
    questions,
    rename,
)
from experiments.tasks.sql.shapes import COMPOSED, SEEN, VALUES, read_shapes
from tests.tasks.generated import unlike

ASKED = ("shop-sql", "shop-sql-renamed", "library-sql")
SHOP = questions("shop-sql")


@pytest.mark.parametrize("task", SOURCES)
def test_the_committed_files_are_what_the_generator_writes(task):
    assert unlike(paths.TASKS / task, generate(task)) == ["task.yaml"]  # written by hand


@pytest.mark.parametrize("task", SOURCES)
def test_the_card_states_the_hash(task):
    folder = find_task(task)
    assert f"`{summarise(folder)['sha256']}`" in (folder / "card.md").read_text(encoding="utf-8")


def test_the_shop_has_twelve_trained_shapes_and_six_that_join_two_of_them():
    trained = Counter(one.shape for one in SHOP if one.split == "train")
    assert len(trained) == 12 and set(trained.values()) == {16}
    new = {one.shape for one in SHOP if one.kind == COMPOSED}
    assert len(new) == 6
    for shape in new:
        assert set(shape.split(" and ")) <= set(trained)
    assert {one.split for one in SHOP if one.kind == COMPOSED} == {"test"}


def test_a_seen_query_stands_in_train_and_no_other_test_query_does():
    train = {one.sql for one in SHOP if one.split == "train"}
    for one in (one for one in SHOP if one.split == "test"):
        assert (one.sql in train) == (one.kind == SEEN), one.text


def test_a_place_for_a_value_has_other_values_in_test_than_in_train():
    for name in ("shop_sql.yaml", "library_sql.yaml"):
        for group, values in read_shapes(name)["values"].items():
            train, test = ([str(one) for one in values.get(split, ())]
                           for split in ("train", "test"))
            assert group == "person" or test
            assert not set(train) & set(test), group


def test_names_and_dates_of_test_questions_occur_in_no_train_query():
    train, test = (set().union(*(re.findall(r"'([^']*)'", one.sql) for one in SHOP
                                 if one.split == split)) for split in ("train", "test"))
    assert len(test) == 18 and not test & train


def test_no_wording_stands_in_two_splits():
    wordings = {}
    for entry in read_shapes("shop_sql.yaml")["shapes"]:
        for split in ("train", "dev", "test"):
            for wording in entry.get(split, ()):
                assert wordings.setdefault(wording, split) == split
    assert len({one.text for one in SHOP}) == len(SHOP) == len(asked_by_id())


@pytest.mark.parametrize("task", ASKED)
def test_every_gold_query_has_rows_on_both_fillings_and_sums_of_something(task):
    for one in questions(task):
        for script in fillings(task).values():
            rows = ask(script, one.sql)
            assert rows and rows not in (((None,),), ((0,),)), one.sql


@pytest.mark.parametrize("task", ASKED)
def test_no_two_gold_queries_give_the_same_rows_on_both_fillings(task):
    scripts = fillings(task).values()
    found = {sql: [sorted(ask(script, sql)) for script in scripts]
             for sql in {one.sql for one in questions(task)}}
    assert [(a, b) for a, b in combinations(found, 2) if found[a] == found[b]] == []


@pytest.mark.parametrize("task", ASKED)
def test_the_prompts_name_the_tables_that_are_there(task):
    settings = read_settings(paths.TASKS / task)
    assert settings.kind == "sql" and settings.databases == tuple(fillings(task).values())
    for table in listed(task).split("; "):
        assert table in settings.prompts["closed"].splitlines()
    assert listed(task) in settings.wordings["tables first"]["question"]


def test_the_renaming_changes_names_and_no_value():
    assert rename("SELECT name FROM product WHERE name = 'product' AND price < 20") == (
        "SELECT name FROM article WHERE name = 'product' AND euros < 20")
    assert rename("SELECT product_id FROM purchase") == "SELECT product_id FROM purchase"
    for old, new in zip(fillings("shop-sql").values(), fillings("shop-sql-renamed").values(),
                        strict=True):
        assert not set(RENAMED) & set(re.findall(r"\w+", "".join(
            line for line in new.splitlines() if line.startswith("CREATE"))))
        assert [line.partition(" VALUES ")[2] for line in old.splitlines()] == [
            line.partition(" VALUES ")[2] for line in new.splitlines()]


def test_the_renamed_shop_asks_the_same_questions_with_new_names_in_every_gold_query():
    old = asked_by_id()
    for one in (one for one in questions("shop-sql-renamed") if one.split == "test"):
        assert one.text == old[one.id].text and one.sql == rename(old[one.id].sql)
        assert re.search(rf"\b({'|'.join(RENAMED)})\b", old[one.id].sql)
        assert not re.search(rf"\b({'|'.join(RENAMED)})\b", re.sub(r"'[^']*'", "", one.sql))


def test_varied_questions_are_the_train_questions_under_names_of_their_own():
    plain = {one.id for one in SHOP if one.split == "train"}
    varied = questions("shop-sql-varied")
    assert len(varied) == len(plain) == 192 and {one.split for one in varied} == {"train"}
    for one in varied:
        tables, question = one.text.removeprefix("Tables: ").split("\nQuestion: ")
        names = set(re.findall(r"[a-z_]+", tables))
        used = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", one.sql)))
        assert used <= names and question
    shown = {one.text.split("\n")[0] for one in varied}
    assert len(shown) == len(varied)


def test_no_name_of_the_renamed_shop_or_the_library_is_trained_in_the_varied_one():
    others = {name for names in sql_varied.NAMES.values() for name in names.split()}
    known = set(re.findall(r"\w+", listed("shop-sql")))
    for task in ("shop-sql-renamed", "library-sql"):
        assert not (set(re.findall(r"\w+", listed(task))) - known) & others


def test_other_names_for_one_thing_are_different_and_none_stands_for_two():
    names = [name for several in sql_varied.NAMES.values() for name in several.split()]
    assert len(names) == len(set(names))


def test_the_library_asks_the_trained_shapes_and_shows_each_once_or_twice():
    library = questions("library-sql")
    assert {one.shape for one in library} == {one.shape for one in SHOP if one.split == "train"}
    shown = Counter(one.shape for one in library if one.split == "train")
    assert set(shown.values()) <= {1, 2} and len(shown) == 12
    assert {one.kind for one in library} == {SEEN, VALUES}


@pytest.mark.parametrize("task", SOURCES)
def test_the_evidence_of_a_question_are_the_tables_of_its_query(task):
    for example in read_questions(paths.TASKS / task):
        if task != "shop-sql-varied":
            assert all(re.search(rf"\b{name}\b", example.reply) for name in example.evidence)
            assert example.evidence
