"""How a synthetic table leaves the city: a web interface, a dropped file, a database table, a
broker's topic. Values only.

What a door says is what the dataset's contract says under ``fetch``. ``demo.server`` serves
``Rest`` and ``Observations``, ``demo.doors.drops`` writes ``Drop``, ``demo.doors.databases`` fills
``Sql``, ``demo.doors.devices`` publishes ``Mqtt``; ``Own`` is served by the table's own module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rest:
    """A JSON list in pages: ``style`` as the contract's paging; ``since`` and ``until`` are the
    window's parameters, none for a snapshot.

    ``records`` is the answer's member that holds the list, ``$`` for the answer itself. The total
    stands in ``X-Total-Count``, or in the member ``total``. ``guard`` is how the address is
    guarded: ``""``, ``header:NAME=secret`` or ``bearer:secret``.
    """

    path: str
    style: str = "page"
    records: str = "$"
    since: str = "since"
    until: str = "until"
    size: int = 200
    guard: str = ""


@dataclass(frozen=True)
class Observations:
    """OGC SensorThings observations under ``path``; rows carry ``phenomenonTime``."""

    path: str


@dataclass(frozen=True)
class Drop:
    """A file a day under ``<city folder>/<folder>``; ``{date}`` in ``files`` is the day, without it
    the last day's rows are the one file.

    ``form``: csv, xlsx, html (an HTML table named .xls), json, ndjson; a name that ends in .zip
    holds the CSV inside. ``names`` are header names instead of the rows' own; ``missing`` is what
    an empty cell is written as.
    """

    folder: str
    files: str
    form: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    missing: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Sql:
    """A table of the application's database: SQLite under ``<city
    folder>/<application>/<database>.sqlite`` unless an address says otherwise.
    """

    database: str
    table: str


@dataclass(frozen=True)
class Mqtt:
    """Messages on ``topic``, in which ``{name}`` is filled in from the row."""

    topic: str


@dataclass(frozen=True)
class Own:
    """Served by the table's own module, by a protocol with a shape of its own (Open311, GTFS,
    OCDS, CKAN, DCAT).
    """


Door = Rest | Observations | Drop | Sql | Mqtt | Own
