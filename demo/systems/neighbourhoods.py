"""Kampung Bantar's synthetic assessment of the city's neighbourhoods (RT): scores for clean, safe
and smart, ranks and prizes.

Of the real city's 1,650 RT 952 took part and 242 were awarded; RT codes are the kelurahan's code
with the RT's number behind it, for no public list of them exists. Heads of RT are made up.
"""

from datetime import date, timedelta

from demo.city import City
from demo.door import Drop
from demo.regions import KELURAHAN
from demo.table import Row, Table, to

ALL, TAKING_PART, AWARDED = 1650, 952, 242
SIZES = (
    ("kecil", 20, 60, 5_000_000),
    ("sedang", 61, 120, 7_500_000),
    ("besar", 121, 240, 10_000_000),
)
"""Size class, least and most households, prize in rupiah."""


def _assessments(city: City) -> dict[date, list[Row]]:
    dice = city.dice("kampung bantar")
    everywhere = [(KELURAHAN[n % len(KELURAHAN)], n // len(KELURAHAN) + 1) for n in range(ALL)]
    rows = [_rt(city, *unit) for unit in sorted(dice.sample(everywhere, round(city.expected(ALL))))]
    for size, _, _, prize in SIZES:
        ranked = sorted(
            (row for row in rows if row["kelas"] == size and row["ikut"] == "ya"),
            key=lambda row: -row["nilai_total"],
        )
        for place, row in enumerate(ranked, start=1):
            row["peringkat"] = place
            if place <= round(len(ranked) * AWARDED / TAKING_PART):
                row["penghargaan"], row["hadiah"] = "ya", prize
    return {city.window[-1]: rows}


def _rt(city: City, region: str, number: int) -> Row:
    dice = city.dice("rt", region, number)
    size, least, most, _ = dice.choices(SIZES, [50, 35, 15])[0]
    takes_part = dice.random() < TAKING_PART / ALL
    scores = (
        [round(min(100.0, max(20.0, dice.gauss(70, 12))), 1) for _ in range(3)]
        if takes_part
        else [None] * 3
    )
    return {
        "periode": f"{city.today.year}-1",
        "kode_rt": f"{region}-{number:03d}",
        "kode_kelurahan": region,
        "kelas": size,
        "jumlah_kk": dice.randrange(least, most + 1),
        "ikut": "ya" if takes_part else "tidak",
        "nilai_bersih": scores[0],
        "nilai_aman": scores[1],
        "nilai_pintar": scores[2],
        "nilai_total": (
            round(sum(score for score in scores if score is not None) / 3, 2)
            if takes_part
            else None
        ),
        "peringkat": None,
        "penghargaan": "tidak",
        "hadiah": 0,
        "tim_penilai": f"Tim {dice.randrange(1, 12)}" if takes_part else None,
        "tanggal_penilaian": (
            (date(city.today.year, 3, 1) + timedelta(days=dice.randrange(60))).isoformat()
            if takes_part
            else None
        ),
        "ketua_rt": f"Warga Sintetis {dice.randrange(1, 9000)}",
    }


def _too_clean(row: Row) -> Row | None:
    if row["ikut"] == "tidak" or row["nilai_aman"] + row["nilai_pintar"] > 170:
        return None
    return {
        "nilai_bersih": 125,
        "nilai_total": round((125 + row["nilai_aman"] + row["nilai_pintar"]) / 3, 2),
    }


TABLES = (
    Table(
        "kampung_bantar",
        "assessments",
        ("kode_rt", "periode"),
        _assessments,
        {
            "size_class.one_of": to(kelas="Sdg"),
            "score_clean.maximum": _too_clean,
            "total_is_the_mean": lambda row: (
                {"nilai_total": row["nilai_total"] + 5}
                if row["ikut"] == "ya" and row["nilai_total"] < 90
                else None
            ),
            "rt_code.pattern": lambda row: {"kode_rt": row["kode_kelurahan"] + "-RT 5"},
            "rt_lies_in_region": lambda row: {
                "kode_kelurahan": next(code for code in KELURAHAN if code != row["kode_kelurahan"])
            },
            "award_has_its_prize": lambda row: (
                {"hadiah": 0} if row["penghargaan"] == "ya" else None
            ),
        },
        Drop("kampung_bantar", "penilaian_rt.xlsx", "xlsx", title="Penilaian"),
    ),
)
