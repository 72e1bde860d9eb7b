"""Papers of the city: planning proposals (E-Planning, S17), digitised personnel archives (S28) and
press clippings (S29). All made up.

Proposals move from kelurahan to budget by stages; archives come by the hundred a day at full scale;
clippings are a ZIP a day.
"""

from datetime import date, datetime, time, timedelta

from demo.city import ZONE, City
from demo.door import Drop, Rest, Sql
from demo.regions import kelurahan_on
from demo.table import Days, Row, Table, to

STAGES = ("kelurahan", "kecamatan", "opd", "apbd")
WORKS = (
    ("Drainase lingkungan", "m", "1.03.06"),
    ("Jalan setapak", "m", "1.04.05"),
    ("Lampu jalan", "titik", "2.15.02"),
    ("Posyandu", "unit", "1.02.02"),
    ("Pelatihan usaha", "orang", "2.17.07"),
)
"""Work, unit of its volume, and code of the programme it is counted to, in the shape of the
national code list.
"""


def _proposals(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.before(21):
        dice = city.dice("usulan", day)
        for number in range(1, city.count("usulan", day, 2500) + 1):
            work, unit, programme = dice.choice(WORKS)
            volume, end = dice.randrange(5, 400), dice.randrange(1, len(STAGES) + 1)
            row = {
                "tahun": day.year + 1,
                "no_usulan": day.timetuple().tm_yday * 1000 + number,
                "kode_wilayah": dice.choice(kelurahan_on(day)),
                "kegiatan": work,
                "kode_program": programme,
                "kode_kegiatan": f"{programme}.2.01",
                "volume": volume,
                "satuan": unit,
                "perkiraan_biaya": volume * 1_250_000,
                "pengusul": f"Warga Sintetis {dice.randrange(1, 5000)}",
            }
            at = datetime.combine(day, time(dice.randrange(8, 16), dice.randrange(60)), ZONE)
            for n, stage in enumerate(STAGES[:end]):
                status = (
                    "diusulkan"
                    if n + 1 < end or end == len(STAGES)
                    else dice.choice(["diusulkan", "ditolak"])
                )
                if at.date() < city.today:
                    changed = {
                        **row,
                        "tahap": stage,
                        "status": "diterima" if stage == "apbd" else status,
                        "diubah": at.isoformat(),
                    }
                    by_day.setdefault(at.date(), []).append(changed)
                at += timedelta(days=dice.randrange(2, 6))
    return by_day


def _documents(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        dice = city.dice("arsip", day)
        by_day[day] = [
            {
                "no_arsip": f"ARS-{day.year}-{day.timetuple().tm_yday * 1000 + number:06d}",
                "dialihmediakan": datetime.combine(
                    day, time(dice.randrange(8, 16), dice.randrange(60), dice.randrange(60))
                ),
                "kode_klasifikasi": dice.choice(["800.1", "800.1.2", "800.1.3", "800.1.11"]),
                "retensi_tahun": dice.choice([5, 10, 30]),
                "halaman": dice.randrange(1, 20),
                "tanggal_dokumen": date(2000 + dice.randrange(24), 1 + dice.randrange(12), 15),
                "nip": f"19909901201501{1 + number % 2}{number % 1000:03d}",
                "judul": f"SK sintetis {dice.randrange(1, 900)}",
            }
            for number in range(1, city.count("arsip", day, 100_000, offices=True) + 1)
        ]
    return by_day


def _clippings(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        dice = city.dice("kliping", day)
        by_day[day] = [
            {
                "media": f"media-sintetis-{dice.randrange(1, 9)}.example",
                "tautan": f"https://media-sintetis.example/{day}/{number}",
                "tanggal": day.isoformat(),
                "judul": f"Berita sintetis {number}",
                "topik": dice.choice(["lalu lintas", "banjir", "layanan", "pajak", "lingkungan"]),
                "nada": dice.choice(["positif", "netral", "negatif"]),
            }
            for number in range(1, city.count("kliping", day, 12_000) + 1)
        ]
    return by_day


TABLES = (
    Table(
        "eplanning",
        "proposals",
        ("tahun", "no_usulan", "diubah"),
        _proposals,
        {
            "stage.one_of": to(tahap="provinsi"),
            "estimated_cost_idr.minimum": to(perkiraan_biaya=-1),
            "region_code.reference": to(kode_wilayah="15.71.01.1099"),
            "volume.type": to(volume="secukupnya"),
        },
        Rest("/eplanning/api/usulan", "link"),
    ),
    Table(
        "arsip",
        "documents",
        ("no_arsip",),
        _documents,
        {
            "class_code.one_of": to(kode_klasifikasi="tanpa kode"),
            "retention_years.maximum": to(retensi_tahun=999),
            "archive_no.pattern": to(no_arsip="ARSIP LAMA"),
            "employee_nip.pattern": to(nip="1990990120150110"),
        },
        Sql("arsip", "dokumen"),
    ),
    Table(
        "kliping",
        "clippings",
        ("media", "tautan"),
        _clippings,
        {
            "topic.one_of": to(topik="Lalin"),
            "url.pattern": lambda row: {"tautan": row["tautan"].removeprefix("https://")},
            "headline.required": to(judul=None),
        },
        Drop("kliping", "kliping_{date}.zip", "ndjson"),
    ),
)
