"""Koja Trans's GTFS feed as its archive gives it: one ZIP a day of the timetable in ``bus``."""

import csv
import io
import zipfile
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.city import City
from demo.systems.bus import (
    FARE,
    FIRST,
    LAST,
    NAME,
    REGULAR_FROM,
    ROUTES,
    SCHEDULE,
    TRIAL_FARE,
    active,
)
from demo.table import build


def schedule(city: City, day: date) -> bytes:
    """Return the GTFS feed as it stood on ``day``."""
    tables = {f"{table.dataset}.txt": build(city, table).days[day] for table in SCHEDULE}
    price = TRIAL_FARE if day < REGULAR_FROM else FARE
    tables |= {
        "agency.txt": [
            {
                "agency_id": NAME,
                "agency_name": "Koja Trans (sintetis / synthetic)",
                "agency_url": "https://example.org",
                "agency_timezone": "Asia/Jakarta",
            }
        ],
        "routes.txt": [
            {
                "route_id": route,
                "agency_id": NAME,
                "route_short_name": route,
                "route_long_name": name,
                "route_type": 3,
            }
            for route, (name, _) in ROUTES.items()
        ],
        "calendar.txt": [
            {
                "service_id": "HARIAN",
                **dict.fromkeys(
                    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
                    1,
                ),
                "start_date": f"{FIRST:%Y%m%d}",
                "end_date": f"{LAST:%Y%m%d}",
            }
        ],
        "fare_attributes.txt": [
            {
                "fare_id": "umum",
                "price": price,
                "currency_type": "IDR",
                "payment_method": 0,
                "transfers": 0,
            }
        ],
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(tables):
            rows, text = tables[name], io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
            archive.writestr(
                zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), text.getvalue()
            )
    return sink.getvalue()


def routes(city: City) -> list[Route]:
    """Return the archive of the GTFS feed, one ZIP a day."""

    def answer(request: Request) -> Response:
        day = next(
            (
                candidate
                for candidate in active(SCHEDULE[0].seen_by(city))
                if candidate.isoformat() == request.path_params["day"]
            ),
            None,
        )
        return (
            Response("not in the archive", 404)
            if day is None
            else Response(schedule(city, day), media_type="application/zip")
        )

    return [Route(f"/{NAME}/gtfs/{{day}}.zip", answer)]
