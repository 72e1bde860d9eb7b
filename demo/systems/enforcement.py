"""E-TLE's synthetic chain: what cameras detect, the letters sent to owners, and the letters that
are confirmed and paid.

The shares are those of one week of October 2022: of 2,777 detections 170 became letters (6.1 %), of
which 32 were confirmed (18.8 %); half of the letters come back undelivered. Every letter names a
detection of one to three days before it, every confirmation a letter of two to seven days before
it. Plates, owners and officers are made up.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from demo.city import ZONE, City
from demo.door import Rest, Sql
from demo.plates import plate
from demo.table import Days, Row, Table, to

PER_YEAR, SENT, DELIVERED, CONFIRMED, PAID = 144_000, 0.061, 0.5, 0.376, 0.7
HISTORY = 40
"""Days before the window of which there are records, so that the last ones' letters and
confirmations are there too.
"""
POINTS = 11
VIOLATIONS = {
    "HELM": ("291", 250_000),
    "SABUK": ("289", 250_000),
    "PONSEL": ("283", 750_000),
    "MARKA": ("287(1)", 500_000),
    "LAMPU_MERAH": ("287(2)", 500_000),
    "KECEPATAN": ("287(5)", 500_000),
}
"""Violation -> article of UU 22/2009 and the highest fine in rupiah."""
VALID, UNREADABLE = "valid", "plat tidak terbaca"
KEY = "kunci-demo"
OFFICE = (8, 16)


@cache
def detections(city: City, day: date) -> Sequence[Row]:
    """Return the day's detections, in order of time."""
    dice = city.dice("etle", day)
    moments = sorted(dice.randrange(86400) for _ in range(city.count("etle", day, PER_YEAR)))
    return tuple(
        _detection(day, number, second, dice) for number, second in enumerate(moments, start=1)
    )


def _detection(day: date, number: int, second: int, dice: Random) -> Row:
    name = f"ET-{day:%Y%m%d}-{number:05d}"
    kind = dice.choices(["motor", "mobil", "bus", "barang"], [62, 30, 2, 6])[0]
    violation = dice.choices(
        list(VIOLATIONS), [45, 0, 3, 22, 20, 10] if kind == "motor" else [0, 40, 12, 22, 16, 10]
    )[0]
    outcome = dice.choices(
        [VALID, "bukan pelanggaran", UNREADABLE, "ganda"], [SENT, 0.5, 0.3, 1 - 0.8 - SENT]
    )[0]
    return {
        "id_kejadian": name,
        "kamera": f"ETLE-{dice.randrange(1, POINTS + 1):02d}-{dice.randrange(1, 3)}",
        "waktu": (datetime.combine(day, time(), ZONE) + timedelta(seconds=second)).isoformat(),
        "plat": None if outcome == UNREADABLE else plate(kind, dice),
        "jenis_kendaraan": kind,
        "pelanggaran": violation,
        "pasal": VIOLATIONS[violation][0],
        "kecepatan": round(dice.uniform(61, 110), 1) if violation == "KECEPATAN" else None,
        "gambar": f"{day:%Y/%m/%d}/{name}.jpg",
        "hasil": outcome,
        "petugas": f"Petugas Sintetis {dice.randrange(1, 9)}",
    }


def _at(day: date, dice: Random) -> datetime:
    return datetime.combine(
        day, time(dice.randrange(*OFFICE), dice.randrange(60), dice.randrange(60))
    )


@cache
def letters(city: City) -> Sequence[tuple[Row, ...]]:
    """Return every letter as its changes: sent, then received or returned the day after; made
    from every valid detection.
    """
    return tuple(
        _letter(city, detection)
        for day in city.before(HISTORY)
        for detection in detections(city, day)
        if detection["hasil"] == VALID
    )


def _letter(city: City, detection: Row) -> tuple[Row, ...]:
    dice = city.dice("letter", detection["id_kejadian"])
    day, person = date.fromisoformat(detection["waktu"][:10]), dice.randrange(1, 9000)
    posted = _at(day + timedelta(days=dice.randrange(1, 4)), dice)
    outcome = "diterima" if dice.random() < DELIVERED else "kembali"
    sent = {
        "no_surat": detection["id_kejadian"].replace("ET-", "SK-"),
        "id_kejadian": detection["id_kejadian"],
        "status": "dikirim",
        "dikirim": posted,
        "lewat": dice.choices(["pos", "pesan"], [60, 40])[0],
        "plat": detection["plat"],
        "pemilik": f"Warga Sintetis {person}",
        "alamat": f"Jl. Sintetis No. {person % 200 + 1}",
        "diubah": posted,
    }
    return sent, {**sent, "status": outcome, "diubah": _at(posted.date() + timedelta(days=1), dice)}


def _confirmation(city: City, letter: tuple[Row, ...]) -> Iterator[Row]:
    """Yield the changes of a confirmed letter: confirmed two to seven days after it was sent,
    paid one to three days later.
    """
    sent, outcome = letter
    dice = city.dice("confirmation", sent["no_surat"])
    if outcome["status"] != "diterima" or dice.random() >= CONFIRMED:
        return
    confirmed = _at(sent["dikirim"].date() + timedelta(days=dice.randrange(2, 8)), dice)
    owner = dice.random() < 0.8
    violation = VIOLATIONS[dice.choices(list(VIOLATIONS), [30, 18, 7, 20, 17, 8])[0]]
    first = {
        "no_surat": sent["no_surat"],
        "status": "dikonfirmasi",
        "dikonfirmasi": confirmed,
        "kanal": dice.choice(["web", "web", "posko"]),
        "pengemudi_pemilik": "ya" if owner else "tidak",
        "pengemudi": sent["pemilik"] if owner else f"Warga Sintetis {dice.randrange(1, 9000)}",
        "denda": round(violation[1] * dice.uniform(0.3, 1), -3),
        "dibayar": None,
        "diubah": confirmed,
    }
    first["denda"] = int(first["denda"])
    yield first
    if dice.random() < PAID:
        paid = _at(confirmed.date() + timedelta(days=dice.randrange(1, 4)), dice)
        yield {**first, "status": "dibayar", "dibayar": paid, "diubah": paid}


def _by_day(city: City, changes: Iterator[Row]) -> Days:
    """Return the changes that have happened by their day, with those of the days before the
    window that are asked for again.
    """
    by_day: dict[date, list[Row]] = {day: [] for day in city.before(HISTORY)}
    for row in changes:
        if row["diubah"].date() in by_day:
            by_day[row["diubah"].date()].append(row)
    return {
        day: sorted(rows, key=lambda row: (row["diubah"], row["no_surat"]))
        for day, rows in by_day.items()
    }


def _rejected(row: Row, **fields: object) -> Row | None:
    """Break only detections that become no letter, so that every letter still finds its own."""
    return None if row["hasil"] == VALID else fields


def _unread(row: Row, **fields: object) -> Row | None:
    """Break only changes of letters before anybody confirmed them."""
    return None if row["status"] == "diterima" else fields


TABLES = (
    Table(
        "etle",
        "detections",
        ("id_kejadian",),
        lambda city: {day: list(detections(city, day)) for day in city.before(HISTORY)},
        {
            "camera_id.pattern": lambda row: _rejected(row, kamera="KAMERA 3"),
            "article_fits_violation": lambda row: _rejected(row, pasal="281"),
            "violation.one_of": lambda row: _rejected(row, pelanggaran="TANPA HELM"),
            "plate.pattern": lambda row: (
                _rejected(row, plat=row["plat"].replace(" ", "")[2:]) if row["plat"] else None
            ),
            "speed_kmh.maximum": lambda row: (
                _rejected(row, kecepatan=999.9) if row["kecepatan"] else None
            ),
            "event_id.required": lambda row: _rejected(row, id_kejadian=None),
        },
        Rest(
            "/etle/api/deteksi",
            "cursor",
            "data",
            "sejak",
            "hingga",
            guard=f"header:X-Etle-Key={KEY}",
        ),
    ),
    Table(
        "etle",
        "letters",
        ("no_surat", "status"),
        lambda city: _by_day(city, (row for letter in letters(city) for row in letter)),
        {
            "event_id.pattern": lambda row: _unread(row, id_kejadian=row["id_kejadian"][3:]),
            "sent_by.one_of": lambda row: _unread(row, lewat="kurir?"),
            "changed_after_sent": lambda row: _unread(
                row, dikirim=row["diubah"] + timedelta(days=365)
            ),
            "plate.pattern": lambda row: _unread(row, plat="TIDAK TERDAFTAR"),
            "status.one_of": lambda row: _unread(row, status="retur"),
            "letter_no.pattern": lambda row: _unread(
                row, no_surat=row["no_surat"].replace("-", "/")
            ),
        },
        Sql("tilang", "surat"),
    ),
    Table(
        "etle",
        "confirmations",
        ("no_surat", "status"),
        lambda city: _by_day(
            city, (row for letter in letters(city) for row in _confirmation(city, letter))
        ),
        {
            "fine_idr.maximum": lambda row: {"denda": row["denda"] * 100},
            "channel.one_of": to(kanal="telepon"),
            "paid_has_time": lambda row: {"dibayar": None} if row["status"] == "dibayar" else None,
            "letter_no.pattern": lambda row: {"no_surat": row["no_surat"].replace("SK-", "SK ")},
            "paid_after_confirmed": lambda row: (
                {"dibayar": row["dikonfirmasi"] - timedelta(days=30)}
                if row["status"] == "dibayar"
                else None
            ),
        },
        Sql("tilang", "konfirmasi"),
    ),
)
