"""SIKESAL's synthetic complaints: every version of every complaint as an Open311 GeoReport v2
request, and the errors planted in them.

Category mix and volume are those of 2022 (835 complaints); answer times are made up around
SIKESAL's own clock of 24, 48 and 72 hours.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import ZONE, City, Planted
from demo.doors.interfaces import moment
from demo.regions import kelurahan_on, point
from demo.systems.air import haze
from demo.systems.complaint_handling import handled

HISTORY = 30
CATEGORIES = (
    ("roads", "Jalan rusak", 183, 72),
    ("street_lights", "Lampu jalan", 119, 24),
    ("drainage", "Drainase", 78, 72),
    ("pipe_leaks", "Kebocoran pipa", 53, 24),
    ("turbid_water", "Air keruh", 36, 24),
    ("flood", "Banjir", 32, 48),
    ("social_aid", "Bantuan sosial", 28, 72),
    ("environment", "Lingkungan", 26, 48),
    ("order", "Ketertiban", 21, 48),
    ("illegal_parking", "Parkir liar", 19, 48),
    ("other", "Lainnya", 240, 72),
)
"""Code, name, complaints in 2022, hours allowed."""
ERRORS = (
    "state.one_of",
    "closed_after_received",
    "received_at.type",
    "lat.minimum",
    "region_code.reference",
    "ticket_no.required",
)


@cache
def versions(city: City) -> tuple[dict[str, Any], ...]:
    """Return every version in order of update, before anything is planted."""
    every: list[dict[str, Any]] = []
    number, earlier = 0, {code: [] for code, *_ in CATEGORIES}
    for day in city.before(HISTORY):
        dice = city.dice("sikesal", day)
        expected = city.expected(sum(_weights(city, day)) / 365)
        for _ in range(int(expected) + (dice.random() < expected % 1)):
            number += 1
            ticket = f"SKL-{day.year}-{number:05d}"
            own = _complaint(city, day, ticket, dice)
            before = earlier[own[0]["service_code"]]
            every += handled(own, before, city.dice("sikesal handling", ticket))
            before.append(ticket)
    end = datetime.combine(city.today, time(), ZONE)
    return tuple(
        sorted(
            (version for version in every if version["_at"] < end),
            key=lambda version: (version["_at"], version["service_request_id"]),
        )
    )


@cache
def build(city: City) -> tuple[list[dict[str, Any]], list[Planted]]:
    """Return every version in order of update, and the planted errors."""
    return _dirty(city, list(versions(city)))


def planted(city: City) -> list[Planted]:
    """Return the planted errors."""
    return build(city)[1]


def routes(city: City) -> list[Route]:
    """Return SIKESAL's interface, Open311 GeoReport v2: https://wiki.open311.org/GeoReport_v2/."""

    def requests(request: Request) -> Response:
        query = request.query_params
        size, page = min(int(query.get("page_size", 50)), 200), int(query.get("page", 1))
        after, before = (
            moment(query[name]) if name in query else None
            for name in ("updated_after", "updated_before")
        )
        rows = [
            version
            for version in build(city)[0]
            if (not after or version["_at"] >= after) and (not before or version["_at"] < before)
        ]
        shown = [
            {name: value for name, value in row.items() if name != "_at"}
            for row in rows[(page - 1) * size : page * size]
        ]
        return JSONResponse(shown, headers={"X-Total-Count": str(len(rows))})

    def services(_: Request) -> Response:
        return JSONResponse(
            [
                {"service_code": code, "service_name": name, "metadata": False, "type": "realtime"}
                for code, name, *_ in CATEGORIES
            ]
        )

    base = "/sikesal/open311/v2"
    return [Route(f"{base}/requests.json", requests), Route(f"{base}/services.json", services)]


def _weights(city: City, day: date) -> list[float]:
    """Return how many complaints a year of each category there would be if every day were like
    ``day``: haze makes people write about the air.
    """
    return [
        yearly * (1 + 6 * (haze(city, day) - 1) if code == "environment" else 1)
        for code, _, yearly, _ in CATEGORIES
    ]


def _complaint(city: City, day: date, ticket: str, dice: Any) -> list[dict[str, Any]]:
    code, name, _, sla = dice.choices(CATEGORIES, _weights(city, day))[0]
    received = datetime.combine(
        day, time(dice.randrange(6, 22), dice.randrange(60), dice.randrange(60)), ZONE
    )
    person, region = dice.randrange(1, 5000), dice.choice(kelurahan_on(day))
    lat, lon = point(region, dice)
    base = {
        "service_request_id": ticket,
        "service_code": code,
        "service_name": name,
        "requested_datetime": received.isoformat(),
        "lat": lat,
        "long": lon,
    }
    extended = {
        "kelurahan_code": region,
        "channel": dice.choice(["app", "app", "app", "web", "whatsapp"]),
        "sla_hours": sla,
        "reporter_name": f"Warga Sintetis {person}",
        "phone": f"+62812{person:07d}",
        "text": f"Keluhan sintetis tentang {name.lower()}.",
    }
    hours = sla * dice.choice([0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 0.9, 1.4, 2.5])
    steps = [
        ("received", 0.0),
        ("verified", 0.1),
        ("forwarded", 0.25),
        ("in_progress", 0.5),
        ("answered", 0.8),
        ("closed", 1.0),
    ]
    if dice.random() < 0.06:
        steps = [("received", 0.0), ("rejected", 0.2)]
    elif dice.random() < 0.1:
        steps = steps[: dice.randrange(2, 5)]
    return [
        _version(
            base,
            extended,
            state,
            received,
            received + timedelta(hours=hours * share, minutes=dice.randrange(1, 9)),
            hours,
        )
        for state, share in steps
    ]


def _version(
    base: dict[str, Any],
    extended: dict[str, Any],
    state: str,
    received: datetime,
    at: datetime,
    hours: float,
) -> dict[str, Any]:
    closed = state in ("closed", "rejected")
    answered = received + timedelta(hours=hours * 0.8) if state in ("answered", "closed") else None
    return {
        **base,
        "status": "closed" if closed else "open",
        "status_notes": state,
        "updated_datetime": at.replace(microsecond=0).isoformat(),
        "extended_attributes": {
            **extended,
            "first_response_datetime": (
                answered.replace(microsecond=0).isoformat() if answered else None
            ),
            "closed_datetime": at.replace(microsecond=0).isoformat() if closed else None,
        },
        "_at": at.replace(microsecond=0),
    }


def _dirty(
    city: City, versions: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[Planted]]:
    """Plant one row error every third day and one duplicate every fourth, on rows that were
    right.
    """
    errors: list[Planted] = []
    for n, day in enumerate(city.window):
        indices = [i for i, version in enumerate(versions) if version["_at"].date() == day]
        dice = city.dice("sikesal dirt", day)
        if n % 3 == 1 and indices:
            i, rule = dice.choice(indices), ERRORS[(n // 3) % len(ERRORS)]
            key = f"{versions[i]['service_request_id']} {versions[i]['updated_datetime']}"
            versions[i] = _broken(versions[i], rule)
            text = (
                f"{versions[i]['extended_attributes']['reporter_name']}"
                f" {versions[i]['updated_datetime']}"
            )
            errors.append(Planted("sikesal", "complaints", day.isoformat(), key, rule, row=text))
            indices.remove(i)
        if n % 4 == 2 and indices:
            duplicate = versions[dice.choice(indices)]
            versions.insert(versions.index(duplicate) + 1, dict(duplicate))
            key = f"{duplicate['service_request_id']} {duplicate['updated_datetime']}"
            errors.append(
                Planted(
                    "sikesal", "complaints", day.isoformat(), key, "duplicate", "delivered twice"
                )
            )
    return versions, errors


def _broken(version: dict[str, Any], rule: str) -> dict[str, Any]:
    broken = {**version, "extended_attributes": dict(version["extended_attributes"])}
    match rule:
        case "state.one_of":
            broken["status_notes"] = "selesai (lama)"
        case "closed_after_received":
            broken["extended_attributes"]["closed_datetime"] = "2016-01-01T00:00:00+07:00"
        case "received_at.type":
            broken["requested_datetime"] = "2026-02-30T08:00:00+07:00"
        case "lat.minimum":
            broken["lat"] = -103.61
        case "region_code.reference":
            broken["extended_attributes"]["kelurahan_code"] = "15.71.01.1099"
        case "ticket_no.required":
            broken["service_request_id"] = None
    return broken
