"""KPIs of Kampung Bantar over made-up rows: two assessments in a year, claims that contradict
each other or were refuted, a kecamatan without a score.
"""

from typing import Any

from tests.unit.sql.figures import computed, standing


def assessed(
    period: str, clean: float | None, region: str = "15.71.01.1001", rt: str = "01"
) -> dict[str, Any]:
    return {
        "rt_code": f"{region}.{rt}",
        "period": period,
        "region_code": region,
        "took_part": "tidak" if clean is None else "ya",
        "score_clean": clean,
    }


def claim(
    number: str, measure: str, value: float, status: str = "disputed", as_of: str = "2022-09"
) -> dict[str, Any]:
    return {
        "claim_id": number,
        "subject": "Kampung Bantar",
        "measure": measure,
        "value": value,
        "status": status,
        "as_of": as_of,
    }


def test_the_latest_assessment_of_a_year_counts_and_a_refuted_claim_does_not() -> None:
    given = [
        assessed("2025-1", 20.0),
        assessed("2025-2", 70.0),
        assessed("2025-2", 71.1, rt="02"),
        assessed("2025-2", None, "15.71.02.1001"),
        assessed("2025-1", 60.0, rt="03"),
    ]
    claims = [
        claim("C1", "RT assessed", 952),
        claim("C2", "RT assessed", 1200, "refuted"),
        claim("C3", "RT assessed", 900),
    ]
    claims += [
        claim("C4", "RT in the city", 1650, "stated"),
        claim("C5", "RT assessed", 500, as_of="2019"),
    ]
    rows = computed(
        "neighbourhoods_in_kampung_bantar",
        kampung_bantar__assessments=given,
        register_kota__claims=claims,
    )
    assert standing(rows["2025", "assessed", "15.71"]) == (3, 4, 75.0, "final", None), (
        "a neighbourhood of round I that round II left out still took part"
    )
    assert standing(rows["2025", "assessed", "15.71.02"]) == (0, 1, 0.0, "final", None)
    assert standing(
        rows["2022-09", "claimed_most", "15.71"], "numerator", "value", "reason", "vintage"
    ) == (952, 57.7, "claim", "C1 / C4")
    assert standing(rows["2022-09", "claimed_least", "15.71"], "numerator", "vintage") == (
        900,
        "C3 / C4",
    )
    assert standing(rows["2019", "claimed_most", "15.71"]) == (
        500,
        None,
        None,
        "not available",
        "no_total",
    )
    scores = computed("neighbourhood_cleanliness", kampung_bantar__assessments=given)
    assert standing(scores["2025", "15.71"]) == (201.1, 3, 67.0, "final", None)
    assert standing(scores["2025", "15.71.02"]) == (None, 0, None, "not available", "no_cases")
