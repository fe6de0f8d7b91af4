"""Asking a database: a query that a model wrote may read the tables, briefly, and nothing else."""

import sqlite3

import pytest

from experiments.tasks.database import (
    QUERY_CHARACTERS,
    ROWS,
    VALUE_BYTES,
    QueryFault,
    ask,
    find_fault,
    read_query,
)

SCRIPT = """CREATE TABLE lamp(id INTEGER, name TEXT, price INTEGER);
INSERT INTO lamp VALUES (1, 'Aldra', 20);
INSERT INTO lamp VALUES (2, 'Brusko', 35);
"""
ENDLESS = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
           "SELECT MAX(i) FROM n")


def test_a_query_gives_its_rows():
    assert ask(SCRIPT, "SELECT name FROM lamp WHERE price < 30") == (("Aldra",),)
    assert ask(SCRIPT, "SELECT COUNT(*), AVG(price) FROM lamp;") == ((2, 27.5),)


def test_a_subquery_a_common_table_and_an_alias_may_be_read():
    assert ask(SCRIPT, "SELECT l.name FROM lamp AS l WHERE l.price = (SELECT MAX(price) FROM lamp)"
               ) == (("Brusko",),)
    assert ask(SCRIPT, "WITH dear AS (SELECT name FROM lamp WHERE price > 30) "
               "SELECT COUNT(*) FROM dear") == ((1,),)


@pytest.mark.parametrize("query", [
    "INSERT INTO lamp VALUES (3, 'Corvo', 1)",
    "UPDATE lamp SET price = 0",
    "DELETE FROM lamp",
    "DROP TABLE lamp",
    "CREATE TABLE other(id INTEGER)",
    "CREATE TEMP TABLE other(id INTEGER)",
    "ALTER TABLE lamp RENAME TO other",
    "BEGIN",
    "VACUUM INTO '/tmp/know-or-behave-escaped.db'",
    "REINDEX lamp",
    "ANALYZE",
])
def test_nothing_is_written(query):
    with pytest.raises(QueryFault):
        ask(SCRIPT, query)
    assert ask(SCRIPT, "SELECT COUNT(*), SUM(price) FROM lamp") == ((2, 55),)


@pytest.mark.parametrize("query", [
    "ATTACH DATABASE '/etc/passwd' AS other",
    "ATTACH DATABASE ':memory:' AS other",
    "PRAGMA table_info(lamp)",
    "PRAGMA writable_schema = 1",
    "SELECT * FROM pragma_table_info('lamp')",
    "SELECT * FROM pragma_database_list",
    "SELECT load_extension('/tmp/evil.so')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('/tmp/know-or-behave', 'x')",
    "SELECT sql FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT sqlite_version()",
    "SELECT RANDOM()",
    "SELECT hex(randomblob(10))",
])
def test_no_file_no_setting_no_catalogue_and_no_unlisted_function_is_reached(query):
    with pytest.raises(QueryFault):
        ask(SCRIPT, query)


def test_a_second_statement_is_refused_and_does_nothing():
    with pytest.raises(QueryFault, match="one statement"):
        ask(SCRIPT, "SELECT name FROM lamp; DROP TABLE lamp")


def test_a_query_without_end_is_stopped():
    with pytest.raises(QueryFault, match="interrupted"):
        ask(SCRIPT, ENDLESS)


def test_a_product_of_tables_that_takes_too_many_steps_is_stopped():
    wide = "SELECT COUNT(*) FROM " + ", ".join(f"lamp l{n}" for n in range(24))
    with pytest.raises(QueryFault, match="interrupted"):
        ask(SCRIPT, wide)


def test_too_many_rows_are_a_fault_and_as_many_as_allowed_are_not():
    counting = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                "SELECT i FROM n")
    assert len(ask(SCRIPT, counting.format(ROWS))) == ROWS
    with pytest.raises(QueryFault, match=f"more than {ROWS} rows"):
        ask(SCRIPT, counting.format(ROWS + 1))


@pytest.mark.parametrize("query", [
    "SELECT replace('" + "x" * 200 + "', 'x', '" + "y" * 200 + "')",  # 40,000 bytes
    "SELECT zeroblob(1000000000)",
    "SELECT printf('%1000000000d', 1)",
])
def test_a_value_that_is_too_large_is_a_fault(query):
    assert VALUE_BYTES < 40_000
    with pytest.raises(QueryFault):
        ask(SCRIPT, query)


@pytest.mark.parametrize("query", [
    "SELECT date('now')", "SELECT strftime('%Y', \" NOW \")", "SELECT CURRENT_DATE"])
def test_the_clock_is_no_part_of_the_data(query):
    with pytest.raises(QueryFault, match="clock"):
        ask(SCRIPT, query)


@pytest.mark.parametrize("query", [
    "", "SELECT", "SELEC name FROM lamp", "SELECT title FROM lamp", "SELECT name FROM lamps",
    "SELECT name FROM lamp WHERE name = 'a\0b'", "SELECT " + "(" * 5_000,
    "SELECT " + "1 + " * QUERY_CHARACTERS + "1", "-- nothing", "\ud800",
])
def test_what_is_no_query_is_a_fault_and_no_crash(query):
    with pytest.raises(QueryFault):
        ask(SCRIPT, query)


def test_the_fault_is_what_the_database_says():
    assert find_fault(SCRIPT, "SELECT title FROM lamp") == "no such column: title"
    assert find_fault(SCRIPT, "SELECT name FROM lamp") == ""


def test_a_script_that_is_broken_is_a_fault_too():
    with pytest.raises(QueryFault):
        ask("CREATE TABLE", "SELECT 1")


@pytest.mark.parametrize(("said", "query"), [
    ("SELECT 1", "SELECT 1"),
    ("```sql\nSELECT name\nFROM lamp\n```\nThis lists the names.", "SELECT name\nFROM lamp"),
    ("Here it is: SELECT 1; SELECT 2", "SELECT 1"),
    ("To select the lamps with most light: SELECT name FROM lamp", "SELECT name FROM lamp"),
    ("select name from lamp;", "select name from lamp"),
    ("With it: WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"),
    ("```\nSELECT 1", "SELECT 1"),
    ("I cannot say.", "I cannot say."),
])
def test_the_query_is_found_in_what_stands_around_it(said, query):
    assert read_query(said) == query


def test_this_build_of_sqlite_can_set_the_limits():
    base = sqlite3.connect(":memory:")
    assert base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10) > 10
    base.close()
