"""The signalised junctions of the synthetic city: the register that ATCS keeps, and where incidents and counts happen.

Numbers are the real city's (23 adaptive junctions in 2021, 11 of them with traffic enforcement); which junction is which is made up.
"""

from datetime import date
from typing import Any

from demo.city import City
from demo.doors import Rest
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

NAMES = (
    "Mayang", "Pulai", "Kawat", "Jelutung", "Bank Indonesia", "Rimbo", "Talang Banjar", "Kebun Handil", "Pasar", "Tugu Juang", "Broni", "Sipin",
    "Telanai", "Kenali", "Pattimura", "Haji Kamil", "Puncak", "Budiman", "Tanjung Pinang", "Paal Merah", "Talang Bakung", "Bandara", "Thehok",
    "Paal Lima", "Kota Baru", "Lingkar Selatan", "Bagan Pete", "Olak Kemang", "Sijenjang", "Murni",
)  # fmt: skip
ADAPTIVE, WITH_CAMERAS = 23, 11
APPROACHES = ("U", "T", "S", "B")
"""Utara, timur, selatan, barat."""


def junction(number: int) -> Row:
    """Return what the register says of junction ``number``, counted from 0; the adaptive ones come first."""
    return {"code": f"SP-{number + 1:02d}", "name": f"Simpang {NAMES[number]}", "region": KELURAHAN[(number * 29 + 4) % len(KELURAHAN)]}


def _register(city: City) -> dict[date, list[Row]]:
    dice = city.dice("junctions")
    return {city.window[-1]: [_thing(number, dice) for number in range(len(NAMES))]}


def _thing(number: int, dice: Any) -> Row:
    here = junction(number)
    return {
        "@iot.id": number + 1,
        "name": here["code"],
        "description": here["name"],
        "properties": {
            "kelurahan": here["region"],
            "adaptif": number < ADAPTIVE,
            "etle": number < WITH_CAMERAS,
            "lengan": len(APPROACHES),
            "lintang": round(dice.uniform(-1.66, -1.56), 6),
            "bujur": round(dice.uniform(103.56, 103.65), 6),
        },
    }


TABLES = (
    Table(
        "atcs",
        "intersections",
        ("name",),
        _register,
        {
            "lat.minimum": to(properties__lintang=-103.61),
            "region_code.pattern": to(properties__kelurahan="Kota Baru"),
            "region_code.reference": to(properties__kelurahan="15.71.12.1001"),
            "is_adaptive.type": to(properties__adaptif="sebagian"),
        },
        Rest("/atcs/v1.1/Things", "single", records="value"),
    ),
)
