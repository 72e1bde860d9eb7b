"""What the systems of the small house deliver, by file name: texts, since no data is committed.

``FIRST`` is what lay there for the first release. ``SECOND`` came before the second one, and says
one reading of the first day otherwise. On the second day all gauges but one are silent, so that
the gate withholds it; on the third one reports snow, which no gauge can. Persons are made up.
"""

RAIN_CORRECTED = """\
pos;waktu;hujan;keadaan;pencatat
P1;2026-03-01T08:00:00+07:00;2,5;basah;Warga Sintetis 1
P2;2026-03-01T08:00:00+07:00;3,0;basah;Warga Sintetis 2
P3;2026-03-01T08:00:00+07:00;4,0;basah;Warga Sintetis 3
P4;2026-03-01T08:00:00+07:00;1,5;basah;Warga Sintetis 4
"""
COUNTERS = """\
[
{"counter": "L1", "name": "Loket Utara", "lat": -1.59, "lon": 103.61},
{"counter": "L2", "name": "Loket Selatan", "lat": -1.65, "lon": 103.6}
]
"""


def visits(day: str, visitors: dict[str, int]) -> str:
    """Return a day's visits, ten minutes each; ``visitors`` says how many by kecamatan."""
    lines = ["visit_no,visited_at,counter,region_code,visitor,minutes"]
    for region, count in visitors.items():
        for _ in range(count):
            n = len(lines)
            at, counter = f"{day}T{8 + n % 8:02d}:00:00+07:00", f"L{1 + n % 2}"
            lines.append(f"K{day[-2:]}{n:02d},{at},{counter},{region},Warga Sintetis {n},10")
    return "\n".join([*lines, ""])


FIRST = {
    "hujan/rain_2026-03-01.csv": RAIN_CORRECTED.replace("3,0;basah", "0;kering"),
    "hujan/rain_2026-03-02.csv": """\
pos;waktu;hujan;keadaan;pencatat
P1;2026-03-02T08:00:00+07:00;3,5;basah;Warga Sintetis 1
""",
    "layanan/counters_2026-03-01.json": COUNTERS,
    "layanan/counters_2026-03-02.json": COUNTERS,
    "layanan/requests_2026-03-01.csv": """\
request_no,region_code,received_on,changed_at,status,applicant
R1,15.71.01,2026-03-01,2026-03-01T09:00:00+07:00,open,Warga Sintetis 5
R2,15.71.02,2026-03-01,2026-03-01T10:00:00+07:00,open,Warga Sintetis 6
R3,15.71.03,2026-03-01,2026-03-01T11:00:00+07:00,open,Warga Sintetis 7
R4,15.71.01,2026-03-01,2026-03-01T12:00:00+07:00,open,Warga Sintetis 8
""",
    "layanan/requests_2026-03-02.csv": """\
request_no,region_code,received_on,changed_at,status,applicant
R1,15.71.01,2026-03-01,2026-03-02T09:00:00+07:00,closed,Warga Sintetis 5
R5,15.71.02,2026-03-02,2026-03-02T10:00:00+07:00,open,Warga Sintetis 9
""",
    "layanan/visits_2026-03-01.csv": visits(
        "2026-03-01",
        {"15.71.01": 7, "15.71.02": 6, "15.71.03": 3},
    ),
    "layanan/visits_2026-03-02.csv": visits("2026-03-02", {"15.71.01": 8, "15.71.02": 5}),
}
SECOND = {
    "hujan/rain_2026-03-01.csv": RAIN_CORRECTED,
    "hujan/rain_2026-03-03.csv": """\
pos;waktu;hujan;keadaan;pencatat
P1;2026-03-03T08:00:00+07:00;1,0;basah;Warga Sintetis 1
P2;2026-03-03T08:00:00+07:00;2,0;basah;Warga Sintetis 2
P3;2026-03-03T08:00:00+07:00;3,0;basah;Warga Sintetis 3
P4;2026-03-03T08:00:00+07:00;0;kering;Warga Sintetis 4
P5;2026-03-03T08:00:00+07:00;9,0;salju;Warga Sintetis 5
""",
    "layanan/counters_2026-03-03.json": """\
[
{"counter": "L1", "name": "Loket Utara", "lat": -1.59, "lon": 103.61},
{"counter": "L2", "name": "Loket Selatan", "lat": -1.65, "lon": 103.6},
{"counter": "L3", "name": "Loket Timur", "lat": -1.61, "lon": 103.65}
]
""",
    "layanan/requests_2026-03-03.csv": """\
request_no,region_code,received_on,changed_at,status,applicant
R2,15.71.02,2026-03-01,2026-03-03T09:00:00+07:00,closed,Warga Sintetis 6
R6,15.71.03,2026-03-03,2026-03-03T10:00:00+07:00,open,Warga Sintetis 10
""",
    "layanan/visits_2026-03-03.csv": visits("2026-03-03", {"15.71.01": 5, "15.71.03": 9}),
}
