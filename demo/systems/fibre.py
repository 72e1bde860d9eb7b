"""The city's synthetic fibre network: its segments as the monthly list has them, and the outages
that operators report.

Segments join made-up nodes at offices; the route of a cable is in the list and never leaves it.
Technicians are made up.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from demo.city import ZONE, City
from demo.door import Drop, Rest
from demo.regions import KELURAHAN, point
from demo.table import Row, Table, to

SEGMENTS, OUTAGES_A_YEAR = 240, 1000
HISTORY = 2
"""Days before the window that are asked for again, for outages mended since."""
CAUSES = (("kabel_putus", 35), ("listrik", 30), ("perangkat", 20), ("pohon", 10), ("vandalisme", 5))


def _segments(city: City) -> dict[date, list[Row]]:
    return {city.window[-1]: [_segment(city, number) for number in range(1, _many(city) + 1)]}


def _many(city: City) -> int:
    return round(city.expected(SEGMENTS))


def _segment(city: City, number: int) -> Row:
    dice = city.dice("segment", number)
    start, end = dice.sample(range(1, 90), 2)
    region = dice.choice(KELURAHAN)
    lat, lon = point(region, dice)
    bends = [
        [
            round(lon + n * dice.uniform(0.0005, 0.002), 6),
            round(lat + n * dice.uniform(-0.001, 0.001), 6),
        ]
        for n in range(4)
    ]
    return {
        "kode": f"FO-{number:04d}",
        "dari": f"SITE-{start:03d}",
        "ke": f"SITE-{end:03d}",
        "kelurahan": region,
        "panjang_m": dice.randrange(180, 4200),
        "core": dice.choice([12, 24, 24, 48, 96]),
        "core_terpakai": dice.randrange(2, 12),
        "status": dice.choices(["aktif", "cadangan", "putus"], [88, 9, 3])[0],
        "dipasang": date(dice.randrange(2018, 2026), dice.randrange(1, 13), 1).isoformat(),
        "rute": {"type": "LineString", "coordinates": bends},
    }


def _outages(city: City) -> dict[date, list[Row]]:
    return {
        day: [
            _outage(city, day, number)
            for number in range(1, city.count("fiber", day, OUTAGES_A_YEAR) + 1)
        ]
        for day in city.before(HISTORY)
    }


def _outage(city: City, day: date, number: int) -> Row:
    dice = city.dice("outage", day, number)
    began = datetime.combine(day, time(dice.randrange(24), dice.randrange(60)), ZONE)
    ended = began + timedelta(minutes=dice.choice([20, 45, 90, 180, 300, 700]))
    return {
        "nomor": f"GG-{day:%Y%m%d}-{number:02d}",
        "segmen": f"FO-{dice.randrange(1, _many(city) + 1):04d}",
        "mulai": began.isoformat(),
        "selesai": (
            ended.isoformat() if ended < datetime.combine(city.today, time(), ZONE) else None
        ),
        "sebab": dice.choices([name for name, _ in CAUSES], [share for _, share in CAUSES])[0],
        "lokasi_terdampak": dice.randrange(1, 9),
        "teknisi": f"Teknisi Sintetis {dice.randrange(1, 40)}",
    }


def _mended_before(row: Row) -> dict[str, Any]:
    return {"selesai": (datetime.fromisoformat(row["mulai"]) - timedelta(days=31)).isoformat()}


TABLES = (
    Table(
        "fiber",
        "segments",
        ("kode",),
        _segments,
        {
            "length_m.minimum": to(panjang_m=-850),
            "cores.one_of": to(core=25),
            "ends_differ": lambda row: {"ke": row["dari"]},
            "status.one_of": to(status="OK"),
        },
        Drop("fiber", "segmen_fo.json", "json"),
    ),
    Table(
        "fiber",
        "outages",
        ("nomor",),
        _outages,
        {
            "ended_after_started": _mended_before,
            "cause.one_of": to(sebab="lain2"),
            "affected_sites.minimum": to(lokasi_terdampak=-1),
            "segment_id.pattern": to(segmen="segmen Telanaipura"),
            "outage_no.required": to(nomor=None),
        },
        Rest("/fiber/gangguan", "offset", since="dari", until="sampai"),
    ),
)
