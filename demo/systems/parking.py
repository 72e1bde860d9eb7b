"""E-Parking's synthetic levy: the parking points, what drivers pay there by QRIS, and what every
attendant hands in at the end of the day.

The real one's figures: 510 points of which 70 % take QRIS, 479 to 538 attendants, Rp 2,000 a
motorcycle and Rp 3,000 a car, some 25,000 QRIS payments and Rp 6 billion of deposits a year against
a target of Rp 6.3 billion. Streets, attendants and plates are made up.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from demo.city import ZONE, City
from demo.door import Drop, Rest
from demo.plates import plate
from demo.regions import KELURAHAN
from demo.table import Days, Row, Table, to

POINTS, ATTENDANTS, QRIS_A_YEAR = 510, 538, 25_000
FEWEST = 479 / 538
"""Share of the attendants who are there on the quietest day."""
FEES = {"motor": 2000, "mobil": 3000}
ZONES = {"A": 45_000, "B": 34_000, "C": 25_000}
"""Class of a point -> what an attendant there must hand in a day, in rupiah."""


def _count(city: City, real: int) -> int:
    return round(city.expected(real))


@cache
def points(city: City) -> Sequence[Row]:
    """Return the register of parking points; busy streets lie in the old town first."""
    return tuple(_point(city, number) for number in range(1, _count(city, POINTS) + 1))


def _point(city: City, number: int) -> Row:
    dice = city.dice("parking point", number)
    return {
        "kode": f"TP-{number:03d}",
        "ruas": f"Ruas Sintetis {(number + 2) // 3}",
        "kelurahan": KELURAHAN[number * 29 % len(KELURAHAN)],
        "zona": dice.choices(list(ZONES), [25, 40, 35])[0],
        "qris": number % 10 < 7,
        "petak": dice.randrange(6, 60),
    }


@cache
def qris_payments(city: City, day: date) -> Sequence[Row]:
    """Return the day's QRIS payments, as the bank will settle them: ``rrn`` is the reference
    both sides know.
    """
    dice, cashless = (
        city.dice("parkir qris", day),
        [point for point in points(city) if point["qris"]],
    )
    return tuple(
        _payment(day, number, dice.choice(cashless)["kode"], dice)
        for number in range(city.count("parkir qris", day, QRIS_A_YEAR))
    )


def _payment(day: date, number: int, point: str, dice: Random) -> Row:
    kind = dice.choices(list(FEES), [68, 32])[0]
    paid = datetime.combine(
        day, time(dice.randrange(7, 22), dice.randrange(60), dice.randrange(60)), ZONE
    )
    settled = datetime.combine(day + timedelta(days=1), time(6), ZONE)
    return {
        "rrn": f"{day:%y}{day.timetuple().tm_yday:03d}{number:07d}",
        "titik": point,
        "jenis": kind,
        "plat": plate(kind, dice) if dice.random() < 0.4 else None,
        "nominal": FEES[kind],
        "kanal": dice.choices(["qris_statis", "qris_dinamis"], [80, 20])[0],
        "dibayar": paid.isoformat(),
        "diselesaikan": settled.isoformat(),
    }


def _deposits(city: City) -> Days:
    return {day: _deposits_of(city, day) for day in city.window}


def _deposits_of(city: City, day: date) -> list[Row]:
    dice, every = city.dice("parking deposits", day), points(city)
    share, deposits = dice.uniform(FEWEST, 1), []
    for number in range(1, _count(city, ATTENDANTS) + 1):
        point = every[(number - 1) % len(every)]
        due = ZONES[point["zona"]]
        handed = due if dice.random() < 0.7 else round(due * dice.uniform(0.55, 1.05), -3)
        if dice.random() < share:
            deposits.append(
                {
                    "id_jukir": f"JP-{number:04d}",
                    "nama_jukir": f"Jukir Sintetis {number}",
                    "tanggal": f"{day:%d/%m/%Y}",
                    "titik": point["kode"],
                    "target": due,
                    "setor": int(handed),
                    "kurang": int(due - handed),
                }
            )
    return deposits


def _handed(row: Row, amount: int) -> Row:
    return {"setor": amount, "kurang": row["target"] - amount}


def _without_qris(row: Row, **fields: object) -> Row | None:
    """Break only points that no QRIS payment names: a point in quarantine leaves its payments
    without one.
    """
    return None if row["qris"] else fields


TABLES = (
    Table(
        "eparking",
        "points",
        ("kode",),
        lambda city: {city.window[-1]: list(points(city))},
        {
            "region_code.pattern": lambda row: _without_qris(
                row, kelurahan=row["kelurahan"].replace(".", "")
            ),
            "spaces.maximum": lambda row: _without_qris(row, petak=9999),
            "zone.one_of": lambda row: _without_qris(row, zona="Zona A"),
            "has_qris.type": lambda row: _without_qris(row, qris="menyusul"),
        },
        Drop("eparking", "titik.json", "json"),
    ),
    Table(
        "eparking",
        "payments",
        ("rrn",),
        lambda city: {day: list(qris_payments(city, day)) for day in city.window},
        {
            "amount_fits_class": lambda row: {"nominal": sum(FEES.values()) - row["nominal"]},
            "vehicle_class.one_of": to(jenis="gerobak"),
            "amount_idr.type": to(nominal="Rp2.000"),
            "plate.pattern": lambda row: (
                {"plat": row["plat"].replace(" ", "-")} if row["plat"] else None
            ),
            "settled_after_paid": lambda row: {
                "diselesaikan": (
                    (datetime.fromisoformat(row["dibayar"]) - timedelta(days=300)).isoformat()
                )
            },
            "tx_ref.required": to(rrn=None),
        },
        Rest("/eparking/api/pembayaran", records="data", since="dari", until="sampai"),
    ),
    Table(
        "eparking",
        "deposits",
        ("id_jukir", "tanggal"),
        _deposits,
        {
            "deposit_actual_idr.maximum": lambda row: _handed(row, row["setor"] * 100),
            "deposit_expected_idr.type": lambda row: {"target": f"Rp {row['target'] // 1000}.000"},
            "shortfall_is_the_difference": lambda row: {"kurang": row["kurang"] + 5000},
            "point_id.pattern": lambda row: {"titik": row["titik"].replace("TP-", "Titik ")},
            "deposit_actual_idr.minimum": lambda row: _handed(row, -row["setor"]),
            "attendant_id.required": to(id_jukir=None),
        },
        Drop("eparking", "setoran_{date}.csv", delimiter=";", missing="-"),
    ),
)
