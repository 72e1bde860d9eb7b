"""Units that headers state, as UCUM writes them: ``Suhu (°C)`` is Cel, ``luas_ha`` is ha."""

import re

from pipelines.contract.terms import UNITS
from pipelines.draft.found import slug

WRITTEN = {
    **{unit.lower(): unit for unit in UNITS if unit != "1"},
    **dict.fromkeys(("°c", "oc", "c", "celcius", "celsius", "derajat celcius", "℃"), "Cel"),
    **dict.fromkeys(("persen", "percent", "pct", "prosen"), "%"),
    **dict.fromkeys(("rp", "rupiah", "idr"), "IDR"),
    **dict.fromkeys(("µg/m3", "µg/m³", "μg/m3", "μg/m³", "ug/m³"), "ug/m3"),
    **dict.fromkeys(("m²", "meter persegi"), "m2"),
    **dict.fromkeys(("m³", "meter kubik"), "m3"),
    **dict.fromkeys(("km/jam", "kmh", "kph"), "km/h"),
    **dict.fromkeys(("kwh",), "kW.h"),
    **dict.fromkeys(("ton", "tonne"), "t"),
    **dict.fromkeys(("liter", "l", "ltr"), "L"),
    **dict.fromkeys(("meter",), "m"),
    **dict.fromkeys(("menit", "minutes", "minute"), "min"),
    **dict.fromkeys(("jam", "hours", "hour"), "h"),
    **dict.fromkeys(("detik", "seconds", "second"), "s"),
    **dict.fromkeys(("hari", "days", "day"), "d"),
    **dict.fromkeys(("ppm",), "[ppm]"),
    **dict.fromkeys(("db", "dba"), "dB[SPL]"),
    **dict.fromkeys(("°", "derajat", "degrees"), "deg"),
    **dict.fromkeys(("jiwa", "orang", "people"), "{people}"),
    **dict.fromkeys(("unit", "buah"), "{units}"),
    **dict.fromkeys(("kk",), "{households}"),
}
"""Units as people write them, in small letters -> the unit of a contract."""
ENDS = {
    **dict.fromkeys(("persen", "percent", "pct"), "%"),
    **dict.fromkeys(("rp", "rupiah", "idr"), "IDR"),
    **{unit: unit for unit in ("ha", "kg", "km", "mm")},
    **dict.fromkeys(("celsius",), "Cel"),
    **dict.fromkeys(("jiwa", "orang"), "{people}"),
}
"""Last words of a name that say its unit without brackets."""
BRACKETS = re.compile(r"[\(\[]\s*([^()\[\]]+?)\s*[\)\]]\s*$")
DEGREES = {"lat", "latitude", "lintang", "lon", "lng", "long", "longitude", "bujur"}


def unit_of(field: str) -> str | None:
    """Return the unit that a header states, None where it states none that a contract knows."""
    stated = BRACKETS.search(field)
    if stated and stated[1].lower() in WRITTEN:
        return WRITTEN[stated[1].lower()]
    words = slug(without_unit(field)).split("_")
    if not {*words}.isdisjoint(DEGREES):
        return "deg"
    return "%" if field.strip().endswith("%") else ENDS.get(words[-1])


def without_unit(field: str) -> str:
    """Return a header without the unit in brackets at its end."""
    stated = BRACKETS.search(field)
    if stated and stated[1].lower() in WRITTEN and field[: stated.start()].strip():
        return field[: stated.start()].strip()
    return field
