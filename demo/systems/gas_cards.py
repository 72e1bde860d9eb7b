"""The synthetic cards of subsidised 3 kg LPG: the outlets, the register of cards, and every
redemption with the price that was really asked.

77,000 cards, of which 7 % are micro-businesses, with 4 cylinders a month for a household and 6 to 8
for a business. The ceiling price is Rp 18,000; more than a quarter of the outlets' sales go above
it, and that is no error. Holders and owners are made up; NIKs are of the fictional pattern.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from demo.city import ZONE, City
from demo.door import Rest, Sql
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

OUTLETS, CARDS, REDEMPTIONS_A_YEAR, CEILING = 320, 77_000, 3_400_000, 18_000
MICRO, REVOKED, SUPPLIED_BY = 0.07, 0.04, 14
REASONS = ("jaringan gas kota", "pindah", "meninggal", "tidak berhak")
FIRST_ISSUE = date(2019, 6, 24)


@cache
def outlets(city: City) -> Sequence[Row]:
    """Return the register of outlets."""
    return tuple(_outlet(city, number) for number in range(1, round(city.expected(OUTLETS)) + 1))


def _outlet(city: City, number: int) -> Row:
    dice = city.dice("gas outlet", number)
    return {
        "kode": f"PKL-{number:03d}",
        "agen": f"AG-{dice.randrange(1, SUPPLIED_BY + 1):02d}",
        "kelurahan": KELURAHAN[number * 41 % len(KELURAHAN)],
        "alokasi": dice.randrange(8, 40) * 50,
        "het": CEILING,
        "pemilik": f"Pemilik Sintetis {number}",
    }


@cache
def cards(city: City) -> Sequence[Row]:
    """Return the register of cards as it stands now; a revoked card stays in it."""
    dice, outlet_codes = city.dice("gas cards"), [outlet["kode"] for outlet in outlets(city)]
    return tuple(
        _card(number, dice, outlet_codes, city.window[0])
        for number in range(1, round(city.expected(CARDS)) + 1)
    )


def _card(number: int, dice: Random, outlet_codes: Sequence[str], before: date) -> Row:
    micro, revoked = dice.random() < MICRO, dice.random() < REVOKED
    issued = FIRST_ISSUE + timedelta(days=dice.randrange((before - FIRST_ISSUE).days - 30))
    ended = issued + timedelta(days=dice.randrange(1, (before - issued).days)) if revoked else None
    return {
        "nomor": f"KLPG-{number:06d}",
        "nik": f"157101010180{number % 9000 + 1:04d}",
        "kk": f"157101010180{number * 7 % 9000 + 1:04d}",
        "nama": f"Warga Sintetis {number}",
        "jenis": "UM" if micro else "RT",
        "pangkalan": dice.choice(outlet_codes),
        "kuota": dice.randrange(6, 9) if micro else 4,
        "terbit": issued,
        "dicabut": ended,
        "alasan": dice.choice(REASONS) if revoked else None,
    }


@cache
def redemptions(city: City, day: date) -> Sequence[Row]:
    """Return the day's redemptions in order of time: mostly one cylinder at the card's own
    outlet, by cards that are not revoked.
    """
    dice, valid, sellers = (
        city.dice("gas", day),
        [card for card in cards(city) if not card["dicabut"]],
        outlets(city),
    )
    begin, sales = datetime.combine(day, time(), ZONE), {}
    for _ in range(city.count("gas", day, REDEMPTIONS_A_YEAR)):
        card, second = (
            valid[int(dice.random() * len(valid))],
            6 * 3600 + int(dice.random() * 14 * 3600),
        )
        outlet = (
            card["pangkalan"]
            if dice.random() < 0.92
            else sellers[int(dice.random() * len(sellers))]["kode"]
        )
        cylinders = 2 if dice.random() < 0.12 else 1
        price = CEILING if dice.random() < 0.72 else CEILING + 1000 * int(2 + dice.random() * 6)
        sales[second, card["nomor"]] = (
            card["nomor"],
            begin + timedelta(seconds=second),
            outlet,
            cylinders,
            price,
        )
    return tuple(
        {
            "kartu": card,
            "waktu": at.isoformat(),
            "pangkalan": outlet,
            "tabung": n,
            "harga": price,
            "total": n * price,
        }
        for _, (card, at, outlet, n, price) in sorted(sales.items())
    )


def _sold(row: Row, cylinders: int, price: int) -> Row:
    return {"tabung": cylinders, "harga": price, "total": cylinders * price}


TABLES = (
    Table(
        "lpg",
        "outlets",
        ("kode",),
        lambda city: {city.window[-1]: list(outlets(city))},
        {
            "region_code.pattern": lambda row: {"kelurahan": row["kelurahan"][:8]},
            "monthly_allocation.maximum": to(alokasi=9_999_999),
            "agent_code.pattern": to(agen="AGEN 3"),
            "ceiling_idr.minimum": to(het=18),
        },
        Sql("kartu", "pangkalan"),
    ),
    Table(
        "lpg",
        "cards",
        ("nomor",),
        lambda city: {city.window[-1]: list(cards(city))},
        {
            "holder_nik.pattern": lambda row: {"nik": row["nik"][:-1]},
            "quota_fits_kind": lambda row: {"kuota": row["kuota"] * 10},
            "kind.one_of": to(jenis="RUMAH TANGGA"),
            "revoked_has_reason": lambda row: {"alasan": None} if row["dicabut"] else None,
            "outlet_id.pattern": lambda row: {"pangkalan": row["pangkalan"][4:]},
            "card_no.pattern": lambda row: {"nomor": row["nomor"].replace("-", " ")},
        },
        Sql("kartu", "kartu"),
    ),
    Table(
        "lpg",
        "redemptions",
        ("kartu", "waktu"),
        lambda city: {day: list(redemptions(city, day)) for day in city.window},
        {
            "price_idr.minimum": lambda row: _sold(row, row["tabung"], row["harga"] // 1000),
            "cylinders.maximum": lambda row: _sold(row, 100, row["harga"]),
            "total_is_price_times_cylinders": lambda row: {"total": row["total"] + 500},
            "price_idr.type": lambda row: {"harga": f"{row['harga'] // 1000}rb"},
            "outlet_id.pattern": lambda row: {
                "pangkalan": row["pangkalan"].replace("PKL-", "Pangkalan ")
            },
            "card_no.required": to(kartu=None),
        },
        Rest("/lpg/api/penebusan", records="data", since="dari", until="sampai"),
    ),
)
