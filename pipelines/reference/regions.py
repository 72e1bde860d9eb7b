"""The regions of Kota Jambi, dated: 11 kecamatan, 62 kelurahan until 2022 and 68 since January
2023. Join by code at the record's date.

Codes and names: Kepmendagri 300.2.2-2430/2025 and its editions of 2018, 2020, 2022, 2023
(``cahyadsn/wilayah``). The six new kelurahan: Kepmendagri 100.1.1-6117/2022, in force from January
2023 (the press says 3 January; the first of the month is taken). Names are no keys: four of them
are kecamatan and kelurahan at once. BPS codes are another scheme; they are known for the eight
kecamatan of before the last split.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.reference.table import reference_table

CITY, NAME, BPS_CITY = "15.71", "Kota Jambi", "1571"
SPLIT = date(2023, 1, 1)
KECAMATAN = {
    "15.71.01": (
        "Telanaipura",
        "1571050",
        (
            "1001 Simpang IV Sipin, 1002 Buluran Kenali, 1003 Teluk Kenali, 1004 Telanaipura, 1010"
            " Penyengat Rendah, 1011 Pematang Sulur, 1012 Aur Kenali*"
        ),
    ),
    "15.71.02": (
        "Jambi Selatan",
        "1571020",
        "1002 Pasir Putih, 1003 Tambak Sari, 1004 Thehok, 1005 Wijaya Pura, 1006 Pakuan Baru",
    ),
    "15.71.03": (
        "Jambi Timur",
        "1571080",
        (
            "1001 Sijenjang, 1002 Kasang Jaya, 1003 Talang Banjar, 1004 Budiman, 1005 Sulanjana,"
            " 1006 Kasang, 1007 Tanjung Sari, 1008 Rajawali, 1010 Tanjung Pinang"
        ),
    ),
    "15.71.04": (
        "Pasar Jambi",
        "1571040",
        "1001 Beringin, 1002 Orang Kayo Hitam, 1003 Pasar Jambi, 1004 Sungai Asam",
    ),
    "15.71.05": (
        "Pelayangan",
        "1571070",
        (
            "1001 Arab Melayu, 1002 Mudung Laut, 1003 Jelmu, 1004 Tengah, 1005 Tahtul Yaman, 1006"
            " Tanjung Johor"
        ),
    ),
    "15.71.06": (
        "Danau Teluk",
        "1571060",
        (
            "1001 Pasir Panjang, 1002 Tanjung Raden, 1003 Olak Kemang, 1004 Tanjung Pasir, 1005 Ulu"
            " Gedong"
        ),
    ),
    "15.71.07": (
        "Kota Baru",
        "1571010",
        (
            "1001 Suka Karya, 1002 Simpang III Sipin, 1004 Paal Lima, 1005 Kenali Asam Bawah, 1006"
            " Kenali Asam Atas, 1011 Talang Gulo*, 1012 Kenali Asam*"
        ),
    ),
    "15.71.08": (
        "Jelutung",
        "1571030",
        (
            "1001 Talang Jauh, 1002 Cempaka Putih, 1003 Kebun Handil, 1004 Lebak Bandung, 1005 Payo"
            " Lebar, 1006 Jelutung, 1007 Handil Jaya"
        ),
    ),
    "15.71.09": (
        "Alam Barajo",
        None,
        (
            "1001 Kenali Besar, 1002 Rawa Sari, 1003 Mayang Mangurai, 1004 Bagan Pete, 1005"
            " Beliung, 1006 Simpang Rimbo*, 1007 Pinang Merah*"
        ),
    ),
    "15.71.10": (
        "Danau Sipin",
        None,
        "1001 Sungai Putri, 1002 Murni, 1003 Legok, 1004 Selamat, 1005 Solok Sipin",
    ),
    "15.71.11": (
        "Paal Merah",
        None,
        (
            "1001 Talang Bakung, 1002 Payo Selincah, 1003 Eka Jaya, 1004 Lingkar Selatan, 1005 Paal"
            " Merah, 1006 Bakung Jaya*"
        ),
    ),
}
"""Code -> name, BPS code where known, kelurahan by the last four digits of their code; * is new
since ``SPLIT``.
"""


@reference_table(
    code=pa.string(),
    name=pa.string(),
    level=pa.string(),
    parent_code=pa.string(),
    bps_code=pa.string(),
    valid_from=pa.date32(),
    valid_to=pa.date32(),
)
def regions() -> Iterator[tuple[Any, ...]]:
    """Yield one row per region and span of validity, ``valid_to`` not included; no
    ``valid_from`` where it was there in every edition read.
    """
    yield CITY, NAME, "kota", CITY[:2], BPS_CITY, None, None
    for code, (name, bps, listed) in KECAMATAN.items():
        yield code, name, "kecamatan", CITY, bps, None, None
        for each in listed.split(", "):
            serial, _, called = each.partition(" ")
            since = SPLIT if called.endswith("*") else None
            yield f"{code}.{serial}", called.rstrip("*"), "kelurahan", code, None, since, None


def kelurahan(day: date) -> tuple[str, ...]:
    """Return the codes of the kelurahan there were on ``day``, in order."""
    found = [row for row in regions().to_pylist() if row["level"] == "kelurahan"]
    return tuple(
        row["code"] for row in found if row["valid_from"] is None or row["valid_from"] <= day
    )
