"""Asking a database: a query that a model wrote may read the tables, briefly, and nothing else."""

import sqlite3
import subprocess
import sys
import time

import pytest

from experiments.core.paths import ROOT
from experiments.tasks import database
from experiments.tasks.database import (
    QUERY_CHARACTERS,
    RESULT_BYTES,
    ROWS,
    VALUE_BYTES,
    QueryFault,
    ask,
    check_script,
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
    # The columns of "two" are not asked for, and it may be read all the same.
    assert ask(SCRIPT, "WITH one(a) AS (SELECT 1), two(b) AS (SELECT 2) SELECT a FROM one, two"
               ) == ((1,),)


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
    "SELECT COUNT(*) FROM sqlite_master",
    "SELECT COUNT(*) FROM pragma_database_list",
    "SELECT COUNT(*) FROM json_each('[1]')",
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
    "SELECT date('now')", "SELECT strftime('%Y', \" NOW \")", "SELECT CURRENT_DATE",
    "SELECT date()", "SELECT julianday()", "SELECT strftime('%s')", "SELECT date('no' || 'w')",
    "SELECT julianday(lower('N' || 'OW'))", "SELECT date(X'6E6F77')", "SELECT date(X'6E6F7700')",
    "SELECT date('2024-01-01', 'localtime')", "SELECT strftime('%H', '2024-01-01', 'utc')"])
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
    ("WITH n(i) AS (SELECT 1) SELECT i FROM n;", "WITH n(i) AS (SELECT 1) SELECT i FROM n"),
    ("It is:\nWITH RECURSIVE n(i, j) AS (VALUES (1, 2)) SELECT i FROM n",
     "WITH RECURSIVE n(i, j) AS (VALUES (1, 2)) SELECT i FROM n"),
    ("with a as materialized (SELECT 1) SELECT * FROM a",
     "with a as materialized (SELECT 1) SELECT * FROM a"),
    ("With lamps as dear as these: SELECT 1", "SELECT 1"),
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


def test_times_that_are_given_are_read_as_before():
    assert ask(SCRIPT, "SELECT date('2024-02-28', '+2 days'), strftime('%Y', '2024-01-01'), "
                       "julianday('2024-01-02') - julianday('2024-01-01'), date(2460000.5), "
                       "date(NULL)") == (("2024-03-01", "2024", 1.0, "2023-02-25", None),)


@pytest.mark.parametrize("script", [
    "ATTACH '{path}' AS p; DROP TABLE p.keep;",
    "ATTACH '{path}' AS p; CREATE TABLE p.mine(x);",
    "VACUUM INTO '{path}-copy';",
    "PRAGMA temp_store_directory = '/';",
    "PRAGMA writable_schema = 1;",
    "SELECT load_extension('{path}');",
    "CREATE VIRTUAL TABLE t USING fts5(x);",
    "CREATE TABLE t AS SELECT random() AS x;",
    "CREATE TABLE t AS SELECT date('no' || 'w') AS x;",
])
def test_a_script_makes_tables_of_its_own_and_touches_no_file(tmp_path, script):
    path = tmp_path / "any.db"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE keep(x)")
    base.commit()
    base.close()
    with pytest.raises(QueryFault):
        ask(SCRIPT + script.format(path=path), "SELECT 1")
    base = sqlite3.connect(path)
    assert base.execute("SELECT name FROM sqlite_master").fetchall() == [("keep",)]
    base.close()
    assert [each.name for each in tmp_path.iterdir()] == ["any.db"]


def test_a_script_as_programs_dump_them_is_allowed():
    dump = "\n".join(sqlite3.connect(":memory:").iterdump())
    check_script(f"PRAGMA foreign_keys=OFF;\n{dump}\nBEGIN TRANSACTION; {SCRIPT}"
                 "CREATE INDEX i ON lamp(name); CREATE VIEW dear AS SELECT * FROM lamp "
                 "WHERE price > 30; UPDATE lamp SET price = 36 WHERE id = 2; COMMIT;")


@pytest.mark.parametrize("endless", [
    "CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT MAX(i) AS i FROM n;",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n;"])
def test_a_script_without_end_is_stopped(endless, monkeypatch):
    monkeypatch.setattr(database, "SCRIPT_STEPS", 1_000_000)
    with pytest.raises(QueryFault, match="interrupted"):
        check_script(endless)


def test_a_result_that_is_too_large_is_a_fault():
    wide = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900), "
            "s(t) AS (SELECT replace('0123456789', '0', '{}')) SELECT {} FROM n, s")
    nearly = wide.format("x" * 150, "t")  # 159 bytes a row
    assert len(ask(SCRIPT, nearly)) == 900 and 159 * 900 < RESULT_BYTES
    with pytest.raises(QueryFault, match=f"a result of more than {RESULT_BYTES} bytes"):
        ask(SCRIPT, wide.format("x" * 150, "t, t"))


SWOLLEN = """
import re, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from experiments.tasks.database import find_fault
filled = "replace(replace('0123456789', '0', '" + "x" * 90 + "'), 'x', '" + "y" * 99 + "')"
rows = "n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
select = "WITH RECURSIVE " + rows + ", s(t) AS (SELECT " + filled + ") SELECT {}"
print(find_fault("", select.format(1_000, ", ".join(["t"] * 400) + " FROM n, s")))
print(find_fault("", select.format(30_000, "COUNT(DISTINCT i || t) FROM n, s")))
# Not ru_maxrss: that begins with the peak of the process that started this one.
status = open("/proc/self/status").read()
print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1000, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads its peak of memory from Linux")
def test_one_query_cannot_take_the_memory_of_all():
    told = subprocess.run([sys.executable, "-c", SWOLLEN], cwd=ROOT, capture_output=True,
                          text=True, check=True)
    assert told.stdout.splitlines() == [f"a result of more than {RESULT_BYTES} bytes",
                                        "more than 200 MB of memory"]
    assert int(told.stderr) < 600


def test_a_match_that_takes_long_at_every_row_is_stopped_in_time(monkeypatch):
    monkeypatch.setattr(database, "SECONDS", 0.3)
    slow = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000), "
            "s(t) AS (SELECT replace('0123456789', '0', '" + "a" * 900 + "')) "
            "SELECT COUNT(*) FROM n, s WHERE i || t LIKE '%" + "a" * 90 + "b%'")
    began = time.thread_time()
    with pytest.raises(QueryFault, match="interrupted"):
        ask(SCRIPT, slow)
    assert time.thread_time() - began < 2
    with pytest.raises(QueryFault, match="LIKE or GLOB pattern too complex"):
        ask(SCRIPT, "SELECT 1 WHERE 'x' LIKE '" + "%a" * 200 + "'")
