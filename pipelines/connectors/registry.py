"""The connectors there are, and their functions by name.

A new connector is a folder with ``facts.py`` and ``fetch.py``, imported here and named in ``ALL``.
Only declarations are imported; what a connector needs to fetch (HTTP, SSH, a database's driver) is
loaded when records are fetched with it. Beside the connectors lie folders of what several share,
which declare none. A connector that is not named here, or is a file beside this one, is refused as
an incomplete declaration is: nobody would check what contracts say of it. Contracts are held
against what they declare in ``connectors.contracts``.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
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
from pipelines.contract.connector import Connector, Connectors, declared
from pipelines.contract.model import Dataset
from pipelines.errors import ContractError, SourceError, nearest
from pipelines.lake.delivery import Part, Standing, Window

ALL = (CKAN, DATABASE, DCAT, FILE, GTFS, MQTT, OCDS, REST, SENSORTHINGS, SFTP)
FOLDER = Path(__file__).parent
OWN = ("__init__.py", "registry.py", "contracts.py")
"""Files of this folder that are no connector."""
Fetch = Callable[[Dataset, Window], Iterator[Part]]
Look = Callable[[Dataset, Window, Mapping[str, Standing]], Iterator[str]]
"""Yields, of the partitions that stand, those that are another at the source than was landed; the
window reaches from the first of them to the last.
"""


def connectors() -> Connectors:
    """Return every connector by its name; ContractError says which declaration lacks what, or
    which connector is not named in ``ALL``.
    """
    return _checked(ALL, FOLDER)


@cache
def _checked(every: tuple[Connector, ...], folder: Path) -> Connectors:
    by_name = declared(every)
    here = folder / Path(__file__).name
    problems = [
        f"{path}: a connector is a folder; make {path.with_suffix('')}/ with facts.py and fetch.py,"
        f" and name its declaration in ALL of {here}"
        for path in sorted(folder.glob("*.py"))
        if path.name not in OWN
    ]
    problems += [
        f"{place}: is a connector, for it {reason}, and is not named in ALL of {here}; declare it"
        " in its facts.py, write fetch.py beside that, and name it there"
        for place in sorted(folder.iterdir())
        if place.name not in by_name and (reason := _is_connector(place))
    ]
    if problems:
        raise ContractError("\n".join(problems))
    return by_name


def _is_connector(folder: Path) -> str:
    """Return what makes a folder a connector, empty for one of what connectors share."""
    if (folder / "fetch.py").is_file():
        return "has a fetch.py"
    facts = folder / "facts.py"
    declares = facts.is_file() and any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == Connector.__name__
        for node in ast.walk(ast.parse(facts.read_bytes()))
    )
    return "declares a Connector in its facts.py" if declares else ""


def fetch_of(name: str) -> Fetch:
    """Return the function that fetches by the connector called ``name``, its libraries loaded."""
    every = connectors()
    if name not in every:
        raise SourceError(f"there is no connector '{name}'; {nearest(name, every)}")
    return import_module(f"{every[name].package}.fetch").fetch


def look_of(name: str) -> Look:
    """Return the function that tells what was changed at a source of the connector called
    ``name``, one that declares ``looks_at``.
    """
    return import_module(f"{connectors()[name].package}.fetch").look
