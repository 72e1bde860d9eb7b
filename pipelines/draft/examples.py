"""Made-up examples of a field, of its type and form: nothing of a person's is ever copied, and of
other fields its codes alone.
"""

from datetime import date, datetime, time
from typing import Any

from pipelines.city import municipality
from pipelines.draft.field import Field
from pipelines.draft.found import slug

FEW = 4
"""Of fewer values one between them is one of them."""
DAY, TIME = date(2026, 1, 31), time(8, 30)
OF_WORDS = {
    "Warga Sintetis 1": {"nama", "name", "nm", "pelapor", "pemohon", "pemilik", "petugas"},
    "Jalan Contoh 1": {"alamat", "address", "domisili"},
    "081200000001": {"telp", "telepon", "telpon", "hp", "phone", "wa", "whatsapp", "mobile"},
    "warga@example.org": {"email", "surel"},
    "1571010101800001": {"nik", "ktp", "kk", "nokk"},
    "BH 2345 XY": {"nopol", "plat", "plate"},
}
OF_SHAPES = {
    "a NIK": "1571010101800001",
    "an e-mail": "warga@example.org",
    "a telephone": "081200000001",
    "a number plate": "BH 2345 XY",
    "an NPWP": "00.000.000.0-000.000",
    "persons' names": "Warga Sintetis 1",
}
"""Made-up values -> the words of names, and the reason for a suspicion -> the value."""


def examples_of(one: Field) -> list[Any]:
    """Return made-up values as a contract writes them, one at least."""
    match one.type:
        case "integer":
            return [int(_between(one))]
        case "number":
            return [round(_between(one), 1)]
        case "boolean":
            return [True]
        case "date":
            return [DAY.isoformat()]
        case "timestamp":
            return [datetime.combine(DAY, TIME, municipality().zone).isoformat()]
        case "object":
            return [{}]
        case "array":
            return [[]]
    return [*one.values[:2]] or [_text(one)]


def _between(one: Field) -> float:
    if one.low is None or one.high is None or one.distinct < FEW:
        return 1
    return (float(one.low) + float(one.high)) / 2


def _text(one: Field) -> str:
    if one.why is not None:
        return _of_nobody(one.field, one.why)
    if one.mask is None:
        return "contoh"
    digits = iter("123456789" * len(one.mask))
    return "".join(next(digits) if sign == "0" else sign for sign in one.mask)


def _of_nobody(field: str, why: str) -> str:
    words = {*slug(field).split("_")}
    for shape, value in OF_SHAPES.items():
        if shape in why:
            return value
    return next((value for value, told in OF_WORDS.items() if words & told), "contoh")
