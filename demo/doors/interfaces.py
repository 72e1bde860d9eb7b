"""The web interfaces of synthetic tables: a JSON list in pages of every style a contract can name,
and OGC SensorThings observations.

Made from a table's door alone, so a system's module says what its rows are and not how they are
served. Open311 and other protocols with a shape of their own have a module each.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import ZONE, City
from demo.door import Observations, Rest
from demo.table import Row, Table, build

FILTER = r"\S+ ge (\S+) and \S+ lt (\S+)"


def routes(city: City, tables: Sequence[Table]) -> list[Route]:
    """Return the addresses of every table whose door is a web interface."""
    interfaces = [
        Route(table.door.path, _rest(city, table, table.door))
        for table in tables
        if isinstance(table.door, Rest)
    ]
    return interfaces + [
        Route(table.door.path, observations(partial(rows_between, city, table)))
        for table in tables
        if isinstance(table.door, Observations)
    ]


def rows_between(
    city: City, table: Table, start: datetime | None, end: datetime | None
) -> list[Row]:
    """Return the rows of the days in ``[start, end)``; of every day up to yesterday, a
    snapshot's newest, without them.
    """
    days = build(city, table).days
    first, after = (moment.astimezone(ZONE).date() if moment else None for moment in (start, end))
    return [
        row
        for day in sorted(days)
        if (first is None or day >= first) and (after is None or day < after)
        for row in days[day]
    ]


def moment(text: str) -> datetime:
    """Read a time, or a date as its midnight in Jambi, as it stands in an address."""
    parsed = datetime.fromisoformat(text.replace(" ", "+"))
    return (
        parsed if parsed.tzinfo else datetime.combine(date.fromisoformat(text[:10]), time(), ZONE)
    )


def _rest(city: City, table: Table, door: Rest) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        if not _allowed(door.guard, request):
            return JSONResponse({"error": "not allowed"}, 401)
        query = request.query_params
        start, end = (
            moment(query[name]) if name in query else None for name in (door.since, door.until)
        )
        rows = rows_between(city, table, start, end)
        size, number = min(int(query.get("size", door.size)), 1000), int(query.get("page", 1)) - 1
        skip = int(query.get("offset", query.get("cursor", number * size)))
        page = rows if door.style == "single" else rows[skip : skip + size]
        headers = {"X-Total-Count": str(len(rows))}
        if skip + size < len(rows) and door.style == "link":
            headers["Link"] = (
                f"<{request.url.replace(query='')}?{urlencode({**query, 'offset': skip + size})}>;"
                ' rel="next"'
            )
        more = (
            {"next": str(skip + size) if skip + size < len(rows) else None}
            if door.style == "cursor"
            else {}
        )
        body = page if door.records == "$" else {door.records: page, "total": len(rows), **more}
        return JSONResponse(body, headers=headers)

    return answer


def _allowed(guard: str, request: Request) -> bool:
    kind, _, expected = guard.partition(":")
    if kind == "header":
        name, _, secret = expected.partition("=")
        return request.headers.get(name) == secret
    return not kind or request.headers.get("authorization") == f"Bearer {expected}"


def observations(
    rows: Callable[[datetime | None, datetime | None], list[Row]],
) -> Callable[[Request], Response]:
    """Return the SensorThings answer for a collection: ``rows(start, end)`` are those the filter
    asks for.
    """

    def answer(request: Request) -> Response:
        query = request.query_params
        match = re.search(FILTER, query.get("$filter", ""))
        start, end = (moment(group) for group in match.groups()) if match else (None, None)
        selected = rows(start, end)
        top, skip = int(query.get("$top", 100)), int(query.get("$skip", 0))
        page: dict[str, Any] = {"@iot.count": len(selected), "value": selected[skip : skip + top]}
        if skip + top < len(selected):
            page["@iot.nextLink"] = (
                f"{request.url.replace(query='')}?{urlencode({**query, '$skip': skip + top})}"
            )
        return JSONResponse(page)

    return answer
