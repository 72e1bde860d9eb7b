"""The PPID office's other registers (S09): objections, disputes at the Komisi Informasi, and the
list of public information. All made up.

An objection is to a request of ``register``; a dispute follows an objection. Clocks are those of UU
14/2008 Ps 35 to 38.
"""

from datetime import date, timedelta
from typing import Any

from demo.city import City
from demo.door import Drop
from demo.systems import register
from demo.table import Days, Row, Table, to

FOLDER = "ppid"
SUPERIORS = (
    ("Sekretaris Daerah", "Pejabat Sintetis 1"),
    ("Asisten Administrasi Umum", "Pejabat Sintetis 2"),
)
"""Post and name of the superiors who answer objections."""
REACTS = timedelta(days=14)
"""After how long an applicant's reaction is known: a refused objection goes to the Komisi
Informasi within it.
"""
UNITS = ("DISKOMINFO", "DISHUB", "DLH", "DPMPTSP", "BAPPEDA", "SETDA")


def _all_objections(city: City) -> list[dict[str, Any]]:
    """Return every objection: to a request that was refused, or about one in six of the others."""
    objections = []
    for n, request in enumerate(register.requests(city)):
        dice = city.dice("keberatan", request["no"])
        if request["decision"] == "ditolak" or dice.random() < 0.16:
            filed = request["notified"] + timedelta(days=dice.randrange(1, 20))
            objections.append(
                {
                    "no": f"KBR/{n + 1:04d}/{filed.year}",
                    "to": request["no"],
                    "filed": filed,
                    "answered": filed + timedelta(days=dice.randrange(5, 40)),
                    "ground": dice.choice("abcdefg"),
                    "decision": dice.choice(["dikabulkan", "ditolak"]),
                    "person": request["person"],
                    "about": request["about"],
                    "purpose": request["purpose"],
                }
            )
            more = city.dice("atasan", request["no"])
            post, officer = more.choice(SUPERIORS)
            reaction = (
                "mengajukan sengketa"
                if objections[-1]["decision"] == "ditolak"
                else more.choice(["menerima", "menerima", "tidak menanggapi"])
            )
            objections[-1] |= {"post": post, "officer": officer, "reaction": reaction}
    return objections


def _objections(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        by_day[day] = [
            {
                "no_keberatan": objection["no"],
                "no_register": objection["to"],
                "tanggal": f"{objection['filed']:%d/%m/%Y}",
                "alasan": objection["ground"],
                "putusan_atasan": objection["decision"] if objection["answered"] <= day else None,
                "tanggal_tanggapan": (
                    f"{objection['answered']:%d/%m/%Y}" if objection["answered"] <= day else None
                ),
                "nama": f"Pemohon Sintetis {objection['person']}",
                "informasi": objection["about"],
                "tujuan": objection["purpose"],
                "nama_atasan": objection["officer"] if objection["answered"] <= day else None,
                "jabatan_atasan": objection["post"] if objection["answered"] <= day else None,
                "tanggapan_pemohon": objection["reaction"]
                if objection["answered"] + REACTS <= day
                else None,
            }
            for objection in _all_objections(city)
            if objection["filed"] <= day
        ]
    return by_day


def _disputes(city: City) -> Days:
    last = city.window[-1]
    refused = [
        objection
        for objection in _all_objections(city)
        if objection["decision"] == "ditolak" and objection["answered"] + timedelta(days=14) <= last
    ]
    rows: list[Row] = []
    for n, request in enumerate(refused[:40], start=1):
        filed = request["answered"] + timedelta(days=10)
        ended = filed + timedelta(days=60) <= last
        rows.append(
            {
                "nomor": f"SKT/{n:03d}/{filed.year}",
                "no_keberatan": request["no"],
                "diajukan": str(filed),
                "diputus": str(filed + timedelta(days=60)) if ended else None,
                "putusan": "dikabulkan sebagian" if ended else None,
            }
        )
    return {last: rows}


def _list(city: City) -> Days:
    dice, more = city.dice("dip"), city.dice("dip pemutakhiran")
    rows: list[Row] = [
        {
            "nomor": n,
            "ringkasan": f"Informasi sintetis {n}",
            "unit_penguasa": dice.choice(UNITS),
            "penanggung_jawab": "Kepala bidang",
            "tahun": dice.randrange(2018, 2027),
            "bentuk": dice.choice(["digital", "cetak", "digital dan cetak"]),
            "retensi": "5 tahun",
            "klasifikasi": dice.choice(["berkala", "serta merta", "setiap saat"]),
            "tautan": f"https://ppid-sintetis.example/{n}",
            "tempat": "Kota Jambi",
            "pemutakhiran": more.choice(["tahunan", "semesteran", "bulanan", "sewaktu-waktu"]),
        }
        for n in range(1, 81)
    ]
    return {city.window[-1]: rows}


TABLES = (
    Table(
        "ppid",
        "objections",
        ("no_keberatan",),
        _objections,
        {
            "ground.one_of": to(alasan="h"),
            "objection_no.pattern": to(no_keberatan="lisan"),
            "answered_after_filed": to(tanggal_tanggapan="01/01/2015"),
        },
        Drop(FOLDER, "keberatan_{date}.csv", "csv", delimiter=";", encoding="latin-1", missing="-"),
    ),
    Table(
        "ppid",
        "disputes",
        ("nomor",),
        _disputes,
        {"outcome.one_of": to(putusan="menang")},
        Drop(FOLDER, "sengketa.json", "json"),
    ),
    Table(
        "ppid",
        "information_list",
        ("nomor",),
        _list,
        {
            "information_class.one_of": to(klasifikasi="terbuka"),
            "made_in.maximum": to(tahun=20222),
            "link.pattern": to(tautan="lihat kantor"),
        },
        Drop(FOLDER, "dip.xls", "html", missing="-"),
    ),
)
