"""The operation centre's synthetic incidents: accidents, floods, fires, fallen trees and power
cuts, with the times they were opened and closed.

Accidents and power cuts happen at ATCS junctions, so that the counts there show them (see
``traffic``). An incident that lasts beyond today is still open. Reporters are made up.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from demo.city import ZONE, City
from demo.door import Rest
from demo.regions import KELURAHAN
from demo.systems.junctions import ADAPTIVE, junction
from demo.table import Row, Table, to

PER_YEAR = 2200
HISTORY = 2
"""Days before the window that are asked for again, for incidents closed since."""
KINDS = (
    ("accident", 45, 90),
    ("flood", 12, 420),
    ("fire", 10, 150),
    ("tree", 13, 180),
    ("power", 20, 240),
)
"""Kind, share, usual minutes."""
AT_JUNCTIONS = {"accident": 0.75, "power": 0.5, "tree": 0.2}
KEY = "kunci-demo"


@cache
def incidents(city: City) -> Mapping[date, list[Row]]:
    """Return every day's incidents as they stand today."""
    return {
        day: [
            _incident(city, day, number)
            for number in range(1, city.count("jcoc", day, PER_YEAR) + 1)
        ]
        for day in city.before(HISTORY)
    }


def _incident(city: City, day: date, number: int) -> Row:
    dice = city.dice("incident", day, number)
    kind, _, usual = dice.choices(KINDS, [share for _, share, _ in KINDS])[0]
    opened = datetime.combine(
        day, time(dice.randrange(24), dice.randrange(60), dice.randrange(60)), ZONE
    )
    closed = opened + timedelta(minutes=round(usual * dice.uniform(0.4, 2.2)))
    at_junction = (
        junction(dice.randrange(ADAPTIVE)) if dice.random() < AT_JUNCTIONS.get(kind, 0.0) else None
    )
    person = dice.randrange(1, 5000)
    return {
        "nomor": f"JC-{day:%Y%m%d}-{number:03d}",
        "jenis": kind,
        "tingkat": dice.choices([1, 2, 3, 4], [45, 35, 15, 5])[0],
        "dibuka": opened.isoformat(),
        "ditutup": (
            closed.isoformat() if closed < datetime.combine(city.today, time(), ZONE) else None
        ),
        "kelurahan": at_junction["region"] if at_junction else dice.choice(KELURAHAN),
        "simpang": at_junction["code"] if at_junction else None,
        "sumber": (
            dice.choice(["cctv", "atcs"]) if at_junction else dice.choice(["112", "112", "patroli"])
        ),
        "kamera": dice.randrange(1, 5) if at_junction else dice.choice([0, 0, 1]),
        "pelapor": {"nama": f"Warga Sintetis {person}", "telepon": f"+62812{person:07d}"},
        "catatan": f"Laporan sintetis tentang {kind}.",
    }


def _before_it_opened(row: Row) -> dict[str, Any]:
    return {"ditutup": (datetime.fromisoformat(row["dibuka"]) - timedelta(days=365)).isoformat()}


TABLES = (
    Table(
        "jcoc",
        "incidents",
        ("nomor",),
        incidents,
        {
            "kind.one_of": to(jenis="laka lantas"),
            "closed_after_opened": _before_it_opened,
            "region_code.pattern": to(kelurahan="1571011001"),
            "region_code.reference": to(kelurahan="15.71.01.1099"),
            "severity.maximum": to(tingkat=9),
            "cameras.minimum": to(kamera=-1),
            "incident_no.required": to(nomor=None),
        },
        Rest(
            "/jcoc/api/kejadian",
            records="data",
            since="dari",
            until="sampai",
            guard=f"header:X-Api-Key={KEY}",
        ),
    ),
)
