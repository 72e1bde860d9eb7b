"""KPIs of complaints and planning proposals against plain Python over the demo city: how many,
how long until closed, what became of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

import pytest

from demo.city import City
from demo.regions import KELURAHAN
from demo.systems import complaint_events, complaints, papers
from demo.table import Row, changed
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    emptied,
    for_days,
    half_up,
    passed,
    rows_of,
    share,
    unknown,
    withheld_versions,
)
from tests.journey.standing import (
    Harvest,
    absent,
    harvest,
    harvest_of,
    old_population,
    settled,
    standing,
    unknown_gap,
    waits,
)

pytestmark = pytest.mark.xdist_group("city")
ZONE = ZoneInfo("Asia/Jakarta")
POPULATION = ((2020, 606_200), (2021, 612_162), (2023, 633_650))
"""Inhabitants as the registers state them; a later year has the last known."""
KECAMATAN = [f"15.71.{number:02d}" for number in range(1, 12)]
HALF, NINTH = Fraction(1, 2), Fraction(9, 10)
EVENTS, PROPOSALS = (
    complaint_events.TABLES[0],
    next(table for table in papers.TABLES if table.dataset == "proposals"),
)


def inhabitants(year: int) -> int:
    return [people for known, people in POPULATION if known <= year][-1]


def population_doubt(period: str) -> str | None:
    """Return why a figure over a period's inhabitants is in doubt."""
    return old_population(int(period[:4]), (year for year, _ in POPULATION))


def received(city: City) -> dict[str, list[Row]]:
    """Return, by month of receipt, the latest version that passed the gate of every complaint
    received on a harvested day.
    """
    bad, latest = broken(city, "sikesal", "complaints"), {}
    cells, days = emptied(city, "sikesal", "complaints"), {*city.window}
    for row in complaints.versions(city):
        day, ticket = row["_at"].date(), row["service_request_id"]
        place = day.isoformat(), f"{ticket} {row['updated_datetime']}"
        if day in days and place not in bad:
            latest[ticket] = changed(row, {cells[place]: None}) if place in cells else row
    found: dict[str, list[Row]] = defaultdict(list)
    for row in latest.values():
        if datetime.fromisoformat(row["requested_datetime"]).date() in days:
            found[row["requested_datetime"][:7]].append(row)
    return found


def complaints_harvest(city: City) -> Harvest:
    rows = Counter(row["_at"].date() for row in complaints.versions(city))
    return harvest_of(city, "sikesal", "complaints", rows)


def lost_complaints(city: City) -> set[str]:
    """Return the tickets whose newest version is in quarantine, though it can be told whose and
    of when it is: nobody knows how they are.
    """
    names, newest = withheld_versions(city, "sikesal", "complaints"), dict[str, str]()
    days = {*city.window}
    for row in complaints.versions(city):
        if row["_at"].date() in days:
            newest[row["service_request_id"]] = row["updated_datetime"]
    return {
        ticket
        for ticket, changed in newest.items()
        if (changed[:10], f"{ticket} {changed}") in names
    }


def known_complaints(city: City) -> Iterator[tuple[str, list[Row], int]]:
    """Yield, by month of receipt, the complaints whose state is known, and how many there are
    with the others.
    """
    lost = lost_complaints(city)
    for month, rows in received(city).items():
        yield month, [row for row in rows if row["service_request_id"] not in lost], len(rows)


def percentile(cases: Iterable[Fraction], share: Fraction) -> Fraction | None:
    """Interpolate between the two nearest cases, None without one."""
    ordered = sorted(cases)
    if not ordered:
        return None
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


def handled_complaints(city: City) -> Iterator[tuple[str, list[Row], Values]]:
    """Yield, by month of receipt, the complaints that are known and not rejected, and what their
    figures say of themselves; a complaint is closed or open.
    """
    whole, lost = complaints_harvest(city), lost_complaints(city)
    for month, rows in received(city).items():
        asked = [row for row in rows if row["status_notes"] != "rejected"]
        known = [row for row in asked if row["service_request_id"] not in lost]
        left = sum(row["status_notes"] != "closed" for row in known)
        yield (
            month,
            known,
            standing(
                whole.gap(month),
                unknown_gap(len(asked), len(known)),
                waits(left, month, whole.until),
            )
            | whole.complete(month, len(known) / len(asked)),
        )


def hours_of(row: Row, end: datetime) -> tuple[Fraction, bool]:
    """Return the hours until a complaint was closed, or until ``end``, and whether it was."""
    closed = row["status_notes"] == "closed"
    until = datetime.fromisoformat(row["extended_attributes"]["closed_datetime"]) if closed else end
    passed_by = until - datetime.fromisoformat(row["requested_datetime"])
    return Fraction(int(passed_by.total_seconds()), 3600), closed


def expected_complaint_resolution_time(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    for month, rows, told in handled_complaints(city):
        known_until = min(city.window[-1], settled(month)) + timedelta(days=1)
        end = datetime.combine(known_until, time(), ZONE)
        cases = [hours_of(row, end) for row in rows]
        hours, median = [case for case, closed in cases if closed], kaplan_meier_median(cases)
        left = len(cases) - len(hours)
        for measure, numerator, denominator, value, unit, without in (
            ("survival_median", None, len(cases), median, "h", "half_open"),
            (
                "median_hours",
                None,
                len(hours),
                percentile(hours, Fraction(1, 2)),
                "h",
                "none_closed",
            ),
            ("p90_hours", None, len(hours), percentile(hours, Fraction(9, 10)), "h", "none_closed"),
            ("open_share", left, len(cases), Fraction(100 * left, len(cases)), "%", "none_closed"),
        ):
            row = {"numerator": numerator, "denominator": denominator, "unit": unit, **told}
            found[month, CITY, measure] = row | (
                absent(without) if value is None else {"value": half_up(value)}
            )
    return found


def expected_complaints_answered_in_time(city: City) -> dict[Key, Values]:
    """SIKESAL's own clock of 24, 48 or 72 hours."""
    midnight, found = datetime.combine(city.today, time(), ZONE), dict[Key, Values]()
    for month, rows, told in handled_complaints(city):
        outcome = []
        for row in rows:
            extended = row["extended_attributes"]
            due = datetime.fromisoformat(row["requested_datetime"]) + timedelta(
                hours=extended["sla_hours"]
            )
            closed = extended["closed_datetime"]
            if due < midnight:
                outcome.append(closed is not None and datetime.fromisoformat(closed) <= due)
        value = share(sum(outcome), len(outcome))
        found[month, CITY] = {
            "numerator": sum(outcome),
            "denominator": len(outcome),
            "value": value,
            "received": len(rows),
            **told,
            **(absent("none_due") if value is None else {}),
        }
    return found


def per_inhabitant(
    city: City,
    counts: Mapping[str, Counter[str]],
    whole: Harvest,
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
        people = for_days(inhabitants(int(month[:4])), here, month)
        value = half_up(Fraction(base * regions[CITY], people), 2)
        found[month, CITY, rate] = {
            "numerator": regions[CITY],
            "denominator": people,
            "value": value,
            "unit": f"/{base}{{people}}",
            **whole.told(month),
            **standing(whole.gap(month), population_doubt(month)),
        }
        for region in (CITY, *KECAMATAN):
            found[month, region, count] = {
                "numerator": regions[region],
                "denominator": None,
                "value": regions[region],
                "unit": unit,
                **whole.told(month),
            }
    return found


def by_region(codes: Iterable[str | None]) -> Counter[str]:
    return Counter(region for code in codes for region in (CITY, (code or "")[:8]))


def expected_complaints_per_inhabitant(city: City) -> dict[Key, Values]:
    counts = {
        month: by_region(row["extended_attributes"]["kelurahan_code"] for row in rows)
        for month, rows in received(city).items()
    }
    return per_inhabitant(
        city,
        counts,
        complaints_harvest(city),
        "per_10000",
        "received",
        10_000,
        "{complaints}",
    )


def expected_complaints_reopened_or_duplicate(city: City) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    events: dict[str, Counter[str]] = defaultdict(Counter)
    whole = harvest(city, EVENTS)
    for day, rows in passed(city, EVENTS, city.window[0]).items():
        events[f"{day:%Y-%m}"].update(row["state"] for row in rows)
    for month, states in events.items():
        found[month, CITY, "reopened"] = {
            "numerator": states["reopened"],
            "denominator": states["closed"],
            "value": share(states["reopened"], states["closed"]),
            "unit": "%",
            **whole.told(month),
        }
    whole = complaints_harvest(city)
    for month, rows, everybody in known_complaints(city):
        twice = sum(row["extended_attributes"]["outcome"] == "duplicate" for row in rows)
        left = sum(row["status_notes"] not in ("closed", "rejected") for row in rows)
        found[month, CITY, "duplicates"] = {
            "numerator": twice,
            "denominator": len(rows),
            "value": share(twice, len(rows)),
            "unit": "%",
            **standing(
                whole.gap(month),
                unknown_gap(everybody, len(rows)),
                waits(left, month, whole.until),
            ),
            **whole.complete(month, len(rows) / everybody),
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
    whole, found = harvest(city, PROPOSALS), dict[Key, Values]()
    for (month, region), every in ends.items():
        everybody = len(every) + gone[month, region]
        told = standing(
            whole.gap(month),
            unknown_gap(everybody, len(every)),
            waits(every.count("open_share"), month, whole.until, date(int(month[:4]), 12, 31)),
        )
        for measure in ("adopted", "refused", "open_share") if region == CITY else ("adopted",):
            found[month, region, measure] = {
                "numerator": every.count(measure),
                "denominator": len(every),
                "value": share(every.count(measure), len(every)),
                "unit": "%",
                **told,
                **whole.complete(month, len(every) / everybody),
            }
    return found


def expected_proposals_per_inhabitant(city: City) -> dict[Key, Values]:
    months: dict[str, list[str]] = defaultdict(list)
    for row in proposals(city)[0].values():
        months[row["diubah"][:7]].append(row["kode_wilayah"])
    counts = {month: by_region(codes) for month, codes in months.items()}
    return per_inhabitant(
        city,
        counts,
        harvest(city, PROPOSALS),
        "per_1000",
        "made",
        1000,
        "{proposals}",
    )


EXPECTED = {
    "complaints_answered_in_time": expected_complaints_answered_in_time,
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
    rows = [row for rows in received(harvested.city).values() for row in rows]
    assert {"rejected", "closed"} < {row["status_notes"] for row in rows}
    ends = expected_proposals_adopted(harvested.city)
    told = {measure for (_, region, measure), values in ends.items() if values["numerator"]}
    assert told == {"adopted", "refused", "open_share"}
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
