"""The signalised junctions of the synthetic city: the register that ATCS keeps, and where incidents
and counts happen.

Numbers are the real city's (23 adaptive junctions in 2021, 11 of them with traffic enforcement);
which junction is which is made up.
"""

from datetime import date
from random import Random

from demo.city import City
from demo.door import Rest
from demo.regions import KELURAHAN, point
from demo.table import Row, Table, to

NAMES = (
    "Mayang",
    "Pulai",
    "Kawat",
    "Jelutung",
    "Bank Indonesia",
    "Rimbo",
    "Talang Banjar",
    "Kebun Handil",
    "Pasar",
    "Tugu Juang",
    "Broni",
    "Sipin",
    "Telanai",
    "Kenali",
    "Pattimura",
    "Haji Kamil",
    "Puncak",
    "Budiman",
    "Tanjung Pinang",
    "Paal Merah",
    "Talang Bakung",
    "Bandara",
    "Thehok",
    "Paal Lima",
    "Kota Baru",
    "Lingkar Selatan",
    "Bagan Pete",
    "Olak Kemang",
    "Sijenjang",
    "Murni",
)
ADAPTIVE, WITH_CAMERAS = 23, 11
APPROACHES = ("U", "T", "S", "B")
"""Utara, timur, selatan, barat."""


def junction(number: int) -> Row:
    """Return what the register says of junction ``number``, counted from 0; the adaptive ones
    come first.
    """
    name = NAMES[number] if number < len(NAMES) else f"Sintetis {number + 1}"
    region = KELURAHAN[number % len(KELURAHAN)]
    return {
        "code": f"SP-{number + 1:02d}",
        "name": f"Simpang {name}",
        "region": region,
        "at": point(region, Random(number)),
    }


def _register(city: City) -> dict[date, list[Row]]:
    return {city.window[-1]: [_thing(number) for number in range(len(NAMES))]}


def _thing(number: int) -> Row:
    site = junction(number)
    lat, lon = site["at"]
    return {
        "@iot.id": number + 1,
        "name": site["code"],
        "description": site["name"],
        "properties": {
            "kelurahan": site["region"],
            "adaptif": number < ADAPTIVE,
            "etle": number < WITH_CAMERAS,
            "lengan": len(APPROACHES),
            "lintang": lat,
            "bujur": lon,
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
