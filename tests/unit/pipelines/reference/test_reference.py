"""Working days and ISPU against the vectors of the law's texts and the calendars decreed."""

import math
from datetime import date

import duckdb
import pytest

from pipelines.models.sqlfile import read_conventions, read_sql_files
from pipelines.reference import ispu, working_days
from pipelines.settings import PROJECT
from tests.unit.pipelines.reference.test_rules import SINCE_2020

VECTORS = """
2019-05-31 10 2019-06-21 2019-06-18
2019-05-31 17 2019-07-02 2019-06-27
2019-05-31 30 2019-07-19 2019-07-16
2020-08-18 10 2020-09-03 2020-09-02
2022-04-27 10 2022-05-20 2022-05-13
2022-04-27 17 2022-06-02 2022-05-25
2023-04-14 3 2023-04-26 2023-04-19
2023-04-14 10 2023-05-08 2023-04-28
2023-04-14 17 2023-05-17 2023-05-10
2023-04-14 30 2023-06-08 2023-05-30
2024-04-04 10 2024-04-26 2024-04-22
2024-04-04 17 2024-05-08 2024-05-02
2025-03-20 10 2025-04-14 2025-04-07
2025-03-20 17 2025-04-24 2025-04-16
2025-03-20 30 2025-05-16 2025-05-07
2025-08-14 3 2025-08-20 2025-08-19
2025-08-14 10 2025-08-29 2025-08-28
2025-12-19 10 2026-01-07 2026-01-06
2026-03-16 10 2026-04-07 2026-03-31
""".strip().splitlines()
ISPU = SINCE_2020


@pytest.mark.parametrize("vector", VECTORS)
def test_deadlines(vector: str) -> None:
    start, days, with_leave, without = vector.split()
    assert working_days.deadline(date.fromisoformat(start), int(days)) == date.fromisoformat(
        with_leave
    )
    assert working_days.deadline(
        date.fromisoformat(start), int(days), cuti_bersama=False
    ) == date.fromisoformat(without)


def test_the_calendar_table_counts_like_the_function() -> None:
    rows = {row["day"]: row for row in working_days.calendar().to_pylist()}
    for vector in VECTORS:
        start, days, due, _ = vector.split()
        assert rows[date.fromisoformat(due)]["nth"] - rows[date.fromisoformat(start)]["nth"] == int(
            days
        )
        assert rows[date.fromisoformat(due)]["is_working"]


def station(con: duckdb.DuckDBPyConnection) -> None:
    """Make what the mart reads: no observations yet, and the rules."""
    con.execute("SET TimeZone = 'UTC'; CREATE SCHEMA reference; CREATE SCHEMA aqms")
    con.execute(read_conventions(PROJECT / "sql"))
    con.execute(
        "CREATE TABLE aqms.observations (observed_at TIMESTAMPTZ, parameter VARCHAR, value DOUBLE,"
        " station VARCHAR DEFAULT 'AQMS-1', quality VARCHAR DEFAULT 'valid')"
    )
    for name, table in (("ispu_anchors", ispu.anchors()), ("ispu_categories", ispu.categories())):
        con.register("_table", table)
        con.execute(f"CREATE TABLE reference.{name} AS FROM _table")
        con.unregister("_table")


@pytest.mark.parametrize("parameter", ISPU)
def test_the_daily_index_follows_the_vectors(parameter: str) -> None:
    """The mart itself, over days of 48 equal readings of one parameter and almost none of the
    others.
    """
    (model,) = [model for model in read_sql_files(PROJECT / "sql") if model.name == "ispu_daily"]
    with duckdb.connect() as con:
        station(con)
        for n, concentration in enumerate(ISPU[parameter]):
            for other in ispu.SINCE_2020.anchors:
                con.execute(
                    "INSERT INTO aqms.observations (observed_at, parameter, value)"
                    " SELECT TIMESTAMPTZ '2026-01-01 00:00:00+07' +"
                    " INTERVAL (? || ' days') + INTERVAL (i * 30) MINUTE, ?, ? FROM range(?) t(i)",
                    [
                        str(n),
                        other,
                        float(concentration) if other == parameter else 0.001,
                        36 if other == parameter else 35 + n % 2,
                    ],
                )
        found = con.execute(model.query).fetchall()
        names = [column[0] for column in con.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    assert [(row["ispu"], row["critical_parameter"]) for row in rows] == [
        (math.floor(band + 0.5), parameter) for band in ISPU[parameter].values()
    ]
    assert [row["is_valid_day"] for row in rows] == [n % 2 == 1 for n in range(len(rows))], (
        "36 of 48 readings of all seven make a valid day"
    )
    limits = (50, 100, 200, 300)
    for row in rows:
        assert row["category"] == ispu.CATEGORIES[sum(row["ispu"] > limit for limit in limits)][0]


def test_before_july_2020_the_mart_judges_by_the_rule_of_its_time() -> None:
    """A haze day of 2019: PM10 over 24 hours, CO over 8, O3 over 1; a reading of PM2.5 counts
    for nothing, NO2 below the table has no index.
    """
    (model,) = [model for model in read_sql_files(PROJECT / "sql") if model.name == "ispu_daily"]
    levels = {
        "PM10": "460",
        "SO2": "40",
        "CO": "CASE WHEN i < 16 THEN 17000 ELSE 100 END",
        "O3": "CASE i WHEN 30 THEN 235 WHEN 31 THEN 235 ELSE 10 END",
        "NO2": "60",
        "PM2.5": "900",
    }
    with duckdb.connect() as con:
        station(con)
        for parameter, value in levels.items():
            con.execute(
                "INSERT INTO aqms.observations (observed_at, parameter, value)"
                " SELECT TIMESTAMPTZ '2019-09-01 00:00:00+07' +"
                f" INTERVAL (i * 30) MINUTE, ?, {value} FROM range(48) t(i)",
                [parameter],
            )
        found = con.execute(model.query).fetchall()
        names = [column[0] for column in con.description or ()]
    (row,) = (dict(zip(names, row, strict=True)) for row in found)
    assert (row["ispu"], row["critical_parameter"], row["category"], row["rule_version"]) == (
        350,
        "PM10",
        "Berbahaya",
        "KEP-45/MENLH/10/1997",
    )
    assert (row["parameters_seen"], row["is_valid_day"]) == ("CO, NO2, O3, PM10, SO2", True)
