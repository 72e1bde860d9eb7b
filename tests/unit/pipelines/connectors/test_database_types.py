"""Every type of PostgreSQL and MariaDB by a value of it, as the text that ``records`` makes of it;
every other type is refused by its name.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.connectors.database import fetch as database
from pipelines.connectors.database import types
from pipelines.contract.model import Dataset, Source
from pipelines.errors import SourceError
from pipelines.harvest.refine import refine
from pipelines.lake.lake import Lake
from pipelines.records.open import open_records
from pipelines.settings import PROJECT
from tests.sample import sample_dataset, window

pytestmark = pytest.mark.xdist_group("databases")
DAY = date(2026, 1, 1)
URLS = {
    "mysql": "mysql+pymysql://root@127.0.0.1:3306/{name}",
    "postgresql": "postgresql+psycopg://postgres@127.0.0.1:5432/{name}",
}
HOME = {"mysql": "test", "postgresql": "test"}
OURS = "lumbung_types"
MADE = (
    "CREATE TYPE mood AS ENUM ('senang', 'sedih')",
    "CREATE DOMAIN amount AS money",
    "CREATE DOMAIN price AS amount",
    "CREATE TYPE pair AS (a int, b text)",
)
POSTGRESQL = [
    ("smallint", "-32768", "-32768"),
    ("integer", "2147483647", "2147483647"),
    ("bigint", "9223372036854775807", "9223372036854775807"),
    ("numeric", "123456789012345678901234567890.0000000001", None),
    ("numeric(10,2)", "0.10", "0.10"),
    ("numeric", "'NaN'", "nan"),
    ("real", "0.1", "0.1"),
    ("double precision", "0.1", "0.1"),
    ("double precision", "1e-300", "1e-300"),
    ("double precision", "5", "5.0"),
    ("double precision", "'Infinity'", "inf"),
    ("money", "'1250000.50'", "1250000.50"),
    ("price", "'-1.5'", "-1.50"),
    ("money[]", "'{1.50,2}'", "[1.50, 2.00]"),
    ("boolean", "true", "true"),
    ("date", "'2026-01-02'", "2026-01-02"),
    ("date", "'0044-03-15 BC'", "0044-03-15 BC"),
    ("date", "'infinity'", "infinity"),
    ("time", "'12:34:56.5'", "12:34:56.5"),
    ("time", "'24:00'", "24:00:00"),
    ("timetz", "'12:34:56+07'", "12:34:56+07"),
    ("timestamp", "'2026-01-02 03:04:05.5'", "2026-01-02 03:04:05.5"),
    ("timestamp", "'-infinity'", "-infinity"),
    ("timestamptz", "'2026-01-02 03:04:05.5+07'", "2026-01-01T20:04:05.500000Z"),
    ("timestamptz", "'infinity'", "infinity"),
    ("interval", "'1 year 2 mons 3 days 04:05:06.7'", "P1Y2M3DT4H5M6.7S"),
    ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("json", "'{\"a\":  1}'", '{"a":  1}'),
    ("jsonb", "'{\"a\":  1}'", '{"a": 1}'),
    ("text", "'é ''x'", "é 'x"),
    ("varchar(5)", "''", ""),
    ("char(3)", "'a'", "a  "),
    ('"char"', "'a'", "a"),
    ("name", "'a'", "a"),
    ("mood", "'sedih'", "sedih"),
    ("bytea", "'catatan é'::text::bytea", "catatan é"),
    ("inet", "'10.0.0.1/8'", "10.0.0.1/8"),
    ("cidr", "'10.0.0.0/8'", "10.0.0.0/8"),
    ("macaddr", "'08:00:2b:01:02:03'", "08:00:2b:01:02:03"),
    ("macaddr8", "'08:00:2b:01:02:03:04:05'", "08:00:2b:01:02:03:04:05"),
    ("int[]", "'{1,NULL,3}'", "[1, null, 3]"),
    ("int[]", "'{{1,2},{3,4}}'", "[[1, 2], [3, 4]]"),
    ("text[]", "ARRAY['a,b', 'c\"d', NULL, '']", '["a,b", "c\\"d", null, ""]'),
    ("mood[]", "'{sedih}'", '["sedih"]'),
    ("pair", "ROW(1, 'x')", '{"a": 1, "b": "x"}'),
    ("point", "'(1,2.5)'", "(1,2.5)"),
    ("line", "'{1,2,3}'", "{1,2,3}"),
    ("lseg", "'[(1,2),(3,4)]'", "[(1,2),(3,4)]"),
    ("box", "'(3,4),(1,2)'", "(3,4),(1,2)"),
    ("path", "'[(1,2),(3,4)]'", "[(1,2),(3,4)]"),
    ("polygon", "'((1,2),(3,4))'", "((1,2),(3,4))"),
    ("circle", "'<(1,2),3>'", "<(1,2),3>"),
    ("xml", "'<a/>'", "<a/>"),
    ("oid", "4294967295", "4294967295"),
    ("bit(3)", "B'101'", "101"),
    ("varbit", "B'101'", "101"),
    ("int4range", "'[1,5)'", "[1,5)"),
]
MARIADB = [
    ("tinyint(1)", "1", "1"),
    ("tinyint unsigned", "255", "255"),
    ("smallint", "-32768", "-32768"),
    ("mediumint", "-8388608", "-8388608"),
    ("int unsigned", "4294967295", "4294967295"),
    ("bigint", "-9223372036854775808", "-9223372036854775808"),
    ("bigint unsigned", "18446744073709551615", "18446744073709551615"),
    ("decimal(10,2)", "0.10", "0.10"),
    ("decimal(38,10)", "12345678901234567890123456.1234567890", None),
    ("decimal(65,30)", "-0.000000000000000000000000000001", None),
    ("float", "0.1", "0.1"),
    ("double", "0.1", "0.1"),
    ("double", "1e-300", "1e-300"),
    ("double", "5", "5.0"),
    ("bit(1)", "b'1'", "1"),
    ("bit(8)", "b'10101010'", "170"),
    ("bit(64)", "~0", "18446744073709551615"),
    ("date", "'2026-01-02'", "2026-01-02"),
    ("date", "'0000-00-00'", "0000-00-00"),
    ("date", "'2026-00-00'", "2026-00-00"),
    ("datetime", "'2026-01-02 03:04:00'", "2026-01-02 03:04:00"),
    ("datetime", "'2026-11-00 00:00:00'", "2026-11-00 00:00:00"),
    ("datetime(6)", "'2026-01-02 03:04:00.5'", "2026-01-02 03:04:00.5"),
    ("datetime(3)", "'2026-01-02 03:04:00'", "2026-01-02 03:04:00"),
    ("timestamp NULL", "'2026-01-01 20:04:05'", "2026-01-02 03:04:05"),
    ("timestamp NULL", "0", "0000-00-00 00:00:00"),
    ("time", "'26:30:00'", "26:30:00"),
    ("time(6)", "'-01:30:00.5'", "-01:30:00.5"),
    ("year", "2026", "2026"),
    ("char(5)", "'a'", "a"),
    ("varchar(5)", "''", ""),
    ("varchar(5) CHARACTER SET latin1", "'é'", "é"),
    ("tinytext", "'é'", "é"),
    ("text", "'é'", "é"),
    ("mediumtext", "'é'", "é"),
    ("longtext", "'é'", "é"),
    ("enum('a','b')", "'b'", "b"),
    ("set('a','b')", "'a,b'", "a,b"),
    ("json", "'{\"a\": 1}'", '{"a": 1}'),
    ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("inet4", "'10.0.0.1'", "10.0.0.1"),
    ("inet6", "'::1'", "::1"),
    *((kind, "'teks é'", "teks é") for kind in ("tinyblob", "blob", "mediumblob", "longblob")),
    ("binary(2)", "'ab'", "ab"),
    ("varbinary(9)", "'teks é'", "teks é"),
]
VALUES = {"postgresql": POSTGRESQL, "mysql": MARIADB}
REFUSED = {
    "postgresql": [
        ("bytea", "'\\xff00'", "type bytea and holds bytes"),
        ("bytea", "'\\x0102'", "type bytea and holds bytes"),
        ("bytea[]", "ARRAY['\\x61'::bytea]", "type bytea\\[\\], which is not read"),
        ("tsvector", "'a b'", "type tsvector, which is not read"),
        ("pg_lsn", "'0/1'", "type pg_lsn, which is not read"),
    ],
    "mysql": [
        ("blob", "x'ff00'", "type blob and holds bytes"),
        ("binary(3)", "'ab'", "type binary\\(3\\) and holds bytes"),
        ("point", "ST_GeomFromText('POINT(1 2)')", "type point, which is not read"),
        ("geometry", "ST_GeomFromText('POINT(1 2)')", "type geometry, which is not read"),
    ],
}


@contextmanager
def served(server: str, tmp: Path, **fetch: object) -> Iterator[tuple[sa.Connection, Dataset]]:
    """Give a database of our own, and a dataset that reads its table ``t``."""
    home = sa.create_engine(URLS[server].format(name=HOME[server]), isolation_level="AUTOCOMMIT")
    try:
        with home.connect() as con:
            con.exec_driver_sql(f"DROP DATABASE IF EXISTS {OURS}")
            con.exec_driver_sql(f"CREATE DATABASE {OURS}")
    except sa.exc.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no {server} on this machine, so its types were not read: {error.orig}")
    url = URLS[server].format(name=OURS)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    address = {"url": re.sub(r"\+\w+:", ":", url)}
    try:
        with engine.connect() as con:
            if server == "mysql":
                con.exec_driver_sql("SET SESSION sql_mode = '', time_zone = '+00:00'")
            yield (
                con,
                replace(
                    sample_dataset(tmp), source=Source("database", address, {"table": "t", **fetch})
                ),
            )
    finally:
        engine.dispose()
        with home.connect() as con:
            con.exec_driver_sql(f"DROP DATABASE {OURS}")
        home.dispose()


def put(con: sa.Connection, columns: Sequence[tuple[str, str]]) -> None:
    """Create table ``t`` of one row and one without values."""
    con.exec_driver_sql("DROP TABLE IF EXISTS t")
    kinds = ", ".join(f"c{n} {kind}" for n, (kind, _) in enumerate(columns))
    con.exec_driver_sql(f"CREATE TABLE t ({kinds})")
    for row in ([value for _, value in columns], ["NULL"] * len(columns)):
        con.exec_driver_sql(f"INSERT INTO t VALUES ({', '.join(row)})".replace("%", "%%"))


def texts(dataset: Dataset, folder: Path) -> list[dict[str, str | None]]:
    """Return the rows as they were delivered."""
    lake = Lake(folder / "lake")
    landed = lake.land(dataset.id, "run", database.fetch(dataset, window(DAY)), [str(DAY)])
    with lake.connect() as con:
        (folder / "work").mkdir(parents=True, exist_ok=True)
        open_records(con, landed, dataset, folder / "work")
        return con.execute("SELECT * FROM delivered").to_arrow_table().to_pylist()


@pytest.mark.parametrize("server", URLS)
def test_a_value_of_every_type_is_read_as_it_is(server: str, tmp_path: Path) -> None:
    cases = VALUES[server]
    with served(server, tmp_path) as (con, dataset):
        for statement in MADE if server == "postgresql" else ():
            con.exec_driver_sql(statement)
        put(con, [(kind, value) for kind, value, _ in cases])
        given_row, empty = texts(dataset, tmp_path)
        read = [(kind, value, given_row[f"c{n}"]) for n, (kind, value, _) in enumerate(cases)]
        wanted = [(kind, value, value if text is None else text) for kind, value, text in cases]
        assert read == wanted
        assert {empty[f"c{n}"] for n in range(len(cases))} == {None}


def test_every_type_that_is_read_has_a_value_above() -> None:
    catalogue = {
        "smallint": "int2",
        "integer": "int4",
        "int": "int4",
        "bigint": "int8",
        "real": "float4",
        "double precision": "float8",
        "boolean": "bool",
        "price": "money",
        "mood": "enum",
        "pair": "composite",
        "int4range": "range",
    }
    words = [re.split(r"[(\[]", kind)[0].strip('"') for kind, *_ in POSTGRESQL]
    found = {catalogue.get(word, word) for word in words} | {"bpchar"}
    assert set(types.POSTGRESQL) - found == {"citext", "hstore"}, "extensions, tested below"
    assert {types.base_of(kind) for kind, *_ in MARIADB} == set(types.MARIADB)


@pytest.mark.parametrize("server", URLS)
def test_any_other_type_is_refused_by_name_and_the_remedy_works(
    server: str, tmp_path: Path
) -> None:
    with served(server, tmp_path) as (con, dataset):
        for kind, value, says in REFUSED[server]:
            put(con, [("int", "1"), (kind, value)])
            with pytest.raises(SourceError, match=says) as caught:
                texts(dataset, tmp_path)
            assert "column 'c1'" in str(caught.value) and "`columns`" in str(caught.value)
            assert "database is up" not in str(caught.value)
            named = replace(
                dataset,
                source=replace(dataset.source, fetch={"table": "t", "columns": ["c0"]}),
            )
            assert texts(named, tmp_path)[0]["c0"] == "1"
        misspelt = replace(
            dataset, source=replace(dataset.source, fetch={"table": "t", "columns": ["co"]})
        )
        with pytest.raises(SourceError, match=r"t has no column 'co'; allowed: c0, c1"):
            texts(misspelt, tmp_path)
        missing = replace(dataset, source=replace(dataset.source, fetch={"table": "none"}))
        with pytest.raises(SourceError, match=r"none"):
            texts(missing, tmp_path)


def test_types_of_extensions_and_views_of_postgresql(tmp_path: Path) -> None:
    with served("postgresql", tmp_path) as (con, dataset):
        try:
            for name in ("citext", "hstore"):
                con.exec_driver_sql(f"CREATE EXTENSION {name}")
        except sa.exc.DBAPIError as error:
            pytest.skip(f"this server has no such extension: {error.orig}")
        con.exec_driver_sql("CREATE TABLE base (a citext, b hstore, c money)")
        con.exec_driver_sql("INSERT INTO base VALUES ('Ab', 'a=>1', '1.5')")
        con.exec_driver_sql("CREATE MATERIALIZED VIEW t AS SELECT * FROM base")
        assert [tuple(row[name] for name in "abc") for row in texts(dataset, tmp_path)] == [
            ("Ab", '{"a": "1"}', "1.50")
        ]


BAD = {
    "mysql": (
        "measured_at datetime, rain_mm decimal(38,10)",
        ["'2026-01-01 08:00:00', 1.5", "'2026-01-00 08:00:00', 1.5", "'0000-00-00', 1.5"],
    ),
    "postgresql": (
        "measured_at timestamptz, rain_mm money",
        ["'2026-01-01 08:00+07', '1.5'", "'infinity', '1.5'", "'0044-03-15 BC', '1.5'"],
    ),
}


@pytest.mark.parametrize("server", BAD)
def test_a_value_that_no_type_has_costs_its_row(server: str, tmp_path: Path) -> None:
    columns, rows = BAD[server]
    with served(server, tmp_path) as (con, dataset):
        con.exec_driver_sql(f"CREATE TABLE t (gauge varchar(9), {columns}, kind varchar(9))")
        for row in rows:
            con.exec_driver_sql(f"INSERT INTO t VALUES ('G1', {row}, 'wet')")
        lake = Lake(tmp_path / "lake")
        landed = lake.land(dataset.id, "run", database.fetch(dataset, window(DAY)), [str(DAY)])
        with lake.connect() as lake_con:
            refine(lake_con, landed, dataset, window(DAY), tmp_path / "w", {}, PROJECT / "sql")
            refused = lake_con.execute("SELECT rain_mm, _refused FROM typed ORDER BY _row")
            assert refused.fetchall() == [
                (1.5, None),
                (1.5, ["measured_at.type", "placed"]),
                (1.5, ["measured_at.type", "placed"]),
            ]


@pytest.mark.parametrize("kind", ["datetime", "timestamp NULL"])
def test_only_moments_of_mariadb_need_its_tables_of_zones(kind: str, tmp_path: Path) -> None:
    with served("mysql", tmp_path) as (con, dataset):
        if con.exec_driver_sql("SELECT count(*) FROM mysql.time_zone_name").scalar():
            pytest.skip("this server has its tables of zones")
        put(con, [(kind, "'2026-01-01 08:00:00'")])
        abroad = replace(dataset, timezone="Europe/Amsterdam")
        if kind == "datetime":
            assert texts(abroad, tmp_path)[0]["c0"] == "2026-01-01 08:00:00"
            con.exec_driver_sql("ALTER TABLE t RENAME base")
            con.exec_driver_sql("CREATE VIEW t AS SELECT date(c0) AS c0 FROM base")
        with pytest.raises(SourceError, match="mysql_tzinfo_to_sql") as caught:
            texts(abroad, tmp_path)
        assert "database is up" not in str(caught.value)


REALS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | REALS.filter(lambda value: value == 0 or abs(value) > 1e-300),
        st.none() | st.decimals(-(10**20), 10**20, places=10),
        st.none() | st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)),
        st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    ),
    min_size=1,
    max_size=20,
)
KINDS = {
    "mysql": ("bigint", "double", "decimal(38,10)", "datetime(6)", "text"),
    "postgresql": ("bigint", "double precision", "numeric", "timestamp", "text"),
}


@pytest.mark.parametrize("server", URLS)
def test_values_are_those_that_another_client_reads(server: str, tmp_path: Path) -> None:
    with served(server, tmp_path) as (con, dataset):
        columns = ", ".join(f"c{n} {kind}" for n, kind in enumerate(KINDS[server]))
        con.exec_driver_sql(f"CREATE TABLE t (id int, {columns})")

        @settings(max_examples=15, deadline=None)
        @given(ROWS)
        def same(rows: list[tuple]) -> None:
            con.exec_driver_sql("TRUNCATE t")
            for number, row in enumerate(rows):
                marks = ", ".join(["%s"] * 6)
                con.exec_driver_sql(f"INSERT INTO t VALUES ({marks})", (number, *row))
            theirs = con.exec_driver_sql("SELECT * FROM t ORDER BY id").fetchall()
            ours = sorted(texts(dataset, tmp_path), key=lambda row: int(row["id"] or 0))
            for mine, other in zip(ours, theirs, strict=True):
                assert_same(mine, tuple(other)[1:])

        same()


def assert_same(ours: Mapping[str, str | None], theirs: tuple) -> None:
    for n, value in enumerate(theirs):
        text = ours[f"c{n}"]
        if value is None or text is None:
            assert value is text
        elif isinstance(value, float):
            assert float(text) == value and math.copysign(1, float(text)) == math.copysign(1, value)
        elif isinstance(value, Decimal | int):
            assert Decimal(text) == value
        elif isinstance(value, datetime):
            assert datetime.fromisoformat(text) == value
        elif isinstance(value, str):
            assert text == value
