"""SILANCAR's synthetic permit applications: a table in which every change of an application is one
row, times naive and local.

The database is SQLite unless an address says otherwise; dates of the case lie in text columns, as
old systems keep them.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from demo.city import City, Planted
from demo.doors import databases
from demo.regions import kelurahan_on
from demo.table import words_of

PER_YEAR = 12_000
HISTORY = 30
TYPES = (
    ("IMB/PBG", "41011", 14, 1_500_000),
    ("Izin Praktik", "86201", 5, 0),
    ("Izin Reklame", "73100", 7, 750_000),
    ("Izin Usaha Toko", "47111", 3, 250_000),
    ("Izin Trayek", "49219", 10, 500_000),
)
WITHOUT_NIB = ("IMB/PBG", "Izin Praktik")
"""Permits that a person needs without running a business."""
ERRORS = (
    "fee_idr.minimum",
    "issued_after_submitted",
    "permit_type.one_of",
    "submitted_at.type",
    "kbli.pattern",
    "application_no.required",
)
TABLE = "permohonan_riwayat"


@cache
def build(city: City) -> tuple[list[dict[str, Any]], list[Planted]]:
    """Return every change in order, and the planted errors."""
    rows: list[dict[str, Any]] = []
    number = 0
    for day in city.before(HISTORY):
        if day.weekday() >= 5:
            continue
        dice = city.dice("perizinan", day)
        for _ in range(round(city.expected(PER_YEAR / 250) * dice.uniform(0.7, 1.3))):
            number += 1
            rows += _application(
                day, f"SLC-{day.year}-{number:06d}", dice, city.dice("perizinan lokasi", number)
            )
    end = datetime.combine(city.today, time())
    rows = sorted(
        (row for row in rows if row["updated_at"] < end),
        key=lambda row: (row["updated_at"], row["application_no"]),
    )
    return _dirty(city, rows)


def planted(city: City) -> list[Planted]:
    """Return the planted errors."""
    return build(city)[1]


def _application(day: date, number: str, dice: Any, place: Any) -> list[dict[str, Any]]:
    """Return the application as submitted, complete and decided; ``place`` draws where it is for
    and what signed it.
    """
    name, kbli, sla, fee = dice.choice(TYPES)
    submitted = datetime.combine(
        day, time(dice.randrange(8, 15), dice.randrange(60), dice.randrange(60))
    )
    person = dice.randrange(1, 20000)
    returned = dice.random() < 0.15
    complete = _later(submitted, dice.randrange(0, 4) + 2 * returned, dice)
    issued = _later(complete, max(1, round(sla * dice.choice([0.3, 0.5, 0.7, 0.9, 1.3]))), dice)
    base = {
        "application_no": number,
        "permit_type": name,
        "kbli": kbli,
        "sla_days": sla,
        "fee": fee,
        "submitted_at": str(submitted),
        "applicant_name": f"Pemohon Sintetis {person}",
        "applicant_nik": f"157101010180{person % 9000 + 1:04d}",
        "applicant_address": f"Jl. Sintetis No. {person % 200 + 1}",
        "complete_at": None,
        "issued_at": None,
        "returned_count": int(returned),
    }
    base |= {
        "applicant_npwp": base["applicant_nik"],
        "nib": None if name in WITHOUT_NIB else f"912{person:010d}",
        "location_region": place.choice(kelurahan_on(day)),
        "location_address": f"Jl. Sintetis No. {place.randrange(1, 300)}",
        "signature_serial": None,
    }
    serial = f"{place.randrange(16**16):016X}"
    ends = "rejected" if dice.random() < 0.05 else "issued"
    return [
        {**base, "status": "submitted", "returned_count": 0, "updated_at": submitted},
        {**base, "status": "complete", "complete_at": str(complete), "updated_at": complete},
        {
            **base,
            "status": ends,
            "complete_at": str(complete),
            "issued_at": str(issued) if ends == "issued" else None,
            "signature_serial": serial if ends == "issued" else None,
            "updated_at": issued,
        },
    ]


def _later(moment: datetime, workdays: int, dice: Any) -> datetime:
    day = moment.date()
    while workdays > 0:
        day += timedelta(days=1)
        workdays -= day.weekday() < 5
    return max(
        datetime.combine(day, time(dice.randrange(8, 16), dice.randrange(60), dice.randrange(60))),
        moment + timedelta(minutes=5),
    )


def _dirty(city: City, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Planted]]:
    """Plant one row error every second day that has changes, and one duplicate every fifth."""
    errors: list[Planted] = []
    for n, day in enumerate(city.window):
        indices = [i for i, row in enumerate(rows) if row["updated_at"].date() == day]
        dice = city.dice("perizinan dirt", day)
        if n % 2 == 0 and indices:
            i, rule = dice.choice(indices), ERRORS[(n // 2) % len(ERRORS)]
            key, rows[i] = (
                f"{rows[i]['application_no']} {rows[i]['updated_at']}",
                {**rows[i], **_broken(rule)},
            )
            errors.append(
                Planted("perizinan", "permits", day.isoformat(), key, rule, row=words_of(rows[i]))
            )
            indices.remove(i)
        if n % 5 == 3 and indices:
            duplicate = rows[dice.choice(indices)]
            rows.insert(rows.index(duplicate) + 1, dict(duplicate))
            errors.append(
                Planted(
                    "perizinan",
                    "permits",
                    day.isoformat(),
                    f"{duplicate['application_no']} {duplicate['updated_at']}",
                    "duplicate",
                    "exported twice",
                )
            )
    return rows, errors


def _broken(rule: str) -> dict[str, Any]:
    return {
        "fee_idr.minimum": {"fee": -250000},
        "issued_after_submitted": {"issued_at": "2015-01-05 09:00:00"},
        "permit_type.one_of": {"permit_type": "izin praktik"},
        "submitted_at.type": {"submitted_at": "2026-11-31 25:10:00"},
        "kbli.pattern": {"kbli": "4711"},
        "application_no.required": {"application_no": None},
    }[rule]


def write(city: City, folder: Path, url: str | None = None) -> None:
    """Create the table anew in the application's SQLite file, or in the database at ``url``, and
    fill it.
    """
    path = folder / "perizinan" / "silancar.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    databases.fill(url or f"sqlite:///{path}", TABLE, build(city)[0])
