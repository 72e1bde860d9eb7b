"""Aggregates of mobility over made-up rows: letters sent again after they came back, a day on
which nothing happened, cameras that are installed later.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.sql.figures import Rows, figures

ZONE = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 9, 7, 8, tzinfo=ZONE)
PLACE = "15.71.01.1001"
SOURCES = (
    "atcs.counts",
    "cctv.heartbeats",
    "sikesal.complaints",
    "jcoc.incidents",
    "aqms.observations",
    "kojatrans.positions",
)


def letter(number: int, event: int, status: str) -> dict[str, Any]:
    return {
        "letter_no": f"SK-{number}",
        "event_id": f"ET-{event}",
        "status": status,
        "posted_at": AT,
        "updated_at": AT,
    }


def test_a_letter_sent_again_makes_no_second_detection() -> None:
    (row,) = figures(
        "mart.traffic_enforcement_daily",
        etle__detections=[{"event_id": f"ET-{n}", "detected_at": AT} for n in range(10)],
        etle__letters=[
            *(letter(n, n, "kembali") for n in range(6)),
            *(letter(10 + n, n, "diterima") for n in range(5)),
        ],
        etle__confirmations=[
            {"letter_no": f"SK-{n}", "status": status, "updated_at": AT}
            for n, status in (
                (0, "dikonfirmasi"),
                (10, "dibayar"),
                (11, "dibayar"),
                (99, "dibayar"),
            )
        ],
    )
    assert (row["detections"], row["letters"], row["confirmations"], row["payments"]) == (
        10,
        6,
        2,
        2,
    )
    assert (row["letters_percent"], row["confirmations_percent"]) == (60.0, 33.3)


def operations(
    passed: Mapping[str, Iterable[str]], **tables: Rows
) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the rows of 7 September by hour and kelurahan, of sources ``passed`` alone."""
    none = dict.fromkeys(SOURCES, ())
    rows = figures("mart.operations_hourly", {**none, **passed}, **tables)
    return {(row["hour"], row["region_code"]): row for row in rows if row["day"] == AT.date()}


def test_a_passed_day_without_an_incident_has_none_and_one_that_is_not_there_is_not_known() -> None:
    day = [str(AT.date())]
    rows = operations({"jcoc.incidents": day})
    assert len(rows) == 24 * 68
    assert {(row["incidents"], row["complaints"], row["buses"]) for row in rows.values()} == {
        (0, None, None)
    }
    rows = operations({"kojatrans.positions": day, "atcs.counts": day})
    assert {(row["buses"], row["vehicles"]) for row in rows.values()} == {(0, None)}


def camera(number: int, installed: date | None = None) -> dict[str, Any]:
    return {
        "camera_id": f"CCTV-{number:02}",
        "intersection_id": f"SP-{number:02}",
        "region_code": PLACE,
        "installed_on": installed,
        "_partition": "2026-10-01",
    }


def beat(number: int, at: datetime) -> dict[str, Any]:
    return {
        "camera_id": f"CCTV-{number:02}",
        "sent_at": at,
        "status": "online",
        "stream_ok": True,
    }


def test_a_camera_counts_from_the_day_it_was_installed_and_silence_is_down() -> None:
    cameras = [*(camera(n) for n in range(5)), camera(5, date(2026, 9, 8))]
    beats = [beat(n, AT + timedelta(minutes=5 * m)) for n in range(5) for m in range(12)]
    day = {"cctv.heartbeats": [str(AT.date())]}
    rows = operations(day, cctv__cameras=cameras, cctv__heartbeats=beats)
    assert rows[8, PLACE]["cameras_up_percent"] == 100.0
    assert rows[9, PLACE]["cameras_up_percent"] == 0.0, "silence"
    (days,) = figures(
        "mart.camera_availability_daily", day, cctv__cameras=cameras, cctv__heartbeats=[]
    )
    assert (days["cameras"], days["heartbeats"], days["up_percent"]) == (5, 0, 0.0)
    found = figures(
        "kpi.streets_with_cameras", cctv__cameras=[*cameras, camera(6, date(2027, 1, 1))]
    )
    assert [row["numerator"] for row in found] == [6]
