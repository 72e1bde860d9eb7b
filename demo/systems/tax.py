"""The synthetic property-tax bills (PBB): one for every parcel and tax year, issued by the office
and paid days or weeks later, or not.

About 170,000 bills a year, of which 62 % are paid; a change of a bill is a row on the day of the
change. ``paid_bills`` is what a bank would settle. Parcel numbers (NOP) are of no real parcel;
taxpayers are made up.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

from demo.city import City
from demo.door import Sql
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

BILLS_A_YEAR, PAID, LATEST = 170_000, 0.62, 45
"""Bills a year, share of them that are paid, and the days in which that happens."""
ARREARS = 0.1
CHANNELS = {"teller": 20, "atm": 15, "mobile": 30, "qris": 20, "minimarket": 15}
FREE_IDR, RATE, LEAST_IDR = 10_000_000, 0.001, 10_000
"""Part of the value that is not taxed, the tax on the rest, and the least bill."""


class Paid(NamedTuple):
    """One paid bill as the one who collected it knows it: ``reference`` is NOP-year, the amount
    includes the penalty.
    """

    reference: str
    nop: str
    amount_idr: int
    paid_at: datetime
    channel: str


@cache
def bills(city: City, day: date) -> Sequence[tuple[Row, ...]]:
    """Return the bills issued on ``day``, each as its changes: issued, and paid if it ever is."""
    dice = city.dice("pbb", day)
    return tuple(
        _bill(day, number, dice)
        for number in range(1, city.count("pbb", day, BILLS_A_YEAR, offices=True) + 1)
    )


def _bill(day: date, number: int, dice: Random) -> tuple[Row, ...]:
    region, late = dice.choice(KELURAHAN), dice.random() < ARREARS
    year = day.year - (dice.randrange(1, 4) if late else 0)
    land, built = dice.randrange(60, 600), dice.choice([0, 36, 45, 70, 120, 200])
    value = land * dice.choice([200, 464, 802, 1274]) * 1000 + built * 968 * 1000
    tax = max(LEAST_IDR, round((value - FREE_IDR) * RATE))
    due = date(year, 9, 30)
    months = max(0, (day.year - due.year) * 12 + day.month - due.month)
    issued, who = _at(day, dice), dice.randrange(1, 90000)
    first = {
        "nop": f"1571{region[6:8]}0{region[-3:]}{day.timetuple().tm_yday:03d}{number:04d}0",
        "tahun_pajak": year,
        "status": "terbit",
        "kelurahan": region,
        "diterbitkan": issued,
        "jatuh_tempo": due,
        "njop": value,
        "luas_bumi": land,
        "luas_bangunan": built,
        "pokok": tax,
        "denda": round(tax * min(months, 24) / 100),
        "dibayar_pada": None,
        "kanal": None,
        "wajib_pajak": f"Wajib Pajak Sintetis {who}",
        "alamat_objek": f"Jl. Sintetis No. {who % 200 + 1}",
        "diubah": issued,
    }
    if dice.random() >= PAID:
        return (first,)
    paid = _at(day + timedelta(days=dice.randint(1, LATEST)), dice, (6, 22))
    return first, {
        **first,
        "status": "lunas",
        "dibayar_pada": paid,
        "kanal": dice.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        "diubah": paid,
    }


def _at(day: date, dice: Random, hours: tuple[int, int] = (8, 16)) -> datetime:
    return datetime.combine(
        day, time(dice.randrange(*hours), dice.randrange(60), dice.randrange(60))
    )


@cache
def _payments(city: City, day: date) -> Sequence[Row]:
    """Return the bills paid on ``day``, in order of time."""
    before = (bills(city, day - timedelta(days=n)) for n in range(1, LATEST + 1))
    paid = [
        bill[1]
        for issued in before
        for bill in issued
        if len(bill) > 1 and bill[1]["diubah"].date() == day
    ]
    return tuple(sorted(paid, key=lambda row: (row["diubah"], row["nop"])))


def paid_bills(city: City, day: date) -> list[Paid]:
    """Return the bills paid on ``day`` as a bank settles them."""
    return [
        Paid(
            f"{row['nop']}-{row['tahun_pajak']}",
            row["nop"],
            row["pokok"] + row["denda"],
            row["diubah"],
            row["kanal"],
        )
        for row in _payments(city, day)
    ]


def _changes(city: City, day: date) -> list[Row]:
    return sorted(
        [*(bill[0] for bill in bills(city, day)), *_payments(city, day)],
        key=lambda row: (row["diubah"], row["nop"]),
    )


def _elsewhere(row: Row) -> Row:
    return {"kelurahan": next(code for code in KELURAHAN if code[:8] != row["kelurahan"][:8])}


TABLES = (
    Table(
        "pbb",
        "bills",
        ("nop", "tahun_pajak", "status"),
        lambda city: {day: _changes(city, day) for day in city.window},
        {
            "nop.pattern": lambda row: {"nop": row["nop"][:-1]},
            "amount_within_rate": lambda row: {"pokok": row["pokok"] * 100},
            "nop_lies_in_region": _elsewhere,
            "settled_has_payment": lambda row: (
                {"dibayar_pada": None} if row["status"] == "lunas" else None
            ),
            "penalty_idr.minimum": to(denda=-1),
            "status.one_of": lambda row: (
                {"status": "sudah dibayar"} if row["status"] == "terbit" else None
            ),
            "tax_year.minimum": lambda row: {"tahun_pajak": row["tahun_pajak"] - 2000},
        },
        Sql("tagihan", "tagihan"),
    ),
)
