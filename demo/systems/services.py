"""The services offered at the public service mall (MPP): 129 of 31 agencies, with whether each can
be had online and how long it takes.

The counts are those of 2022; which service is which is made up.
"""

from datetime import date

from demo.city import City
from demo.door import Drop
from demo.table import Row, Table, to

SERVICES = 129
AGENCIES = (
    "DPMPTSP Kota Jambi",
    "Disdukcapil Kota Jambi",
    "BPPRD Kota Jambi",
    "Dinas Kesehatan Kota Jambi",
    "Dinas PUPR Kota Jambi",
    "Dinas Perhubungan Kota Jambi",
    "Dinas Lingkungan Hidup Kota Jambi",
    "Dinas Tenaga Kerja Kota Jambi",
    "Dinas Sosial Kota Jambi",
    "Dinas Pendidikan Kota Jambi",
    "Disperindag Kota Jambi",
    "Dinas Koperasi UKM Kota Jambi",
    "Diskominfo Kota Jambi",
    "Satpol PP Kota Jambi",
    "Perumda Tirta Mayang",
    "Polresta Jambi",
    "Ditlantas Polda Jambi",
    "Kejaksaan Negeri Jambi",
    "Pengadilan Negeri Jambi",
    "Pengadilan Agama Jambi",
    "Kantor Imigrasi Jambi",
    "Kantor Pertanahan Kota Jambi",
    "Kantor Kementerian Agama Kota Jambi",
    "KPP Pratama Jambi",
    "Bea Cukai Jambi",
    "BPOM Jambi",
    "BPJS Kesehatan",
    "BPJS Ketenagakerjaan",
    "PLN Jambi",
    "Bank Jambi",
    "Taspen Jambi",
)


def _services(city: City) -> dict[date, list[Row]]:
    return {city.window[-1]: [_service(city, number) for number in range(1, SERVICES + 1)]}


def _service(city: City, number: int) -> Row:
    dice = city.dice("service", number)
    return {
        "kode_layanan": f"MPP-{number:03d}",
        "layanan": f"Layanan Sintetis {number}",
        "instansi": AGENCIES[(number - 1) % len(AGENCIES)],
        "daring": "ya" if dice.random() < 0.55 else "tidak",
        "janji_hari": dice.choice([1, 1, 2, 3, 5, 7, 14]),
        "biaya": dice.choice([0, 0, 0, 50_000, 250_000]),
    }


TABLES = (
    Table(
        "perizinan",
        "services",
        ("kode_layanan",),
        _services,
        {
            "is_online.one_of": to(daring="sebagian"),
            "sla_days.minimum": to(janji_hari=0),
            "sla_days.type": to(janji_hari="1 hari"),
            "service_id.pattern": lambda row: {
                "kode_layanan": row["kode_layanan"].replace("-", "")
            },
            "agency.required": to(instansi=None),
        },
        Drop("perizinan", "layanan_mpp.csv", delimiter=";"),
    ),
)
