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
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import ZONE, City, Planted
from demo.doors.interfaces import moment
from demo.table import changed

NAME, PREFIX, SCHEME = "sirajakoja", "ocds-0jambi", "ID-DEMO-ORG"
PACKAGES, TENDERS, HISTORY, SUPPLIERS = 4000, 90, 45, 120
BUYERS = (
    ("dpupr", "Dinas PUPR Kota Jambi"),
    ("disdik", "Dinas Pendidikan Kota Jambi"),
    ("dinkes", "Dinas Kesehatan Kota Jambi"),
    ("dlh", "Dinas Lingkungan Hidup Kota Jambi"),
    ("dishub", "Dinas Perhubungan Kota Jambi"),
)
METHODS = (
    ("direct", "Pengadaan Langsung"),
    ("direct", "E-Purchasing"),
    ("limited", "Penunjukan Langsung"),
    ("open", "Tender"),
)
ACCOUNTS = {"goods": "5.2.02.05.001", "works": "5.2.03.01.001", "services": "5.1.02.02.001"}
"""Kind of procurement -> the account its budget lines belong to, in the shape of the national
chart of accounts.
"""
KINDS = tuple(ACCOUNTS)
Release = dict[str, Any]
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
    found: list[Release] = []
    waiting: list[str] = []
    numbers = {"package": 0, "tender": 0}
    for day in city.before(HISTORY):
        dice = city.dice(NAME, day)
        for _ in range(city.count(f"{NAME} packages", day, PACKAGES, offices=True)):
            numbers["package"] += 1
            found.append(_package(day, numbers["package"], dice))
            if found[-1]["tender"]["procurementMethod"] == "open":
                waiting.append(found[-1]["ocid"])
        for _ in range(city.count(f"{NAME} tenders", day, TENDERS, offices=True)):
            numbers["tender"] += 1
            taken, waiting = waiting[: dice.randrange(1, 4)], waiting[3:]
            found += _tender(day, numbers["tender"], taken, dice)
    end = datetime.combine(city.today, time(), ZONE).isoformat()
    found = sorted(
        (each for each in found if each["date"] < end),
        key=lambda each: (each["date"], each["ocid"]),
    )
    return _dirty(city, found)


def planted(city: City) -> list[Planted]:
    """Return the planted errors."""
    return build(city)[1]


def _release(ocid: str, tag: str, at: datetime, **parts: Any) -> Release:
    return {
        "ocid": ocid,
        "id": f"{ocid}-{tag}-{at:%Y%m%d}",
        "date": at.isoformat(),
        "tag": [tag],
        "initiationType": "tender",
        "language": "id",
        **parts,
    }


def _at(day: date, dice: Any) -> datetime:
    return datetime.combine(
        day, time(dice.randrange(8, 16), dice.randrange(60), dice.randrange(60)), ZONE
    )


def _organisation(name: str, identifier: str, *roles: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "identifier": {"scheme": SCHEME, "id": identifier, "legalName": name},
        "roles": list(roles),
    }


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "IDR"}


def _package(day: date, number: int, dice: Any) -> Release:
    """Return one planned package; it is announced once."""
    (buyer, office), kind = dice.choice(BUYERS), dice.choice(KINDS)
    method, words = dice.choices(METHODS, [55, 35, 6, 4])[0]
    budget = (
        dice.randrange(200, 5000) * 1_000_000
        if method == "open"
        else dice.randrange(5, 200) * 1_000_000
    )
    return _release(
        f"{PREFIX}-rup-{day.year}-{number:05}",
        "planning",
        _at(day, dice),
        buyer={"id": buyer, "name": office},
        planning={
            "budget": {
                "id": f"{ACCOUNTS[kind]}.{number:05}",
                "year": day.year,
                "amount": _money(budget),
                "source": dice.choice(["APBD", "APBD", "DAK"]),
            },
            "rationale": f"Paket sintetis {kind} {number}",
        },
        tender={
            "id": f"rup-{number}",
            "title": f"Paket sintetis {number}",
            "procurementMethod": method,
            "procurementMethodDetails": words,
            "mainProcurementCategory": kind,
            "tenderPeriod": {"startDate": f"{day + timedelta(days=30)}T00:00:00+07:00"},
            "contractPeriod": {
                "startDate": f"{day + timedelta(days=60)}T00:00:00+07:00",
                "endDate": f"{day + timedelta(days=90 + number % 4 * 30)}T00:00:00+07:00",
            },
        },
        parties=[
            {
                **_organisation(office, buyer, "buyer"),
                "contactPoint": {"name": f"Pejabat Sintetis {dice.randrange(1, 40)}"},
            }
        ],
    )


def _tender(day: date, number: int, packages: list[str], dice: Any) -> list[Release]:
    """Return the releases of one tender: called, awarded, signed; sometimes it fails, and
    nothing follows.
    """
    ocid, (buyer, office) = f"{PREFIX}-tender-{day.year}-{number:04}", dice.choice(BUYERS)
    called, value = _at(day, dice), dice.randrange(300, 9000) * 1_000_000
    related = [
        {"id": str(n), "relationship": ["planning"], "scheme": "ocid", "identifier": each}
        for n, each in enumerate(packages, start=1)
    ]
    bidders = [
        f"BU-{each:04}" for each in dice.sample(range(1, SUPPLIERS + 1), dice.randrange(1, 7))
    ]
    parties = [
        {
            **_organisation(office, buyer, "buyer"),
            "contactPoint": {"name": f"Pejabat Sintetis {dice.randrange(1, 40)}"},
        }
    ]
    shared = {"buyer": {"id": buyer, "name": office}, "relatedProcesses": related}
    tender = {
        "id": f"tender-{number}",
        "title": f"Tender sintetis {number}",
        "status": "active",
        "procurementMethod": "open",
        "mainProcurementCategory": dice.choice(KINDS),
        "value": _money(value),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {
            "startDate": called.isoformat(),
            "endDate": (called + timedelta(days=10)).isoformat(),
        },
    }
    found = [_release(ocid, "tender", called, **shared, tender=tender, parties=parties)]
    decided, signed = (
        called + timedelta(days=days) for days in (dice.randrange(14, 25), dice.randrange(26, 40))
    )
    tender = {**tender, "numberOfTenderers": len(bidders)}
    if dice.random() < 0.1:
        return [
            *found,
            _release(
                ocid,
                "tenderCancellation",
                decided,
                **shared,
                tender={**tender, "status": "unsuccessful"},
                parties=parties,
            ),
        ]
    awarded = round(value * dice.uniform(0.8, 0.99))
    winner = _organisation(f"CV Sintetis {bidders[0][3:]}", bidders[0], "supplier", "tenderer")
    parties = [
        *parties,
        {
            **winner,
            "additionalIdentifiers": [{"scheme": "NPWP", "id": f"02000000000{bidders[0][3:]}1"}],
        },
    ]
    award = {
        "id": f"award-{number}",
        "title": f"Pemenang tender sintetis {number}",
        "status": "active",
        "date": decided.isoformat(),
        "value": _money(awarded),
        "suppliers": [{"id": bidders[0], "name": f"CV Sintetis {bidders[0][3:]}"}],
    }
    contract = {
        "id": f"kontrak-{number}",
        "awardID": award["id"],
        "status": "active",
        "dateSigned": signed.isoformat(),
        "value": _money(awarded),
    }
    found.append(
        _release(
            ocid,
            "award",
            decided,
            **shared,
            tender={**tender, "status": "complete"},
            awards=[award],
            parties=parties,
        )
    )
    return [
        *found,
        _release(ocid, "contract", signed, **shared, contracts=[contract], parties=parties),
    ]


def _dirty(city: City, releases: list[Release]) -> tuple[list[Release], list[Planted]]:
    """Plant one error a day among the packages and one in every other award, and send a package
    twice every third day.
    """
    found: list[Planted] = []
    for n, day in enumerate(city.window):
        dice, here = (
            city.dice(NAME, "dirt", day),
            [i for i, each in enumerate(releases) if each["date"][:10] == day.isoformat()],
        )
        for tag, errors in ERRORS.items():
            mine = [i for i in here if releases[i]["tag"] == [tag]]
            if not mine or (tag == "award" and n % 2):
                continue
            i, (dataset, rule, change) = (
                dice.choice(mine),
                errors[n // (2 if tag == "award" else 1) % len(errors)],
            )
            found.append(Planted(NAME, dataset, day.isoformat(), releases[i]["ocid"], rule))
            mine.remove(i)
            releases[i] = {**changed(releases[i], change(releases[i])), "_tag": tag}
            if tag == "planning" and n % 3 == 0 and mine:
                again = releases[dice.choice(mine)]
                releases.append(dict(again))
                found.append(
                    Planted(
                        NAME,
                        "packages",
                        day.isoformat(),
                        again["ocid"],
                        "duplicate",
                        "published twice",
                    )
                )
    return sorted(releases, key=lambda each: (each["date"], each["ocid"])), found


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
            each
            for each in build(city)[0]
            if tags is None or (each["tag"] or [each.get("_tag")])[0] in tags
        ]
        rows = [
            each
            for each in rows
            if (start is None or _when(each) >= start) and (end is None or _when(each) < end)
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
                    {name: value for name, value in each.items() if not name.startswith("_")}
                    for each in rows[skip : skip + size]
                ],
            }
        )

    return [Route(f"/{NAME}/ocds/1.1/releases.json", answer)]
