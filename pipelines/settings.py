"""The settings: where things lie, each an environment variable listed in ``SETTINGS``;
``docs/settings.md`` shows the same table.
"""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "LUMBUNG_LAKE": (
        ".lumbung/lake",
        "folder of the lake: raw, clean, quarantine, public, releases, Dagster's state",
    ),
    "LUMBUNG_CONTRACTS": (
        str(PROJECT / "assets" / "contracts"),
        "folder of contracts, one `*.odcs.yaml` per application",
    ),
    "LUMBUNG_SQL": (str(PROJECT / "sql"), "folder of SQL: clean, mart, kpi"),
    "LUMBUNG_CITY_FILE": (
        str(PROJECT / "assets" / "city.yaml"),
        "file that says who the city is: names, codes, time zone, languages, offices, look",
    ),
    "LUMBUNG_SPOOL": (
        ".lumbung/spool",
        (
            "folder where `lumbung listen` keeps what brokers sent, minute by minute, until it is"
            " harvested"
        ),
    ),
    "LUMBUNG_CITY": ("http://127.0.0.1:8600", "address of the demo city's HTTP interfaces"),
    "LUMBUNG_CITY_SFTP": (
        "sftp://lumbung@127.0.0.1:8622",
        "address of the demo city's SFTP server",
    ),
    "LUMBUNG_CITY_BROKER": ("mqtt://127.0.0.1:8683", "address of the demo city's MQTT broker"),
    "LUMBUNG_CITY_FOLDER": (".lumbung/city", "folder of the demo city's files and database"),
    "LUMBUNG_REGISTERS": (
        str(PROJECT / "assets" / "registers"),
        "folder of the registers that the city keeps by hand",
    ),
    "LUMBUNG_CONTACT": (
        "",
        (
            "mail address of the information office (PPID) that catalogues name as contact; empty"
            " for the one in the city's file, or its page alone"
        ),
    ),
    "LUMBUNG_URL": (
        "",
        (
            "address the public reaches the portal at, such as `https://data.kota.go.id`, whose"
            " host it then answers to; empty for the one it is served at"
        ),
    ),
    "LUMBUNG_SESSIONS": (
        "200",
        (
            "how many people may explore the portal's interactive pages at a time; light pages,"
            " files and the row API go on"
        ),
    ),
    "LUMBUNG_RATE": (
        "600",
        (
            "requests a minute that one client address may make of the row API and CKAN's"
            " datastore; 0 for no limit. Files are never limited"
        ),
    ),
    "LUMBUNG_REGIONS_GEOJSON": (
        "",
        (
            "file of region boundaries (GeoJSON, property `code`) that maps are drawn with; empty"
            " for a grid of tiles"
        ),
    ),
    "LUMBUNG_COUNTS": (
        ".lumbung/counts.sqlite",
        (
            "file in which the portal counts how often each address is fetched, by day and nothing"
            " more"
        ),
    ),
    "LUMBUNG_WEBHOOKS": (
        "",
        (
            "http(s) addresses, with commas between, that are told of every new release by a signed"
            " POST; empty for none"
        ),
    ),
    "LUMBUNG_WEBHOOK_SECRET": (
        "",
        "secret (`whsec_` and base64) those notices are signed with, as Standard Webhooks has it",
    ),
    "LUMBUNG_OPENLINEAGE": (
        "",
        (
            "file (`*.ndjson`) or http(s) address that OpenLineage events of every run go to; empty"
            " for none"
        ),
    ),
    "LUMBUNG_REVISION": ("", "revision of the code that receipts name; empty for git's own"),
    "LUMBUNG_TODAY": ("", "pretend that today is this date (YYYY-MM-DD); empty for the real one"),
}


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


def city_path() -> Path:
    """Return the file that says who the city is, absolute."""
    return Path(setting("LUMBUNG_CITY_FILE")).resolve()


def spool_path(given: Path | None = None) -> Path:
    """Return the folder of what brokers sent, absolute."""
    return (given or Path(setting("LUMBUNG_SPOOL"))).resolve()
