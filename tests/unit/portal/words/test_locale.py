"""Numbers and units as pages have always written them, whoever says how a language does it."""

import math

import pytest

from portal.words.locale import CLDR_UNITS
from portal.words.say import LANGUAGES, number, unit
from portal.words.units import UNITS

WRITTEN = {
    "h": ("jam", "hours"),
    "min": ("menit", "minutes"),
    "s": ("detik", "seconds"),
    "d": ("hari", "days"),
    "deg": ("derajat", "degrees"),
    "m": ("m", "m"),
    "km": ("km", "km"),
    "m3": ("m³", "m³"),
    "km/h": ("km/jam", "km/h"),
    "Cel": ("°C", "°C"),
    "ug/m3": ("µg/m³", "µg/m³"),
    "IDR": ("rupiah", "rupiah"),
    "/10000{people}": ("per 10.000 penduduk", "per 10,000 inhabitants"),
    "{cards}": ("kartu", "cards"),
    "nobody-wrote-this": ("nobody-wrote-this", "nobody-wrote-this"),
}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_unit_is_written_as_people_write_it(code: str) -> None:
    assert tuple(unit(code, lang) for lang in LANGUAGES) == WRITTEN[code]


def test_a_unit_that_unicode_has_is_typed_nowhere_else() -> None:
    assert not CLDR_UNITS.keys() & UNITS.keys()


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (1234567, 0, ("1.234.567", "1,234,567")),
        (1234.5, 0, ("1.234,5", "1,234.5")),
        (-1234.25, 2, ("-1.234,25", "-1,234.25")),
        (3.0, 0, ("3", "3")),
        (3.0, 2, ("3,00", "3.00")),
        (32.45, 1, ("32,5", "32.5")),
        (0, 0, ("0", "0")),
        (None, 0, ("–", "–")),
        (math.nan, 1, ("–", "–")),
        (math.inf, 1, ("–", "–")),
    ],
)
def test_a_number_is_written_with_the_languages_separators(
    value: float | None, digits: int, written: tuple[str, str]
) -> None:
    assert tuple(number(value, lang, digits) for lang in LANGUAGES) == written
