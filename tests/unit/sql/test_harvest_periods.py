"""How complete a period's harvest is, how far the data go, and why a period is not whole; and the
macros that give a value's status and reason from it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.models.sqlfile import read_conventions, read_sql_file
from pipelines.settings import PROJECT
from tests.unit.sql.figures import Partition, days


def whole(first: date, last: date) -> list[Partition]:
    """Return a partition a day, of which every row passed."""
    return [(day, 10, 10) for day in days(first, last)]


JUNE = whole(date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(read_conventions(PROJECT / "sql"))
        yield opened


def periods(
    con: duckdb.DuckDBPyConnection,
    *partitions: Partition,
    delivery: str = "events",
    active: tuple[str, str | None] = ("2020-01-01", None),
    judged: str = "'2026-01-01', 0",
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every period of a dataset whose ``partitions`` passed, by kind and name; ``judged``
    says when, and by which sequence.
    """
    con.execute("CREATE SCHEMA lumbung")
    con.execute(
        "CREATE TABLE lumbung.datasets AS SELECT 'a.b' AS dataset, $1 AS delivery, $2::DATE AS"
        " active_from, $3::DATE AS active_to",
        [delivery, *active],
    )
    con.execute(
        "CREATE TABLE lumbung.passed (dataset VARCHAR, partition VARCHAR, delivered INT, duplicates"
        " INT, passed INT, judged_at TIMESTAMPTZ, sequence BIGINT)"
    )
    con.executemany(f"INSERT INTO lumbung.passed SELECT 'a.b', $1, $2, 0, $3, {judged}", partitions)
    con.execute("CREATE TABLE lumbung.verdict_history AS FROM lumbung.passed")
    query = read_sql_file(PROJECT / "sql" / "mart" / "harvest_periods.sql", "mart").query
    return {
        (row["kind"], row["period"]): row for row in con.execute(query).to_arrow_table().to_pylist()
    }


@pytest.mark.parametrize(
    ("delivered", "passed", "is_complete"),
    [
        (100, 95, True),
        (100, 94, False),
        (1000, 998, True),
        (12, 11, True),
        (6, 5, True),
        (5, 4, True),
        (4, 3, False),
        (1, 0, False),
        (12, 10, False),
        (0, 0, True),
    ],
)
@pytest.mark.parametrize("kind", ["month", "snapshot"])
def test_enough_is_95_of_100_rows_or_all_but_one_of_five_or_more(
    con: duckdb.DuckDBPyConnection, kind: str, delivered: int, passed: int, is_complete: bool
) -> None:
    name = "2026-06-30" if kind == "snapshot" else "2026-06"
    delivery = "snapshot" if kind == "snapshot" else "events"
    row = periods(con, (name, delivered, passed), delivery=delivery)[kind, name]
    assert row["is_complete"] is is_complete
    assert row["gap"] == (None if is_complete else "incomplete")
    assert row["completeness"] == (passed / delivered if delivered else 1.0)


@pytest.mark.parametrize(("passed", "whole"), [(60, False), (94, False), (95, True), (100, True)])
def test_a_month_of_which_every_day_passed_is_complete_only_with_95_percent_of_its_rows(
    con: duckdb.DuckDBPyConnection, passed: int, whole: bool
) -> None:
    row = periods(con, *((day, 100, passed) for day, _, _ in JUNE))["month", "2026-06"]
    assert (row["completeness"], row["is_complete"]) == (pytest.approx(passed / 100), whole)


def test_rows_that_are_few_and_all_bad_do_not_make_a_month_whole(
    con: duckdb.DuckDBPyConnection,
) -> None:
    few = [(day, 0, 0) for day, _, _ in JUNE]
    few[3] = ("2026-06-04", 3, 0)
    row = periods(con, *few)["month", "2026-06"]
    assert (row["is_complete"], row["gap"]) == (False, "incomplete"), "29 of 30 days are 97 %"


@pytest.mark.parametrize(
    ("partitions", "gap", "seen"),
    [
        (JUNE, None, date(2026, 6, 30)),
        (JUNE[:14], "running", date(2026, 6, 14)),
        (JUNE[1:], "incomplete", date(2026, 6, 30)),
        ([*JUNE[1:], ("2026-07-01", 10, 10)], "incomplete", date(2026, 7, 1)),
        ([*JUNE[:7], ("2026-06-08", 0, 0), *JUNE[8:]], None, date(2026, 6, 30)),
    ],
)
def test_a_period_is_judged_by_the_last_day_that_was_seen(
    con: duckdb.DuckDBPyConnection, partitions: list[Partition], gap: str | None, seen: date
) -> None:
    row = periods(con, *partitions)["month", "2026-06"]
    assert (row["gap"], row["seen_until"], row["expected"]) == (gap, seen, 30)
    assert row["harvested"] == sum(name.startswith("2026-06") for name, _, _ in partitions)


@pytest.mark.parametrize(
    ("active", "partitions", "months", "year"),
    [
        (("2020-01-01", None), whole(date(2026, 1, 1), date(2026, 12, 31)), 30, (365, None)),
        (("2026-06-11", None), whole(date(2026, 6, 11), date(2026, 12, 31)), 20, (204, None)),
        (("2020-01-01", "2026-06-20"), whole(date(2026, 1, 1), date(2026, 6, 20)), 20, (171, None)),
        (("2020-01-01", None), JUNE, 30, (365, "running")),
        (("2020-01-01", None), [(f"2026-{n:02}", 9, 9) for n in range(1, 13)], 1, (12, None)),
    ],
)
def test_expected_are_the_days_on_which_the_system_ran(
    con: duckdb.DuckDBPyConnection,
    active: tuple[str, str | None],
    partitions: list[Partition],
    months: int,
    year: tuple[int, str | None],
) -> None:
    rows = periods(con, *partitions, active=active)
    assert rows["month", "2026-06"]["expected"] == months
    assert (rows["month", "2026-06"]["gap"], rows["month", "2026-06"]["completeness"]) == (None, 1)
    assert (rows["year", "2026"]["expected"], rows["year", "2026"]["gap"]) == year


def test_every_snapshot_is_a_period_known_until_the_day_before_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = periods(con, ("2026-06-08", 6, 5), ("2026-06-01", 10, 5), delivery="snapshot")
    assert {name: (row["seen_until"], row["gap"]) for (_, name), row in rows.items()} == {
        "2026-06-01": (date(2026, 5, 31), "incomplete"),
        "2026-06-08": (date(2026, 6, 7), None),
    }
    assert [name for (_, name), row in rows.items() if row["is_newest"]] == ["2026-06-08"]


@pytest.mark.parametrize(
    ("value", "doubts", "said"),
    [
        ("5", "NULL, NULL", ("final", None)),
        ("5", "NULL, 'open_cases'", ("provisional", "open_cases")),
        ("5", "'running', 'open_cases'", ("provisional", "running")),
        ("NULL", "NULL", ("not available", "none_due")),
        ("NULL", "'running'", ("not available", "none_due")),
        ("0", "", ("final", None)),
    ],
)
def test_a_value_is_final_when_no_doubt_holds_and_the_first_doubt_is_its_reason(
    con: duckdb.DuckDBPyConnection, value: str, doubts: str, said: tuple[str, str | None]
) -> None:
    found = con.execute(
        f"SELECT {value} AS value, reason_of(value, 'none_due', [{doubts}]) AS why,"
        " status_of(value, why)"
    ).fetchall()[0]
    assert (found[2], found[1]) == said


def test_a_value_that_is_not_there_has_a_reason_even_if_none_is_handed_in(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert con.execute("SELECT reason_of(NULL, NULL, [NULL])").fetchall() == [("no_cases",)]


@pytest.mark.parametrize(
    ("open_count", "seen", "why"),
    [(0, "2026-07-01", None), (1, "2026-12-30", "open_cases"), (1, "2026-12-31", None)],
)
def test_open_cases_are_waited_for_until_six_months_after_their_month(
    con: duckdb.DuckDBPyConnection, open_count: int, seen: str, why: str | None
) -> None:
    wait = "settled_by(DATE '2026-06-10')"
    found = con.execute(f"SELECT waits_for({open_count}, {wait}, DATE '{seen}')").fetchall()
    assert found == [(why,)]
    nights = ("2026-12-31 16:59", "2026-12-31 17:00")
    late = [f"came_late(TIMESTAMPTZ '{night}:00+00', {wait})" for night in nights]
    assert con.execute(f"SELECT {', '.join(late)}, came_late(NULL, {wait})").fetchall() == [
        (False, True, False)
    ]


@pytest.mark.parametrize(("days_of_30", "whole"), [(0, 0), (14, 4667), (15, 5000), (30, 10_000)])
def test_the_whole_of_a_month_is_taken_for_the_days_of_its_part(
    con: duckdb.DuckDBPyConnection, days_of_30: int, whole: int
) -> None:
    query = f"SELECT for_days(10000, {days_of_30}, DATE '2026-06-01')"
    assert con.execute(query).fetchall() == [(whole,)]


@pytest.mark.parametrize(
    ("judged", "kept"),
    [
        ("$1::DATE + 1, NULL", ["2026-06-01", "2026-06-02", "2026-06-03"]),
        ("$1::DATE + 1, day($1::DATE)", ["2026-06-01", "2026-06-02", "2026-06-03"]),
        ("$1::DATE + 1, -day($1::DATE)", ["2026-06-01"]),
    ],
    ids=["before there were sequences", "in order", "the first again, by a clock set right"],
)
def test_a_snapshot_counts_unless_a_later_verdict_says_that_its_day_is_to_come(
    con: duckdb.DuckDBPyConnection, judged: str, kept: list[str]
) -> None:
    snapshots = whole(date(2026, 6, 1), date(2026, 6, 3))
    found = periods(con, *snapshots, delivery="snapshot", judged=judged)
    assert [period for _, period in found] == kept


@pytest.mark.parametrize(
    ("rows", "judged", "seen"),
    [
        ([10, 10, 5, 0, 0], "$1::DATE + CASE day($1::DATE) WHEN 1 THEN 2 ELSE 60 END", 2),
        ([10, 10, 5, 0, 0], "$1::DATE + 9", 5),
        ([10, 0, 10, 10, 10], "$1::DATE - 40 * (day($1::DATE) = 1)::INT", 5),
    ],
    ids=[
        "half of the third day had come",
        "judged when all are over",
        "the first again, by a clock set back",
    ],
)
def test_a_day_that_is_not_over_counts_for_no_period_unless_rows_of_a_later_one_are_there(
    con: duckdb.DuckDBPyConnection, rows: list[int], judged: str, seen: int
) -> None:
    """A clock ahead takes the day that is going on for over, and those after it for empty; one
    that was set back for a run takes nothing from what was whole.
    """
    partitions = [(f"2026-06-{day:02}", count, count) for day, count in enumerate(rows, 1)]
    sequence = "CASE day($1::DATE) WHEN 1 THEN 99 ELSE day($1::DATE) END"
    month = periods(con, *partitions, judged=f"{judged}, {sequence}")["month", "2026-06"]
    assert (month["harvested"], month["seen_until"]) == (seen, date(2026, 6, seen))
