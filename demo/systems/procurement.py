"""Si Raja Koja, the city's procurement information: Open Contracting (OCDS 1.1) releases, served as
release packages with a link to the next.

Planned packages (RUP) and tenders are processes of their own; one tender takes up several packages
and names them under ``relatedProcesses``. A tender's releases come over weeks: tender, award,
contract. About 4,000 packages and 90 tenders a year; suppliers are made-up companies under a
made-up register, whose tax number (NPWP) stands among the parties and is no person's. Officials who
answer for a package are persons, and closed in the contract. ``planning.budget.year`` is a field of
our own, which OCDS 1.1 allows: its budget has no year.
"""

from collections.abc import Callable
from datetime import datetime, time
from functools import cache
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import ZONE, City, Planted
from demo.doors.interfaces import moment
from demo.systems.procurement_releases import Release, package, tender
from demo.table import changed

NAME = "sirajakoja"
PACKAGES, TENDERS, HISTORY = 4000, 90, 45
ERRORS: dict[str, tuple[tuple[str, str, Callable[[Release], dict[str, Any]]], ...]] = {
    "planning": (
        ("packages", "budget_idr.minimum", lambda _: {"planning.budget.amount.amount": -1}),
        ("packages", "tag.required", lambda _: {"tag": None}),
        ("packages", "method.one_of", lambda _: {"tender.procurementMethod": "langsung"}),
        ("packages", "currency.one_of", lambda _: {"planning.budget.amount.currency": "USD"}),
        ("packages", "buyer_id.required", lambda _: {"buyer.id": None}),
    ),
    "award": (
        (
            "awards",
            "awarded_idr.type",
            lambda release: _award(release, value={"amount": "1,5 M", "currency": "IDR"}),
        ),
        ("awards", "status.one_of", lambda release: _award(release, status="menang")),
    ),
}
"""Tag -> dataset, the rule that must catch it, and what it looks like."""


def _award(release: Release, **fields: Any) -> dict[str, Any]:
    return {"awards": [{**release["awards"][0], **fields}, *release["awards"][1:]]}


@cache
def build(city: City) -> tuple[list[Release], list[Planted]]:
    """Return every release up to yesterday in order of its date, with the errors of the window
    planted.
    """
    releases: list[Release] = []
    waiting: list[str] = []
    numbers = {"package": 0, "tender": 0}
    for day in city.before(HISTORY):
        dice = city.dice(NAME, day)
        for _ in range(city.count(f"{NAME} packages", day, PACKAGES, offices=True)):
            numbers["package"] += 1
            releases.append(package(day, numbers["package"], dice))
            if releases[-1]["tender"]["procurementMethod"] == "open":
                waiting.append(releases[-1]["ocid"])
        for _ in range(city.count(f"{NAME} tenders", day, TENDERS, offices=True)):
            numbers["tender"] += 1
            tendered, waiting = waiting[: dice.randrange(1, 4)], waiting[3:]
            releases += tender(day, numbers["tender"], tendered, dice)
    end = datetime.combine(city.today, time(), ZONE).isoformat()
    releases = sorted(
        (release for release in releases if release["date"] < end),
        key=lambda release: (release["date"], release["ocid"]),
    )
    return _dirty(city, releases)


def planted(city: City) -> list[Planted]:
    """Return the planted errors."""
    return build(city)[1]


def _dirty(city: City, releases: list[Release]) -> tuple[list[Release], list[Planted]]:
    """Plant one error a day among the packages and one in every other award, and send a package
    twice every third day.
    """
    mistakes: list[Planted] = []
    for n, day in enumerate(city.window):
        dice, of_day = (
            city.dice(NAME, "dirt", day),
            [i for i, release in enumerate(releases) if release["date"][:10] == day.isoformat()],
        )
        for tag, errors in ERRORS.items():
            tagged = [i for i in of_day if releases[i]["tag"] == [tag]]
            if not tagged or (tag == "award" and n % 2):
                continue
            i, (dataset, rule, change) = (
                dice.choice(tagged),
                errors[n // (2 if tag == "award" else 1) % len(errors)],
            )
            mistakes.append(Planted(NAME, dataset, day.isoformat(), releases[i]["ocid"], rule))
            tagged.remove(i)
            releases[i] = {**changed(releases[i], change(releases[i])), "_tag": tag}
            if tag == "planning" and n % 3 == 0 and tagged:
                duplicate = releases[dice.choice(tagged)]
                releases.append(dict(duplicate))
                mistakes.append(
                    Planted(
                        NAME,
                        "packages",
                        day.isoformat(),
                        duplicate["ocid"],
                        "duplicate",
                        "published twice",
                    )
                )
    return sorted(releases, key=lambda release: (release["date"], release["ocid"])), mistakes


def _when(release: Release) -> datetime:
    return datetime.fromisoformat(release["date"])


def routes(city: City) -> list[Route]:
    """Return the releases: ``tag`` (several by comma), ``since``, ``until``, ``size`` and
    ``offset`` narrow them down.
    """

    def answer(request: Request) -> Response:
        query = dict(request.query_params)
        start, end = (moment(query[name]) if name in query else None for name in ("since", "until"))
        tags = query.get("tag", "").split(",") if query.get("tag") else None
        rows = [
            release
            for release in build(city)[0]
            if tags is None or (release["tag"] or [release.get("_tag")])[0] in tags
        ]
        rows = [
            row
            for row in rows
            if (start is None or _when(row) >= start) and (end is None or _when(row) < end)
        ]
        size, skip = min(int(query.get("size", 100)), 500), int(query.get("offset", 0))
        base, more = request.url.replace(query=""), skip + size < len(rows)
        links = (
            {"links": {"next": f"{base}?{urlencode({**query, 'offset': skip + size})}"}}
            if more
            else {}
        )
        return JSONResponse(
            {
                "uri": str(request.url),
                "version": "1.1",
                "publishedDate": datetime.combine(city.today, time(), ZONE).isoformat(),
                "publisher": {"name": "Si Raja Koja (sintetis / synthetic)"},
                "total": len(rows),
                **links,
                "releases": [
                    {name: value for name, value in row.items() if not name.startswith("_")}
                    for row in rows[skip : skip + size]
                ],
            }
        )

    return [Route(f"/{NAME}/ocds/1.1/releases.json", answer)]
