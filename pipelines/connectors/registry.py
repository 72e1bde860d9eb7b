"""The connectors there are: their functions by name, and contracts as the house reads them, held
against what each connector declares.

A new connector is a folder with ``facts.py`` and ``fetch.py``, imported here and named in ``ALL``.
Only declarations are imported; what a connector needs to fetch (HTTP, SSH, a database's driver) is
loaded when records are fetched with it. A folder that is not named here is refused as an incomplete
declaration is: nobody would check what contracts say of it. How a contract is read is
``contract.reader``'s business, which lies below the connectors and is handed their declarations.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from pipelines.connectors.ckan.facts import CKAN
from pipelines.connectors.database.facts import DATABASE
from pipelines.connectors.dcat.facts import DCAT
from pipelines.connectors.file.facts import FILE
from pipelines.connectors.gtfs.facts import GTFS
from pipelines.connectors.mqtt.facts import MQTT
from pipelines.connectors.ocds.facts import OCDS
from pipelines.connectors.rest.facts import REST
from pipelines.connectors.sensorthings.facts import SENSORTHINGS
from pipelines.connectors.sftp.facts import SFTP
from pipelines.contract import reader
from pipelines.contract.connector import Connector, Connectors, declared
from pipelines.contract.model import Contract, Dataset
from pipelines.errors import ContractError, SourceError, nearest
from pipelines.lake.delivery import Part, Window

ALL = (CKAN, DATABASE, DCAT, FILE, GTFS, MQTT, OCDS, REST, SENSORTHINGS, SFTP)
FOLDER = Path(__file__).parent
Fetch = Callable[[Dataset, Window], Iterator[Part]]


def connectors() -> Connectors:
    """Return every connector by its name; ContractError says which declaration lacks what, or
    which folder has none.
    """
    return _checked(ALL, FOLDER)


@cache
def _checked(every: tuple[Connector, ...], folder: Path) -> Connectors:
    by_name = declared(every)
    forgotten = sorted({path.parent.name for path in folder.glob("*/fetch.py")} - set(by_name))
    if forgotten:
        raise ContractError(
            f"{folder / forgotten[0]}: has a fetch.py and is no declared connector; declare it in"
            f" its facts.py and name that in {FOLDER / 'registry.py'}"
        )
    return by_name


def fetch_of(name: str) -> Fetch:
    """Return the function that fetches by the connector called ``name``, its libraries loaded."""
    every = connectors()
    if name not in every:
        raise SourceError(f"there is no connector '{name}'; {nearest(name, every)}")
    return import_module(f"{every[name].package}.fetch").fetch


def read_contracts(folder: Path) -> tuple[Contract, ...]:
    """Read every contract of ``folder``, by name; ContractError lists the problems of all files
    together.
    """
    return reader.read_contracts(folder, connectors())


def read_contract(path: Path, timezone: str | None = None) -> Contract:
    """Read one contract file; ContractError carries every problem found in it. A dataset that
    states no zone has ``timezone``, the city's unless given.
    """
    return reader.read_contract(path, connectors(), timezone)
