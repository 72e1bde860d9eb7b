"""KPIs of permits, how long they take and how many businesses are issued one, against plain Python
over the demo city, suppression included.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from demo.city import City
from demo.systems import permits
from demo.table import Row, changed
from pipelines.reference.working_days import deadline, is_decreed, is_working
from tests.conftest import Harvested
from tests.journey.recomputed import (
    CITY,
    Key,
    Values,
    broken,
    compare,
    emptied,
    half_up,
    is_few,
    rows_of,
    share,
    withheld,
    withheld_versions,
)
from tests.journey.standing import (
    Harvest,
    absent,
    harvest_of,
    standing,
    unknown_gap,
    waits,
)
from tests.journey.test_kpis_complaints import HALF, NINTH, percentile

pytestmark = pytest.mark.xdist_group("city")


def permits_harvest(city: City) -> Harvest:
    """A change exported twice is one."""
    changes = Counter(row["updated_at"].date() for row in permits.build(city)[0])
    twice = Counter(error.partition for error in permits.planted(city) if error.rule == "duplicate")
    rows = {day: many - twice[str(day)] for day, many in changes.items()}
    return harvest_of(city, "perizinan", "permits", rows)


def latest(city: City) -> tuple[list[Row], set[str]]:
    """Return the last version of every permit that passed, and the numbers of those whose newest
    version did not.
    """
    bad, cells = broken(city, "perizinan", "permits"), emptied(city, "perizinan", "permits")
    names, days = withheld_versions(city, "perizinan", "permits"), {*city.window}
    found: dict[str, Row] = {}
    lost: set[str] = set()
    for row in permits.build(city)[0]:
        number, day = row["application_no"], row["updated_at"].date()
        place = str(day), f"{number} {row['updated_at']}"
        if not number or day not in days:
            continue
        if place in names:
            lost.add(number)
        elif place not in bad:
            lost.discard(number)
            found[number] = changed(row, {cells[place]: None}) if place in cells else row
    return list(found.values()), lost


def day_of(text: str | None) -> date | None:
    return datetime.fromisoformat(text).date() if text else None


def working_days(start: date, end: date) -> Fraction:
    """Return how many days of the offices lie after ``start`` up to ``end``."""
    return Fraction(
        sum(is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    )


def calendar_doubt(days: Iterable[date | None]) -> str | None:
    """Return why working days are in doubt: holidays of a year they lie in are estimated."""
    return None if all(day is None or is_decreed(day) for day in days) else "estimated_calendar"


def expected_permit_lead_time(city: City) -> dict[Key, Values]:
    whole, (rows, lost), days = permits_harvest(city), latest(city), {*city.window}
    months: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if day_of(row["complete_at"]) in days and row["status"] != "rejected":
            months[row["complete_at"][:7]].append(row)
    found: dict[Key, Values] = {}
    for month, every in months.items():
        known = [row for row in every if row["application_no"] not in lost]
        cases = []
        for row in known:
            start = day_of(row["complete_at"])
            assert start
            issued = day_of(row["issued_at"]) if row["status"] == "issued" else None
            cases.append((start, deadline(start, row["sla_days"]), issued))
        due = [(issued, last) for _, last, issued in cases if last < city.today]
        in_time = sum(issued is not None and issued <= last for issued, last in due)
        taken = [working_days(start, issued) for start, _, issued in cases if issued]
        left, total = len(cases) - len(taken), sum(taken) if taken else None
        doubts = (
            whole.gap(month),
            unknown_gap(len(every), len(known)),
            waits(left, month, whole.until),
        )
        calendar = calendar_doubt(day for _, last, issued in cases for day in (last, issued))
        for measure, numerator, denominator, value, unit in (
            ("in_time", in_time, len(due), share(in_time, len(due)), "%"),
            ("median_days", None, len(taken), percentile(taken, HALF), "wd"),
            ("p90_days", None, len(taken), percentile(taken, NINTH), "wd"),
            ("mean_days", total, len(taken), total / len(taken) if taken else None, "wd"),
            ("open_share", left, len(cases), share(left, len(cases)), "%"),
        ):
            row = {"numerator": numerator, "denominator": denominator, "unit": unit}
            row |= {"value": None if value is None else half_up(Fraction(str(value)))}
            row |= whole.complete(month, len(known) / len(every))
            row |= standing(*doubts, calendar if measure != "open_share" else None)
            without = "none_due" if measure == "in_time" else "none_issued"
            found[month, CITY, measure] = row | (absent(without) if value is None else {})
    return found


def expected_businesses_licensed(city: City) -> dict[Key, Values]:
    whole, (rows, lost), days = permits_harvest(city), latest(city), {*city.window}
    found: dict[Key, Values] = {}
    for month in whole.periods():
        every = [
            row
            for row in rows
            if row["status"] == "issued"
            and (row["issued_at"] or "").startswith(month)
            and day_of(row["issued_at"]) in days
        ]
        issued = [row for row in every if row["application_no"] not in lost]
        many = len({row["nib"] for row in issued} - {None})
        shared = {
            "denominator": None,
            "businesses": many,
            "rule_version": "SILANCAR NIB",
            **whole.complete(month, len(issued) / len(every) if every else 1.0),
        }
        doubt = unknown_gap(len(every), len(issued))
        hidden = ("businesses", "numerator", "denominator", "value") if is_few(many) else ()
        for measure, row in {
            "businesses": {
                "numerator": many,
                "value": float(many),
                "unit": "{businesses}",
                **standing(whole.gap(month), doubt),
            },
            "nib_issued": {"numerator": None, "unit": "{NIB}", **absent("not_measured")},
        }.items():
            found[month, CITY, measure] = withheld(shared | row, *hidden)
    return found


KPIS = {
    "permit_lead_time": expected_permit_lead_time,
    "businesses_licensed": expected_businesses_licensed,
}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_released_is_what_the_citys_rows_give(name: str, harvested: Harvested) -> None:
    assert compare(name, rows_of(harvested, name), KPIS[name](harvested.city)) > 0


def test_some_permits_are_late_and_some_are_open(harvested: Harvested) -> None:
    told = expected_permit_lead_time(harvested.city)
    for measure in ("in_time", "open_share"):
        rows = [row for (_, _, name), row in told.items() if name == measure]
        assert any(0 < row["numerator"] < row["denominator"] for row in rows)
