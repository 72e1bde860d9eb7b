"""Letters of the city: what residents ask for at the kelurahan (SIPATEN, S03) and what agencies
write each other (SIPADEK, S04).

150 to 300 thousand a year of each; every change of a letter is one row. People, numbers and
subjects are made up.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from demo.city import ZONE, City
from demo.door import Rest, Sql
from demo.regions import kelurahan_on
from demo.table import Days, Row, Table, to

A_YEAR = 200_000
COLLECTED = 0.8
"""Share of the signed letters that the applicant comes for; the others stay at the counter."""
KINDS = (
    "Domisili",
    "Keterangan Usaha",
    "Keterangan Tidak Mampu",
    "Pengantar Nikah",
    "Keterangan Kematian",
)
UNITS = ("DISKOMINFO", "DISHUB", "DLH", "DPMPTSP", "BAPPEDA", "SETDA")
ORDERS = ("Tindak lanjuti", "Untuk diketahui", "Siapkan jawaban", "Hadiri")
BEFORE = 4
"""Days before the window whose letters still change in it."""


def _nip(number: int) -> str:
    return f"19909901201501{1 + number % 2}{number % 1000:03d}"


def _resident_letters(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.before(BEFORE):
        dice = city.dice("surat warga", day)
        for number in range(1, city.count("surat warga", day, A_YEAR, offices=True) + 1):
            for row in _resident_letter(
                day,
                day.timetuple().tm_yday * 10_000 + number,
                dice,
                city.dice("surat warga", day, number),
            ):
                if row["diubah"].date() < city.today:
                    by_day.setdefault(row["diubah"].date(), []).append(row)
    return by_day


def _resident_letter(day: date, number: int, dice: Random, counter: Random) -> list[Row]:
    """Return the application as handed in, verified, signed or refused, and collected;
    ``counter`` draws when the applicant comes for it.
    """
    submitted = datetime.combine(
        day, time(dice.randrange(8, 15), dice.randrange(60), dice.randrange(60))
    )
    person = dice.randrange(1, 9000)
    base = {
        "kode_kelurahan": dice.choice(kelurahan_on(day)),
        "tahun": day.year,
        "no_register": number,
        "jenis_layanan": dice.choices(KINDS, [40, 25, 20, 10, 5])[0],
        "diajukan": submitted,
        "waktu_verifikasi": None,
        "ditandatangani": None,
        "waktu_diambil": None,
        "nip_penandatangan": None,
        "nama_pemohon": f"Warga Sintetis {person}",
        "nik_pemohon": f"157101010180{person:04d}",
        "kk_pemohon": f"157101010180{person * 7 % 9000 + 1:04d}",
    }
    checked = submitted + timedelta(minutes=dice.randrange(5, 40))
    signed = submitted + timedelta(
        hours=dice.choice([1, 1, 2, 3, 20, 26, 50]), minutes=dice.randrange(60)
    )
    refused = dice.random() < 0.04
    changes = [
        {**base, "status": "diajukan", "diubah": submitted},
        {**base, "status": "diverifikasi", "waktu_verifikasi": checked, "diubah": checked},
    ]
    if refused:
        return [
            *changes,
            {**base, "status": "ditolak", "waktu_verifikasi": checked, "diubah": signed},
        ]
    finished = {
        **base,
        "waktu_verifikasi": checked,
        "ditandatangani": signed,
        "nip_penandatangan": _nip(number),
    }
    changes.append({**finished, "status": "ditandatangani", "diubah": signed})
    if counter.random() < COLLECTED:
        fetched = signed + timedelta(minutes=counter.randrange(5, 300))
        changes.append(
            {**finished, "status": "diambil", "waktu_diambil": fetched, "diubah": fetched}
        )
    return changes


def _official_letters(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.before(BEFORE):
        dice = city.dice("surat dinas", day)
        for number in range(1, city.count("surat dinas", day, A_YEAR, offices=True) + 1):
            for at, row in _official_letter(day, number, dice, city.dice("disposisi", day, number)):
                if at.date() < city.today:
                    by_day.setdefault(at.date(), []).append({**row, "diubah": at.isoformat()})
    return by_day


def _official_letter(
    day: date, number: int, dice: Random, chain: Random
) -> list[tuple[datetime, Row]]:
    """Return the letter as sent, read and done. Its number starts again every year; ``chain``
    draws whom it comes from and who passes it on.
    """
    unit = dice.choice(UNITS)
    sent = datetime.combine(
        day, time(dice.randrange(8, 16), dice.randrange(60), dice.randrange(60)), ZONE
    )
    read, finished = (
        sent + timedelta(hours=dice.randrange(1, 30)),
        sent + timedelta(hours=dice.randrange(31, 90)),
    )
    base = {
        "kode_unit": unit,
        "nomor_surat": (
            f"000.{dice.randrange(1, 9)}/{day.timetuple().tm_yday:03d}{number:04d}/{unit}"
        ),
        "tanggal_surat": day.isoformat(),
        "arah": dice.choice(["masuk", "keluar"]),
        "sifat": dice.choices(["biasa", "segera", "sangat segera"], [80, 15, 5])[0],
        "elektronik": dice.random() < 0.7,
        "kode_klasifikasi": f"000.{dice.randrange(1, 9)}",
        "perihal": f"Perihal sintetis {dice.randrange(1, 500)}",
        "nip_penerima": _nip(dice.randrange(1000)),
        "dibaca": None,
        "selesai": None,
    }
    recipient = chain.choice(
        [candidate for candidate in UNITS if candidate != unit]
        + [f"Warga Sintetis {chain.randrange(1, 9000)}"]
    )
    base |= (
        {"dari": recipient, "kepada": unit}
        if base["arah"] == "masuk"
        else {"dari": unit, "kepada": recipient}
    )
    head, staff = _nip(chain.randrange(1000)), _nip(chain.randrange(1000))
    first = {
        "dari": head,
        "kepada": base["nip_penerima"],
        "isi": chain.choice(ORDERS),
        "waktu": read.isoformat(),
    }
    second = {
        "dari": base["nip_penerima"],
        "kepada": staff,
        "isi": chain.choice(ORDERS),
        "waktu": (read + (finished - read) / 2).isoformat(),
    }
    been = {**base, "dibaca": read.isoformat(), "disposisi": [first]}
    chained = [first, second] if chain.random() < 0.6 else [first]
    return [
        (sent, {**base, "disposisi": []}),
        (read, been),
        (finished, {**been, "selesai": finished.isoformat(), "disposisi": chained}),
    ]


TABLES = (
    Table(
        "sipaten",
        "letters",
        ("kode_kelurahan", "tahun", "no_register", "diubah"),
        _resident_letters,
        {
            "service_type.one_of": to(jenis_layanan="domisili (lama)"),
            "region_code.reference": to(kode_kelurahan="15.71.01.1099"),
            "signed_after_submitted": to(ditandatangani=datetime(2015, 1, 5, 9)),
            "applicant_nik.pattern": to(nik_pemohon="15710101018000"),
            "letter_year.required": to(tahun=None),
        },
        Sql("surat", "permohonan_surat"),
    ),
    Table(
        "sipadek",
        "letters",
        ("nomor_surat", "diubah"),
        _official_letters,
        {
            "direction.one_of": to(arah="MASUK"),
            "done_after_read": lambda row: (
                {"selesai": "2015-01-05T09:00:00+07:00"} if row["dibaca"] else None
            ),
            "is_electronic.type": to(elektronik="mungkin"),
            "letter_no.required": to(nomor_surat=None),
        },
        Rest("/sipadek/api/surat", "offset", records="data"),
    ),
)
