"""E-Promosi's synthetic catalogue of local products and events: one row each time an item is put up
or changed.

Businesses are made-up organisations with made-up business numbers (NIB); their owners' contacts are
made up and closed.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from demo.city import ZONE, City
from demo.door import Rest
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

CHANGES_A_YEAR, ITEMS = 7000, 6000
PRODUCTS = (
    ("kuliner", 35_000),
    ("batik", 280_000),
    ("kerajinan", 120_000),
    ("jasa", 200_000),
    ("wisata", 50_000),
)


def _changes(city: City) -> dict[date, list[Row]]:
    """Return every day's changes in order of time, no item twice on a day."""
    pool = range(1, max(300, round(ITEMS * city.scale)) + 1)
    by_day = {}
    for day in city.window:
        dice = city.dice("epromosi", day)
        items = dice.sample(pool, city.count("epromosi", day, CHANGES_A_YEAR))
        seconds = sorted(dice.sample(range(7 * 3600, 22 * 3600), len(items)))
        by_day[day] = [
            _item(city, item, datetime.combine(day, time(), ZONE) + timedelta(seconds=n))
            for item, n in zip(items, seconds, strict=True)
        ]
    return by_day


def _item(city: City, number: int, at: datetime) -> Row:
    dice = city.dice("item", number)
    is_event = dice.random() < 0.15
    category, price = ("acara", 0) if is_event else dice.choice(PRODUCTS)
    business = dice.randrange(1, 2500)
    day_of = at.date() + timedelta(days=dice.randrange(3, 60))
    return {
        "id_item": f"EP-{number:05d}",
        "diperbarui": at.isoformat(),
        "jenis": "acara" if is_event else "produk",
        "kategori": category,
        "judul": f"{category.capitalize()} Sintetis {number}",
        "usaha": {
            "nama": f"Usaha Sintetis {business}",
            "nib": f"91200{business:08d}",
            "pemilik": f"Warga Sintetis {business}",
            "kontak": f"+62812{business:07d}",
        },
        "kelurahan": dice.choice(KELURAHAN),
        "harga": round(price * dice.uniform(0.4, 2.5), -3) if price else None,
        "tanggal_acara": day_of.isoformat() if is_event else None,
        "foto": f"foto/{number:05d}.jpg",
        "dilihat": round(dice.uniform(0, 3) * (at.date() - date(2024, 1, 1)).days),
        "status": _status(city, number, at),
    }


def _status(city: City, number: int, at: datetime) -> str:
    return city.dice("status", number, at.date()).choices(["tayang", "ditarik"], [92, 8])[0]


def _event_without_date(row: Row) -> dict[str, Any] | None:
    return {"tanggal_acara": None} if row["jenis"] == "acara" else {"tanggal_acara": "2026-08-17"}


TABLES = (
    Table(
        "epromosi",
        "items",
        ("id_item", "diperbarui"),
        _changes,
        {
            "nib.pattern": to(usaha__nib="9.12E+12"),
            "price_idr.minimum": to(harga=-35000),
            "category.one_of": to(kategori="Kuliner & Oleh-oleh"),
            "events_have_a_date": _event_without_date,
            "region_code.pattern": to(kelurahan="Kec. Jelutung"),
            "region_code.reference": to(kelurahan="15.71.11.1009"),
            "views.type": to(dilihat="1,2rb"),
        },
        Rest(
            "/epromosi/api/items",
            "cursor",
            records="data",
            since="sejak",
            until="sampai",
            guard="bearer:token-demo",
        ),
    ),
)
