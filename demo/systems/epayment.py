"""The city's synthetic electronic payments: one settled payment a row, uploaded every day by SFTP
as the bank's own CSV.

A permit with a fee is paid on the day it is issued, under its application number; land and building
tax by parcel and year; parking by QRIS. The file is what a bank's host writes: semicolons, Latin-1,
whole rupiah. Payers are made up.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from demo.city import City
from demo.door import Drop
from demo.regions import KELURAHAN
from demo.systems import permits
from demo.table import Days, Row, Table

PBB_A_YEAR, LOCAL_TAX_A_YEAR, PARKING_A_YEAR = 105_000, 38_000, 25_000
TAXES = (("PBJT-MAKAN", 45), ("PBJT-HOTEL", 15), ("REKLAME", 15), ("AIR-TANAH", 5), ("BPHTB", 20))
CHANNELS = (("teller", 20), ("atm", 15), ("mobile", 30), ("qris", 20), ("minimarket", 15))


def _rows(city: City) -> Days:
    permits_paid = _permits(city)
    return {
        day: [*permits_paid.get(day, ()), *_taxes(city, day), *_parking(city, day)]
        for day in city.window
    }


def _permits(city: City) -> dict[date, list[Row]]:
    """Return a payment for every permit with a fee, on the day it was issued."""
    rows = permits.build(city)[0]
    fees: dict[str, int] = {}
    for row in rows:
        if row["application_no"]:
            fees[row["application_no"]] = max(row["fee"], fees.get(row["application_no"], 0))
    by_day: dict[date, dict[str, Row]] = {}
    for row in rows:
        number, fee = row["application_no"], fees.get(row["application_no"], 0)
        if row["status"] == "issued" and fee > 0:
            moment: datetime = row["updated_at"]
            dice = city.dice("epayment", number)
            paid = max(
                moment - timedelta(minutes=dice.randrange(1, 50)),
                datetime.combine(moment.date(), time(0, 1)),
            )
            by_day.setdefault(moment.date(), {})[number] = _payment(
                "DPMPTSP", number, "RETRIBUSI", None, fee, _of(dice, CHANNELS), paid, dice
            )
    return {day: list(payments.values()) for day, payments in by_day.items()}


def _taxes(city: City, day: date) -> list[Row]:
    payments = []
    for number in range(city.count("pbb", day, PBB_A_YEAR)):
        dice = city.dice("pbb", day, number)
        block, plot = divmod(day.timetuple().tm_yday * 1000 + number, 10_000)
        parcel = f"{dice.choice(KELURAHAN).replace('.', '')}{block + 1:03d}{plot:04d}0"
        amount = dice.choice([45, 80, 120, 210, 450, 900]) * 1000 + dice.randrange(1000)
        payments.append(
            _payment(
                "PBB",
                f"{parcel}-{day.year}",
                "PBB-P2",
                parcel,
                amount,
                _of(dice, CHANNELS),
                _at(day, dice),
                dice,
            )
        )
    for number in range(city.count("pajak daerah", day, LOCAL_TAX_A_YEAR)):
        dice = city.dice("pajak daerah", day, number)
        payer = f"P2{dice.randrange(10**10, 10**11)}"
        amount = dice.choice([150, 400, 1250, 3000, 8500]) * 1000 + dice.randrange(1000)
        reference = f"BPPRD-{day:%y%m%d}-{number:04d}"
        payments.append(
            _payment(
                "BPPRD",
                reference,
                _of(dice, TAXES),
                payer,
                amount,
                _of(dice, CHANNELS),
                _at(day, dice),
                dice,
            )
        )
    return payments


def _parking(city: City, day: date) -> list[Row]:
    payments = []
    for number in range(city.count("parkir qris", day, PARKING_A_YEAR)):
        dice = city.dice("parkir qris", day, number)
        reference = f"{day:%y%m%d}{dice.randrange(100):02d}{number:04d}"
        payments.append(
            _payment(
                "PARKIR",
                reference,
                "PARKIR",
                None,
                dice.choice([2000, 2000, 3000]),
                "qris",
                _at(day, dice),
                dice,
            )
        )
    return payments


def _of(dice: Any, weighed: tuple[tuple[str, int], ...]) -> str:
    return dice.choices([name for name, _ in weighed], [weight for _, weight in weighed])[0]


def _at(day: date, dice: Any) -> datetime:
    return datetime.combine(
        day, time(dice.randrange(6, 22), dice.randrange(60), dice.randrange(60))
    )


def _payment(
    biller: str,
    reference: str,
    tax: str,
    payer: str | None,
    amount: int,
    channel: str,
    paid: datetime,
    dice: Any,
) -> Row:
    settled = datetime.combine(paid.date() + timedelta(days=1), time(6, 0))
    return {
        "BILLER": biller,
        "NO_REFERENSI": reference,
        "JENIS": tax,
        "NOP_NPWPD": payer,
        "NAMA": f"José Wajib Bayar Sintetis {dice.randrange(1, 9000)}",
        "NOMINAL": amount,
        "BIAYA": 0 if channel in ("teller", "qris") else 2500,
        "KANAL": channel,
        "WKT_BAYAR": f"{paid:%d/%m/%Y %H:%M:%S}",
        "WKT_SETTLE": f"{settled:%d/%m/%Y %H:%M:%S}",
    }


TABLES = (
    Table(
        "epayment",
        "settlements",
        ("BILLER", "NO_REFERENSI"),
        _rows,
        {
            "amount_idr.minimum": lambda row: (
                {"NOMINAL": -row["NOMINAL"]} if row["BILLER"] != "DPMPTSP" else None
            ),
            "biller.one_of": lambda row: {"BILLER": "TES"} if row["BILLER"] != "DPMPTSP" else None,
            "settled_after_paid": lambda row: (
                {"WKT_SETTLE": "01/01/2019 06:00:00"} if row["BILLER"] != "DPMPTSP" else None
            ),
            "channel.one_of": lambda row: (
                {"KANAL": "tunai?"} if row["BILLER"] != "DPMPTSP" else None
            ),
            "settled_at.type": lambda row: (
                {"WKT_SETTLE": "00/00/0000 00:00:00"} if row["BILLER"] != "DPMPTSP" else None
            ),
            "reference.required": lambda row: (
                {"NO_REFERENSI": None} if row["BILLER"] == "PARKIR" else None
            ),
            "amount_idr.type": lambda row: (
                {"NOMINAL": f"{row['NOMINAL']},00"} if row["BILLER"] != "DPMPTSP" else None
            ),
        },
        Drop("sftp/epayment", "settlement_{date}.csv", "csv", ";", "latin-1"),
    ),
)
