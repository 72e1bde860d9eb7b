"""What an engine says of an error, without the values of rows."""

import duckdb
import pytest

from pipelines.sqltext import number, without_values


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(who AS INTEGER) FROM t",
        "SELECT CAST(who AS DATE) FROM t",
        "SELECT strptime(who, '%Y') FROM t",
        "SELECT error(who) FROM t",
        "SELECT decode(encode(who) || '\\xFF'::BLOB) FROM t",
        "SELECT json_extract(who::JSON, '$') FROM t",
        "INSERT INTO k SELECT who FROM t, range(2)",
        "SELECT (length(who) * 100)::TINYINT FROM t",
    ],
)
def test_no_value_of_a_row_is_told(sql: str) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT 'Warga Sintetis 16' AS who")
    con.execute("CREATE TABLE k (who VARCHAR PRIMARY KEY)")
    with pytest.raises(duckdb.Error) as raised:
        con.execute(sql).fetchall()
    said = without_values(raised.value)
    assert "Warga" not in said and "1600" not in said and "a value that is not told here" in said
    in_driver = without_values(RuntimeError(f"(_duckdb.XException) {raised.value}"))
    assert "Warga" not in in_driver


@pytest.mark.parametrize(
    ("sql", "named"),
    [("SELECT nam FROM t", '"name"'), ("SELECT * FROM tt", "t"), ("SELEC", "SELEC")],
)
def test_what_is_wrong_with_a_statement_is_told_whole(sql: str, named: str) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT 'Warga Sintetis 1' AS name")
    with pytest.raises(duckdb.Error) as raised:
        con.execute(sql)
    assert without_values(raised.value) == str(raised.value) and named in str(raised.value)


def test_what_says_nothing_is_told_by_its_name() -> None:
    assert without_values(KeyError()) == "KeyError"


def test_a_number_is_the_same_number_in_sql() -> None:
    for value in (0, 2**60, -1, 0.1, 1e-300, -2.5e300):
        assert duckdb.execute(f"SELECT {number(value)}").fetchall() == [(value,)]
