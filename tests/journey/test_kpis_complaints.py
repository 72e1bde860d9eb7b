"""KPIs of complaints and planning proposals against plain Python over the demo city: how many,
how long until closed, what became of them.
"""

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.regions import KELURAHAN
from demo.systems import complaint_events, complaints, papers
from demo.table import Row
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    complete,
    for_days,
    half_up,
    passed,
    rows_of,
    share,
    unknown,
)

pytestmark = pytest.mark.xdist_group("city")
ZONE = ZoneInfo("Asia/Jakarta")
POPULATION = ((2020, 606_200), (2021, 612_162), (2023, 633_650))
"""Inhabitants as the registers state them; a later year has the last known."""
KECAMATAN = [f"15.71.{number:02d}" for number in range(1, 12)]
EVENTS, PROPOSALS = (
    complaint_events.TABLES[0],
    next(table for table in papers.TABLES if table.dataset == "proposals"),
)
PROVISIONAL = {"status": "provisional", "reason": "running"}


def inhabitants(year: int) -> int:
    return [people for known, people in POPULATION if known <= year][-1]


def received(city: City) -> dict[str, list[Row]]:
    """Return, by month of receipt, the latest version that passed the gate of every complaint
    received on a harvested day.
    """
    bad, latest = broken(city, "sikesal", "complaints"), {}
    for row in complaints.versions(city):
        day, ticket = row["_at"].date(), row["service_request_id"]
        if (
            day in city.window
            and (day.isoformat(), f"{ticket} {row['updated_datetime']}") not in bad
        ):
            latest[ticket] = row
    found: dict[str, list[Row]] = defaultdict(list)
    for row in latest.values():
        if datetime.fromisoformat(row["requested_datetime"]).date() in city.window:
            found[row["requested_datetime"][:7]].append(row)
    return found


def complaints_complete(city: City, month: str) -> float:
    bad = Counter(day for day, _ in broken(city, "sikesal", "complaints"))
    rows = Counter(row["_at"].date() for row in complaints.versions(city))
    days = [day for day in city.window if f"{day:%Y-%m}" == month]
    return (
        sum(1 - bad[str(day)] / rows[day] for day in days)
        / calendar.monthrange(*map(int, month.split("-")))[1]
    )


def percentile(cases: Iterable[Fraction], share: Fraction) -> Fraction:
    """Interpolate between the two nearest cases."""
    ordered = sorted(cases)
    place = share * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


def kaplan_meier_median(cases: Iterable[tuple[Fraction, bool]]) -> Fraction | None:
    """Return the first time by which no more than half are still open; a case is its time, and
    whether it was closed then.
    """
    ordered, still_open = sorted(cases), Fraction(1)
    for time_ in sorted({hours for hours, closed in ordered if closed}):
        at_risk = sum(hours >= time_ for hours, _ in ordered)
        still_open *= 1 - Fraction(
            sum(closed and hours == time_ for hours, closed in ordered), at_risk
        )
        if still_open <= Fraction(1, 2):
            return time_
    return None


def expected_complaint_resolution_time(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    end = datetime.combine(city.window[-1] + timedelta(days=1), time(), ZONE)
    for month, rows in received(city).items():
        cases = []
        for row in (row for row in rows if row["status_notes"] != "rejected"):
            closed = row["status_notes"] == "closed"
            until = (
                datetime.fromisoformat(row["extended_attributes"]["closed_datetime"])
                if closed
                else end
            )
            cases.append(
                (
                    Fraction(
                        int(
                            (
                                until - datetime.fromisoformat(row["requested_datetime"])
                            ).total_seconds()
                        ),
                        3600,
                    ),
                    closed,
                )
            )
        hours, median = [case for case, closed in cases if closed], kaplan_meier_median(cases)
        left = len(cases) - len(hours)
        assert median is not None and 0 < left < len(cases)
        for measure, numerator, denominator, value, unit in (
            ("survival_median", None, len(cases), half_up(median), "h"),
            ("median_hours", None, len(hours), half_up(percentile(hours, Fraction(1, 2))), "h"),
            ("p90_hours", None, len(hours), half_up(percentile(hours, Fraction(9, 10))), "h"),
            ("open_share", left, len(cases), share(left, len(cases)), "%"),
        ):
            found[month, CITY, measure] = {
                "numerator": numerator,
                "denominator": denominator,
                "value": value,
                "unit": unit,
                **PROVISIONAL,
                "completeness": pytest.approx(complaints_complete(city, month)),
            }
    return found


def per_inhabitant(
    city: City,
    counts: Mapping[str, Counter[str]],
    done: Mapping[str, float],
    rate: str,
    count: str,
    base: int,
    unit: str,
) -> dict[Key, Values]:
    """Return a month's count per ``base`` inhabitants of the city, who are taken for the days
    harvested, and the count in the city and every kecamatan.
    """
    found: dict[Key, Values] = {}
    for month, regions in counts.items():
        here = sum(f"{day:%Y-%m}" == month for day in city.window)
        people, told = (
            for_days(inhabitants(int(month[:4])), here, month),
            {**PROVISIONAL, "completeness": pytest.approx(done[month])},
        )
        value = half_up(Fraction(base * regions[CITY], people), 2)
        found[month, CITY, rate] = {
            "numerator": regions[CITY],
            "denominator": people,
            "value": value,
            "unit": f"/{base}{{people}}",
            **told,
        }
        for region in (CITY, *KECAMATAN):
            found[month, region, count] = {
                "numerator": regions[region],
                "denominator": None,
                "value": regions[region],
                "unit": unit,
                **told,
            }
    return found


def by_region(codes: Iterable[str]) -> Counter[str]:
    return Counter(region for code in codes for region in (CITY, code[:8]))


def expected_complaints_per_inhabitant(city: City) -> dict[Key, Values]:
    counts = {
        month: by_region(row["extended_attributes"]["kelurahan_code"] for row in rows)
        for month, rows in received(city).items()
    }
    return per_inhabitant(
        city,
        counts,
        {month: complaints_complete(city, month) for month in counts},
        "per_10000",
        "received",
        10_000,
        "{complaints}",
    )


def expected_complaints_reopened_or_duplicate(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    events: dict[str, Counter[str]] = defaultdict(Counter)
    for day, rows in passed(city, EVENTS, city.window[0]).items():
        events[f"{day:%Y-%m}"].update(row["state"] for row in rows)
    for month, states in events.items():
        found[month, CITY, "reopened"] = {
            "numerator": states["reopened"],
            "denominator": states["closed"],
            "value": share(states["reopened"], states["closed"]),
            "unit": "%",
            **PROVISIONAL,
            "completeness": pytest.approx(complete(city, EVENTS, city.window[0], month)),
        }
    for month, rows in received(city).items():
        twice = sum(row["extended_attributes"]["outcome"] == "duplicate" for row in rows)
        found[month, CITY, "duplicates"] = {
            "numerator": twice,
            "denominator": len(rows),
            "value": share(twice, len(rows)),
            "unit": "%",
            **PROVISIONAL,
            "completeness": pytest.approx(complaints_complete(city, month)),
        }
    return found


def proposals(city: City) -> tuple[dict[tuple[int, int], Row], dict[tuple[int, int], Row]]:
    """Return, by year and number, the proposals seen at their kelurahan, and the latest version
    of each.
    """
    made, latest = {}, {}
    for rows in passed(city, PROPOSALS, city.window[0]).values():
        for row in rows:
            key = row["tahun"], row["no_usulan"]
            if row["tahap"] == "kelurahan":
                made.setdefault(key, row)
            if key not in latest or row["diubah"] > latest[key]["diubah"]:
                latest[key] = row
    return made, latest


def proposals_complete(city: City, month: str) -> float:
    return complete(city, PROPOSALS, city.window[0], month)


def expected_proposals_adopted(city: City) -> dict[Key, Values]:
    made, latest = proposals(city)
    ends: dict[tuple[str, str], list[str]] = defaultdict(list)
    lost = unknown(city, PROPOSALS, city.window[0], "tahun", "no_usulan")
    gone: Counter[tuple[str, str]] = Counter()
    for key, row in made.items():
        last = latest[key]
        if key in lost:
            gone.update((row["diubah"][:7], region) for region in (CITY, last["kode_wilayah"][:8]))
            continue
        end = (
            "adopted"
            if (last["tahap"], last["status"]) == ("apbd", "diterima")
            else "refused"
            if last["status"] == "ditolak"
            else "open_share"
        )
        for region in (CITY, last["kode_wilayah"][:8]):
            ends[row["diubah"][:7], region].append(end)
    return {
        (month, region, measure): {
            "numerator": every.count(measure),
            "denominator": len(every),
            "value": share(every.count(measure), len(every)),
            "unit": "%",
            **PROVISIONAL,
            "completeness": pytest.approx(
                proposals_complete(city, month) * len(every) / (len(every) + gone[month, region])
            ),
        }
        for (month, region), every in ends.items()
        for measure in (("adopted", "refused", "open_share") if region == CITY else ("adopted",))
    }


def expected_proposals_per_inhabitant(city: City) -> dict[Key, Values]:
    months: dict[str, list[str]] = defaultdict(list)
    for row in proposals(city)[0].values():
        months[row["diubah"][:7]].append(row["kode_wilayah"])
    counts = {month: by_region(codes) for month, codes in months.items()}
    return per_inhabitant(
        city,
        counts,
        {month: proposals_complete(city, month) for month in counts},
        "per_1000",
        "made",
        1000,
        "{proposals}",
    )


EXPECTED = {
    "complaint_resolution_time": expected_complaint_resolution_time,
    "complaints_per_inhabitant": expected_complaints_per_inhabitant,
    "complaints_reopened_or_duplicate": expected_complaints_reopened_or_duplicate,
    "proposals_adopted": expected_proposals_adopted,
    "proposals_per_inhabitant": expected_proposals_per_inhabitant,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_value_agrees_with_plain_python(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), EXPECTED[name](harvested.city))


def test_there_is_something_to_tell_apart(harvested: Harvested) -> None:
    """The city is not so small that a wrong rule would give the same figures."""
    assert {code[:8] for code in KELURAHAN} == set(KECAMATAN)
    (rows,) = received(harvested.city).values()
    assert {"rejected", "closed"} < {row["status_notes"] for row in rows}
    ends = expected_proposals_adopted(harvested.city)
    assert all(values["numerator"] for (_, region, _), values in ends.items() if region == CITY)
    assert date.fromisoformat(f"{next(iter(ends))[0]}-01") <= harvested.city.today


def test_the_median_of_a_curve_that_is_known() -> None:
    """Six of ten closed: Kaplan-Meier by hand, with the open ones leaving the risk set between
    them.
    """
    cases = [
        (Fraction(hours), closed)
        for hours, closed in (
            (1, True),
            (2, True),
            (3, False),
            (4, True),
            (5, False),
            (6, True),
            (7, True),
            (8, False),
            (9, True),
            (9, False),
        )
    ]
    # 1: 9/10; 2: 8/10; 4: 8/10*6/7; 6: *4/5 = 0.549; 7: *3/4 = 0.411
    assert kaplan_meier_median(cases) == 7
    assert (
        kaplan_meier_median([(Fraction(1), True), (Fraction(2), False), (Fraction(2), False)])
        is None
    )
