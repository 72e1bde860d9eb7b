"""Who the city is: its names, codes, time zone, languages, offices and look, read once from the one
file that ``LUMBUNG_CITY_FILE`` names (``assets/city.yaml``).

No other code names a city. What each key of the file holds stands in ``city.schema.json``, the
regions of the city in a file of their own (``reference.regions``). The city made up for
demonstrations is ``demo.city``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.bilingual import Text, both
from pipelines.errors import close
from pipelines.settings import city_path
from pipelines.yamltext import Key, Kind, YamlText, against_schema, read_yaml

CITY = Kind(
    "city's file", "the city's name, 'name: Kota Bandung / Bandung City'", "LUMBUNG_CITY_FILE"
)
EARLIER_ZONE = "Asia/Jakarta"
"""The zone every lake before city.yaml was made in: contracts that stated none had this one, and
receipts made then do not name it.
"""
PAPER = {"light": "#ffffff", "dark": "#121715"}
"""What pages are written on; a colour must be told from it."""
CONTRAST = 4.5
"""What text needs to be read (WCAG 2.2, 1.4.3)."""
ZONE = "write one such as Asia/Makassar or Asia/Jayapura"
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Box:
    """The city's outermost degrees (WGS 84)."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class Colours:
    """The colour of links and marks on light and on dark pages."""

    light: str
    dark: str


@dataclass(frozen=True)
class Municipality:
    """The city whose data this is. ``code`` is Kemendagri's, ``geonames`` its address in GeoNames,
    ``short`` its name alone; ``languages`` are those of its pages, the first where none is asked
    for.
    """

    path: Path
    name: Text
    short: str
    portal: Text
    code: str
    bps_code: str
    geonames: str
    regions: Path | None
    box: Box
    zone: ZoneInfo
    languages: tuple[str, ...]
    office: Text
    steward: Text
    contact: str
    logo: Path
    colours: Colours

    def written(self, moment: datetime) -> str:
        """Return a moment as the city's clock says it, such as ``2026-01-14 09:30 WIB``."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"

    @property
    def clock(self) -> str:
        """What the city's time is called and how far it is from UTC, such as ``WIB (UTC+7)``;
        both of them where it changes with the season.
        """
        year = datetime.now(self.zone).year
        seasons = (datetime(year, month, 1, tzinfo=self.zone) for month in (1, 7))
        return " / ".join(
            dict.fromkeys(f"{moment:%Z} (UTC{_offset(moment)})" for moment in seasons)
        )


def municipality() -> Municipality:
    """Return the city of this house; ContractError carries every problem of its file."""
    return _read_once(city_path())


def read_municipality(path: Path) -> Municipality:
    """Read one city's file; ContractError carries every problem found in it."""
    text = read_yaml(path, CITY)
    against_schema(text, json.loads(Path(__file__).with_name("city.schema.json").read_bytes()))
    text.refuse()
    _beyond_schema(text, text.document)
    text.refuse()
    return _municipality(path, text.document)


def is_zone(name: str) -> bool:
    """Whether ``name`` is a time zone of IANA's list."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """Return the names of IANA's list. ``zoneinfo.available_timezones`` opens 600 files for them
    (a quarter of a second), and ``ZoneInfo`` opens any file that a name leads to.
    """
    listed = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(listed) - {"Factory"}


def need_zone(text: YamlText, key: Key, name: str, zone: str) -> None:
    """Record on a contract a time zone nobody knows."""
    if not is_zone(zone):
        city = municipality()
        text.problem(key, f"{name} '{zone}' is not an IANA zone; {city.short} is {city.zone.key}")


@cache
def _read_once(path: Path) -> Municipality:
    return read_municipality(path)


def _municipality(path: Path, said: Mapping[str, Any]) -> Municipality:
    codes = said["codes"]
    return Municipality(
        path=path,
        name=both(said["name"]),
        short=said["short"],
        portal=both(said["portal"]),
        code=codes["kemendagri"],
        bps_code=codes["bps"],
        geonames=codes["geonames"],
        regions=path.parent / said["regions"] if "regions" in said else None,
        box=Box(**said["box"]),
        zone=ZoneInfo(said["timezone"]),
        languages=tuple(said["languages"]),
        office=both(said["office"]),
        steward=both(said["steward"]),
        contact=said.get("contact", ""),
        logo=path.parent / said["logo"],
        colours=Colours(**said["colours"]),
    )


def _beyond_schema(text: YamlText, said: Mapping[str, Any]) -> None:
    """Record what the schema cannot say: the zone, the files beside, the box, the contrast."""
    if not is_zone(said["timezone"]):
        text.problem(
            ("timezone",),
            f"{said['timezone']!r} is no zone of IANA's list;"
            f" {close(said['timezone'], _zones()) or ZONE}",
        )
    for key in ("regions", "logo"):
        beside = text.path.parent / said.get(key, "")
        if key in said and not beside.is_file():
            text.problem((key,), f"there is no file {beside}; put it there, or correct its name")
    logo = text.path.parent / said["logo"]
    if logo.is_file() and not logo.read_bytes().startswith(PNG):
        text.problem(("logo",), f"{logo} is no PNG; save the logo as PNG")
    for low, high in (("south", "north"), ("west", "east")):
        if said["box"][low] >= said["box"][high]:
            text.problem(
                ("box", low), f"{said['box'][low]} is not less than {high}, {said['box'][high]}"
            )
    for scheme, colour in said["colours"].items():
        if (contrast := _contrast(colour, PAPER[scheme])) < CONTRAST:
            text.problem(
                ("colours", scheme),
                f"{colour} on {PAPER[scheme]} has a contrast of {contrast:.1f} to 1, and text needs"
                f" {CONTRAST} (WCAG 1.4.3); choose a {'darker' if scheme == 'light' else 'lighter'}"
                " one",
            )


def _offset(moment: datetime) -> str:
    """Return how far a moment's clock is from UTC: +7, +5:30."""
    hours, minutes = f"{moment:%z}"[:3], f"{moment:%z}"[3:]
    return f"{int(hours):+d}" + (f":{minutes}" if minutes != "00" else "")


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
