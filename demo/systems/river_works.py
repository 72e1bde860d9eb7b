"""PakarKasih, the cash-for-work cleaning of rivers: its synthetic sites, who worked on which day,
and the wages paid on Saturdays.

The campaign runs in the last days of the window, Monday to Saturday, with the real one's figures:
1,120 workers at 23 sites for Rp 110,000 a day. A thinned city has fewer sites at work, not fewer
workers at each. Workers are made up; NIKs are of the fictional pattern.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from demo.city import City
from demo.door import Drop
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

WORKERS, SITES, WAGE, LASTS = 1120, 23, 110_000, 14
"""Workers, sites, rupiah a day, calendar days of the campaign before today."""
PRESENT = 0.92
CHANNELS = (
    "Sungai Asam",
    "Sungai Putri",
    "Sungai Tembuku",
    "Sungai Maram",
    "Sungai Kambang",
    "Sungai Kenali",
    "Sungai Buluran",
    "Parit Sintetis",
)
SATURDAY, SUNDAY = 5, 6


def _campaign(city: City) -> list[date]:
    days = (city.today - timedelta(days=n) for n in range(LASTS, 0, -1))
    return [day for day in days if day.weekday() != SUNDAY]


def _crew(city: City) -> int:
    return round(city.expected(WORKERS))


def _at_work(city: City) -> int:
    """Return how many sites are at work: about as many workers at each as in the real city."""
    return max(1, min(SITES, _crew(city) // (WORKERS // SITES // 4)))


@cache
def _present(city: City) -> Mapping[date, tuple[int, ...]]:
    """Return who came on every day of the campaign."""
    by_day = {}
    for day in _campaign(city):
        dice = city.dice("pakarkasih", day)
        by_day[day] = tuple(
            number for number in range(1, _crew(city) + 1) if dice.random() < PRESENT
        )
    return by_day


def _worker(city: City, number: int) -> Row:
    return {
        "id_pekerja": f"PK-{number:04d}",
        "nik": f"157101010180{number:04d}",
        "nama": f"Warga Sintetis {number}",
        "lokasi": f"LOK-{(number - 1) % _at_work(city) + 1:02d}",
    }


def _sites(city: City) -> dict[date, list[Row]]:
    return {city.window[-1]: [_site(city, number) for number in range(1, SITES + 1)]}


def _site(city: City, number: int) -> Row:
    dice, begun = city.dice("site", number), number <= _at_work(city)
    length = dice.randrange(250, 900)
    cleaned = round(length * dice.uniform(0.6, 1.0)) if begun else 0
    return {
        "kode_lokasi": f"LOK-{number:02d}",
        "saluran": f"{CHANNELS[number % len(CHANNELS)]} ruas {number}",
        "kelurahan": KELURAHAN[(number * 31) % len(KELURAHAN)],
        "panjang_m": length,
        "dibersihkan_m": cleaned,
        "sedimen_m3": round(cleaned * dice.uniform(0.15, 0.5), 1),
        "keadaan": "berjalan" if begun else "belum mulai",
        "pengawas": f"Pengawas Sintetis {number}",
    }


def _worker_days(city: City) -> dict[date, list[Row]]:
    by_day = {}
    for day, numbers in _present(city).items():
        dice = city.dice("hours", day)
        by_day[day] = [
            {
                **_worker(city, number),
                "tanggal": f"{day:%d/%m/%Y}",
                "jam": dice.choice([6, 7, 7, 7.5, 8, 8]),
                "upah": WAGE,
            }
            for number in numbers
        ]
    return by_day


def _payments(city: City) -> dict[date, list[Row]]:
    """Return what was paid on every Saturday: the days of the week up to and with it."""
    came = {day: frozenset(numbers) for day, numbers in _present(city).items()}
    by_day: dict[date, list[Row]] = {}
    for saturday in (day for day in came if day.weekday() == SATURDAY):
        week = [came.get(saturday - timedelta(days=n), frozenset()) for n in range(6)]
        worked = {
            number: sum(number in day for day in week) for number in range(1, _crew(city) + 1)
        }
        by_day[saturday] = [
            _payment(city, saturday, number, days) for number, days in worked.items() if days
        ]
    return by_day


def _payment(city: City, saturday: date, number: int, days: int) -> Row:
    by_bank = city.dice("bank", number).random() < 0.6
    return {
        "no_bayar": f"BYR-{saturday:%Y%m%d}-{number:04d}",
        **_worker(city, number),
        "tanggal_bayar": f"{saturday:%d/%m/%Y}",
        "hari": days,
        "jumlah": days * WAGE,
        "cara": "rekening" if by_bank else "tunai",
        "no_rekening": f"700{number:07d}" if by_bank else None,
        "bpjs_tk": "ya" if number % 9 else "tidak",
    }


def _fifteen_digits(row: Row) -> dict[str, Any]:
    return {"nik": row["nik"][:-1]}


TABLES = (
    Table(
        "pakarkasih",
        "sites",
        ("kode_lokasi",),
        _sites,
        {
            "cleaned_within_length": lambda row: (
                {"dibersihkan_m": row["panjang_m"] * 10} if row["keadaan"] == "berjalan" else None
            ),
            "region_code.pattern": to(kelurahan="Legok"),
            "state.one_of": to(keadaan="selesai 80%"),
        },
        Drop("pakarkasih", "lokasi.csv", delimiter=";", missing="-"),
    ),
    Table(
        "pakarkasih",
        "worker_days",
        ("id_pekerja", "tanggal"),
        _worker_days,
        {
            "worker_nik.pattern": _fifteen_digits,
            "wage_idr.maximum": to(upah=WAGE * 10),
            "hours.maximum": to(jam=75),
            "hours.type": to(jam="8 jam"),
            "site_id.pattern": to(lokasi="LOKASI 3"),
            "worker_id.required": to(id_pekerja=None),
        },
        Drop("pakarkasih", "absensi_{date}.csv", delimiter=";", missing="-"),
    ),
    Table(
        "pakarkasih",
        "payments",
        ("no_bayar",),
        _payments,
        {
            "amount_is_days_times_wage": lambda row: {"jumlah": row["jumlah"] + WAGE},
            "days_paid.maximum": to(hari=9, jumlah=9 * WAGE),
            "bank_account.pattern": lambda row: (
                {"no_rekening": "7.00E+09"} if row["no_rekening"] else None
            ),
            "method.one_of": to(cara="transfer"),
            "worker_nik.pattern": _fifteen_digits,
        },
        Drop("pakarkasih", "upah_{date}.csv", delimiter=";", missing="-"),
    ),
)
