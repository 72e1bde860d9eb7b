"""The SQL of small questions to one small table, run as it is written: what is selected, kept,
ordered, counted, grouped and found by words.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.query.query import Filter, Measure, Query, Sort, Words
from pipelines.query.sql import Statement, as_line, as_stored, as_text, count, keys_of, rows

TYPES = (
    ("n", "integer"),
    ("s", "string"),
    ("x", "number"),
    ("seen_at", "timestamp"),
    ("j", "object"),
)
ROWS = """
    (1, 'Kali', 1.5, TIMESTAMPTZ '2026-01-01 07:00:00+07', '{"a":1}'),
    (2, 'sungai', NULL, TIMESTAMPTZ '2026-01-01 00:00:00.5+00', NULL),
    (2, 'KALI', 'nan'::DOUBLE, NULL, NULL),
    (NULL, NULL, 2.5, NULL, '[]'),
    (3, 'a"b', 2.5, NULL, NULL)
"""
MEASURES = (Measure("count"), Measure("sum", "n"), Measure("max", "x"), Measure("mean", "n"))


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'Asia/Jakarta'")
    return con


@pytest.fixture(scope="module")
def table(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Query:
    path = tmp_path_factory.mktemp("files") / "it's.parquet"
    con.execute(
        "COPY (SELECT n::BIGINT n, s, x::DOUBLE x, seen_at, j FROM (VALUES"
        f" {ROWS}) AS v (n, s, x, seen_at, j)) TO '{str(path).replace(chr(39), chr(39) * 2)}'"
        " (FORMAT parquet)"
    )
    return Query(Path(path), TYPES)


def fetched(con: duckdb.DuckDBPyConnection, statement: Statement) -> list[tuple[Any, ...]]:
    return con.execute(statement.sql, list(statement.values)).fetchall()


def test_a_table_is_listed_as_text_as_it_is_stored_and_as_lines(
    con: duckdb.DuckDBPyConnection, table: Query
) -> None:
    first, second, third, fourth, last = fetched(con, rows(table, as_text))
    assert first == (1, "Kali", 1.5, "2026-01-01T00:00:00Z", '{"a":1}')
    assert second[3] == "2026-01-01T00:00:00.5Z"
    assert third == (2, "KALI", None, None, None) and fourth[4] == "[]" and last[1] == 'a"b'
    stored = con.execute(rows(table, as_stored).sql)
    assert [column[0] for column in stored.description or ()] == ["n", "s", "x", "seen_at", "j"]
    assert [str(column[1]) for column in stored.description or ()][2:4] == [
        "DOUBLE",
        "TIMESTAMP WITH TIME ZONE",
    ]
    listed = con.execute(rows(table, as_line).sql)
    assert [column[0] for column in listed.description or ()] == ["line"]
    assert [line for (line,) in listed.fetchall()][:3] == [
        '{"n":1,"s":"Kali","x":1.5,"seen_at":"2026-01-01T00:00:00Z","j":{"a":1}}',
        '{"n":2,"s":"sungai","x":null,"seen_at":"2026-01-01T00:00:00.5Z","j":null}',
        '{"n":2,"s":"KALI","x":null,"seen_at":null,"j":null}',
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, [1, 2, 2, None, 3]),
        ({"sort": (Sort("n", True),)}, [3, 2, 2, 1, None]),
        ({"sort": (Sort("n"),)}, [1, 2, 2, 3, None]),
        ({"limit": 2}, [1, 2]),
        ({"limit": 2, "offset": 3}, [None, 3]),
        ({"limit": 1, "offset": 1}, [2]),
        ({"offset": 4}, [3]),
        ({"limit": 0}, []),
        ({"filters": (Filter("n", "eq", (2,)), Filter("s", "contains", ("AL",)))}, [2]),
        ({"filters": (Filter("n", "in", (1, 3)),)}, [1, 3]),
        ({"filters": (Filter("s", "starts", ("k",)),)}, [1, 2]),
        ({"filters": (Filter("s", "contains", ("ali",)),)}, [1, 2]),
        ({"filters": (Filter("s", "starts", ("ali",)),)}, []),
        ({"filters": (Filter("n", "null"),)}, [None]),
        ({"filters": (Filter("n", "not_null"),)}, [1, 2, 2, 3]),
        ({"filters": (Filter("n", "ne", (2,)),)}, [1, 3]),
        ({"filters": (Filter("n", "gt", (2,)),)}, [3]),
        ({"filters": (Filter("n", "gte", (2,)),)}, [2, 2, 3]),
        ({"filters": (Filter("n", "lt", (2,)),)}, [1]),
        ({"filters": (Filter("n", "lte", (2,)),)}, [1, 2, 2]),
        ({"words": (Words(("s",), "kali"),)}, [1, 2]),
        ({"words": (Words(("n", "s"), "SUNGAI"),)}, [2]),
        ({"words": (Words(("n", "s"), "2"),)}, [2, 2]),
        ({"words": (Words(("n", "s"), "2sungai"),)}, []),
        ({"words": (Words(("n", "s"), "2\nsungai"),)}, [2]),
        ({"words": (Words(("s",), "kali"),), "filters": (Filter("n", "eq", (1,)),)}, [1]),
    ],
)
def test_the_rows_asked_for_and_no_other_in_their_order(
    changes: dict[str, Any], found: list[int | None], con: duckdb.DuckDBPyConnection, table: Query
) -> None:
    query = replace(table, **changes)
    assert [row[0] for row in fetched(con, rows(query, as_text))] == found
    if query.limit is None and not query.offset:
        assert fetched(con, count(query)) == [(len(found),)]


def test_a_page_says_where_each_of_its_rows_stands_and_goes_on_after_any(
    con: duckdb.DuckDBPyConnection, table: Query
) -> None:
    query = replace(table, fields=("s",), sort=(Sort("x", True), Sort("n")), limit=9)
    page = fetched(con, rows(query, as_text))
    assert page == [
        ("KALI", "nan", "2", "2"),
        ('a"b', "2.5", "3", "4"),
        (None, "2.5", None, "3"),
        ("Kali", "1.5", "1", "0"),
        ("sungai", None, "2", "1"),
    ]
    assert len(keys_of(query)) == 3
    for number, (_, *key) in enumerate(page):
        after = replace(query, after=tuple(key))
        assert fetched(con, rows(after, as_text)) == page[number + 1 :]
        assert fetched(con, count(after)) == [(5,)], "of all pages"
    one_more = replace(query, after=page[0][1:], filters=(Filter("n", "in", (1, 3)),))
    assert [row[0] for row in fetched(con, rows(one_more, as_text))] == ['a"b', "Kali"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"group": ("n",)}, [(1,), (2,), (3,), (None,)]),
        ({"group": ("n",), "limit": 1, "offset": 1}, [(2,)]),
        ({"group": ("n",), "sort": (Sort("n", True),)}, [(3,), (2,), (1,), (None,)]),
        ({"group": ("n",), "filters": (Filter("n", "gt", (1,)),)}, [(2,), (3,)]),
        ({"measures": MEASURES}, [(5, 8, None, 2.0)]),
        (
            {"measures": MEASURES, "group": ("n",), "sort": (Sort("count", True),), "limit": 2},
            [(2, 2, 4, None, 2.0), (1, 1, 1, 1.5, 1.0)],
        ),
        (
            {"measures": (Measure("count"),), "group": ("n", "s"), "sort": (Sort("count"),)},
            [(1, "Kali", 1), (2, "KALI", 1), (2, "sungai", 1), (3, 'a"b', 1), (None, None, 1)],
        ),
    ],
)
def test_the_groups_asked_for_in_their_order_and_how_many_there_are(
    changes: dict[str, Any], found: list[Any], con: duckdb.DuckDBPyConnection, table: Query
) -> None:
    query = replace(table, **changes)
    assert fetched(con, rows(query, as_text)) == found
    if query.limit is None:
        assert fetched(con, count(query)) == [(len(found),)]


def test_a_measure_has_its_own_type_or_its_columns(
    con: duckdb.DuckDBPyConnection, table: Query
) -> None:
    measures = (*MEASURES, Measure("min", "seen_at"), Measure("sum", "x"), Measure("median", "n"))
    answer = con.execute(rows(replace(table, measures=measures), as_stored).sql)
    assert [(column[0], str(column[1])) for column in answer.description or ()] == [
        ("count", "BIGINT"),
        ("sum_n", "DECIMAL(38,0)"),
        ("max_x", "DOUBLE"),
        ("mean_n", "DOUBLE"),
        ("min_seen_at", "TIMESTAMP WITH TIME ZONE"),
        ("sum_x", "DOUBLE"),
        ("median_n", "DOUBLE"),
    ]
