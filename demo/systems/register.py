"""The PPID office's synthetic register of information requests: the whole register dropped every
day, as XLSX or, some days, as CSV.

The CSV is what an office PC writes: semicolons, Latin-1, dd/mm/yyyy, dashes for nothing. Requesters
are made up.
"""

import csv
import io
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

from demo.city import City, Planted

PER_YEAR = 220
HISTORY = 90
HEADER = (
    "no_register",
    "tanggal_terima",
    "jenis_permohonan",
    "informasi",
    "putusan",
    "alasan_penolakan",
    "diperpanjang",
    "tanggal_pemberitahuan",
    "nama_pemohon",
    "alamat",
    "kontak",
    "pekerjaan",
    "tujuan",
    "status_penguasaan",
    "bentuk_informasi",
    "tanggal_diberikan",
    "biaya",
    "cara_bayar",
)
OCCUPATIONS = (
    "Mahasiswa",
    "Wartawan",
    "Peneliti",
    "Wiraswasta",
    "Pegawai swasta",
    "Ibu rumah tangga",
)
FEES = (0, 0, 0, 5_000, 15_000, 40_000)
ERRORS = ("decision.one_of", "notified_after_received", "received_on.type", "extended.one_of")


@cache
def requests(city: City) -> list[dict[str, Any]]:
    """Return every request of the city, in order of receipt."""
    rows: list[dict[str, Any]] = []
    for day in city.before(HISTORY):
        dice = city.dice("ppid", day)
        expected = city.expected(PER_YEAR / 250)
        if day.weekday() >= 5:
            continue
        for _ in range(int(expected) + (dice.random() < expected % 1)):
            extended = dice.random() < 0.2
            answered = day + timedelta(days=dice.choice([2, 4, 6, 9, 11, 13, 18]) + 8 * extended)
            person = dice.randrange(1, 900)
            rows.append(
                {
                    "no": f"PPID/{len(rows) + 1:04d}/{day.year}",
                    "received": day,
                    "kind": dice.choice(["salinan", "melihat"]),
                    "about": f"Dokumen sintetis {dice.randrange(1, 60)}",
                    "extended": extended,
                    "notified": answered,
                    "decision": dice.choices(
                        ["dikabulkan", "dikabulkan sebagian", "ditolak", "tidak dikuasai"],
                        [70, 12, 8, 10],
                    )[0],
                    "person": person,
                }
            )
            rows[-1] |= _handling(rows[-1], city.dice("ppid handling", rows[-1]["no"]))
    return rows


def _handling(request: dict[str, Any], dice: Any) -> dict[str, Any]:
    """Return what PerKI 1/2021's register says besides: who asks and what for, what is held in
    which form, when it was given and what it cost.
    """
    decision = request["decision"]
    is_held, granted = decision != "tidak dikuasai", decision.startswith("dikabulkan")
    fee = dice.choice(FEES) if granted and request["kind"] == "salinan" else 0
    return {
        "occupation": dice.choice(OCCUPATIONS),
        "purpose": f"Tujuan sintetis {dice.randrange(1, 40)}",
        "held": (
            "dikuasai" if is_held else dice.choice(["tidak dikuasai", "belum didokumentasikan"])
        ),
        "form": dice.choice(["softcopy", "hardcopy"]) if is_held else None,
        "given": request["notified"] + timedelta(days=dice.randrange(4)) if granted else None,
        "fee": fee,
        "paid": dice.choice(["tunai", "transfer"]) if fee else None,
    }


def snapshot(city: City, day: date) -> tuple[list[list[Any]], list[Planted]]:
    """Return the register as it stood on the evening of ``day``, and the errors planted in that
    day's file.
    """
    rows = []
    for request in requests(city):
        if request["received"] > day:
            continue
        notified = request["notified"] <= day
        refused = notified and request["decision"] == "ditolak"
        rows.append(
            [
                request["no"],
                request["received"],
                request["kind"],
                request["about"],
                request["decision"] if notified else None,
                "Ps 17 huruf h" if refused else None,
                "ya" if request["extended"] else "tidak",
                request["notified"] if notified else None,
                f"Pemohon Sintetis {request['person']}",
                f"Jl. Melati Café No. {request['person'] % 90 + 1}",
                f"+62813{request['person']:07d}",
                request["occupation"],
                request["purpose"],
                request["held"] if notified else None,
                request["form"] if notified else None,
                *(
                    (request["given"], request["fee"], request["paid"])
                    if request["given"] and request["given"] <= day
                    else (None, None, None)
                ),
            ]
        )
    return _dirty(city, day, rows)


def _dirty(city: City, day: date, rows: list[list[Any]]) -> tuple[list[list[Any]], list[Planted]]:
    """Plant one row error every second file and one duplicate line every fourth."""
    n, dice, errors = (city.today - day).days, city.dice("ppid dirt", day), []
    if n % 2 == 0:
        rule = ERRORS[(n // 2) % len(ERRORS)]
        i = dice.choice([i for i, row in enumerate(rows) if row[7] is not None])
        row = list(rows[i])
        match rule:
            case "decision.one_of":
                row[4] = "DIKABULKAN (LISAN)"
            case "notified_after_received":
                row[7] = row[1] - timedelta(days=40)
            case "received_on.type":
                row[1] = "31/02/2026"
            case "extended.one_of":
                row[6] = "y"
        rows[i] = row
        errors.append(Planted("ppid", "requests", day.isoformat(), row[0], rule))
    if n % 4 == 1:
        duplicate = dice.choice(rows)
        rows.append(list(duplicate))
        errors.append(
            Planted(
                "ppid", "requests", day.isoformat(), duplicate[0], "duplicate", "line typed twice"
            )
        )
    return rows, errors


def planted(city: City) -> list[Planted]:
    """Return the planted errors of every file in the window."""
    return [error for day in city.window for error in snapshot(city, day)[1]]


def write(city: City, city_folder: Path, _: str | None = None) -> None:
    """Drop one file a day: XLSX, every fourth day CSV."""
    folder = city_folder / "ppid"
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("permohonan_*"):
        earlier.unlink()
    for day in city.window:
        rows = snapshot(city, day)[0]
        if day.toordinal() % 4 == 0:
            (folder / f"permohonan_{day}.csv").write_bytes(_csv(rows))
        else:
            _xlsx(rows, folder / f"permohonan_{day}.xlsx")


def _csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow(
            [
                (
                    "-"
                    if cell is None
                    else cell.strftime("%d/%m/%Y")
                    if isinstance(cell, date)
                    else cell
                )
                for cell in row
            ]
        )
    return text.getvalue().encode("latin-1")


def _xlsx(rows: list[list[Any]], path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    book.set_properties(
        {"created": datetime(2026, 1, 1), "comments": "Data sintetis / synthetic data"}
    )
    sheet = book.add_worksheet("Register")
    dated = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADER)
    for n, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(n, column, datetime(cell.year, cell.month, cell.day), dated)
            elif isinstance(cell, int):
                sheet.write_number(n, column, cell)
            elif cell is not None:
                sheet.write_string(n, column, cell)
    book.close()
