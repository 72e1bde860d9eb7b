"""The whole city at once: write what lies in files and databases, and list every planted error."""

from pathlib import Path

from demo import air, complaints, permits, register
from demo.city import City, Planted


def ground_truth(city: City) -> list[Planted]:
    """Return every planted error of the window, by application and partition."""
    found = [each for part in (air, complaints, permits, register) for each in part.planted(city)]
    return sorted(found, key=lambda each: (each.application, each.partition, each.key, each.rule))


def prepare(city: City, folder: Path, database_url: str | None = None) -> None:
    """Write the permits database and the drop folder of the information requests; the other two are served by ``demo.server``."""
    register.write(city, folder / "ppid")
    permits.write(city, database_url or f"sqlite:///{folder / 'perizinan' / 'silancar.sqlite'}")
