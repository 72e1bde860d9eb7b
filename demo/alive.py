"""The city brought to life on loopback: its files and databases written, its web interfaces and
SFTP server up, its devices heard.

``alive`` is what the demo command and the journeys use; each server is a module of its own. What it
yields are the environment variables that contracts are filled in from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo import everything, server
from demo.city import City
from demo.doors import broker, devices, sftp
from demo.systems import superapp
from pipelines.settings import PROJECT


@dataclass(frozen=True)
class Ports:
    """Where the city listens; 0 takes a free port."""

    web: int = 0
    sftp: int = 0
    broker: int = 0


@contextmanager
def alive(
    city: City,
    folder: Path,
    ports: Ports = Ports(),
    faults: server.Faults | None = None,
    contracts: Path = PROJECT / "assets" / "contracts",
) -> Iterator[dict[str, str]]:
    """Prepare ``city`` in ``folder`` and serve it until the block ends; yields the environment
    that its ``contracts`` are read with.
    """
    everything.prepare(city, folder)
    spool = folder / "spool"
    with (
        server.serve(city, folder, ports.web, faults=faults) as web,
        sftp.serve(folder, sftp.password_of(city), ports.sftp) as files,
        broker.serve(ports.broker) as devices_at,
    ):
        devices.feed(city, everything.tables(), contracts, spool, devices_at)
        yield {
            "LUMBUNG_TODAY": city.today.isoformat(),
            "LUMBUNG_CITY": web,
            "LUMBUNG_CITY_FOLDER": str(folder),
            "LUMBUNG_CITY_BROKER": devices_at,
            "LUMBUNG_SPOOL": str(spool),
            **files.environment(),
            **superapp.environment(city),
        }
