"""SIKESAL's status events (S01): how each complaint of ``complaints`` went from state to state, and
who handled it. All made up.

An event is a version of the complaint before anything was planted in it, so tickets and times of
the two datasets agree.
"""

from datetime import date

from demo.city import City
from demo.door import Rest
from demo.systems.complaint_handling import DISPATCH
from demo.systems.complaints import versions
from demo.table import Days, Row, Table, to


def _events(city: City) -> Days:
    by_day: dict[date, list[Row]] = {}
    counts: dict[str, int] = {}
    for version in versions(city):
        ticket = version["service_request_id"]
        counts[ticket] = counts.get(ticket, 0) + 1
        dice = city.dice("petugas", ticket, counts[ticket])
        row = {
            "service_request_id": ticket,
            "seq": counts[ticket],
            "datetime": version["updated_datetime"],
            "state": version["status_notes"],
            "agency_code": version["extended_attributes"]["opd_code"] or DISPATCH,
            "officer": f"Petugas Sintetis {dice.randrange(1, 60)}",
        }
        by_day.setdefault(version["_at"].date(), []).append(row)
    return by_day


TABLES = (
    Table(
        "sikesal",
        "status_events",
        ("service_request_id", "seq"),
        _events,
        {
            "state.one_of": lambda row: {"state": "selesai"} if row["seq"] > 1 else None,
            "seq.minimum": lambda row: {"seq": 0} if row["seq"] > 1 else None,
            "ticket_no.pattern": to(service_request_id="tiket lama"),
            "first_event_is_receipt": lambda row: (
                {"state": "answered"} if row["seq"] == 1 else None
            ),
        },
        Rest("/sikesal/open311/v2/status_events.json", "page"),
    ),
)
