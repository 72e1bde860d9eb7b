"""ICT staff over a made-up register of agencies: those without any count too."""

from typing import Any

from tests.unit.sql.figures import figures

AGENCIES = [
    {"agency_code": code, "role": role, "_partition": "2026-10-01"}
    for code, role in (
        ("DISKOMINFO", "walidata"),
        ("DISHUB", "produsen data"),
        ("DLH", "produsen data"),
        ("POLRESTA", "instansi vertikal"),
    )
]


def staff(*codes: str) -> list[dict[str, Any]]:
    return [{"agency_code": code, "certified": False, "_partition": "2026-10-01"} for code in codes]


LISTED = staff(*["DISKOMINFO"] * 14, *["DISHUB"] * 6)


def test_an_agency_without_ict_staff_is_shown_with_none() -> None:
    rows = figures(
        "mart.ict_staff_by_agency", register_kota__agencies=AGENCIES, sdm_tik__staff=LISTED
    )
    assert {row["agency_code"]: row["staff"] for row in rows} == {
        "DISKOMINFO": 14,
        "DISHUB": 6,
        "DLH": 0,
    }


def test_staff_is_held_against_every_agency_of_the_city() -> None:
    rows = figures(
        "kpi.ict_staff_and_training", register_kota__agencies=AGENCIES, sdm_tik__staff=LISTED
    )
    found = {(row["measure"], row["agency_code"]): row for row in rows}
    every = found["staff_per_agency", ""]
    assert (every["numerator"], every["denominator"], every["value"]) == (20, 3, 6.67)
    assert every["cases"] == 20, "no agency of 1 to 4 can be told from it"
    assert found["staff", "DLH"]["value"] == 0
    rows = figures(
        "kpi.ict_staff_and_training",
        register_kota__agencies=AGENCIES,
        sdm_tik__staff=[*LISTED, *staff("BARU")],
    )
    found = {(row["measure"], row["agency_code"]): row for row in rows}
    assert (
        found["staff_per_agency", ""]["denominator"],
        found["staff_per_agency", ""]["cases"],
    ) == (
        4,
        1,
    ), "one that the register does not know"
