"""A month's harvest is complete when every expected partition passed and at least 95 % of their
rows.
"""

from datetime import date

import duckdb
import pytest

from pipelines.models.sqlfile import read_sql_file
from pipelines.settings import PROJECT


def month(*partitions: tuple[str, int, int, int]) -> tuple[float, bool]:
    """Return completeness and ``is_complete`` of a June whose ``partitions`` passed: (partition,
    delivered, duplicates, passed).
    """
    with duckdb.connect() as con:
        con.execute(
            "CREATE SCHEMA lumbung; CREATE TABLE lumbung.passed (dataset VARCHAR, partition"
            " VARCHAR, delivered INT, duplicates INT, passed INT)"
        )
        con.execute(
            "CREATE TABLE lumbung.datasets AS SELECT 'a.b' AS dataset, 'events' AS delivery, DATE"
            " '2020-01-01' AS active_from, NULL::DATE AS active_to"
        )
        con.executemany("INSERT INTO lumbung.passed VALUES ('a.b', $1, $2, $3, $4)", partitions)
        rows = con.execute(
            "SELECT month, completeness, is_complete FROM"
            f" ({read_sql_file(PROJECT / 'sql' / 'mart' / 'harvest_months.sql', 'mart').query})"
        )
        ((first, completeness, is_complete),) = rows.fetchall()
    assert first == date(2026, 6, 1)
    return completeness, is_complete


@pytest.mark.parametrize(("passed", "whole"), [(60, False), (94, False), (95, True), (100, True)])
def test_a_month_of_which_every_day_passed_is_complete_only_with_95_percent_of_its_rows(
    passed: int, whole: bool
) -> None:
    days = [f"2026-06-{day:02}" for day in range(1, 31)]
    assert month(*((day, 110, 10, passed) for day in days)) == (pytest.approx(passed / 100), whole)
    assert month(("2026-06", 110, 10, passed)) == (
        passed / 100,
        whole,
    ), "a month that comes in one piece"


def test_a_day_that_is_not_there_keeps_its_month_incomplete_and_one_without_rows_does_not() -> None:
    days = [
        (f"2026-06-{day:02}", 0 if day == 7 else 9, 0, 0 if day == 7 else 9) for day in range(1, 31)
    ]
    assert month(*days) == (1.0, True)
    assert month(*days[1:]) == (pytest.approx(29 / 30), False)
