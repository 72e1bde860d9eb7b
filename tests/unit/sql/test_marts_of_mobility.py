"""Aggregates of mobility over made-up rows: letters sent again after they came back."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.sql.figures import figures

ZONE = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 9, 7, 8, tzinfo=ZONE)


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
