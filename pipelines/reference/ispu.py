"""ISPU, Indonesia's air pollution index: the 2020 rule as tables for SQL. Source: PermenLHK P.14/MENLHK/SETJEN/KUM.1/7/2020.

``I = (Ia - Ib) / (Xa - Xb) * (Xx - Xb) + Ib`` between the anchors below, 24-hour averages in ug/m3, lower anchor (0, 0). A value above
the table counts as 500, never extrapolated. The index of a day is the highest of its parameters, rounded half up. The 1997 rule
(KEP-45/MENLH/10/1997) differs and is not applied here: no day before 2020-07-14 may be judged by this table.
"""

import pyarrow as pa

RULE_VERSION = "P.14/MENLHK/SETJEN/KUM.1/7/2020"
INDEX = (0, 50, 100, 200, 300, 500)
CONCENTRATIONS = {
    "PM10": (0, 50, 150, 350, 420, 500),
    "PM2.5": (0, 15.5, 55.4, 150.4, 250.4, 500),
    "SO2": (0, 52, 180, 400, 800, 1200),
    "CO": (0, 4000, 8000, 15000, 30000, 45000),
    "O3": (0, 120, 235, 400, 800, 1000),
    "NO2": (0, 80, 200, 1130, 2260, 3000),
    "HC": (0, 45, 100, 215, 432, 648),
}
CATEGORIES = (("Baik", "Good", 0, 50, "#15803d"), ("Sedang", "Moderate", 51, 100, "#1d4ed8"), ("Tidak Sehat", "Unhealthy", 101, 200, "#eab308"),
              ("Sangat Tidak Sehat", "Very unhealthy", 201, 300, "#b91c1c"), ("Berbahaya", "Hazardous", 301, 500, "#111827"))  # fmt: skip


def anchors() -> pa.Table:
    """Return one row per parameter and segment: ``parameter, x_low, x_high, i_low, i_high, rule_version``."""
    rows = [
        {"parameter": name, "x_low": float(x[n]), "x_high": float(x[n + 1]), "i_low": INDEX[n], "i_high": INDEX[n + 1], "rule_version": RULE_VERSION}
        for name, x in CONCENTRATIONS.items()
        for n in range(len(INDEX) - 1)
    ]
    return pa.Table.from_pylist(rows)


def categories() -> pa.Table:
    """Return one row per category: ``category, category_en, least, most, colour`` (the colours P.14/2020 names)."""
    return pa.Table.from_pylist([dict(zip(("category", "category_en", "least", "most", "colour"), each, strict=True)) for each in CATEGORIES])
