"""The views over a release's figures: only comparable periods are compared, and the last good
value is shown with its date.
"""

from collections.abc import Callable, Iterator

import duckdb
import pytest

from pipelines.models.view import read_views
from pipelines.release.views import VALUES
from pipelines.settings import PROJECT

VIEWS = read_views(PROJECT / "sql")
COLUMNS = {"kpi": "VARCHAR", "name": "VARCHAR", "dimension": "VARCHAR", "part": "VARCHAR", **VALUES}
Asked = Callable[..., list[dict]]


@pytest.fixture
def values() -> Iterator[Callable[[str, list[dict]], list[dict]]]:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA lumbung; CREATE SCHEMA register_kota")
        con.execute(
            "CREATE TABLE lumbung.kpi_values"
            f" ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
        )
        con.execute(
            "CREATE TABLE register_kota.targets (kpi VARCHAR, measure VARCHAR, period VARCHAR,"
            " value DOUBLE, unit VARCHAR, valid_from DATE)"
        )
        con.execute(
            "INSERT INTO register_kota.targets VALUES ('E1', 'share', '2026-03', 80, '%',"
            " '2026-01-01'), ('E1', 'share', '2026-03', 90, '%', '2026-02-01')"
        )

        def ask(view: str, rows: list[dict]) -> list[dict]:
            for row in rows:
                whole = {
                    **dict.fromkeys(COLUMNS),
                    "kpi": "E1",
                    "name": "revenue",
                    "measure": "share",
                    "region_code": "15.71",
                    "unit": "%",
                    "status": "final",
                    "rule_version": "1",
                    "completeness": 1.0,
                    **row,
                }
                con.execute(
                    f"INSERT INTO lumbung.kpi_values VALUES ({', '.join('?' for _ in COLUMNS)})",
                    [whole[name] for name in COLUMNS],
                )
            return (
                con.execute(f"SELECT * FROM ({VIEWS[view].query}) ORDER BY ALL")
                .to_arrow_table()
                .to_pylist()
            )

        yield ask


def changes(rows: list[dict]) -> dict[str, tuple]:
    return {
        row["period"]: (row["previous_value"], row["change"], row["change_reason"]) for row in rows
    }


def test_a_month_is_compared_with_the_one_before_and_with_the_year_before(values: Asked) -> None:
    rows = values(
        "kpi_trend",
        [
            {"period": "2025-03", "value": 70.0},
            {"period": "2026-02", "value": 81.5},
            {"period": "2026-03", "value": 80.2},
        ],
    )
    assert changes(rows) == {
        "2025-03": (None, None, "no_previous"),
        "2026-02": (None, None, "no_previous"),
        "2026-03": (81.5, -1.3, None),
    }
    (last,) = [row for row in rows if row["period"] == "2026-03"]
    assert (last["year_ago_value"], last["year_change"], last["year_change_reason"]) == (
        70.0,
        10.2,
        None,
    )
    assert (last["target"], last["target_unit"]) == (
        90.0,
        "%",
    ), "a revised target takes the place of the one before"


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ({"rule_version": "2"}, "other_rule"),
        ({"unit": "IDR"}, "other_rule"),
        ({"status": "provisional", "reason": "incomplete"}, "not_whole"),
        ({"status": "provisional", "reason": "running"}, "not_whole"),
        ({"status": "not available", "reason": "few", "value": None}, "no_previous"),
        ({"measure": "count"}, "no_previous"),
        ({"region_code": "15.71.01"}, "no_previous"),
        ({"part": "unit 3"}, "no_previous"),
    ],
)
def test_what_cannot_be_compared_says_why(values: Asked, before: dict, reason: str) -> None:
    rows = values(
        "kpi_trend",
        [{"period": "2026-01", "value": 10.0, **before}, {"period": "2026-02", "value": 20.0}],
    )
    assert changes(rows)["2026-02"] == (None, None, reason)


def test_newer_reference_data_is_no_other_rule(values: Asked) -> None:
    rows = values(
        "kpi_trend",
        [
            {"period": "2026-01", "value": 10.0, "vintage": "population 2023"},
            {"period": "2026-02", "value": 12.5, "vintage": "population 2026"},
        ],
    )
    assert changes(rows)["2026-02"] == (10.0, 2.5, None)


def test_open_cases_do_not_stop_a_comparison_and_a_partial_month_does(values: Asked) -> None:
    rows = values(
        "kpi_trend",
        [
            {"period": "2025", "value": 1.0},
            {"period": "2026", "value": 3.0, "status": "provisional", "reason": "open_cases"},
            {"period": "2027", "value": 9.0, "status": "provisional", "reason": "running"},
        ],
    )
    assert changes(rows) == {
        "2025": (None, None, "no_previous"),
        "2026": (1.0, 2.0, None),
        "2027": (None, None, "not_whole"),
    }


def test_the_last_good_value_stays_with_its_date_while_a_later_period_is_not_whole(
    values: Asked,
) -> None:
    (row,) = values(
        "kpi_latest",
        [
            {"period": "2026-09", "value": 5.0},
            {"period": "2026-10", "value": 6.0},
            {
                "period": "2026-11",
                "value": 1.0,
                "status": "provisional",
                "reason": "incomplete",
                "completeness": 0.4,
            },
            {"period": "2026-12", "status": "not available", "reason": "no_cases"},
        ],
    )
    assert (row["period"], row["value"], row["is_good"]) == ("2026-10", 6.0, True)
    assert (row["newest_period"], row["newest_status"], row["newest_reason"]) == (
        "2026-12",
        "not available",
        "no_cases",
    )


def test_where_nothing_is_whole_yet_the_newest_value_is_shown_as_what_it_is(values: Asked) -> None:
    rows = [
        {"period": f"2026-{month}", "value": 1.0, "status": "provisional", "reason": "incomplete"}
        for month in ("10", "11")
    ]
    (row,) = values("kpi_latest", rows)
    assert (row["period"], row["is_good"], row["reason"]) == ("2026-11", False, "incomplete")


def test_a_newest_period_that_is_final_has_no_reason(values: Asked) -> None:
    (row,) = values(
        "kpi_latest",
        [
            {"period": "2026-10", "value": 6.0, "status": "provisional", "reason": "running"},
            {"period": "2026-11", "value": 7.0},
        ],
    )
    assert (row["period"], row["newest_status"], row["newest_reason"]) == ("2026-11", "final", None)
