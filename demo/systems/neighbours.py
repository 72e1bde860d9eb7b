"""Neighbours of the city's own systems (N1): calls to 112, SP4N-LAPOR! reports, the queue of the
public service mall. All made up.

3 to 5 calls a day, 100 to 300 reports a year, some hundred queue tickets a day; anonymous and
secret reports carry no reporter at all.
"""

from datetime import date, datetime, time, timedelta

from demo.city import ZONE, City
from demo.door import Drop, Rest
from demo.regions import kelurahan_on
from demo.table import Days, Row, Table, to

CLOCKS = {
    "permintaan informasi": 5,
    "pengaduan tidak berkadar pengawasan": 14,
    "pengaduan berkadar pengawasan": 60,
    "aspirasi": None,
}
"""Working days allowed after forwarding, PermenPANRB 62/2018; an aspiration has no clock."""
STAGES = ("diterima", "diverifikasi", "diteruskan", "ditindaklanjuti", "selesai")


def _calls(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        dice = city.dice("112", day)
        rows = []
        for number in range(1, city.count("112", day, 1460) + 1):
            at = datetime.combine(
                day, time(dice.randrange(24), dice.randrange(60), dice.randrange(60)), ZONE
            )
            came = at + timedelta(minutes=dice.randrange(6, 45)) if dice.random() < 0.8 else None
            rows.append(
                {
                    "nomor": f"112-{day.year}-{day.timetuple().tm_yday:03d}{number:03d}",
                    "waktu": at.isoformat(),
                    "jenis": dice.choice(["kebakaran", "kecelakaan", "medis", "banjir", "lainnya"]),
                    "kelurahan": dice.choice(kelurahan_on(day)),
                    "tiba": came.isoformat() if came else None,
                    "telepon": f"+62812{dice.randrange(10**7):07d}",
                    "tempat": f"Dekat masjid sintetis {dice.randrange(90)}",
                }
            )
        by_day[day] = rows
    return by_day


def _reports(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.before(20):
        dice = city.dice("lapor", day)
        for number in range(1, city.count("lapor", day, 300) + 1):
            kind, confidentiality = (
                dice.choice(list(CLOCKS)),
                dice.choices(["terbuka", "anonim", "rahasia"], [70, 20, 10])[0],
            )
            at = datetime.combine(day, time(dice.randrange(7, 20), dice.randrange(60)), ZONE)
            base = {
                "nomor": f"LPR-{day.year}-{day.timetuple().tm_yday:03d}{number:02d}",
                "diterima": at.isoformat(),
                "klasifikasi": kind,
                "batas_hari_kerja": CLOCKS[kind],
                "kerahasiaan": confidentiality,
                "isi": f"Laporan sintetis {dice.randrange(500)}.",
                "pelapor": (
                    f"Warga Sintetis {dice.randrange(1, 5000)}"
                    if confidentiality == "terbuka"
                    else None
                ),
            }
            for stage in STAGES[: dice.randrange(2, 6)]:
                if at.date() < city.today:
                    by_day.setdefault(at.date(), []).append(
                        {**base, "status": stage, "diubah": at.isoformat()}
                    )
                at += timedelta(hours=dice.randrange(5, 80))
    return by_day


def _tickets(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    for day in city.window:
        dice, rows = city.dice("mpp", day), []
        for number in range(1, city.count("mpp", day, 60_000, offices=True) + 1):
            at = datetime.combine(
                day, time(dice.randrange(8, 15), dice.randrange(60), dice.randrange(60))
            )
            came = dice.random() < 0.93
            called = at + timedelta(minutes=dice.randrange(2, 60))
            rows.append(
                {
                    "nomor": f"{dice.choice('ABCD')}-{day:%Y%m%d}-{number:03d}",
                    "diambil": f"{at:%d/%m/%Y %H:%M:%S}",
                    "layanan": dice.randrange(1, 130),
                    "dipanggil": f"{called:%d/%m/%Y %H:%M:%S}" if came else None,
                    "status": "selesai" if came else "tidak hadir",
                }
            )
        by_day[day] = rows
    return by_day


TABLES = (
    Table(
        "panggilan112",
        "calls",
        ("nomor",),
        _calls,
        {
            "kind.one_of": to(jenis="Kebakaran Rumah"),
            "region_code.reference": to(kelurahan="15.71.01.1099"),
            "call_no.pattern": to(nomor="tanpa nomor"),
            "arrived_after_call": to(tiba="2015-01-01T00:00:00+07:00"),
        },
        Rest("/panggilan112/api/panggilan", "page"),
    ),
    Table(
        "lapor",
        "reports",
        ("nomor", "diubah"),
        _reports,
        {
            "status.one_of": to(status="Selesai!"),
            "sla_days.maximum": lambda row: (
                {"batas_hari_kerja": 365} if row["batas_hari_kerja"] else None
            ),
            "secret_has_no_reporter": to(kerahasiaan="rahasia", pelapor="Warga Sintetis 7"),
            "received_at.type": to(diterima="2026-02-30T08:00:00+07:00"),
        },
        Rest("/lapor/api/laporan", "cursor", records="data"),
    ),
    Table(
        "mpp",
        "tickets",
        ("nomor",),
        _tickets,
        {
            "service_no.maximum": to(layanan=999),
            "status.one_of": to(status="SELESAI"),
            "ticket_no.pattern": to(nomor="A 17"),
            "served_after_taken": lambda row: (
                {"dipanggil": "01/01/2015 08:00:00"} if row["dipanggil"] else None
            ),
        },
        Drop("mpp", "antrean_{date}.csv", "csv", delimiter=";", encoding="latin-1", missing="-"),
    ),
)
