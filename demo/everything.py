"""The whole city at once: which modules it is made of, what lies in files and databases, and every
planted error.

A module says what its system's rows are: ``TABLES`` for those that leave by a common door, and
``planted``, ``routes`` or ``write`` of its own for a protocol with a shape of its own.
"""

from pathlib import Path
from types import ModuleType

from starlette.routing import Route

from demo.city import City, Planted
from demo.door import Drop, Sql
from demo.doors import databases, drops, interfaces
from demo.systems import (
    air,
    air_index,
    bus,
    bus_feed,
    bus_positions,
    cameras,
    complaint_events,
    complaints,
    enforcement,
    epayment,
    fibre,
    gas_cards,
    incidents,
    information_registers,
    junctions,
    letters,
    neighbourhoods,
    neighbours,
    otherportals,
    papers,
    parking,
    permits,
    procurement,
    promotion,
    register,
    river_works,
    services,
    superapp,
    surveys,
    tax,
    traffic,
    undescribed,
    weather,
)
from demo.table import Table, build

MODULES: tuple[ModuleType, ...] = (
    air,
    air_index,
    bus,
    bus_feed,
    bus_positions,
    cameras,
    complaint_events,
    complaints,
    enforcement,
    epayment,
    fibre,
    gas_cards,
    incidents,
    information_registers,
    junctions,
    letters,
    neighbourhoods,
    neighbours,
    otherportals,
    papers,
    parking,
    permits,
    procurement,
    promotion,
    register,
    river_works,
    services,
    superapp,
    surveys,
    tax,
    traffic,
    undescribed,
    weather,
)


def tables() -> tuple[Table, ...]:
    """Return every table of the city that leaves by a common door."""
    return tuple(table for module in MODULES for table in getattr(module, "TABLES", ()))


def ground_truth(city: City) -> list[Planted]:
    """Return every planted error of the window, by application, dataset and partition."""
    errors = [
        error for module in MODULES if hasattr(module, "planted") for error in module.planted(city)
    ]
    errors += [error for table in tables() for error in build(city, table).planted]
    return sorted(
        errors,
        key=lambda error: (
            error.application,
            error.dataset,
            error.partition,
            error.key,
            error.rule,
        ),
    )


def prepare(city: City, folder: Path, database_url: str | None = None) -> None:
    """Write the city's files and databases; ``database_url`` puts every database's tables there
    instead of into SQLite files.
    """
    for module in MODULES:
        if hasattr(module, "write"):
            module.write(city, folder, database_url)
    for table in tables():
        if isinstance(table.door, Drop):
            drops.write(city, table, folder)
        elif isinstance(table.door, Sql):
            databases.write(city, table, database_url or databases.address_of(table, folder))


def routes(city: City) -> list[Route]:
    """Return the addresses of every web interface of the city but those of ``demo.server``
    itself.
    """
    own = [
        route for module in MODULES if hasattr(module, "routes") for route in module.routes(city)
    ]
    return [*own, *interfaces.routes(city, tables())]
