"""What the city asks and keeps about itself: the satisfaction survey (S33), ICT staff and their
training (S34), the SPBE self-assessment (S32).

10 to 30 thousand answers a year; registers are small and stand as they are now. Every answer,
employee and level is made up.
"""

from datetime import date, timedelta

from demo.city import City
from demo.door import Drop, Rest
from demo.systems.services import SERVICES
from demo.table import Days, Row, Table, to

UNITS = tuple(f"MPP-{number:02d}" for number in range(1, 9))
JOBS = ("PNS", "TNI", "Polri", "Swasta", "Wirausaha", "Lainnya")
AGENCIES = ("DISKOMINFO", "DISHUB", "DLH", "DPMPTSP", "BAPPEDA", "SETDA", "BPPRD", "DPUPR")
INSTRUMENTS: dict[tuple[str, int], tuple[tuple[str, str, int, float], ...]] = {
    ("PermenPANRB 5/2018", 2019): (
        ("Kebijakan SPBE", "Kebijakan Internal Tata Kelola SPBE", 7, 1),
        ("Kebijakan SPBE", "Kebijakan Internal Layanan SPBE", 10, 1),
        ("Tata Kelola SPBE", "Kelembagaan", 2, 4),
        ("Tata Kelola SPBE", "Strategi dan Perencanaan", 2, 4),
        ("Tata Kelola SPBE", "Teknologi Informasi dan Komunikasi", 3, 4),
        ("Layanan SPBE", "Layanan Administrasi Pemerintahan Berbasis Elektronik", 7, 5),
        ("Layanan SPBE", "Layanan Publik Berbasis Elektronik", 4, 5),
    ),
    ("PermenPANRB 59/2020", 2024): (
        ("Kebijakan SPBE", "Kebijakan Internal Tata Kelola SPBE", 10, 1.3),
        ("Tata Kelola SPBE", "Perencanaan Strategis SPBE", 4, 2.5),
        ("Tata Kelola SPBE", "Teknologi Informasi dan Komunikasi", 4, 2.5),
        ("Tata Kelola SPBE", "Penyelenggara SPBE", 2, 2.5),
        ("Manajemen SPBE", "Penerapan Manajemen SPBE", 8, 1.5),
        ("Manajemen SPBE", "Audit Teknologi Informasi dan Komunikasi", 3, 1.5),
        ("Layanan SPBE", "Layanan Administrasi Pemerintahan Berbasis Elektronik", 10, 2.75),
        ("Layanan SPBE", "Layanan Publik Berbasis Elektronik", 6, 3),
    ),
}
"""Instrument and year -> domain, aspect, its indicators and the weight of each in percent: 35 in
three domains, 47 in four, 100 % in each.
"""


def _answers(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        dice, more = city.dice("skm", day), city.dice("skm responden", day)
        by_day[day] = [
            {
                "unit": dice.choice(UNITS),
                "no_responden": number,
                "tanggal": day.isoformat(),
                **{f"U{n}": dice.choices([1, 2, 3, 4], [2, 8, 50, 40])[0] for n in range(1, 10)},
                "jenis_kelamin": dice.choice("LP"),
                "usia": dice.randrange(17, 70),
                "pendidikan": dice.choice(["SMP", "SMA", "D3", "S1"]),
                "pekerjaan": more.choices(JOBS, [15, 2, 3, 35, 25, 20])[0],
                "layanan": f"MPP-{more.randrange(1, SERVICES + 1):03d}",
            }
            for number in range(1, city.count("skm", day, 20_000, offices=True) + 1)
        ]
    return by_day


def _staff(city: City) -> Days:
    dice = city.dice("sdm tik")
    roles = ["pranata komputer", "analis sistem", "operator", "tenaga kontrak"]
    rows: list[Row] = [
        {
            "nip": f"19{dice.randrange(70, 99)}9901201501{1 + n % 2}{n:03d}",
            "nama": f"Pegawai Sintetis {n}",
            "kode_opd": dice.choice(AGENCIES),
            "jabatan": dice.choice(roles),
            "bersertifikat": dice.random() < 0.4,
        }
        for n in range(1, 121)
    ]
    return {city.window[-1]: rows}


def _trainings(city: City) -> Days:
    dice, last = city.dice("pelatihan tik"), city.window[-1]
    subjects = [
        "Keamanan informasi",
        "Tanda tangan elektronik",
        "Tata kelola SPBE",
        "Pengolahan data",
    ]
    rows: list[Row] = [
        {
            "nomor": f"PLT-{n:03d}",
            "materi": dice.choice(subjects),
            "kode_opd": dice.choice(AGENCIES),
            "tanggal": str(last - timedelta(days=9 * n)),
            "jam": dice.choice([8, 16, 24]),
            "peserta": dice.randrange(6, 30),
        }
        for n in range(1, 31)
    ]
    return {last: rows}


def _levels(city: City) -> Days:
    dice = city.dice("spbe")
    rows: list[Row] = []
    for (instrument, year), aspects in INSTRUMENTS.items():
        for n, (domain, aspect, weight) in enumerate(
            (
                (domain, aspect, weight)
                for domain, aspect, count, weight in aspects
                for _ in range(count)
            ),
            start=1,
        ):
            rows.append(
                {
                    "tahun": year,
                    "no_indikator": n,
                    "instrumen": instrument,
                    "domain": domain,
                    "aspek": aspect,
                    "bobot": weight,
                    "tingkat": dice.randrange(1, 6),
                    "bukti": f"BD-{year}-{n:02d}",
                }
            )
    return {city.window[-1]: rows}


TABLES = (
    Table(
        "skm",
        "responses",
        ("unit", "no_responden", "tanggal"),
        _answers,
        {
            "u3.maximum": to(U3=5),
            "u9.type": to(U9="baik"),
            "sex.one_of": to(jenis_kelamin="Perempuan"),
            "unit_code.pattern": to(unit="Loket depan"),
        },
        Drop("skm", "skm_{date}.xlsx", "xlsx"),
    ),
    Table(
        "sdm_tik",
        "staff",
        ("nip",),
        _staff,
        {
            "employee_nip.pattern": to(nip="19900101"),
            "role.one_of": to(jabatan="IT"),
            "certified.type": to(bersertifikat="proses"),
            "agency_code.required": to(kode_opd=None),
        },
        Rest("/sdm-tik/api/pegawai", "single"),
    ),
    Table(
        "sdm_tik",
        "trainings",
        ("nomor",),
        _trainings,
        {"hours.maximum": to(jam=9999), "training_no.pattern": to(nomor="BIMTEK")},
        Drop("sdm_tik", "pelatihan.json", "json"),
    ),
    Table(
        "spbe",
        "indicators",
        ("tahun", "no_indikator"),
        _levels,
        {
            "level.maximum": to(tingkat=6),
            "level.type": to(tingkat="menengah"),
            "spbe_domain.one_of": to(domain="Layanan"),
        },
        Drop("spbe", "indikator.xlsx", "xlsx"),
    ),
)
