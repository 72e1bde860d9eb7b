"""The city's rules against the vectors of their law's texts, their edges, and what must hold of
them whatever the input.
"""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reference import clocks, deadlines, egovernment, ispu, satisfaction, working_days

ZONE = ZoneInfo("Asia/Jakarta")
SINCE_2020 = {
    "PM10": {35: 35, 50: 50, 116.4: 83.2, 150: 100, 151: 100.5, 385: 250, 460: 400},
    "PM2.5": {
        10: 32.2581,
        15.5: 50,
        38.7: 79.0727,
        55.4: 100,
        55.5: 100.1053,
        113: 160.6316,
        200: 249.6,
        375.2: 400,
        500: 500,
        612: 500,
    },
    "SO2": {40: 38.4615, 322: 164.5455},
    "CO": {5200: 65, 21000: 240},
    "O3": {180: 76.087, 235: 100},
    "NO2": {95: 56.25, 665: 150},
    "HC": {70: 72.7273, 300: 239.1705},
}
UNTIL_2020 = {"SO2": {322: 92.4561}, "PM10": {460: 350, 550: 450}, "NO2": {2260: 300, 3750: 500}}
PREDIKAT = {
    "1.79": "Kurang",
    "1.80": "Cukup",
    "2.59": "Cukup",
    "2.60": "Baik",
    "3.49": "Baik",
    "3.50": "Sangat Baik",
    "4.19": "Sangat Baik",
    "4.20": "Memuaskan",
}


@pytest.mark.parametrize(
    ("regime", "vectors"), [(ispu.SINCE_2020, SINCE_2020), (ispu.UNTIL_2020, UNTIL_2020)]
)
def test_both_rules_of_the_air_index_meet_their_vectors(regime: ispu.Regime, vectors: dict) -> None:
    for parameter, values in vectors.items():
        for concentration, expected in values.items():
            assert regime.index(parameter, concentration) == pytest.approx(expected, abs=1e-4), (
                parameter,
                concentration,
            )


def test_the_air_rules_are_never_mixed() -> None:
    assert (
        ispu.regime(date(2020, 7, 13)) is ispu.UNTIL_2020
        and ispu.regime(date(2020, 7, 14)) is ispu.SINCE_2020
    )
    assert {
        row["rule_version"] for row in ispu.anchors().to_pylist() if row["valid_to"] is None
    } == {ispu.SINCE_2020.version}
    with pytest.raises(KeyError):
        ispu.UNTIL_2020.index("PM2.5", 20)
    assert math.isnan(ispu.UNTIL_2020.index("NO2", 100)), (
        "the 1997 table has no index for little NO2"
    )


@pytest.mark.parametrize(
    ("index", "before", "since"),
    [
        (50.4, "Baik", "Baik"),
        (50.5, "Sedang", "Sedang"),
        (100.5, "Tidak Sehat", "Tidak Sehat"),
        (199.4, "Tidak Sehat", "Tidak Sehat"),
        (199.5, "Sangat Tidak Sehat", "Tidak Sehat"),
        (200, "Sangat Tidak Sehat", "Tidak Sehat"),
        (200.5, "Sangat Tidak Sehat", "Sangat Tidak Sehat"),
        (300, "Berbahaya", "Sangat Tidak Sehat"),
        (301, "Berbahaya", "Berbahaya"),
    ],
)
def test_the_category_changes_where_its_rule_says(index: float, before: str, since: str) -> None:
    assert (ispu.UNTIL_2020.category(index), ispu.SINCE_2020.category(index)) == (before, since)


@given(st.sampled_from(sorted(SINCE_2020)), st.floats(0, 60_000), st.floats(0, 60_000))
def test_more_of_a_pollutant_never_gives_a_lower_index(
    parameter: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert (
        0 <= ispu.SINCE_2020.index(parameter, low) <= ispu.SINCE_2020.index(parameter, high) <= 500
    )


def totals(sums: list[int], n: int) -> dict[str, list[int | None]]:
    """Answers of ``n`` respondents whose scores of each element add up to ``sums``."""
    return {
        name: [total // n + (number < total % n) for number in range(n)]
        for name, total in zip(satisfaction.ELEMENTS, sums, strict=True)
    }


def test_the_satisfaction_index_weighs_every_element_with_exactly_one_ninth() -> None:
    index = satisfaction.ikm(totals([105, 101, 100, 116, 102, 105, 106, 105, 115], 29))
    assert (
        index is not None
        and float(index) == pytest.approx(91.4751, abs=1e-4)
        and satisfaction.grade(index) == "A"
    )
    assert satisfaction.ikm({name: [4] * 7 for name in satisfaction.ELEMENTS}) == 100
    assert (
        satisfaction.ikm({name: [None] if name == "U4" else [4] for name in satisfaction.ELEMENTS})
        is None
    )
    with pytest.raises(ValueError, match="the elements are U1"):
        satisfaction.ikm({"U1": [4]})


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        ("88.31", "A"),
        ("88.305", "A"),
        ("88.3049", "B"),
        ("76.605", "B"),
        ("76.6049", "C"),
        ("64.995", "C"),
        ("64.9949", "D"),
        ("64.99", "D"),
        ("25", "D"),
        ("100", "A"),
    ],
)
def test_the_grade_is_that_of_the_rounded_index(index: str, grade: str) -> None:
    assert satisfaction.grade(Fraction(index)) == grade
    assert satisfaction.grade(Fraction("2.5996") * 25) == "D", "2.5996 is 64.99"


@given(
    st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=20),
    st.randoms(),
)
def test_the_order_of_respondents_does_not_matter(answers: list[list[int]], chance) -> None:
    shuffled = list(answers)
    chance.shuffle(shuffled)
    one, other = (
        {name: [row[n] for row in rows] for n, name in enumerate(satisfaction.ELEMENTS)}
        for rows in (answers, shuffled)
    )
    index = satisfaction.ikm(one)
    assert index == satisfaction.ikm(other) and index is not None and 25 <= index <= 100


@pytest.mark.parametrize(("value", "predikat"), PREDIKAT.items())
def test_the_bands_of_spbe(value: str, predikat: str) -> None:
    assert egovernment.predikat(Decimal(value)) == predikat


def test_the_instruments_of_spbe_weigh_one_hundred_and_their_domains_what_the_law_says() -> None:
    for instrument, many in (("PermenPANRB 5/2018", 35), ("PermenPANRB 59/2020", 47)):
        weights = {
            row["indicator_no"]: Decimal(str(row["weight_percent"]))
            for row in egovernment.weights().to_pylist()
            if row["instrument"] == instrument
        }
        assert sorted(weights) == list(range(1, many + 1)) and sum(weights.values()) == 100
        assert egovernment.index(instrument, dict.fromkeys(weights, 5)) == 5
        with pytest.raises(ValueError, match="levels were given"):
            egovernment.index(instrument, {1: 5})
    since = {
        row["indicator_no"]: row["weight_percent"]
        for row in egovernment.weights().to_pylist()
        if row["instrument"] == "PermenPANRB 59/2020"
    }
    assert [
        round(sum(since[n] for n in span), 2)
        for span in (range(1, 11), range(11, 21), range(21, 32), range(32, 48))
    ] == [13, 25, 16.5, 45.5]


def test_a_clock_of_hours_counts_hours_and_one_of_working_days_counts_working_days() -> None:
    start = datetime(2025, 3, 27, 22, 30, tzinfo=ZONE)
    assert deadlines.due("city_complaint", "fast", start) == start + timedelta(hours=24), (
        "the eve of Lebaran is no excuse for hours"
    )
    assert deadlines.due("information", "answer", datetime(2025, 3, 20, 8, tzinfo=ZONE)) == date(
        2025, 4, 14
    )
    assert deadlines.due(
        "information", "answer", datetime(2025, 3, 20, 8, tzinfo=ZONE), extended=True
    ) == date(2025, 4, 24)
    assert deadlines.due(
        "information", "superior", datetime(2025, 3, 20, 8, tzinfo=ZONE), cuti_bersama=False
    ) == date(2025, 5, 7)
    assert deadlines.due(
        "national_complaint", "supervisory_2013", datetime(2025, 3, 20, 8, tzinfo=ZONE)
    ) == date(2025, 5, 19)
    assert (
        deadlines.due("national_complaint", "aspiration", datetime(2025, 3, 20, 8, tzinfo=ZONE))
        is None
    )
    assert deadlines.due("city_complaint", "slow", datetime(2025, 3, 27, tzinfo=UTC)) == datetime(
        2025, 3, 30, tzinfo=UTC
    )


def test_a_deadline_in_a_year_whose_holidays_are_estimates_is_provisional() -> None:
    rows = {row["day"]: row for row in working_days.calendar().to_pylist()}
    assert rows[date(2026, 12, 31)]["is_decreed"] and not rows[date(2027, 1, 4)]["is_decreed"]


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "Informatif"),
        (90, "Informatif"),
        (89.9, "Menuju Informatif"),
        (60, "Cukup Informatif"),
        (39.99, "Tidak Informatif"),
    ],
)
def test_the_bands_of_komisi_informasi(score: float, band: str) -> None:
    (found,) = [
        row["band"]
        for row in clocks.commission().to_pylist()
        if row["least"] <= score and (row["below"] is None or score < row["below"])
    ]
    assert found == band
