"""Where things lie and how they are reached: the settings, and the filling in of a contract's server facts from the environment.

Every setting is an environment variable listed in ``SETTINGS`` (README shows the same table; a test compares them). Secrets are
never written in a contract: it names the variable, and the value is read here at the moment of fetching.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.contract import Dataset, Source
from pipelines.contract_source import nearest
from pipelines.errors import SourceError

HOUSE = Path(__file__).resolve().parent.parent
SETTINGS = {
    "LUMBUNG_LAKE": (".lumbung/lake", "folder of the lake: raw, clean, quarantine, public, releases, Dagster's state"),
    "LUMBUNG_CONTRACTS": (str(HOUSE / "assets" / "contracts"), "folder of contracts, one `*.odcs.yaml` per application"),
    "LUMBUNG_SQL": (str(HOUSE / "sql"), "folder of SQL: clean, mart, kpi"),
    "LUMBUNG_SPOOL": (".lumbung/spool", "folder where `lumbung listen` keeps what brokers sent, minute by minute, until it is harvested"),
    "LUMBUNG_CITY": ("http://127.0.0.1:8600", "address of the demo city's HTTP interfaces"),
    "LUMBUNG_CITY_SFTP": ("sftp://lumbung@127.0.0.1:8622", "address of the demo city's SFTP server"),
    "LUMBUNG_CITY_BROKER": ("mqtt://127.0.0.1:8683", "address of the demo city's MQTT broker"),
    "LUMBUNG_CITY_FOLDER": (".lumbung/city", "folder of the demo city's files and database"),
    "LUMBUNG_REGISTERS": (str(HOUSE / "assets" / "registers"), "folder of the registers that the city keeps by hand"),
    "LUMBUNG_CONTACT": ("", "mail address of the information office (PPID) that catalogues name as contact; empty for its page alone"),
    "LUMBUNG_URL": (
        "",
        "address the public reaches the portal at, such as `https://data.kota.go.id`, whose host it then answers to; empty for the one it is served at",
    ),
    "LUMBUNG_SESSIONS": ("200", "how many people may explore the portal's interactive pages at a time; light pages, files and the row API go on"),
    "LUMBUNG_RATE": ("600", "requests a minute that one client address may make of the row API and CKAN's datastore; 0 for no limit. Files are never limited"),
    "LUMBUNG_REGIONS_GEOJSON": ("", "file of region boundaries (GeoJSON, property `code`) that maps are drawn with; empty for a grid of tiles"),
    "LUMBUNG_COUNTS": (".lumbung/counts.sqlite", "file in which the portal counts how often each address is fetched, by day and nothing more"),
    "LUMBUNG_WEBHOOKS": ("", "http(s) addresses, with commas between, that are told of every new release by a signed POST; empty for none"),
    "LUMBUNG_WEBHOOK_SECRET": ("", "secret (`whsec_` and base64) those notices are signed with, as Standard Webhooks has it"),
    "LUMBUNG_OPENLINEAGE": ("", "file (`*.ndjson`) or http(s) address that OpenLineage events of every run go to; empty for none"),
    "LUMBUNG_REVISION": ("", "revision of the code that receipts name; empty for git's own"),
    "LUMBUNG_TODAY": ("", "pretend that today is this date (YYYY-MM-DD); empty for the real one"),
}
_PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


def setting(name: str) -> str:
    """Return the value of a setting; KeyError for a name that is not in ``SETTINGS``."""
    return os.environ.get(name) or SETTINGS[name][0]


def lake_path(given: Path | None = None) -> Path:
    """Return the lake's folder, absolute."""
    return (given or Path(setting("LUMBUNG_LAKE"))).resolve()


def contracts_path(given: Path | None = None) -> Path:
    """Return the folder of contracts, absolute."""
    return (given or Path(setting("LUMBUNG_CONTRACTS"))).resolve()


def sql_path(given: Path | None = None) -> Path:
    """Return the folder of SQL, absolute."""
    return (given or Path(setting("LUMBUNG_SQL"))).resolve()


def spool_path(given: Path | None = None) -> Path:
    """Return the folder of what brokers sent, absolute."""
    return (given or Path(setting("LUMBUNG_SPOOL"))).resolve()


def reachable(dataset: Dataset) -> Dataset:
    """Return ``dataset`` with the server it is read from chosen and filled in from the environment.

    The dataset's own server, or the contract's first, is the default; ``LUMBUNG_SERVER_<APPLICATION>`` names another for every dataset that is read
    by the same connector. SourceError names a server or variable that is missing.
    """
    choices: Mapping[str, Any] = dataset.source.server
    variable = f"LUMBUNG_SERVER_{dataset.application.upper()}"
    name = next(iter(choices))
    asked = os.environ.get(variable)
    if asked and asked not in choices:
        raise SourceError(f"{variable}={asked}: the contract of {dataset.application} has no such server; {nearest(asked, choices)}")
    if asked and choices[asked]["connector"] == choices[name]["connector"]:
        name = asked
    server = {key: _fill(value, dataset) for key, value in choices[name].items()}
    return replace(dataset, source=Source(str(server["connector"]), server, dataset.source.fetch))


def _fill(value: Any, dataset: Dataset) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill(each, dataset) for key, each in value.items()}
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        name, default = match.groups()
        known = os.environ.get(name) or (SETTINGS.get(name, (None, ""))[0] if default is None else default)
        if known is not None:
            return known
        raise SourceError(f"{dataset.id}: its server needs the environment variable {name}, which is not set; set it and run again")

    return _PLACEHOLDER.sub(found, value)
